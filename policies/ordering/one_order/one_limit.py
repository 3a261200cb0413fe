"""Items that share one limit: a budget, a capacity or a number of units."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.mistakes import refuse
from policies.ordering.one_order.assortment import Assortment
from policies.ordering.one_order.item import Item

MOST_STEPS = 180
"""Of them 60 are halvings, which leave nothing between two prices but rounding."""

ROUNDING = 1e-14
"""Share of what a limit is worth at its price that is nothing but rounding."""


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
    two, a search keeps one price at which too much is wanted and one at which it fits. Where the
    use jumps from one to the other, as it does with whole demands, every mixture of the two costs
    the same, and the one that exhausts the limit is taken. Quantities need not be whole, then:
    packs, minimum orders and levels of service are for `plan_orders`.

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
    return share(Assortment(items, whole=False), limit, use)


def share(assortment: Assortment, limit: float, use: NDArray[np.float64]) -> SharedOrder:
    """The same of an assortment of which any quantity may be ordered."""
    wanted = assortment.best_of_any(np.zeros(len(use)))
    if use @ wanted <= limit:
        return SharedOrder(wanted, 0.0)

    def wanted_at(price: float) -> NDArray[np.float64]:
        return assortment.best_of_any(price * use)

    ends = price_between(lambda price: float(use @ wanted_at(price)), limit, assortment, use)
    more, less = map(wanted_at, ends)
    rest = float((limit - use @ less) / (use @ more - use @ less))
    return SharedOrder(less + rest * (more - less), ends[1] - rest * (ends[1] - ends[0]))


def price_between(
    used: Callable[[float], float],
    limit: float,
    assortment: Assortment,
    use: NDArray[np.float64],
    close: float = ROUNDING,
) -> tuple[float, float]:
    """A price at which too much of a limit is used, and the next one found at which it is not.

    It is looked for by the false position of the two, where that which stays has half its weight
    the next time (Illinois); every third time half-way. Wherever the use falls from one to the
    other, a mixture of both costs no more than its fall, times the difference of prices, above the
    optimum; the search ends where that is no more than a share of what the limit is worth.
    """
    low, high = 0.0, 2 * highest_price(assortment, use)
    over, under = used(low) - limit, used(high) - limit
    weight_low, weight_high = over, under
    for step in range(MOST_STEPS):
        if (high - low) * (over - under) <= close * high * limit:
            break
        middle = (low * weight_high - high * weight_low) / (weight_high - weight_low)
        if step % 3 == 2 or not low < middle < high:
            middle = (low + high) / 2
        if not low < middle < high:
            break
        excess = used(middle) - limit
        if excess > 0:
            low, over, weight_low, weight_high = middle, excess, excess, weight_high / 2
        else:
            high, under, weight_high, weight_low = middle, excess, excess, weight_low / 2
    return low, high


def highest_price(assortment: Assortment, use: NDArray[np.float64]) -> float:
    """The price from which on nobody wants any of a limit, which somebody uses."""
    gain = assortment.shortage_cost - assortment.unit_cost
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
