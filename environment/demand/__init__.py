"""Who calls, when, where and how badly: drawn, recorded, from mass casualties and outbreaks.

Everything that a patient will ever need is drawn at birth; whatever anybody decides comes later.
"""

from __future__ import annotations

from environment.demand.calls import Call, Calls, longer_noise
from environment.demand.conditions import survival_of_calls
from environment.demand.drawn_calls import (
    DemandParameters,
    Streams,
    complete_calls,
    draw_calls,
    streams_of,
)
from environment.demand.durations import Duration, lognormal_factors
from environment.demand.hospitals import (
    DEFAULT_HOSPITALS,
    HospitalParameters,
    hospital_means,
    missing_specialties,
)
from environment.demand.mission_times import MissionTimes, mission_times
from environment.demand.outbreak_calls import EpidemicCallers
from environment.demand.priorities import PriorityClass
from environment.demand.record import read_recorded_calls
from environment.units import DAY_S, HOUR_S

__all__ = [
    "DAY_S",
    "DEFAULT_HOSPITALS",
    "HOUR_S",
    "Call",
    "Calls",
    "DemandParameters",
    "Duration",
    "EpidemicCallers",
    "HospitalParameters",
    "MissionTimes",
    "PriorityClass",
    "Streams",
    "complete_calls",
    "draw_calls",
    "hospital_means",
    "lognormal_factors",
    "longer_noise",
    "missing_specialties",
    "mission_times",
    "read_recorded_calls",
    "streams_of",
    "survival_of_calls",
]
