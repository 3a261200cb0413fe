"""Small situations to try a policy of the supply side in, as `policies.situations` has others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView
from policies.ordering.base import OrderingView
from policies.routing.base import RoutingView
from policies.situations import Situation
from policies.small_city import SmallCity
from policies.sourcing.base import SourcingView

ITEMS = ("masks", "gowns", "doses", "tests")
DAY_S = 86_400.0
LITRES = 100
MANY_STOPS = 15


def ordering_situations(
    city: SmallCity,  # noqa: ARG001 - asked for like all situations
    rng: np.random.Generator,
    count: int,
) -> Iterator[Situation]:
    """Stores of up to four items, with all the money they like, some or none.

    Some have seen no demand yet, some share a forecast, some owe more than they have.
    """
    for number in range(count):
        items = 1 + number % len(ITEMS)
        days = (0, 1, 20)[number % 3]
        budget = (inf, 0.0, float(rng.uniform(0, 2000)))[number % 5 % 3]
        mean = rng.uniform(0, 200, items)
        is_shared = number % 4 == 3
        view = OrderingView(
            items=ITEMS[:items],
            on_hand=rng.integers(0, 400, items).astype(float),
            on_order=rng.integers(0, 400, items).astype(float),
            backorders=rng.integers(0, 2, items) * rng.integers(0, 600, items).astype(float),
            demand_history=rng.poisson(mean[:, None], (items, days)).astype(float),
            lead_time_periods=rng.integers(0, 6, items).astype(float),
            review_periods=float(rng.integers(1, 4)),
            unit_cost=rng.uniform(0.1, 5, items),
            holding_cost=rng.uniform(0, 0.1, items),
            shortage_cost=rng.uniform(0, 20, items),
            budget=budget,
            forecast_mean=mean if is_shared else None,
            forecast_sd=np.sqrt(mean) if is_shared else None,
        )
        shared = ", a forecast" if is_shared else ""
        yield Situation(
            None, view, f"{items} items, a budget of {budget:g}, {days} days of demand{shared}"
        )


def allocation_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Stock at the stations for the hospitals: much, little or none, for some asked or nobody.

    By turns every station reaches every hospital, some ways are closed, or one hospital is cut
    off and stations send only so much.
    """
    sites, sources = len(city.hospital_node), len(city.station_node)
    cost = np.array(_times_s(city, city.station_node, city.hospital_node)) / 1000
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


def routing_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Deliveries from a junction to none, few or many others with one or more trucks.

    Now and then there is no way from one stop to the next, and some trucks are still out.
    """
    for number in range(count):
        stops = (0, 1, 2, 3, 4, MANY_STOPS)[number % 6]
        places = rng.integers(city.rows * city.columns, size=1 + stops).tolist()
        travel_s = np.array(_times_s(city, places, places))
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


def sourcing_situations(
    city: SmallCity,  # noqa: ARG001 - asked for like all situations
    rng: np.random.Generator,
    count: int,
) -> Iterator[Situation]:
    """Orders of up to four items, or of nothing, with one to four suppliers.

    Some suppliers are down, some take little more, some items nobody may be asked for.
    """
    for number in range(count):
        items = 1 + number % len(ITEMS)
        suppliers = int(rng.integers(1, 5))
        shape = suppliers, items
        asked = (0, 300, 300)[number % 3]
        may_ask = rng.random(shape) < (0.7 if number % 4 else 0.0)
        view = SourcingView(
            items=ITEMS[:items],
            quantity=rng.integers(0, asked + 1, items),
            may_ask=may_ask,
            contract=rng.integers(suppliers, size=items),
            wait_s=np.where(rng.random(shape) < 0.2, inf, rng.uniform(0, 7 * DAY_S, shape)),
            most=rng.integers(0, 400, shape),
            price=rng.uniform(0.5, 2, shape).round(1),
        )
        yield Situation(
            None,
            view,
            f"{view.quantity.sum()} units of {items} items, {suppliers} suppliers, "
            f"{int(may_ask.sum())} of {may_ask.size} may be asked",
        )


def _times_s(
    city: SmallCity, origins: Sequence[int], destinations: Sequence[int]
) -> list[list[float]]:
    return [[city.travel_time_s(a, b, siren=False) for b in destinations] for a in origins]
