"""Tidy tables of a run, from the recorder."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from agents.activity import ABSENCE_REASONS, Activity
from agents.service.mission import End, Reason
from environment.demand.calls import Calls
from environment.demand.conditions import survival_of_calls
from environment.fleet.vehicles import FleetParameters, Vehicles
from environment.places.city import City
from environment.units import HOUR_S
from scenarios.scenario import Scenario
from simulation.tables.recorder import CallState, Recorder

MISSION_STRETCHES = (
    (Activity.MOBILISING, "dispatched_s", "departed_s"),
    (Activity.TO_CALL, "departed_s", "arrived_s"),
    (Activity.ON_SCENE, "arrived_s", "left_scene_s"),
    (Activity.TO_HOSPITAL, "left_scene_s", "at_hospital_s"),
    (Activity.WAITING_BAY, "at_hospital_s", "bay_s"),
    (Activity.HANDOVER, "bay_s", "clear_s"),
    (Activity.RETURNING, "clear_s", "home_s"),
)
"""What an ambulance on a mission does, and between which of its times."""


def vehicle_table(vehicles: Vehicles, city: City, fleet: FleetParameters) -> pd.DataFrame:
    """One row per vehicle, in the order of their numbers: ``ambulance`` in all other tables.

    ``shift_start_hour`` and ``shift_hours`` say when it is on duty every day. Who always is has no
    shift, and 24 hours from midnight.
    """
    shifts = [(shift.name, shift.start_hour, shift.hours) for shift in fleet.shifts]
    name, start_hour, hours = zip(*shifts, ("", 0.0, 24.0), strict=True)  # `ALWAYS` is the last row
    return pd.DataFrame(
        {
            "ambulance": np.arange(len(vehicles)),
            "vehicle_id": vehicles.vehicle_id,
            "station": city.stations.sites.site_id[vehicles.station],
            "type": np.array([kind.name for kind in fleet.types])[vehicles.type],
            "shift": np.array(name)[vehicles.shift],
            "shift_start_hour": np.array(start_hour)[vehicles.shift],
            "shift_hours": np.array(hours)[vehicles.shift],
        }
    )


def mission_table(missions: pd.DataFrame, city: City, station: NDArray[np.int64]) -> pd.DataFrame:
    """One row per mission, with names in place of numbers of sites."""
    hospital = missions["hospital"].astype("int64")
    names = np.append(city.hospitals.sites.site_id, "")
    stations = city.stations.sites.site_id[station]
    return missions.assign(
        hospital=pd.Series(names[hospital]).where(hospital >= 0),
        station=stations[missions["ambulance"]],
        end=_names_of(End)[missions["end"]],
    )


def move_table(transfers: pd.DataFrame, city: City) -> pd.DataFrame:
    """One row per drive to a station without a patient before it, with names of stations."""
    return transfers.assign(
        station=city.stations.sites.site_id[transfers["station"]],
        reason=_names_of(Reason)[transfers["reason"]],
    )


def _names_of(kinds: type[End] | type[Reason]) -> NDArray[np.str_]:
    return np.array([kind.name.lower() for kind in kinds])


def call_table(
    calls: Calls,
    log: Recorder,
    missions: pd.DataFrame,
    city: City,
    config: Scenario,
) -> pd.DataFrame:
    """One row per call: its own needs, and what became of it.

    ``counted`` is False for calls of the warm-up. ``response_s`` runs from the call to the arrival
    of the first ambulance, ``wait_s`` from when it could be dispatched to the first dispatch.
    ``ambulances`` counts all that were sent; of these, ``called_off`` were sent elsewhere before
    they arrived, and ``broken_down`` failed on their way. ``vehicles_short`` is by how many fewer
    arrived than the call needs (``units``); of a completed call none, unless calls can be lost.
    """
    known = calls.table.drop(columns=["triage_priority", "patience_s", "worsens_s", "specialty"])
    priorities, conditions = config.demand.priorities, config.demand.conditions
    names = pd.Index([p.name for p in priorities])  # the most urgent first, as tables are sorted
    table = known.assign(
        zone=city.zones.zone_id[known["zone"]],
        priority=pd.Categorical.from_codes(known["priority"], names, ordered=True),
        final_priority=pd.Categorical.from_codes(log.final_priority, names, ordered=True),
        target_s=np.array([p.target_s for p in priorities])[known["priority"]],
        state=np.array([s.name.lower() for s in CallState])[log.states],
        counted=known["called_s"] >= config.run.warm_up_s,
        **_who_came(missions, known["units"]),
    )
    table = table.join(_first_missions(missions)).rename_axis("call").reset_index()
    table["response_s"] = table["arrived_s"] - table["called_s"]
    table["wait_s"] = table["dispatched_s"] - table["ready_s"]
    table["in_target"] = table["response_s"] <= table["target_s"]
    table["survival"] = survival_of_calls(table, conditions)
    table["condition"] = np.array([*(c.name for c in conditions), ""])[table["condition"]]
    return table


def _first_missions(missions: pd.DataFrame) -> pd.DataFrame:
    """For each call, the first dispatch and arrival, the hospital and the last leave."""
    by_arrival = missions.sort_values(["arrived_s", "ambulance"]).groupby("call")
    ends = missions.groupby("call").agg(
        dispatched_s=("dispatched_s", "min"),
        arrived_s=("arrived_s", "min"),
        hospital=("hospital", "first"),
        at_hospital_s=("at_hospital_s", "min"),
        clear_s=("clear_s", "max"),
        ambulances=("ambulance", "size"),
    )
    return ends.assign(ambulance=by_arrival["ambulance"].first())


def _who_came(missions: pd.DataFrame, units: pd.Series) -> dict[str, NDArray[np.int64]]:
    """How many ambulances turned off their way to each call, failed on it, or were never sent."""
    came = missions["arrived_s"].notna()

    def count(which: pd.Series) -> NDArray[np.int64]:
        return np.bincount(missions["call"][which], minlength=len(units))

    return {
        "called_off": count(missions["end"] == "called_off"),
        "broken_down": count((missions["end"] == "broken_down") & ~came),
        "vehicles_short": units.to_numpy() - count(came),
    }


def hour_table(
    missions: pd.DataFrame,
    moves: pd.DataFrame,
    absences: pd.DataFrame,
    ambulances: int,
    horizon_s: float,
) -> pd.DataFrame:
    """Seconds that each ambulance spends in each state, by hour since the start of the run."""
    hours = int(np.ceil(horizon_s / HOUR_S))
    seconds = {
        name: _spread(table, start, end, ambulances, horizon_s)
        for name, table, start, end in _stretches(missions, moves, absences)
    }
    hour_s = np.minimum(HOUR_S, horizon_s - HOUR_S * np.arange(hours))
    idle = np.maximum(hour_s - sum(seconds.values()), 0.0)
    index = pd.MultiIndex.from_product(
        [range(ambulances), range(hours)], names=["ambulance", "hour"]
    )
    columns = {f"{name}_s": values.ravel() for name, values in seconds.items()}
    return pd.DataFrame(
        {**columns, f"{Activity.IDLE.label}_s": idle.ravel()}, index=index
    ).reset_index()


def _stretches(
    missions: pd.DataFrame, moves: pd.DataFrame, absences: pd.DataFrame
) -> list[tuple[str, pd.DataFrame, str, str]]:
    """Every state with the table whose rows are its stretches, and where these begin and end."""
    # A crew that was called off drove to its call until then, or had not even left its station.
    known = missions.assign(
        departed_s=missions[["departed_s", "home_s"]].min(axis=1),
        arrived_s=missions["arrived_s"].fillna(missions["home_s"]),
    )
    # One that takes nobody to a hospital leaves the scene and is clear at the same moment.
    states = [(doing.label, known, start, end) for doing, start, end in MISSION_STRETCHES]
    away = [
        (doing.label, absences[absences["reason"] == reason], "from_s", "until_s")
        for doing, reason in ABSENCE_REASONS.items()
    ]
    return [*states, (Activity.MOVING.label, moves, "left_s", "ended_s"), *away]


def _spread(
    table: pd.DataFrame, start: str, end: str, ambulances: int, horizon_s: float
) -> NDArray[np.float64]:
    """Seconds between two times of every row, by ambulance and hour; (ambulances, hours)."""
    hours = int(np.ceil(horizon_s / HOUR_S))
    begin_s, end_s = table[start].to_numpy(), table[end].to_numpy()
    known = (end_s > begin_s) & (begin_s < horizon_s)
    begin_s, end_s = begin_s[known], np.minimum(end_s[known], horizon_s)
    first = (begin_s // HOUR_S).astype(np.int64)
    count = (np.ceil(end_s / HOUR_S).astype(np.int64) - first).clip(min=1)
    row = np.repeat(np.arange(len(count)), count)
    hour = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    seconds = np.minimum(end_s[row], (hour + 1) * HOUR_S) - np.maximum(begin_s[row], hour * HOUR_S)
    place = table["ambulance"].to_numpy()[known][row] * hours + hour
    spread = np.zeros((ambulances, hours))
    np.add.at(spread.ravel(), place, seconds)
    return spread
