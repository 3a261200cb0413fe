"""Small situations to try a sourcing policy in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

import numpy as np

from environment.units import DAY_S
from policies.small_city import ITEMS, Situation, SmallCity
from policies.sourcing.base import SourcingView


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
