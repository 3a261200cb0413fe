"""Always the same quantity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import refuse
from policies.ordering.amounts import Amounts, amount_mistakes, amount_of_each
from policies.ordering.base import OrderingView
from policies.ordering.budget import within_budget


class FixedQuantity:
    """Order the same quantity every time, whatever is in stock; less if the budget is short.

    Parameters
    ----------
    quantity : float or mapping of str to float
        Units, for every item or by item.
    """

    def __init__(self, quantity: Amounts) -> None:
        refuse(amount_mistakes("quantity", quantity))
        self._quantity = quantity

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose the given quantities."""
        return within_budget(amount_of_each("quantity", self._quantity, view.items), view)
