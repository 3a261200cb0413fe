"""Tidy tables of a run, from the recorder's books."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.calls import Calls
from environment.city import City
from environment.demand import HOUR_S
from environment.priorities import PriorityClass
from simulation.recorder import CallState

AMBULANCE_STATES = (
    ("mobilising", "dispatched_s", "departed_s"),
    ("to_call", "departed_s", "arrived_s"),
    ("on_scene", "arrived_s", "left_scene_s"),
    ("to_hospital", "left_scene_s", "at_hospital_s"),
    ("handover", "at_hospital_s", "clear_s"),
    ("returning", "clear_s", "home_s"),
)
"""What a busy ambulance does, and between which times of a mission; otherwise it is idle."""


def mission_table(missions: pd.DataFrame, city: City, station: NDArray[np.int64]) -> pd.DataFrame:
    """One row per mission, with names in place of numbers of sites."""
    hospital = missions["hospital"].astype("int64")
    names = np.append(city.hospitals.sites.site_id, "")
    stations = city.stations.sites.site_id[station]
    return missions.assign(
        hospital=pd.Series(names[hospital]).where(hospital >= 0),
        station=stations[missions["ambulance"]],
    )


def call_table(
    calls: Calls,
    states: NDArray[np.int8],
    missions: pd.DataFrame,
    city: City,
    priorities: Sequence[PriorityClass],
    warm_up_s: float,
) -> pd.DataFrame:
    """One row per call: its own needs, and what became of it.

    ``counted`` is False for calls of the warm-up. ``response_s`` runs from the call to the arrival
    of the first ambulance, ``wait_s`` from when it could be dispatched to the first dispatch.
    """
    known = calls.table
    first = _first_missions(missions)
    table = known.assign(
        zone=city.zones.zone_id[known["zone"]],
        priority=np.array([p.name for p in priorities])[known["priority"]],
        target_s=np.array([p.target_s for p in priorities])[known["priority"]],
        state=np.array([s.name.lower() for s in CallState])[states],
        counted=known["called_s"] >= warm_up_s,
    )
    table = table.join(first).rename_axis("call").reset_index()
    table["response_s"] = table["arrived_s"] - table["called_s"]
    table["wait_s"] = table["dispatched_s"] - table["ready_s"]
    table["in_target"] = table["response_s"] <= table["target_s"]
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


def hour_table(missions: pd.DataFrame, ambulances: int, horizon_s: float) -> pd.DataFrame:
    """Seconds that each ambulance spends in each state, by hour since the start of the run."""
    hours = int(np.ceil(horizon_s / HOUR_S))
    seconds = {
        name: _spread(missions, start, end, ambulances, horizon_s)
        for name, start, end in AMBULANCE_STATES
    }
    # A crew that takes nobody to a hospital leaves the scene and is clear at the same moment.
    hour_s = np.minimum(HOUR_S, horizon_s - HOUR_S * np.arange(hours))
    idle = np.maximum(hour_s - sum(seconds.values()), 0.0)
    index = pd.MultiIndex.from_product(
        [range(ambulances), range(hours)], names=["ambulance", "hour"]
    )
    columns = {f"{name}_s": values.ravel() for name, values in seconds.items()}
    return pd.DataFrame({**columns, "idle_s": idle.ravel()}, index=index).reset_index()


def _spread(
    missions: pd.DataFrame, start: str, end: str, ambulances: int, horizon_s: float
) -> NDArray[np.float64]:
    """Seconds between two times of every mission, by ambulance and hour; (ambulances, hours)."""
    hours = int(np.ceil(horizon_s / HOUR_S))
    begin_s, end_s = missions[start].to_numpy(), missions[end].to_numpy()
    known = (end_s > begin_s) & (begin_s < horizon_s)
    begin_s, end_s = begin_s[known], np.minimum(end_s[known], horizon_s)
    first = (begin_s // HOUR_S).astype(np.int64)
    count = (np.ceil(end_s / HOUR_S).astype(np.int64) - first).clip(min=1)
    row = np.repeat(np.arange(len(count)), count)
    hour = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    seconds = np.minimum(end_s[row], (hour + 1) * HOUR_S) - np.maximum(begin_s[row], hour * HOUR_S)
    place = missions["ambulance"].to_numpy()[known][row] * hours + hour
    table = np.zeros((ambulances, hours))
    np.add.at(table.ravel(), place, seconds)
    return table
