"""Every plan of few deliveries, tried one by one: the yardstick of the searches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from math import inf

import numpy as np

from policies.routing.base import Trip
from policies.routing.planning import (
    Deliveries,
    Objective,
    Stop,
    Vehicle,
    check_plan,
    measures_of,
    timed_trips,
)


def least_objective(deliveries: Deliveries) -> float:
    """The least that any plan is worth, prizes of those left out included; inf if there is none."""
    cheapest = [_cheapest_days(deliveries, v) for v in range(len(deliveries.vehicles))]
    stops = range(len(deliveries.stops))
    best = inf
    for drivers in product(range(-1, len(deliveries.vehicles)), repeat=len(deliveries.stops)):
        left_out = [deliveries.stops[s].prize for s in stops if drivers[s] < 0]
        if None in left_out:
            continue
        days = [
            cheapest[v].get(frozenset(s for s in stops if drivers[s] == v), inf)
            for v in range(len(deliveries.vehicles))
        ]
        total = max(days) if deliveries.objective == "latest_arrival" else sum(days)
        best = min(best, total + sum(left_out))
    return best


def _cheapest_days(deliveries: Deliveries, vehicle: int) -> dict[frozenset[int], float]:
    """What each set of stops costs at least on one vehicle, in any order and cut into any trips."""
    cheapest: dict[frozenset[int], float] = {frozenset(): 0.0}
    only = Deliveries(
        deliveries.depots,
        tuple(
            Stop(s.name, s.demand, s.service_s, s.window_s, s.urgency, 0.0)
            for s in deliveries.stops
        ),
        deliveries.vehicles,
        deliveries.travel_s,
        deliveries.distance_m,
        deliveries.objective,
    )
    for count in range(1, len(deliveries.stops) + 1):
        for order in permutations(range(len(deliveries.stops)), count):
            for trips in _cut(vehicle, order):
                most = deliveries.vehicles[vehicle].max_trips
                if (not most or len(trips) <= most) and not check_plan(only, trips):
                    worth = measures_of(only, timed_trips(only, trips)).by(deliveries.objective)
                    key = frozenset(order)
                    cheapest[key] = min(cheapest.get(key, inf), worth)
    return cheapest


def _cut(vehicle: int, order: tuple[int, ...]) -> Iterator[list[Trip]]:
    """An order of stops cut into trips in every way."""
    for ends in product((False, True), repeat=len(order) - 1):
        trips, trip = [], [order[0]]
        for stop, is_end in zip(order[1:], ends, strict=True):
            if is_end:
                trips.append(Trip(vehicle, tuple(trip)))
                trip = []
            trip.append(stop)
        yield [*trips, Trip(vehicle, tuple(trip))]


def random_deliveries(seed: int, objective: Objective) -> Deliveries:
    """Few stops with all that there is: two depots, unlike vehicles, windows, prizes, trips."""
    rng = np.random.default_rng(seed)
    count, places = 5, 7
    travel_s = rng.uniform(100, 1000, (places, places))
    if seed % 2:
        travel_s = (travel_s + travel_s.T) / 2
    if seed % 5 == 0:
        travel_s[2, 3:5] = inf
    stops = []
    for number in range(count):
        opens_s = float(rng.integers(0, 2)) * rng.uniform(0, 1500)
        closes_s = opens_s + rng.uniform(1000, 3000) if rng.random() < 0.4 else inf
        prize = rng.uniform(0, 2000) if rng.random() < 0.3 else None
        stops.append(
            Stop(
                f"S{number}",
                int(rng.integers(1, 8)),
                float(rng.uniform(0, 200)),
                (opens_s, closes_s),
                float(rng.integers(0, 4)),
                prize,
            )
        )
    vehicles = tuple(
        Vehicle(
            f"V{number}",
            int(rng.integers(8, 16)),
            depot=int(rng.integers(2)),
            end_depot=int(rng.integers(2)) if rng.random() < 0.3 else None,
            shift_s=(float(rng.uniform(0, 500)), 7000.0 if rng.random() < 0.5 else inf),
            max_trips=int(rng.integers(0, 3)),
            fixed_cost=float(rng.uniform(0, 50)),
            cost_per_km=float(rng.uniform(0, 20)),
            cost_per_h=float(rng.uniform(0, 100)),
            reload_s=float(rng.uniform(0, 300)),
        )
        for number in range(2)
    )
    distance_m = travel_s * rng.uniform(5, 15, (places, places))
    return Deliveries(("A", "B"), tuple(stops), vehicles, travel_s, distance_m, objective)
