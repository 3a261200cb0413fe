"""Items that share one limit: a budget, a capacity or a number of units."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.mistakes import refuse
from policies.ordering.one_order.assortment import HALVINGS, Assortment
from policies.ordering.one_order.item import Item


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
    too_low, enough = 0.0, 2 * highest_price(assortment, use)
    for _ in range(HALVINGS):
        middle = (too_low + enough) / 2
        if use @ assortment.best_of_any(middle * use) > limit:
            too_low = middle
        else:
            enough = middle
    more, less = (assortment.best_of_any(price * use) for price in (too_low, enough))
    rest = (limit - use @ less) / (use @ more - use @ less)
    return SharedOrder(less + rest * (more - less), enough)


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
