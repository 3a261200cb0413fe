"""The decision which truck visits which stops, and when, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np

from policies.answers import is_number, short
from policies.base import PolicyError
from policies.decision import Decision
from policies.routing.base import RoutingView, Trip, places_with_demand, stops_of
from policies.small_city import Situation, SmallCity, drives_s

LITRES = 100
MANY_STOPS = 15


def routing_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Deliveries from a junction to none, few or many others with one or more trucks.

    Now and then there is no way from one stop to the next, and some trucks are still out.
    """
    for number in range(count):
        stops = (0, 1, 2, 3, 4, MANY_STOPS)[number % 6]
        places = rng.integers(city.rows * city.columns, size=1 + stops).tolist()
        travel_s = np.array(drives_s(city, places, places))
        if number % 2 and stops > 1:
            travel_s[1, 2:] = inf
        trucks = int(rng.integers(1, 4))
        capacity = rng.integers(LITRES // 2, LITRES + 1, trucks)
        view = RoutingView(
            travel_s=travel_s,
            depot=0,
            demand=rng.integers(1, int(capacity.max()) + 1, 1 + stops),
            capacity=capacity,
            ready_s=rng.uniform(0, 3600, trucks) * rng.integers(0, 2, trucks),
            service_s=np.full(1 + stops, 600.0),
            urgency=rng.integers(0, 4, 1 + stops).astype(float) if number % 4 else None,
        )
        yield Situation(None, view, f"{stops} stops, {trucks} trucks")


def checked_trips(name: str, answer: Any, view: RoutingView) -> list[Trip]:
    """Trips that a routing policy plans; they are to serve each stop once."""
    if not isinstance(answer, Sequence) or not all(isinstance(trip, Trip) for trip in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Trip, "
            "empty if there are no stops"
        )
    stops = places_with_demand(view)
    trips = [_checked_trip(name, trip, view, stops) for trip in answer]
    visits = [stop for trip in trips for stop in trip.stops]
    twice = [stop for place, stop in enumerate(visits) if stop in visits[:place]]
    if twice:
        raise PolicyError(f"{name} serves stop {twice[0]} twice")
    left_out = [str(stop) for stop in stops if stop not in visits]
    if left_out:
        raise PolicyError(f"{name} does not serve every stop; left out: {', '.join(left_out)}")
    return trips


def _checked_trip(name: str, trip: Trip, view: RoutingView, stops: Sequence[int]) -> Trip:
    vehicles = len(view.capacity)
    if not (is_number(trip.vehicle) and 0 <= trip.vehicle < vehicles):
        raise PolicyError(
            f"{name} planned a trip of vehicle {short(trip.vehicle)}; expected a number from "
            f"0 to {vehicles - 1}"
        )
    if not isinstance(trip.stops, Sequence) or not trip.stops:
        raise PolicyError(
            f"{name} planned a trip past {short(trip.stops)}; expected a sequence of stops, "
            "at least one"
        )
    for stop in trip.stops:
        if not (is_number(stop) and stop in stops):
            known = ", ".join(map(str, stops)) or "none"
            raise PolicyError(f"{name} drives to {short(stop)}, which is no stop; stops: {known}")
    checked = Trip(int(trip.vehicle), tuple(int(stop) for stop in trip.stops))
    _require_capacity_and_ways(name, checked, view)
    return checked


def _require_capacity_and_ways(name: str, trip: Trip, view: RoutingView) -> None:
    load, most = int(view.demand[list(trip.stops)].sum()), int(view.capacity[trip.vehicle])
    if load > most:
        raise PolicyError(
            f"{name} loads {load} units on vehicle {trip.vehicle}, which carries {most}"
        )
    for leg in pairwise((view.depot, *trip.stops, view.depot)):
        if not np.isfinite(view.travel_s[leg]):
            raise PolicyError(
                f"{name} drives from place {leg[0]} to place {leg[1]}, where there is no way"
            )


ROUTING = Decision(
    name="routing",
    description="which trucks deliver, and in which order",
    method="plan",
    asked_with=("view",),
    view=RoutingView,
    taken_by="supply",
    built_in={
        "direct": "policies.routing.direct:Direct",
        "nearest_neighbour": "policies.routing.nearest_neighbour:NearestNeighbour",
        "savings": "policies.routing.savings:Savings",
        "exact": "policies.routing.exact:Exact",
        "pyvrp": "policies.routing.hybrid_search:PyVRP",
    },
    default="savings",
    checked=checked_trips,
    situations=routing_situations,
    require_solvable=stops_of,
)
