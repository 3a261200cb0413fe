"""What people do without a model, and trips of a few vehicles as rounds that can be tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from experiments.planning.trial.scenario import PlannedRound, Visit
from policies.routing.base import RoutingPolicy, RoutingView, Trip
from policies.routing.direct import Direct
from policies.routing.nearest_neighbour import NearestNeighbour
from policies.routing.schedule import trip_times_s
from policies.routing.sharing_out import share_out

Array = NDArray[np.float64]
Units = NDArray[np.int64]

NEAREST_NEIGHBOUR = "nearest neighbour"
EACH_FOR_ITSELF = "each for itself"
ROUTES_OF_THUMB: Mapping[str, RoutingPolicy] = MappingProxyType(
    {NEAREST_NEIGHBOUR: NearestNeighbour(), EACH_FOR_ITSELF: Direct()}
)
"""On to the nearest centre whose load still fits; and one trip for every centre."""


def order_the_mean(mean: Array) -> Units:
    """What is expected, and no more, in whole units."""
    return np.rint(mean).astype(np.int64)


def order_by_population(total: Array, persons: Array) -> Units:
    """What there is, shared out by inhabitants.

    Parameters
    ----------
    total : (i,) float64
        Units of each item.
    persons : (c,) float64

    Returns
    -------
    (c, i) int64
        Of each centre.
    """
    return np.rint(np.outer(persons / persons.sum(), total)).astype(np.int64)


def rounds_by_rule(view: RoutingView, quantity: Units, rule: str) -> tuple[PlannedRound, ...]:
    """Bring quantities by one of the `ROUTES_OF_THUMB`.

    Parameters
    ----------
    view : RoutingView
        Place 0 is the depot, place c + 1 is centre c; what it says of demand is not looked at.
    quantity : (c, i) int64
        Units for each centre of each item.
    rule : str
    """
    own = with_loads(view, quantity)
    return rounds_of(own, ROUTES_OF_THUMB[rule].plan(own), quantity)


def rounds_on_routes(
    view: RoutingView, quantity: Units, routes: Sequence[Sequence[int]]
) -> tuple[PlannedRound, ...]:
    """Bring quantities on routes of centres, which are shared out among the vehicles."""
    own = with_loads(view, quantity)
    stops = [[centre + 1 for centre in route] for route in routes]
    return rounds_of(own, share_out(own, stops), quantity)


def with_loads(view: RoutingView, quantity: Units) -> RoutingView:
    """The same places and vehicles, with the units of all items as loads."""
    return view._replace(demand=np.append(0, quantity.sum(axis=1)))


def rounds_of(
    view: RoutingView, trips: Sequence[Trip], quantity: Units
) -> tuple[PlannedRound, ...]:
    """Trips with the hours at which they set out, one after the other for each vehicle."""
    free_s = np.array(view.ready_s, dtype=float)
    rounds = []
    for trip in trips:
        departure_s = float(free_s[trip.vehicle] + view.service_s[view.depot])
        free_s[trip.vehicle] += trip_times_s(view, trip.stops)[1]
        visits = tuple(
            Visit(
                stop - 1,
                tuple(quantity[stop - 1].tolist()),
                unload_s=float(view.service_s[stop]),
            )
            for stop in trip.stops
        )
        name = vehicle_name(trip.vehicle)
        rounds.append(PlannedRound(name, view.depot, departure_s, visits))
    return tuple(rounds)


def vehicle_name(number: int) -> str:
    """What a vehicle of a routing view is called in rounds."""
    return f"vehicle {number + 1}"
