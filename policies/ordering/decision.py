"""The decision how much of each item is ordered, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.answers import MOST_UNITS, numbers_of, short
from policies.base import PolicyError
from policies.decision import Decision
from policies.ordering.base import OrderingView
from policies.small_city import ITEMS, Situation, SmallCity


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


ORDERING = Decision(
    name="ordering",
    description="how much of each item is ordered",
    method="order",
    asked_with=("view",),
    view=OrderingView,
    taken_by="supply",
    built_in={
        "newsvendor": "policies.ordering.newsvendor:NewsvendorRule",
        "order_up_to": "policies.ordering.order_up_to:OrderUpTo",
        "reorder_point": "policies.ordering.reorder_point:ReorderPoint",
        "fixed": "policies.ordering.fixed:FixedQuantity",
    },
    default="order_up_to",
    checked=checked_orders,
    situations=ordering_situations,
)
