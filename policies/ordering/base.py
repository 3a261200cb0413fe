"""What an ordering rule is, and what it may look at."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class OrderingView(NamedTuple):
    """What is known of n items where they are ordered; its arrays are read-only.

    Time is counted in periods of the demand history, such as days. What the history holds is
    what this agent may see: its customers' orders, or the true demand where that is shared.

    Attributes
    ----------
    items : (n,) tuple of str
        Names of the items.
    on_hand : (n,) float64
        Units in stock.
    on_order : (n,) float64
        Units ordered before and not yet here.
    backorders : (n,) float64
        Units owed to customers.
    demand_history : (n, t) float64
        Units asked for in each of the last t periods, the latest last; t may be 0.
    lead_time_periods : (n,) float64
        Periods from an order to its arrival.
    review_periods : float
        Periods from this order to the next.
    unit_cost : (n,) float64
        Money for each unit ordered.
    holding_cost : (n,) float64
        Money for each unit left over when the next order arrives.
    shortage_cost : (n,) float64
        Money for each unit asked for and not there by then.
    budget : float
        Money that these orders may cost together; infinite where nothing limits it.
    forecast_mean, forecast_sd : (n,) float64 or None
        Mean and standard deviation of the demand of one coming period, where somebody shares a
        forecast; else None, both.
    """

    items: tuple[str, ...]
    on_hand: NDArray[np.float64]
    on_order: NDArray[np.float64]
    backorders: NDArray[np.float64]
    demand_history: NDArray[np.float64]
    lead_time_periods: NDArray[np.float64]
    review_periods: float
    unit_cost: NDArray[np.float64]
    holding_cost: NDArray[np.float64]
    shortage_cost: NDArray[np.float64]
    budget: float = math.inf
    forecast_mean: NDArray[np.float64] | None = None
    forecast_sd: NDArray[np.float64] | None = None

    @property
    def position(self) -> NDArray[np.float64]:
        """Inventory position, (n,): units on hand and on order, less those owed."""
        return self.on_hand + self.on_order - self.backorders

    @property
    def protection_periods(self) -> NDArray[np.float64]:
        """Periods until the order after this one arrives, (n,): lead time and review."""
        return self.lead_time_periods + self.review_periods


class OrderingPolicy(Protocol):
    """How much of each item is ordered now."""

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose the quantity of each item in units, (n,): >= 0, and within the budget together.

        Quantities need not be whole; who sends the order rounds them to what can be bought.
        """
