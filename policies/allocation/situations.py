"""Small situations to try an allocation policy in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np
from numpy.typing import NDArray

from environment.units import DAY_S
from policies.allocation.base import AllocationView
from policies.small_city import ITEMS, Situation, SmallCity, drives_s


def allocation_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Stock at the stations for the hospitals: much, little or none, for some asked or nobody.

    By turns every station reaches every hospital, some ways are closed, or one hospital is cut
    off and stations send only so much.
    """
    sites, sources = len(city.hospital_node), len(city.station_node)
    cost = np.array(drives_s(city, city.station_node, city.hospital_node)) / 1000
    for number in range(count):
        items = 1 + number % len(ITEMS)
        stock, asked = (500, 60, 0)[number % 3], (0, 100, 100, 100)[number % 4]
        now_s = DAY_S * (1 + number)
        ways, limit = _ways(rng, cost, number), rng.integers(0, 200, sources)
        view = AllocationView(
            demand=rng.integers(0, asked + 1, (sites, items)),
            available=rng.integers(0, stock + 1, (sources, items)),
            requested_s=now_s - rng.uniform(0, DAY_S, (sites, items)),
            severity=rng.integers(0, 4, sites).astype(float),
            urgency=rng.uniform(0, 3, (sites, items)).round(),
            now_s=now_s,
            transport_cost=ways,
            dispatch_limit=limit if number % 5 == 4 else None,
        )
        closed = 0 if ways is None else int(np.isinf(ways).sum())
        units = int(view.available.sum())
        yield Situation(
            None, view, f"{units} units for {view.demand.sum()} asked for, {closed} ways closed"
        )


def _ways(
    rng: np.random.Generator, cost: NDArray[np.float64], number: int
) -> NDArray[np.float64] | None:
    """Costs of transport: none, those of a city with some ways closed, or with a site cut off."""
    if number % 3 == 0:
        return None
    ways = np.where(rng.random(cost.shape) < 0.3, inf, cost)
    if number % 3 == 2:
        ways[:, rng.integers(cost.shape[1])] = inf
    return ways
