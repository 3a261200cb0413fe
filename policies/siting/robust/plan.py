"""A plan of stations, ambulances and lights, and what it truly costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import excess

Status = Literal["optimal", "time limit", "interrupted", "tolerance"]

ROUNDING = 1e-6
"""Share of an ambulance, or of all of a station's, that is not rounded up to one more."""


class Costs(NamedTuple):
    """Both objectives of a plan, with the demand at its worst in each.

    Attributes
    ----------
    cost_per_day : float
        F1: stations, ambulances, transport and lights.
    service_cost_per_day : float
        F2: stations, ambulances and calls served too late.
    """

    cost_per_day: float
    service_cost_per_day: float

    def weighted(self, weight: float) -> float:
        """The mixture that is minimised, with this weight of the first."""
        return weight * self.cost_per_day + (1 - weight) * self.service_cost_per_day


class Layout(NamedTuple):
    """What is decided.

    Attributes
    ----------
    is_open : (s,) bool
    share : (s, z) float64
        Part of each point's demand that each station serves; columns add up to 1.
    is_equipped : (l,) bool
    """

    is_open: NDArray[np.bool_]
    share: NDArray[np.float64]
    is_equipped: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LocationPlan:
    """The answer of a search.

    Attributes
    ----------
    status : str
        ``optimal`` (within the gap asked for), ``time limit``, ``interrupted``, or ``tolerance``
        where the gap cannot be closed in the solver's arithmetic.
    layout : Layout
        Stations, assignment and lights.
    ambulances : (s,) int64
        At each station; enough for its simultaneous calls at their worst.
    costs : Costs
        Both objectives.
    objective : float
        Their weighted sum.
    bound : float
        No plan is better than this.
    seconds : float
        Time of the search.
    """

    status: Status
    layout: Layout
    ambulances: NDArray[np.int64]
    costs: Costs
    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Share of the objective that a better plan might save."""
        return relative_gap(self.objective, self.bound)


def relative_gap(objective: float, bound: float) -> float:
    """Share of an objective that lies above its bound; infinite without a bound."""
    if not np.isfinite(objective) or not np.isfinite(bound):
        return np.inf
    return max(0.0, objective - bound) / max(abs(objective), 1e-12)


def needed_ambulances(problem: LocationProblem, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Simultaneous calls of each station at their worst, (s,), not rounded."""
    worst = problem.simultaneous_calls + problem.simultaneous_set.worst(share)
    return (share * worst).sum(axis=1)


def rounded_up(needed: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole ambulances for what is needed, but for the solver's rounding."""
    return np.ceil(needed - ROUNDING * np.maximum(1, needed)).astype(np.int64)


def evaluate(problem: LocationProblem, layout: Layout) -> tuple[NDArray[np.int64], Costs]:
    """Count the ambulances that a layout needs, (s,), and what it truly costs."""
    share, calls = layout.share, problem.calls_per_day
    ambulances = rounded_up(needed_ambulances(problem, share))
    standing = float(
        problem.station_cost_per_day @ layout.is_open + problem.ambulance_cost_per_day @ ambulances
    )
    transport = problem.transport_cost_per_km * dot_by_point(problem.distance_km, share)
    late = problem.unmet_cost * dot_by_point(problem.is_late(layout.is_equipped), share)
    lights = problem.lights.cost_per_day * layout.is_equipped.sum() if problem.lights else 0.0
    return ambulances, Costs(
        standing + float(calls @ transport) + excess(problem.calls_set, transport) + lights,
        standing + float(calls @ late) + excess(problem.calls_set, late),
    )


def dot_by_point(value: NDArray[np.generic], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the stations of each point, (z,); where none is served nothing counts."""
    return np.where(share > 0, value * np.where(share > 0, share, 0), 0).sum(axis=0)
