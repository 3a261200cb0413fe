"""Every time, the order of least expected cost, all items sharing the budget."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import refuse
from policies.ordering.base import OrderingView
from policies.ordering.demand_laws import NormalDemand
from policies.ordering.forecast import protection_forecast, window_mistakes
from policies.ordering.newsvendor import Item, order_within


class NewsvendorRule:
    """Order what costs least together with the surplus and the shortage to be expected from it.

    Each item is a newsvendor over lead time and review: demand is normal with the mean and the
    deviation of `protection_forecast`, and the inventory position is the stock. Where the budget
    is short, it goes where another unit of money saves most, see `order_within`. Nothing is
    ordered of an item whose shortage costs no more than its unit. As in the one order of the
    model, what is left over has no further value: items that keep are stocked cautiously.

    Parameters
    ----------
    periods : int
        Periods of the moving average; a week, if they are days.
    """

    def __init__(self, periods: int = 7) -> None:
        refuse(window_mistakes(periods))
        self._periods = int(periods)

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose the quantities of least expected cost within the budget."""
        expected = protection_forecast(view, self._periods)
        demands = map(NormalDemand, expected.mean.tolist(), expected.sd.tolist())
        costs = (view.unit_cost, view.holding_cost, view.shortage_cost, view.position)
        of_each = zip(demands, *(cost.tolist() for cost in costs), strict=True)
        items = [Item(*one) for one in of_each]
        return order_within(items, view.budget, view.unit_cost).quantity
