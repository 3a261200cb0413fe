"""The least weighted unmet demand, or the fairest fill rates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.allocation.base import AllocationView, fill_rates
from policies.allocation.flow_program import FlowProgram
from policies.allocation.supply_network import SupplyNetwork
from policies.mistakes import number_mistakes, refuse

HALVINGS = 40
"""Searches for the common fill rate; whatever they leave is given unit by unit."""


def max_min_fill(network: SupplyNetwork, order: Sequence[int]) -> NDArray[np.int64]:
    """Give whole units so that fill rates, in ascending order, are lexicographically greatest.

    One unit after the other goes to the request with the least fill rate, as long as it can be
    given; a request that cannot have one more is done. In a polymatroid this is optimal
    (Federgruen and Groenevelt, The greedy procedure for resource allocation problems, Operations
    Research 34, 1986). All units up to the highest fill rate that those not yet done can have
    together are given at once.

    Parameters
    ----------
    network : SupplyNetwork
    order : sequence of int
        Requests by their rank, which decides between equal fill rates of equal demands.

    Returns
    -------
    (s, i) int64
    """
    rank = np.argsort(order)
    given = np.zeros_like(network.demand)
    growing = network.demand > 0
    while growing.any():
        given = _raise_together(network, given, growing)
        rate = np.where(growing, fill_rates(network.demand, given), np.inf)
        least = (rate == rate.min()).ravel().nonzero()[0]
        # Of equal rates, a unit raises that of the smaller demand more.
        for request in least[np.lexsort((rank[least], network.demand.ravel()[least]))]:
            _give_one(network, given, growing, request)
    return given


def _raise_together(
    network: SupplyNetwork, given: NDArray[np.int64], growing: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Raise all that grow to the highest common fill rate that can be given."""
    low, high = 0.0, 1.0
    best = given
    for _ in range(HALVINGS):
        rate = (low + high) / 2
        wanted = np.ceil(rate * network.demand).astype(np.int64)
        wanted = np.where(growing, np.maximum(given, wanted), given)
        if np.array_equal(wanted, best) or network.allows(wanted):
            low, best = rate, wanted
        else:
            high = rate
    return best


def _give_one(
    network: SupplyNetwork,
    given: NDArray[np.int64],
    growing: NDArray[np.bool_],
    request: int,
) -> None:
    """Give a request one more unit if that can be, or else let it grow no more."""
    place = np.unravel_index(request, given.shape)
    if given[place] < network.demand[place]:
        given[place] += 1
        if network.allows(given):
            return
        given[place] -= 1
    growing[place] = False


Objective = Literal["unmet", "least_fill_rate"]


class Optimised:
    r"""Give what is best by a stated objective.

    With ``unmet``, a linear program solved by HiGHS minimises the weighted unmet demand
    :math:`\sum_r w_r (d_r - x_r)` over requests :math:`r`, demand :math:`d` and units given
    :math:`x`. With ``least_fill_rate``, the least fill rate :math:`x_r / d_r` is as high as it
    can be, then the second least, and so on; the answer is exact, by maximum flows, and of equal
    requests the heavier is served first. The weight of a request is

    .. math:: w_r = 1 + w_s\,\text{severity} + w_u\,\text{urgency} + w_t\,\text{hours waited}.

    Either gives as many units as can be given. From where they come, and what their transport
    costs, is decided afterwards by `cheapest_shipments`.

    Parameters
    ----------
    objective : {"unmet", "least_fill_rate"}
    severity_weight, urgency_weight : float
        :math:`w_s` and :math:`w_u`, by step of their scales.
    waiting_weight_per_hour : float
        :math:`w_t`; by default, a day of waiting weighs as much as a step of severity.
    """

    def __init__(
        self,
        objective: Objective = "unmet",
        severity_weight: float = 1.0,
        urgency_weight: float = 1.0,
        waiting_weight_per_hour: float = 1 / 24,
    ) -> None:
        mistakes = []
        if objective not in get_args(Objective):
            mistakes.append(f"objective must be one of {get_args(Objective)}, got {objective!r}")
        weights = {
            "severity_weight": severity_weight,
            "urgency_weight": urgency_weight,
            "waiting_weight_per_hour": waiting_weight_per_hour,
        }
        for name, value in weights.items():
            mistakes += number_mistakes(name, value, lambda w: 0 <= w < np.inf, ">= 0")
        refuse(mistakes)
        self._objective = objective
        self._severity_weight = severity_weight
        self._urgency_weight = urgency_weight
        self._waiting_weight_per_hour = waiting_weight_per_hour

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Solve it for the view at hand."""
        network = SupplyNetwork(view)
        weight = self.weights(view)
        if self._objective == "least_fill_rate":
            heaviest = np.argsort(-weight, axis=None, kind="stable")
            return max_min_fill(network, heaviest.tolist())
        return _least_unmet(view, weight)

    def weights(self, view: AllocationView) -> NDArray[np.float64]:
        """Weight of one unmet unit of each request, (s, i)."""
        waited_hours = np.maximum(0, view.now_s - view.requested_s) / HOUR_S
        return (
            1
            + self._severity_weight * view.severity[:, None]
            + self._urgency_weight * view.urgency
            + self._waiting_weight_per_hour * waited_hours
        )


def weighted_unmet(
    weight: NDArray[np.float64], demand: NDArray[np.int64], given: NDArray[np.int64]
) -> float:
    """Weighted unmet demand, the sum over requests; arrays are (s, i)."""
    return float((weight * (demand - given)).sum())


def _least_unmet(view: AllocationView, weight: NDArray[np.float64]) -> NDArray[np.int64]:
    import pulp

    program = FlowProgram(view, "Allocation")
    # The weight of all that is asked for is a constant; the rest is what is given.
    program.problem += pulp.lpSum(
        -float(weight[site, item]) * variable for (_, site, item), variable in program.flow.items()
    )
    for site, item in np.argwhere(view.demand > 0).tolist():
        program.problem += program.into(site, item) <= int(view.demand[site, item])
    return program.solve().sum(axis=0)
