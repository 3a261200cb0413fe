"""One ambulance's work for one call, with all its times."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import nan
from operator import attrgetter

NO_HOSPITAL = -1.0


@dataclass(slots=True)
class Mission:
    """From the order to the return. Times are seconds since the start, NaN where not reached.

    Attributes
    ----------
    call, ambulance, from_node : int
        `from_node` is the junction from which the ambulance drove to the call.
    from_station : bool
        Whether it stood at its station (else it was on the road or at a hospital).
    dispatched_s, departed_s, arrived_s, left_scene_s, at_hospital_s, clear_s, home_s : float
        `home_s` is the end of the mission: at the station, or where the next one began.
    hospital : float
        Number of the hospital, or `NO_HOSPITAL`.
    to_call_m, to_hospital_m, home_m : float
        Metres driven on each leg.
    came_home : bool
        Whether the mission ended at the station.
    """

    call: int
    ambulance: int
    from_node: int
    from_station: bool
    dispatched_s: float
    departed_s: float = nan
    arrived_s: float = nan
    left_scene_s: float = nan
    hospital: float = NO_HOSPITAL
    at_hospital_s: float = nan
    clear_s: float = nan
    home_s: float = nan
    to_call_m: float = 0.0
    to_hospital_m: float = 0.0
    home_m: float = 0.0
    came_home: bool = False


MISSION_FIELDS = tuple(item.name for item in fields(Mission))
mission_row = attrgetter(*MISSION_FIELDS)
"""All fields of a mission in their order."""
