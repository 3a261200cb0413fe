"""Small situations to try an ordering policy in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

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
