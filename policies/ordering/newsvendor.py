"""The newsvendor: how much to order once, of one item or of several in a limit, and its rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import PolicyError
from policies.mistakes import number_mistakes, refuse
from policies.ordering.base import OrderingView
from policies.ordering.demand_laws import DemandLaw, NormalDemand
from policies.ordering.forecast import protection_forecast, window_mistakes


@dataclass(frozen=True)
class Item:
    """One item at one place, to be ordered once for the time until the next order helps.

    Parameters
    ----------
    demand : DemandLaw
        What will be asked for in that time.
    unit_cost : float
        Money for each unit ordered.
    holding_cost : float
        Money for each unit that is left over.
    shortage_cost : float
        Money for each unit that is asked for and not there.
    stock : float
        Units that are there already or under way, less those owed; negative if more are owed.

    Raises
    ------
    PolicyError
        If a cost is negative, or a unit costs nothing whether it is used or not, so that no
        quantity would be enough.
    """

    demand: DemandLaw
    unit_cost: float
    holding_cost: float
    shortage_cost: float
    stock: float = 0.0

    def __post_init__(self) -> None:
        mistakes = number_mistakes("stock", self.stock, math.isfinite, "finite")
        for name in ("unit_cost", "holding_cost", "shortage_cost"):
            cost = getattr(self, name)
            mistakes += number_mistakes(name, cost, lambda c: 0 <= c < math.inf, ">= 0 and finite")
        if not mistakes and self.unit_cost + self.holding_cost == 0:
            mistakes.append("unit_cost and holding_cost must not both be 0: no order is too large")
        refuse(mistakes)


class Outcome(NamedTuple):
    """What is to be expected of an order.

    Attributes
    ----------
    quantity : float
        Units ordered.
    cost : float
        Expected cost G of the order, of what is left over and of what is short.
    surplus, shortage : float
        Expected units left over, and expected units asked for and not there.
    fill_rate : float
        Expected share of the demand that is met; 1 if there is none.
    cycle_service_level : float
        Probability that all demand is met.
    """

    quantity: float
    cost: float
    surplus: float
    shortage: float
    fill_rate: float
    cycle_service_level: float


def best_quantity(item: Item, surcharge: float = 0.0) -> float:
    r"""The quantity of least expected cost.

    .. math:: q^\star = \max\{0, F^{-1}(r) - x\},\qquad r = \frac{p - c}{p + v}

    with stock :math:`x` and costs :math:`c` a unit, :math:`v` for holding and :math:`p` for
    shortage. Where :math:`p \le c` a shortage is cheaper than the unit, and nothing is ordered.
    The quantity need not be whole, unless demand is.

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
    gain = item.shortage_cost - item.unit_cost - surcharge
    if gain <= 0:
        return 0.0
    level = item.demand.quantile(gain / (item.shortage_cost + item.holding_cost))
    return max(0.0, level - item.stock)


def outcome(item: Item, quantity: float) -> Outcome:
    r"""What is to be expected if `quantity` units are ordered, the best or not.

    .. math:: G(q) = c q + v E(x + q - D)^+ + p E(D - x - q)^+

    The fill rate is :math:`1 - E(D - x - q)^+ / E D^+`: where a law gives some probability to a
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
    """
    if not 0 <= quantity < math.inf:
        raise PolicyError(f"quantity must be >= 0 and finite, got {quantity}")
    quantity = float(quantity)
    level = item.stock + quantity
    shortage = item.demand.shortage(level)
    surplus = max(0.0, level - item.demand.mean + shortage)
    cost = item.unit_cost * quantity + item.holding_cost * surplus + item.shortage_cost * shortage
    asked_for = item.demand.shortage(0.0)
    return Outcome(
        quantity=quantity,
        cost=cost,
        surplus=surplus,
        shortage=shortage,
        # With more owed than there is, what is owed is short as well.
        fill_rate=max(0.0, 1 - shortage / asked_for) if asked_for else 1.0,
        cycle_service_level=item.demand.probability_met(level),
    )


def newsvendor(item: Item) -> Outcome:
    """The order of least expected cost, and what is to be expected of it."""
    return outcome(item, best_quantity(item))


HALVINGS = 60
"""Enough to find the price of the limit to the last digits."""


class SharedOrder(NamedTuple):
    """The orders of least expected cost within a limit.

    Attributes
    ----------
    quantity : (n,) float64
        Units of each item.
    price : float
        The multiplier of the limit: what one more unit of it would save. It is 0 where the limit
        does not bind.
    """

    quantity: NDArray[np.float64]
    price: float


def order_within(items: Sequence[Item], limit: float, use: ArrayLike) -> SharedOrder:
    r"""Share a limit among items so that their expected costs are least together.

    .. math:: \min \sum_i G_i(q_i) \quad\text{s.t.}\quad \sum_i w_i q_i \le B,\ q_i \ge 0

    At a price :math:`\lambda` of the limit every item is a newsvendor that pays
    :math:`\lambda w_i` more a unit. The use of the limit falls as the price rises, from what the
    items want to nothing, since nobody orders at :math:`\lambda w_i \ge p_i - c_i`; between the
    two, bisection keeps one price at which too much is wanted and one at which it fits. Where the
    use jumps from one to the other, as it does with whole demands, every mixture of the two costs
    the same, and the one that exhausts the limit is taken. Quantities need not be whole, then.

    Parameters
    ----------
    items : sequence of Item
        The n items, or the same item at n places.
    limit : float
        :math:`B`, >= 0: money, or units, or room; infinite for none.
    use : (n,) array_like
        :math:`w_i`, >= 0: how much of the limit each unit takes. For a budget the unit costs, for
        a capacity 1 or the room of a unit.

    Raises
    ------
    PolicyError
        If the limit or a use is negative, or there is not one use for every item.

    References
    ----------
    Hadley and Whitin, Analysis of Inventory Systems (1963), section 6.3.
    """
    use = np.asarray(use, float)
    refuse(_mistakes(len(items), limit, use))
    wanted = _at_price(items, use, 0.0)
    if use @ wanted <= limit:
        return SharedOrder(wanted, 0.0)
    too_low, enough = 0.0, 2 * _highest_price(items, use)
    for _ in range(HALVINGS):
        middle = (too_low + enough) / 2
        if use @ _at_price(items, use, middle) > limit:
            too_low = middle
        else:
            enough = middle
    more, less = _at_price(items, use, too_low), _at_price(items, use, enough)
    rest = (limit - use @ less) / (use @ more - use @ less)
    return SharedOrder(less + rest * (more - less), enough)


def _at_price(items: Sequence[Item], use: NDArray[np.float64], price: float) -> NDArray[np.float64]:
    """What each item wants at a price of the limit, (n,)."""
    surcharges = (price * use).tolist()
    return np.array([best_quantity(*pair) for pair in zip(items, surcharges, strict=True)])


def _highest_price(items: Sequence[Item], use: NDArray[np.float64]) -> float:
    """The price from which on nobody wants any of the limit."""
    gain = np.array([item.shortage_cost - item.unit_cost for item in items])
    return float((gain[use > 0] / use[use > 0]).max())


def _mistakes(count: int, limit: float, use: NDArray[np.float64]) -> list[str]:
    mistakes = []
    if not limit >= 0:
        mistakes.append(f"limit must be >= 0, got {limit}")
    if use.shape != (count,):
        mistakes.append(f"use must hold one number for each of {count} items, got {use.shape}")
    wrong = use[~((use >= 0) & (use < math.inf))]
    if wrong.size:
        mistakes.append(f"every use must be >= 0 and finite, got {wrong[0]:g}")
    return mistakes


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
