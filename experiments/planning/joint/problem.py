"""Centres that order and are visited from one depot, and a plan of orders and trips for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.planning.joint.groups import tour_length
from experiments.planning.joint.loads import Centres
from policies.mistakes import number_mistakes, refuse
from policies.ordering.newsvendor import Item

Array = NDArray[np.float64]
Route = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class JointProblem:
    """Centres that are served from one depot by vehicles of one size, each trip once.

    Parameters
    ----------
    items : sequence of Item
        What each of n centres orders, and what shortage and surplus cost there; any quantity.
    distance : (n + 1, n + 1) float64
        From place to place; place 0 is the depot, place i + 1 is centre i.
    capacity : float
        Units that a vehicle carries on a trip, above 0.
    cost_per_distance : float
        Money for each unit of distance, >= 0.
    trip_cost : float
        Money for each trip, >= 0.

    Raises
    ------
    PolicyError
        If a number is not within its limits, or there is not one distance for every pair.
    """

    items: Sequence[Item]
    distance: Array
    capacity: float
    cost_per_distance: float = 1.0
    trip_cost: float = 0.0

    def __post_init__(self) -> None:
        mistakes = number_mistakes("capacity", self.capacity, lambda k: k > 0, "above 0")
        for name in ("cost_per_distance", "trip_cost"):
            value = getattr(self, name)
            mistakes += number_mistakes(name, value, lambda c: 0 <= c < np.inf, ">= 0 and finite")
        wanted = (len(self.items) + 1,) * 2
        if np.shape(self.distance) != wanted:
            mistakes.append(f"distance must be of the shape {wanted}, got {self.distance.shape}")
        elif not ((self.distance >= 0) & (self.distance < np.inf)).all():
            mistakes.append("every distance must be >= 0 and finite")
        refuse(mistakes)

    @cached_property
    def centres(self) -> Centres:
        """The centres, to be asked at many prices at a time."""
        return Centres(self.items)

    def driving_cost(self, routes: Sequence[Route]) -> float:
        """Money for all trips."""
        length = sum(tour_length(self.distance, route) for route in routes)
        return self.cost_per_distance * length + self.trip_cost * len(routes)


class JointPlan(NamedTuple):
    """Orders and trips.

    Attributes
    ----------
    quantity : (n,) float64
        Units that each centre orders; 0 where nobody comes.
    routes : tuple of tuple of int
        Centres of each trip in the order of the visits, from 0 on.
    ordering_cost : float
        Expected cost of orders, surplus and shortage at all centres, visited or not.
    driving_cost : float
    bound : float
        No plan costs less; the cost itself where the plan is the best.
    """

    quantity: Array
    routes: tuple[Route, ...]
    ordering_cost: float
    driving_cost: float
    bound: float

    @property
    def cost(self) -> float:
        """All money that is to be expected."""
        return self.ordering_cost + self.driving_cost

    @property
    def gap(self) -> float:
        """Share of the cost that a better plan might save; 0 where this one is the best."""
        return 1 - self.bound / self.cost if self.cost > self.bound else 0.0


TINY = 1e-9
"""Rounding of loads, as a share of the capacity."""


def plan_of(
    problem: JointProblem, quantity: Array, routes: Sequence[Route], bound: float | None = None
) -> JointPlan:
    """A plan with its costs; without a bound it is the best."""
    ordering_cost = float(problem.centres.cost(quantity[None]).sum())
    driving_cost = problem.driving_cost(routes)
    cost = ordering_cost + driving_cost
    return JointPlan(
        quantity, tuple(routes), ordering_cost, driving_cost, cost if bound is None else bound
    )
