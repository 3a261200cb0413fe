"""Wait until little is left, then fill up: the rule (s, S)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.base import PolicyError
from policies.mistakes import refuse
from policies.ordering.amounts import Amounts, amount_mistakes, amount_of_each
from policies.ordering.base import OrderingView
from policies.ordering.budget import within_budget


class ReorderPoint:
    """Order up to S once the inventory position is at s or below, and else nothing.

    The rule of least cost where every order has a price of its own, whatever its size (Scarf,
    The optimality of (S, s) policies in the dynamic inventory problem, 1960).

    Parameters
    ----------
    reorder_point : float or mapping of str to float
        s in units, for every item or by item.
    order_up_to : float or mapping of str to float
        S in units, above s.
    """

    def __init__(self, reorder_point: Amounts, order_up_to: Amounts) -> None:
        refuse(
            [
                *amount_mistakes("reorder_point", reorder_point),
                *amount_mistakes("order_up_to", order_up_to),
            ]
        )
        self._reorder_point = reorder_point
        self._order_up_to = order_up_to

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose what is missing to S where the position has fallen to s."""
        low = amount_of_each("reorder_point", self._reorder_point, view.items)
        high = amount_of_each("order_up_to", self._order_up_to, view.items)
        _require_below(low, high, view.items)
        position = view.position
        return within_budget(np.where(position <= low, high - position, 0.0), view)


def _require_below(
    low: NDArray[np.float64], high: NDArray[np.float64], items: tuple[str, ...]
) -> None:
    wrong = (low >= high).nonzero()[0]
    if wrong.size:
        item = wrong[0]
        raise PolicyError(
            f"reorder_point must be below order_up_to, got {low[item]:g} and {high[item]:g} "
            f"for item {items[item]!r}"
        )
