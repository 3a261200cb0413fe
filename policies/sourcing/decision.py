"""The decision from whom what is ordered comes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.answers import whole_units
from policies.base import PolicyError
from policies.decision import Decision
from policies.sourcing.base import SourcingView
from policies.sourcing.situations import sourcing_situations


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
    method="split",
    asked_with=("view",),
    view=SourcingView,
    taken_by="supply",
    built_in={
        "contract": "policies.sourcing.contract:Contract",
        "soonest": "policies.sourcing.soonest:Soonest",
        "cheapest": "policies.sourcing.cheapest:Cheapest",
    },
    checked=checked_sources,
    situations=sourcing_situations,
)
