"""Every time, fill the stock up to what the forecast needs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import number_mistakes, refuse
from policies.ordering.base import OrderingView
from policies.ordering.budget import within_budget
from policies.ordering.forecast import protection_forecast, window_mistakes


class OrderUpTo:
    r"""Order what the inventory position lacks to the demand expected until the next order helps.

    The level is :math:`S = T\hat\mu + z\sqrt T\,\hat\sigma` with :math:`T` periods of lead time
    and review together, and a mean and a standard deviation of one period from a shared forecast
    or from a moving average, see `protection_forecast`. Above the level nothing is ordered.

    Parameters
    ----------
    periods : int
        :math:`p`, periods of the moving average; a week, if they are days.
    safety_z : float
        :math:`z`, >= 0; normal demand of independent periods is met with probability
        :math:`\Phi(z)`, 95 % at 1.645.

    References
    ----------
    Chen, Drezner, Ryan and Simchi-Levi, Quantifying the bullwhip effect in a simple supply chain,
    Management Science 46(3) (2000), 436-443.
    """

    def __init__(self, periods: int = 7, safety_z: float = 1.645) -> None:
        fine = number_mistakes("safety_z", safety_z, lambda z: 0 <= z < math.inf, ">= 0 and finite")
        refuse([*window_mistakes(periods), *fine])
        self._periods = int(periods)
        self._safety_z = safety_z

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose what is missing to the level, less if the budget is short."""
        return within_budget(np.maximum(self.level(view) - view.position, 0), view)

    def level(self, view: OrderingView) -> NDArray[np.float64]:
        """Inventory position to which each item is filled, (n,)."""
        expected = protection_forecast(view, self._periods)
        return expected.mean + self._safety_z * expected.sd
