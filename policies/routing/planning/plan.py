"""A plan for deliveries, by whichever method can make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import nan

import numpy as np

from policies.base import InfeasibleError
from policies.routing.base import RoutingView
from policies.routing.planning.deliveries import Deliveries
from policies.routing.planning.timing import Measures, RoutedTrip, measures_of, timed_trips
from policies.routing.savings import Savings


@dataclass(frozen=True)
class DeliveryPlan:
    """Who drives where, who goes without, and how good it is.

    Attributes
    ----------
    trips : tuple of RoutedTrip
        Those of one vehicle follow one another in the order in which it drives them.
    objective : float
        What is minimised, in its unit: the measure of the trips, and the prizes of stops that are
        not served.
    bound : float
        No plan has a lower objective; NaN where nothing is proven.
    measures : Measures
        The trips by every objective.
    unserved : tuple of int
        Numbers of the stops that go without.
    why : mapping of int to str
        The reason for each of them.
    notes : tuple of str
        What the reader has to know, such as that another method had to take over.
    method : str
        What made it.
    """

    trips: tuple[RoutedTrip, ...]
    objective: float
    bound: float
    measures: Measures
    unserved: tuple[int, ...] = ()
    why: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    method: str = ""


def plan_deliveries(
    deliveries: Deliveries,
    method: str = "auto",
    *,
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
) -> DeliveryPlan:
    """Plan trips."""
    view = RoutingView(
        deliveries.travel_s,
        0,
        np.concatenate([np.zeros(len(deliveries.depots), dtype=np.int64), deliveries.demand]),
        np.array([vehicle.capacity for vehicle in deliveries.vehicles]),
        np.array([vehicle.shift_s[0] for vehicle in deliveries.vehicles]),
        np.zeros(len(deliveries.names)),
    )
    first = len(deliveries.depots)
    simple = [
        trip._replace(stops=tuple(stop - first for stop in trip.stops))
        for trip in Savings().plan(view)
    ]
    if any(not 0 <= trip.vehicle < len(deliveries.vehicles) for trip in simple):
        raise InfeasibleError("no vehicle")
    trips = timed_trips(deliveries, simple)
    measures = measures_of(deliveries, trips)
    return DeliveryPlan(trips, measures.by(deliveries.objective), nan, measures, method="savings")
