"""Where stations may stand, what they cost and what they must serve."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.mistakes import refuse
from policies.siting.robust.lights import DistanceLights, RouteLights
from policies.siting.robust.uncertainty import NOMINAL, UncertaintySet

MOST_NAMED = 5
"""Of many points with the same fault, so many are named."""


@dataclass(frozen=True, eq=False)
class LocationProblem:
    """Siting and sizing of ambulance stations under uncertain demand.

    Parameters
    ----------
    distance_km : (s, z) float64
        From each candidate station to each demand point; infinite where there is no way.
    travel_s : (s, z) float64
        Expected drive; infinite where there is no way. With `RouteLights`, without red lights.
    calls_per_day : (z,) float64
        Mean demand of each point.
    simultaneous_calls : (z,) float64
        Mean of the most calls that each point has at the same time.
    station_cost_per_day : (s,) float64
    ambulance_cost_per_day : (s,) float64
    transport_cost_per_km : float
        Of one call.
    unmet_cost : float
        Of one call from which its station is farther than `time_limit_s`.
    time_limit_s : float
    calls_set, simultaneous_set : UncertaintySet
        Deviations of `calls_per_day` and of `simultaneous_calls` that a plan must stand.
    lights : RouteLights or DistanceLights, optional
        Lights that may be equipped.

    Raises
    ------
    PolicyError
        That tells everything that is wrong.
    InfeasibleError
        If a point can be reached from no station.
    """

    distance_km: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    calls_per_day: NDArray[np.float64]
    simultaneous_calls: NDArray[np.float64]
    station_cost_per_day: NDArray[np.float64]
    ambulance_cost_per_day: NDArray[np.float64]
    transport_cost_per_km: float
    unmet_cost: float
    time_limit_s: float
    calls_set: UncertaintySet = NOMINAL
    simultaneous_set: UncertaintySet = NOMINAL
    lights: RouteLights | DistanceLights | None = None

    def __post_init__(self) -> None:
        refuse(self._shape_mistakes() or self._value_mistakes())
        unreached = np.flatnonzero(~self.has_way.any(axis=0))
        if len(unreached):
            raise InfeasibleError(f"no station reaches {named_points(unreached)}")

    @property
    def stations(self) -> int:
        """How many candidates there are."""
        return len(self.station_cost_per_day)

    @property
    def points(self) -> int:
        """How many demand points there are."""
        return len(self.calls_per_day)

    @cached_property
    def has_way(self) -> NDArray[np.bool_]:
        """Whether a station can serve a point, (s, z)."""
        return np.isfinite(self.travel_s) & np.isfinite(self.distance_km)

    def is_late(self, is_equipped: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a drive takes more than the limit, (s, z), with these lights equipped, (l,)."""
        if isinstance(self.lights, RouteLights):
            return self.travel_s + self.lights.waits_s(is_equipped) > self.time_limit_s
        return self.travel_s > self.time_limit_s

    def _shape_mistakes(self) -> list[str]:
        stations, points = self.stations, self.points
        wanted = {
            "distance_km": (stations, points),
            "travel_s": (stations, points),
            "simultaneous_calls": (points,),
            "ambulance_cost_per_day": (stations,),
        }
        shapes = {name: getattr(self, name).shape for name in wanted}
        return [
            f"{name} must have shape {shape}, got {shapes[name]}"
            for name, shape in wanted.items()
            if shapes[name] != shape
        ]

    def _value_mistakes(self) -> list[str]:
        mistakes = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in {"calls_set", "simultaneous_set", "lights"}:
                continue
            most = np.inf if field.name in {"distance_km", "travel_s"} else np.finfo(float).max
            bad = np.ravel(~((np.asarray(value) >= 0) & (np.asarray(value) <= most)))
            if bad.any():
                got = np.ravel(value)[bad.argmax()]
                mistakes.append(f"{field.name} must be >= 0, got {got:g}")
        for name, uncertainty in (
            ("calls_set", self.calls_set),
            ("simultaneous_set", self.simultaneous_set),
        ):
            mistakes += [f"{name}: {told}" for told in uncertainty.mistakes(self.points)]
        if self.lights is not None:
            mistakes += self.lights.mistakes(self.stations, self.points)
        return mistakes


def named_points(numbers: NDArray[np.int64]) -> str:
    """Name points by their numbers, the first few of many."""
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    return f"demand point{'s' if len(numbers) > 1 else ''} {shown}{more}"
