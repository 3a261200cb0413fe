"""The newsvendor: how much to order once of one item, or of several in a limit, and its rule."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from environment.errors import suggest
from policies.base import PolicyError
from policies.mistakes import refuse
from policies.ordering.base import OrderingView
from policies.ordering.forecast import protection_forecast, window_mistakes
from policies.ordering.laws import MOMENT_LAWS, law_of_moments
from policies.ordering.one_order.assortment import Assortment
from policies.ordering.one_order.item import Item, Outcome
from policies.ordering.one_order.one_limit import SharedOrder, order_within

__all__ = [
    "Item",
    "NewsvendorRule",
    "Outcome",
    "SharedOrder",
    "best_quantity",
    "newsvendor",
    "order_within",
    "outcome",
]


def best_quantity(item: Item, surcharge: float = 0.0) -> float:
    r"""The quantity of least expected cost.

    .. math:: q^\star = \max\{0, F^{-1}(r) - x\},\qquad r = \frac{p - c}{p + v}

    with stock :math:`x` and costs :math:`c` a unit, :math:`v` for holding and :math:`p` for
    shortage. Where :math:`p \le c` a shortage is cheaper than the unit, and nothing is ordered.
    The quantity need not be whole, unless demand or the pack is. For what keeps, :math:`F^{-1}(r)`
    is where :math:`(p + v - s) F + (s + w) F^{(m)}` reaches :math:`p - c`, see `outcome`.

    Parameters
    ----------
    item : Item
    surcharge : float
        Money added to the unit's cost, such as the price of a limit that it shares with others.

    References
    ----------
    Scott and Rutner's first step, after Arrow, Harris and Marschak, Optimal inventory policy,
    Econometrica 19 (1951), 250-272.
    """
    return float(Assortment([item], whole=False).best(np.array([surcharge]))[0])


def outcome(item: Item, quantity: float) -> Outcome:
    r"""What is to be expected if `quantity` units are ordered, the best or not.

    .. math:: G(q) = c q + v E(y - D)^+ + p E(D - y)^+ + w E(y - D^{(m)})^+
              - s \left[E(y - D)^+ - E(y - D^{(m)})^+\right],\qquad y = x + q

    What is left over costs :math:`v` a unit, and is worth :math:`s` if it is asked for later, but
    within its shelf life of :math:`m` periods; else it is waste, and costs :math:`w`. If units are
    used first that came first, :math:`E(y - D^{(m)})^+` of :math:`y` fresh ones are wasted, with
    the demand :math:`D^{(m)}` of :math:`m` periods; units that are there already are taken as
    fresh. With :math:`m = 1` nothing keeps, and this is the classical newsvendor.

    The fill rate is :math:`1 - E(D - y)^+ / E D^+`: where a law gives some probability to a
    negative demand, as the normal does, that is not counted as demand.

    Parameters
    ----------
    item : Item
    quantity : float
        Units, >= 0.

    Raises
    ------
    PolicyError
        If the quantity is negative.

    References
    ----------
    Nahmias, On ordering perishable inventory when both demand and lifetime are random, Management
    Science 24 (1977), 82-90, takes it that units outdate in the order in which they came, too.
    """
    if not 0 <= quantity < math.inf:
        raise PolicyError(f"quantity must be >= 0 and finite, got {quantity}")
    return Assortment([item], whole=False).outcomes(np.array([float(quantity)]))[0]


def newsvendor(item: Item) -> Outcome:
    """The order of least expected cost, and what is to be expected of it."""
    return outcome(item, best_quantity(item))


class NewsvendorRule:
    """Order what costs least together with the surplus and the shortage to be expected from it.

    Each item is a newsvendor over lead time and review: demand has the mean and the deviation of
    `protection_forecast`, and the law that is asked for; the inventory position is the stock. Where
    the budget is short, it goes where another unit of money saves most, see `order_within`. Nothing
    is ordered of an item whose shortage costs no more than its unit. As in the one order of the
    model, what is left over has no further value: items that keep are stocked cautiously.

    Parameters
    ----------
    periods : int
        Periods of the moving average; a week, if they are days.
    law : {"normal", "poisson", "negative_binomial", "lognormal", "gamma"}
        Of the demand; of Poisson's the deviation is not used.
    """

    def __init__(self, periods: int = 7, law: str = "normal") -> None:
        mistakes = window_mistakes(periods)
        if law not in MOMENT_LAWS:
            mistakes.append(f"no law of demand {law!r} ({suggest(str(law), MOMENT_LAWS)})")
        refuse(mistakes)
        self._periods, self._law = int(periods), law

    def order(self, view: OrderingView) -> NDArray[np.float64]:
        """Choose the quantities of least expected cost within the budget."""
        expected = protection_forecast(view, self._periods)
        moments = zip(expected.mean.tolist(), expected.sd.tolist(), strict=True)
        demands = [law_of_moments(self._law, mean, sd) for mean, sd in moments]
        costs = (view.unit_cost, view.holding_cost, view.shortage_cost, view.position)
        of_each = zip(demands, *(cost.tolist() for cost in costs), strict=True)
        items = [Item(*one) for one in of_each]
        return order_within(items, view.budget, view.unit_cost).quantity
