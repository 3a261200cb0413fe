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
    from_own : (m, k + 1) int64 or None
        What each site sends into its own region; None where that is free.
    """

    units: NDArray[np.int64]
    from_own: NDArray[np.int64] | None


def shares_of(problem: DeliveryProblem) -> Shares:
    """Share out what there is."""
    asked = np.column_stack([problem.need, problem.groups])
    there = np.column_stack([problem.supply, problem.staff_groups])
    rule = RULES[problem.short]
    if problem.help == "anywhere":
        return Shares(_share_out(problem, rule, asked, there, problem.has_way), None)
    is_own = problem.region[None] == np.arange(len(there))[:, None]
    own_way = problem.has_way & is_own
    own = _share_out(problem, rule, asked, there, own_way)
    from_own = np.where(own_way[:, :, None], own[None], 0).sum(axis=1)
    others_way = problem.has_way & ~is_own
    helped = _share_out(problem, rule, asked - own, there - from_own, others_way)
    return Shares(own + helped, from_own)


def _share_out(
    problem: DeliveryProblem,
    rule: AllocationPolicy,
    asked: NDArray[np.int64],
    there: NDArray[np.int64],
    has_way: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """All that is asked for if it can be given, or else what the rule gives."""
    view = AllocationView(
        demand=asked,
        available=there,
        requested_s=np.zeros(asked.shape),
        severity=problem.infected_share,
        urgency=np.zeros(asked.shape),
        now_s=0.0,
        transport_cost=np.where(has_way, problem.distance_km, np.inf),
    )
    if SupplyNetwork(view).allows(asked):
        return asked
    return rule.allocate(view)
