"""Plans to begin with: proven for few stops, joined by savings, or always on to the nearest."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.routing.base import RoutingView, Trip
from policies.routing.exact import Exact
from policies.routing.planning.days import BREAK, FROM_S, MAX_TRIPS, Arrays, day_cost, split_day
from policies.routing.planning.deliveries import Deliveries
from policies.routing.savings import joined_routes

MOST_FOR_EXACT = 10
"""Stops that are planned exactly unless something else is asked for."""


def not_for_exact(deliveries: Deliveries) -> list[str]:
    """What of deliveries the integer program does not know."""
    vehicles, stops = deliveries.vehicles, deliveries.stops
    unknown = []
    if deliveries.objective not in {"distance", "time"}:
        unknown.append(f"the objective {deliveries.objective}")
    if len({place for v in vehicles for place in (v.depot, v.home)}) > 1:
        unknown.append("several depots")
    if len({vehicle.capacity for vehicle in vehicles}) > 1:
        unknown.append("vehicles of different size")
    if any(isfinite(v.shift_s[1]) for v in vehicles):
        unknown.append("ends of shifts")
    if any(isfinite(stop.window_s[1]) for stop in stops):
        unknown.append("windows")
    if any(stop.prize is not None for stop in stops):
        unknown.append("optional stops")
    if any(stop.demand == 0 for stop in stops):
        unknown.append("stops without demand")
    return unknown


def exact_trips(deliveries: Deliveries, time_limit_s: float) -> tuple[list[Trip], float]:
    """The least driving, and a bound below which there is none; see `Exact`."""
    vehicle = deliveries.vehicles[0]
    exact = Exact(most_stops=max(len(deliveries.stops), 1), time_limit_s=time_limit_s)
    view = _view(deliveries, vehicle.depot, _table(deliveries))
    most = _most_trips(deliveries)
    try:
        plan = exact.solve(view, most_trips=most)
    except InfeasibleError:
        raise InfeasibleError(
            f"however loads are shared out, {most} trips of {vehicle.capacity:,} units do not "
            f"carry all of {len(deliveries.stops)} stops, {deliveries.demand.sum():,} units"
        ) from None
    return shared_out(
        deliveries, [_stops(deliveries, trip.stops) for trip in plan.trips]
    ), plan.bound_s


def savings_trips(deliveries: Deliveries) -> list[Trip]:
    """Trips joined by savings from each depot, each stop's from the nearest with a vehicle.

    Routes for which no vehicle has a trip left are left out.
    """
    table, places = _table(deliveries), len(deliveries.depots)
    depots = sorted({vehicle.depot for vehicle in deliveries.vehicles})
    there_and_back = np.array([table[d, places:] + table[places:, d] for d in depots])
    nearest = np.array(depots)[there_and_back.argmin(axis=0)]
    routes = []
    for depot in depots:
        largest = max(v.capacity for v in deliveries.vehicles if v.depot == depot)
        view = _view(deliveries, depot, table)
        able = np.isfinite(there_and_back.min(axis=0)) & (deliveries.demand <= largest)
        own = (nearest == depot) & able & (deliveries.demand > 0)
        view.demand[places:][~own] = 0
        routes += [_stops(deliveries, route) for route in joined_routes(view)]
    return shared_out(deliveries, routes)


def _most_trips(deliveries: Deliveries) -> int | None:
    trips = [vehicle.max_trips for vehicle in deliveries.vehicles]
    return None if 0 in trips else sum(trips)


def _table(deliveries: Deliveries) -> NDArray[np.float64]:
    """What is driven least: metres or seconds."""
    by_length = deliveries.objective in {"distance", "cost"}
    return np.asarray(deliveries.distance_m if by_length else deliveries.travel_s)


def _stops(deliveries: Deliveries, places: Sequence[int]) -> tuple[int, ...]:
    return tuple(place - len(deliveries.depots) for place in places)


def _view(deliveries: Deliveries, depot: int, table: NDArray[np.float64]) -> RoutingView:
    """Deliveries from one depot as the simulator's policies see them."""
    places = len(deliveries.names)
    own = [v for v in deliveries.vehicles if v.depot == depot]
    return RoutingView(
        travel_s=table,
        depot=depot,
        demand=np.append(np.zeros(len(deliveries.depots), np.int64), deliveries.demand),
        capacity=np.array([vehicle.capacity for vehicle in own], dtype=np.int64),
        ready_s=np.zeros(len(own)),
        service_s=np.zeros(places),
    )


def shared_out(deliveries: Deliveries, routes: Sequence[Sequence[int]]) -> list[Trip]:
    """Give routes to vehicles, the largest loads first, each to whoever has driven least.

    The vehicle carries the load and starts at the depot nearest to the first stop, if it can be.
    """
    stops, vehicles = deliveries.stops, deliveries.vehicles
    left = [vehicle.max_trips or inf for vehicle in vehicles]
    busy_s = [vehicle.shift_s[0] for vehicle in vehicles]
    trips = []
    for route in sorted(routes, key=lambda r: -sum(stops[stop].demand for stop in r)):
        load = sum(stops[stop].demand for stop in route)
        able = [v for v, own in enumerate(vehicles) if own.capacity >= load and left[v] >= 1]
        if able:
            first = deliveries.place(route[0])
            there_s = [float(deliveries.travel_s[vehicles[v].depot, first]) for v in able]
            vehicle = min(
                zip(able, there_s, strict=True),
                key=lambda pair: (pair[1], vehicles[pair[0]].capacity, busy_s[pair[0]]),
            )[0]
            left[vehicle] -= 1
            busy_s[vehicle] += _way_s(deliveries, vehicles[vehicle].depot, route)
            trips.append(Trip(vehicle, tuple(route)))
    return trips


def _way_s(deliveries: Deliveries, depot: int, route: Sequence[int]) -> float:
    places = [depot, *map(deliveries.place, route)]
    return float(deliveries.travel_s[places, [*places[1:], depot]].sum())


def nearest_trips(deliveries: Deliveries, arrays: Arrays) -> list[Trip]:
    """Whoever is free first drives on to the nearest stop that keeps all rules."""
    rows: list[list[int]] = [[] for _ in deliveries.vehicles]
    clock_s = arrays.vehicle[:, FROM_S].copy()
    unserved = np.ones(len(deliveries.stops), dtype=bool)
    while unserved.any() and np.isfinite(clock_s).any():
        vehicle = int(clock_s.argmin())
        longer = _with_nearest(deliveries, arrays, vehicle, rows[vehicle], unserved)
        if longer is None:
            clock_s[vehicle] = inf
            continue
        unserved[longer[-1]] = False
        here = (
            arrays.depots + rows[vehicle][-1]
            if rows[vehicle]
            else deliveries.vehicles[vehicle].depot
        )
        clock_s[vehicle] += deliveries.travel_s[here, deliveries.place(longer[-1])]
        clock_s[vehicle] += deliveries.stops[longer[-1]].service_s
        rows[vehicle] = longer
    return [trip for vehicle, row in enumerate(rows) for trip in split_day(vehicle, row)]


def _with_nearest(
    deliveries: Deliveries,
    arrays: Arrays,
    vehicle: int,
    row: list[int],
    unserved: NDArray[np.bool_],
) -> list[int] | None:
    """A day with the nearest stop after it, on another trip if need be; None where none can be."""
    depot = deliveries.vehicles[vehicle].depot
    here = deliveries.place(row[-1]) if row else depot
    ways = [(here, row)]
    if row and arrays.vehicle[vehicle, MAX_TRIPS] > 1:
        ways.append((depot, [*row, BREAK]))
    for place, begun in ways:
        there_s = deliveries.travel_s[place, arrays.depots :]
        candidates = np.flatnonzero(unserved & np.isfinite(there_s))
        for stop in candidates[np.argsort(there_s[candidates], kind="stable")].tolist():
            longer = [*begun, stop]
            day = np.array(longer, dtype=np.int64)
            if day_cost(arrays, vehicle, day, len(day))[0] < inf:
                return longer
    return None
