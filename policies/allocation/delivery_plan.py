"""A plan of the days to come, of which today's part is given out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView, limits_of
from policies.allocation.supply_network import SupplyNetwork, claims
from policies.delivery.stages import StagedProblem, plan_days
from policies.mistakes import number_mistakes, refuse

WAY_COST = 1e-3
"""Of the farthest way, in unit-days of waiting: it decides between equals alone."""

ROUNDING = 1e-9
"""Of a unit, that a forecast may be above a whole number by its rounding."""


class DeliveryPlanned:
    r"""Give today's part of a delivery plan of the days that are foreseen.

    The plan minimises the weighted unit-days that requests wait, those of today and those that
    whoever allocates expects (``AllocationView.expected``), from the stock that is there: nothing
    is taken to come in. So stock is kept back where it will be needed more; where nothing is
    expected, all that can be given is. A unit-day weighs

    .. math:: 1 + w_s\,\text{severity} + w_u\,\text{urgency}.

    Parameters
    ----------
    severity_weight, urgency_weight : float
        :math:`w_s` and :math:`w_u`, by step of their scales.
    """

    def __init__(self, severity_weight: float = 1.0, urgency_weight: float = 1.0) -> None:
        weights = {"severity_weight": severity_weight, "urgency_weight": urgency_weight}
        mistakes = []
        for name, value in weights.items():
            mistakes += number_mistakes(name, value, lambda w: 0 <= w < np.inf, ">= 0")
        refuse(mistakes)
        self._severity_weight = severity_weight
        self._urgency_weight = urgency_weight

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Plan, and give what leaves today."""
        network = SupplyNetwork(view)
        if network.allows(network.demand + _all_expected(view)):
            return network.demand  # there is enough for all that is foreseen
        planned = plan_days(self._problem(view))[0].sum(axis=0)
        given = np.minimum(planned, network.demand)
        if network.allows(given):
            return given
        # Limits on all items together are not in the plan: the oldest requests come first then.
        return network.serve(claims(given, view.requested_s))

    def _problem(self, view: AllocationView) -> StagedProblem:
        expected = np.zeros((0, *view.demand.shape)) if view.expected is None else view.expected
        need = np.concatenate([np.zeros((1, *view.demand.shape)), np.ceil(expected - ROUNDING)])
        _, has_way = limits_of(view)
        weight = (
            1 + self._severity_weight * view.severity[:, None] + self._urgency_weight * view.urgency
        )
        return StagedProblem(
            need=need.astype(np.int64),
            owed=view.demand,
            held=np.zeros_like(view.demand),
            coming=np.zeros(need.shape, dtype=np.int64),
            stock=view.available,
            made=np.zeros((len(need), *view.available.shape), dtype=np.int64),
            lead_days=np.where(has_way, 0, -1),
            cost=_way_costs(view, has_way),
            weight=weight,
        )


def _all_expected(view: AllocationView) -> NDArray[np.int64]:
    """Units of all days, whole ones each day, (s, i)."""
    if view.expected is None:
        return np.zeros_like(view.demand)
    return np.ceil(view.expected - ROUNDING).sum(axis=0).astype(np.int64)


def _way_costs(view: AllocationView, has_way: NDArray[np.bool_]) -> NDArray[np.float64]:
    if view.transport_cost is None:
        return np.zeros(has_way.shape)
    cost = np.where(has_way, view.transport_cost, 0.0)
    return WAY_COST * cost / max(float(cost.max(initial=0.0)), 1e-9)
