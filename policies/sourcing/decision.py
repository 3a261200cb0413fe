"""The decision from whom what is ordered comes, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.units import DAY_S
from policies.answers import whole_units
from policies.base import PolicyError
from policies.decision import Decision
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


def checked_sources(name: str, answer: Any, view: SourcingView) -> NDArray[np.int64]:
    """Units of each item that a sourcing policy asks each supplier for, (p, i)."""
    asked = whole_units(name, answer, view.most.shape, "supplier")
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


SOURCING = Decision(
    name="sourcing",
    description="which suppliers are asked for what is ordered",
    method="split",
    asked_with=("view",),
    view=SourcingView,
    taken_by="supply",
    built_in={
        "contract": "policies.sourcing.contract:Contract",
        "soonest": "policies.sourcing.soonest:Soonest",
        "cheapest": "policies.sourcing.cheapest:Cheapest",
    },
    default="soonest",
    checked=checked_sources,
    situations=sourcing_situations,
)
