"""The decision who gets how much of what is there, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.units import DAY_S
from policies.allocation.base import AllocationView
from policies.allocation.supply_network import SupplyNetwork
from policies.answers import whole_units
from policies.base import PolicyError
from policies.decision import Decision
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
            expected=rng.poisson(10, (number % 3, sites, items)).astype(float),
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


def checked_allocation(name: str, answer: Any, view: AllocationView) -> NDArray[np.int64]:
    """Units that an allocation policy gives each site of each item, (s, i)."""
    given = whole_units(name, answer, view.demand.shape, "site")
    _require_at_most_demand(name, given, view)
    most = SupplyNetwork(view).most(given)
    if most < given.sum():
        _require_stock(name, given, view)
        raise PolicyError(
            f"{name} gave {given.sum()} units, of which ways and dispatch limits let {most} through"
        )
    return given


def _require_at_most_demand(name: str, given: NDArray[np.int64], view: AllocationView) -> None:
    for site, item in np.argwhere(given > view.demand).tolist():
        raise PolicyError(
            f"{name} gave site {site} {given[site, item]} units of item {item}; "
            f"it asked for {view.demand[site, item]}"
        )


def _require_stock(name: str, given: NDArray[np.int64], view: AllocationView) -> None:
    in_all, there = given.sum(axis=0), view.available.sum(axis=0)
    for item in np.flatnonzero(in_all > there).tolist():
        raise PolicyError(
            f"{name} gave {in_all[item]} units of item {item}; the sources have {there[item]}"
        )


ALLOCATION = Decision(
    name="allocation",
    description="who gets how much where stock is short",
    method="allocate",
    asked_with=("view",),
    view=AllocationView,
    taken_by="supply",
    built_in={
        "first_come": "policies.allocation.first_come:FirstCome",
        "proportional": "policies.allocation.proportional:Proportional",
        "priority": "policies.allocation.priority:Priority",
        "optimised": "policies.allocation.optimised:Optimised",
        "delivery_plan": "policies.allocation.delivery_plan:DeliveryPlanned",
    },
    default="priority",
    checked=checked_allocation,
    situations=allocation_situations,
)
