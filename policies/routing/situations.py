"""Small situations to try a routing policy in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from policies.routing.base import RoutingView
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
