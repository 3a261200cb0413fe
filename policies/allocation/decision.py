"""The decision who gets how much of what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView
from policies.allocation.situations import allocation_situations
from policies.allocation.supply_network import SupplyNetwork
from policies.answers import whole_units
from policies.base import PolicyError
from policies.decision import Decision


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
    method="allocate",
    asked_with=("view",),
    view=AllocationView,
    taken_by="supply",
    built_in={
        "first_come": "policies.allocation.first_come:FirstCome",
        "proportional": "policies.allocation.proportional:Proportional",
        "priority": "policies.allocation.priority:Priority",
        "optimised": "policies.allocation.optimised:Optimised",
    },
    checked=checked_allocation,
    situations=allocation_situations,
)
