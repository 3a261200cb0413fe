"""Who gets how much where supply falls short of need, by a rule that is stated and not optimised.

Groups of staff are one more item. The rules are those of allocation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationPolicy, AllocationView
from policies.allocation.optimised import Optimised
from policies.allocation.priority import Priority
from policies.allocation.proportional import Proportional
from policies.allocation.shipments import cheapest_shipments
from policies.allocation.supply_network import SupplyNetwork
from policies.delivery.problem import DeliveryProblem

RULES: Mapping[str, AllocationPolicy] = {
    "proportional": Proportional(),
    "most_infected": Priority(),
    "least_fill_rate": Optimised("least_fill_rate"),
}


class Shares(NamedTuple):
    """What every district gets, by the rules.

    Attributes
    ----------
    units : (n, k + 1) int64
        From all sites together; the last column holds groups of staff.
    nearest : (m, n, k + 1) int64
        A way to give it: of all that keep to the rules, that of the least distance.
    from_own : (m, k + 1) int64 or None
        What each site sends into its own region; None where that is free.
    """

    units: NDArray[np.int64]
    nearest: NDArray[np.int64]
    from_own: NDArray[np.int64] | None


def shares_of(problem: DeliveryProblem) -> Shares:
    """Share out what there is."""
    asked = np.column_stack([problem.need, problem.groups])
    there = np.column_stack([problem.supply, problem.staff_groups])
    rule = RULES[problem.short]
    if problem.help == "anywhere":
        nearest = _share_out(problem, rule, asked, there, problem.has_way)
        return Shares(nearest.sum(axis=0), nearest, None)
    is_own = problem.region[None] == np.arange(len(there))[:, None]
    own = _share_out(problem, rule, asked, there, problem.has_way & is_own)
    from_own = own.sum(axis=1)
    others_way = problem.has_way & ~is_own
    helped = _share_out(problem, rule, asked - own.sum(axis=0), there - from_own, others_way)
    nearest = own + helped
    return Shares(nearest.sum(axis=0), nearest, from_own)


def _share_out(
    problem: DeliveryProblem,
    rule: AllocationPolicy,
    asked: NDArray[np.int64],
    there: NDArray[np.int64],
    has_way: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Ship all that is asked for if it can be, or else what the rule gives; (m, n, k + 1)."""
    view = AllocationView(
        demand=asked,
        available=there,
        requested_s=np.zeros(asked.shape),
        severity=problem.infected_share,
        urgency=np.zeros(asked.shape),
        now_s=0.0,
        transport_cost=np.where(has_way, problem.distance_km, np.inf),
    )
    given = asked if SupplyNetwork(view).allows(asked) else rule.allocate(view)
    return cheapest_shipments(view, given)
