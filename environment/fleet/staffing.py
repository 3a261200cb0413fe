"""What calls need against what the fleet has: contradictions, told before a run."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.demand.drawn_calls import DemandParameters
from environment.demand.priorities import PriorityClass
from environment.districts import Districts
from environment.fleet.shifts import Shift, is_on_duty
from environment.fleet.vehicle_types import TRANSPORTS, call_needs, skill_bits
from environment.fleet.vehicles import ALWAYS, FleetParameters, Vehicles

SHORTEST_GAP_HOURS = 1 / 3600  # less is the rounding of hours


def skill_contradictions(
    demand: DemandParameters, fleet: FleetParameters, vehicles: Vehicles, *, calls_are_lost: bool
) -> list[str]:
    """A line for each thing that some call needs and no vehicle can ever give.

    Hours of the day in which nobody is on duty are no contradiction where calls wait. Where calls
    that nobody can answer are lost (`calls_are_lost`), every call of such an hour would be lost
    whatever anybody decides, so it is one if calls come in that hour.
    """
    lines = [*_without_transport(vehicles), *_unknown_skills(demand, fleet, vehicles)]
    if lines:  # what follows would repeat them
        return lines
    for priority in demand.priorities:
        lines += _too_few(priority, fleet, vehicles)
        lines += _nobody_to_transport(priority, demand, fleet, vehicles)
    return lines or (list(_unmanned_hours(demand, fleet, vehicles)) if calls_are_lost else [])


class Origin(NamedTuple):
    """Where calls come from, and what they ask for.

    Attributes
    ----------
    district : str
    priority : int
        Row among the priorities.
    units : int
        How many vehicles.
    """

    district: str
    priority: int
    units: int


def origins_of_calls(
    demand: DemandParameters,
    calls: pd.DataFrame,
    demand_share: NDArray[np.float64],
    districts: Districts,
    ill: Collection[str] = (),
) -> list[Origin]:
    """All origins of a run's calls, and of those that another replication may draw.

    Parameters
    ----------
    demand : DemandParameters
    calls : DataFrame
        One row per call: ``zone``, ``priority`` and ``units``.
    demand_share : (z,) float64
        Of each zone.
    districts : Districts
    ill : collection of str
        Districts in which an epidemic breaks out.
    """
    kinds = calls[["zone", "priority", "units"]].drop_duplicates()
    rows = set(kinds.itertuples(index=False, name=None))
    zones = np.flatnonzero(demand_share).tolist()
    if demand.recorded_calls is not None or demand.calls_per_day == 0:
        zones = [zone for zone in zones if districts.of_zone[zone] in ill]
    priorities = [row for row, one in enumerate(demand.priorities) if one.share > 0]
    units = [count for count, share in enumerate(demand.unit_shares, start=1) if share > 0]
    rows.update(product(zones, priorities, units))
    return sorted({Origin(districts.of_zone[zone], *asked) for zone, *asked in rows})


def district_contradictions(
    demand: DemandParameters,
    fleet: FleetParameters,
    vehicles: Vehicles,
    districts: Districts,
    origins: Sequence[Origin],
    reason: str,
) -> list[str]:
    """A line for each thing that calls need and no vehicle of their own district can ever give.

    `reason` says what keeps vehicles from elsewhere away.
    """
    home = np.array(districts.of_station)[vehicles.station]
    lacking: dict[str, dict[str, None]] = {}
    for district, row, units in origins:
        if district not in home:
            lacking.setdefault("calls come in, but no vehicle", {})[district] = None
            continue
        priority = demand.priorities[row]
        for mask in call_needs(priority.needs, units, fleet.types):
            if not _fit(vehicles, mask)[home == district].any():
                needed = f"priority {priority.name!r} needs a vehicle {_described(mask, fleet)}"
                lacking.setdefault(f"{needed}, but none", {})[district] = None
    return [
        f"{what} is stationed in district {', '.join(map(repr, names))} "
        f"({reason} sends none from elsewhere)"
        for what, names in lacking.items()
    ]


def _without_transport(vehicles: Vehicles) -> Iterator[str]:
    if not vehicles.transports.any():
        yield "no vehicle of the fleet transports patients (fleet.types: transports = true)"


def _unknown_skills(
    demand: DemandParameters, fleet: FleetParameters, vehicles: Vehicles
) -> Iterator[str]:
    """Skills that are asked for and that no vehicle has, be it that their type has none."""
    bits = skill_bits(fleet.types)
    known = [skill for skill, bit in bits.items() if (vehicles.skills & bit).any()]
    for priority in demand.priorities:
        for skill in dict.fromkeys(priority.needs):
            if skill not in known:
                yield (
                    f"priority {priority.name!r} needs the skill {skill!r}, which no vehicle of "
                    f"the fleet has{_hint(skill, known)}"
                )


def _hint(skill: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(skill, known, n=1)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f"; it has: {', '.join(known)}" if known else "; it has none"


def _too_few(priority: PriorityClass, fleet: FleetParameters, vehicles: Vehicles) -> Iterator[str]:
    """More vehicles with a skill for one call than the fleet has."""
    needs = call_needs(priority.needs, len(priority.needs), fleet.types)
    for mask, wanted in Counter(needs).items():
        there = int(_fit(vehicles, mask).sum())
        if wanted > there:
            yield (
                f"priority {priority.name!r} needs {wanted} vehicles {_described(mask, fleet)} "
                f"for one call, but the fleet has {there}"
            )


def _fit(vehicles: Vehicles, mask: int) -> NDArray[np.bool_]:
    """Which vehicles can do all of a mask, (v,)."""
    fit: NDArray[np.bool_] = vehicles.skills & mask == mask
    return fit


def _described(mask: int, fleet: FleetParameters) -> str:
    skills = [skill for skill, bit in skill_bits(fleet.types).items() if mask & bit]
    transport = ["transport"] if mask & TRANSPORTS else []
    return f"with {' and '.join([*skills, *transport])}"


def _nobody_to_transport(
    priority: PriorityClass, demand: DemandParameters, fleet: FleetParameters, vehicles: Vehicles
) -> Iterator[str]:
    """Patients for a hospital to whom, perhaps, only vehicles are sent that cannot take them."""
    needs = call_needs(priority.needs, _fewest_units(demand), fleet.types)
    all_without = all((_fit(vehicles, mask) & ~vehicles.transports).any() for mask in needs)
    if demand.transported_share > 0 and all_without:
        yield (
            f"priority {priority.name!r} needs only {', '.join(priority.needs)}, which vehicles "
            "that do not transport have, but its patients go to hospital with "
            f"demand.transported_share = {demand.transported_share:g}; add a skill that only "
            "transporting vehicles have"
        )


def _fewest_units(demand: DemandParameters) -> int:
    return min(units for units, share in enumerate(demand.unit_shares, start=1) if share > 0)


def _unmanned_hours(
    demand: DemandParameters, fleet: FleetParameters, vehicles: Vehicles
) -> Iterator[str]:
    """Stretches of hours in which calls come, and nobody is on duty to whom they could be given.

    A call that gets one of its vehicles is not lost, so one kind on duty is enough.
    """
    weights = demand.hourly_weights or (1.0,) * 24
    for priority in demand.priorities:
        needs = call_needs(priority.needs, _fewest_units(demand), fleet.types)
        fit = np.logical_or.reduce([_fit(vehicles, mask) for mask in needs])
        shifts = np.unique(vehicles.shift[fit]).tolist()
        if ALWAYS in shifts or priority.share == 0:
            continue
        for begin, end in _gaps([fleet.shifts[row] for row in shifts]):
            if any(weights[hour % 24] for hour in range(int(begin), int(np.ceil(end)))):
                yield (
                    f"from {_clock(begin)} to {_clock(end)} no vehicle is on duty that could "
                    f"answer a call of priority {priority.name!r}, and calls that nobody can "
                    "answer are lost (dispatch_centre.when_busy = 'lose')"
                )


def _gaps(shifts: Sequence[Shift]) -> Iterator[tuple[float, float]]:
    """Stretches of the day, in hours, that no shift covers; the last may go past midnight."""
    for begin in sorted({(shift.start_hour + shift.hours) % 24 for shift in shifts}):
        if not any(is_on_duty(shift, begin) for shift in shifts):
            hours = min((shift.start_hour - begin) % 24 for shift in shifts)
            if hours > SHORTEST_GAP_HOURS:
                yield begin, begin + hours


def _clock(hour: float) -> str:
    """An hour of the day as on a clock."""
    minutes = round(hour * 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
