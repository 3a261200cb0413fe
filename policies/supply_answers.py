"""What may be answered to each decision of the supply side."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import MOST_UNITS, AllocationView
from policies.allocation.supply_network import SupplyNetwork
from policies.answers import is_number, numbers_of, short
from policies.base import PolicyError
from policies.ordering.base import OrderingView
from policies.routing.base import RoutingView, Trip
from policies.sourcing.base import SourcingView

ROUNDING = 1e-9
"""Share by which a sum of money may exceed the budget, and units a whole number."""


def checked_orders(name: str, answer: Any, view: OrderingView) -> NDArray[np.int64]:
    """Whole units that an ordering policy orders of each item, (n,), within the budget.

    A part of a unit becomes a whole one. Where the budget does not pay for all of these, the
    parts are left out, and made whole from the greatest on as long as there is money.
    """
    units, items = numbers_of(answer), len(view.items)
    if units.shape != (items,) or not ((units >= 0) & (units <= MOST_UNITS)).all():
        raise PolicyError(
            f"{name} answered {short(answer)}; expected {items} numbers of units from 0 to "
            f"{MOST_UNITS}, one for each item"
        )
    cost = float(units @ view.unit_cost)
    if cost > view.budget * (1 + ROUNDING):
        raise PolicyError(f"{name} ordered for {cost:g}; the budget is {view.budget:g}")
    whole = np.ceil(units - ROUNDING * np.maximum(units, 1)).astype(np.int64)
    if whole @ view.unit_cost > view.budget:
        whole = _affordable(units, view)
    return whole


def _affordable(units: NDArray[np.float64], view: OrderingView) -> NDArray[np.int64]:
    """Round down, and then up where the budget still pays for it, the greatest parts first."""
    whole = np.floor(units).astype(np.int64)
    for item in np.argsort(whole - units, kind="stable"):
        is_part = whole[item] < units[item]
        if is_part and whole @ view.unit_cost + view.unit_cost[item] <= view.budget:
            whole[item] += 1
    return whole


def checked_allocation(name: str, answer: Any, view: AllocationView) -> NDArray[np.int64]:
    """Units that an allocation policy gives each site of each item, (s, i)."""
    given = _whole_units(name, answer, view.demand.shape, "site")
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


def checked_trips(name: str, answer: Any, view: RoutingView, stops: Sequence[int]) -> list[Trip]:
    """Trips that a routing policy plans; they are to serve each of the stops once."""
    if not isinstance(answer, Sequence) or not all(isinstance(trip, Trip) for trip in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Trip, "
            "empty if there are no stops"
        )
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


def checked_sources(name: str, answer: Any, view: SourcingView) -> NDArray[np.int64]:
    """Units of each item that a sourcing policy asks each supplier for, (p, i)."""
    asked = _whole_units(name, answer, view.most.shape, "supplier")
    for supplier, item in np.argwhere((asked > 0) & ~view.may_ask).tolist():
        may = ", ".join(map(str, np.flatnonzero(view.may_ask[:, item]))) or "none"
        raise PolicyError(
            f"{name} asked supplier {supplier} for {view.items[item]!r}, which may not be asked "
            f"for it; those that may: {may}"
        )
    for supplier, item in np.argwhere(asked > view.most).tolist():
        raise PolicyError(
            f"{name} asked supplier {supplier} for {asked[supplier, item]} units of "
            f"{view.items[item]!r}; it takes an order for {view.most[supplier, item]}"
        )
    in_all = asked.sum(axis=0)
    for item in np.flatnonzero(in_all > view.quantity).tolist():
        raise PolicyError(
            f"{name} asked for {in_all[item]} units of {view.items[item]!r}; "
            f"{view.quantity[item]} were to be ordered"
        )
    return asked


def _whole_units(name: str, answer: Any, shape: tuple[int, ...], row: str) -> NDArray[np.int64]:
    """An answer as whole units, a row for each place and a column for each item."""
    units = numbers_of(answer)
    if units.shape != shape or not _are_whole(units):
        rows, columns = shape
        raise PolicyError(
            f"{name} answered {short(answer)}; expected whole units from 0 to {MOST_UNITS}, "
            f"{rows} rows (one a {row}) of {columns} (one an item)"
        )
    return units.astype(np.int64)


def _are_whole(units: NDArray[np.float64]) -> bool:
    return bool(((units >= 0) & (units <= MOST_UNITS) & (np.floor(units) == units)).all())
