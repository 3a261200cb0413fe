"""How much each centre orders of each item, within the limits that all share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.planning.inputs import LimitKind, Need, PlanningInput, Product
from policies.ordering.limits import Limit, OrderPlan, plan_orders
from policies.ordering.newsvendor import Item


def item_of(need: Need, product: Product) -> Item:
    """A need as a newsvendor.

    Raises
    ------
    PolicyError
        If its numbers contradict each other.
    """
    return Item(
        need.law,
        need.unit_cost,
        need.holding_cost,
        need.shortage_cost,
        need.stock,
        pack=product.pack,
        minimum_order=product.minimum_order,
        least_service_level=product.least_service,
        shelf_life_periods=product.shelf_life_periods,
        leftover_value=product.leftover_value,
        waste_cost=product.waste_cost,
    )


def orders_of(asked: PlanningInput, extra: Sequence[Limit] = ()) -> OrderPlan:
    """The orders of least expected cost within the limits of a workbook and further ones.

    Raises
    ------
    InfeasibleError
        If a limit does not allow what must be ordered: which, and by how much.
    """
    items = [item_of(need, asked.products[need.product]) for need in asked.needs]
    return plan_orders(items, [*limits_of(asked), *extra], whole=asked.settings.whole)


def limits_of(asked: PlanningInput) -> list[Limit]:
    """The limits of a workbook, each with what a unit of every need uses of it."""
    return [
        Limit(limit.name, limit.amount, use_of(asked, limit.kind, limit.product))
        for limit in asked.limits
    ]


def use_of(
    asked: PlanningInput, kind: LimitKind, product: int | None = None
) -> NDArray[np.float64]:
    """What a unit of each need uses, (needs,): money, 1, kilograms or litres; 0 of other items."""
    products = [asked.products[need.product] for need in asked.needs]
    of_unit: dict[LimitKind, list[float]] = {
        "money": [need.unit_cost for need in asked.needs],
        "units": [1.0 for _ in asked.needs],
        "kg": [item.weight_kg for item in products],
        "litres": [item.volume_l for item in products],
    }
    counts = [product in (None, need.product) for need in asked.needs]
    return np.where(counts, of_unit[kind], 0.0)
