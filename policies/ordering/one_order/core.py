"""The quantities of each item that may be part of a better plan than one that is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.assortment import HALVINGS
from policies.ordering.one_order.prices import Shared

Numbers = NDArray[np.float64]

MOST_STEPS = 24
"""So many steps of an item are named one by one at most."""


class Core(NamedTuple):
    """What may be ordered of each of n items in a plan that is better than the best one known.

    Attributes
    ----------
    low, high : (n,) float64
        The least and the greatest quantity.
    skips, orders : (n,) bool
        Whether nothing may be ordered beside that range, and whether that range is not empty.
    """

    low: Numbers
    high: Numbers
    skips: NDArray[np.bool_]
    orders: NDArray[np.bool_]

    def steps(self, step: Numbers) -> Numbers:
        """How many steps there are between the least and the greatest quantity of each."""
        stepped = self.orders & (step > 0)
        return np.where(stepped, np.rint((self.high - self.low) / np.where(stepped, step, 1)), 0)

    def bent(self, step: Numbers) -> NDArray[np.bool_]:
        """Of which items any quantity may be ordered, or one of too many to name each."""
        any_quantity = self.orders & (step == 0) & (self.high > self.low)
        return any_quantity | (self.steps(step) > MOST_STEPS)

    def choices(self, step: Numbers) -> int:
        """How much there is to choose, of all items together."""
        bent = self.bent(step)
        each = np.where(bent, 1, self.steps(step))
        return int(each.sum() + (self.skips & self.orders).sum())


def near_best(shared: Shared, price: Numbers, gap: float) -> Core:
    """Leave out what costs at the prices of limits more than a gap above an item's best.

    The best plan costs at least the bound at these prices, plus what each item costs there above
    its best; so no item of a plan within the gap above the bound costs more than the gap above.

    Parameters
    ----------
    shared : Shared
    price : (m,) float64
    gap : float
        Money between the bound and the best plan that is known.
    """
    assortment, surcharge = shared.assortment, price @ shared.use

    def priced(quantity: Numbers) -> Numbers:
        return assortment.cost(quantity) + surcharge * quantity

    ordered = assortment.best_if_ordered(surcharge)
    leaves = assortment.may_skip & (assortment.first > 0)
    at_best, at_nothing = priced(ordered), priced(np.zeros_like(ordered))
    most = np.where(leaves, np.minimum(at_best, at_nothing), at_best) + gap
    orders = at_best <= most
    allowed = np.where(orders, most, at_best)
    floor = np.where(leaves | ~assortment.may_skip, assortment.first, 0.0)
    stride = np.where(assortment.step > 0, assortment.step, np.maximum(ordered, 1.0) * 1e-6)

    def reach(sign: float, farthest: Numbers) -> Numbers:
        def within(steps: Numbers) -> NDArray[np.bool_]:
            return priced(ordered + sign * stride * steps) <= allowed

        return _most_steps(within, farthest)

    down = np.floor((ordered - floor) / stride + 1e-9)
    low = ordered - stride * reach(-1.0, down)
    high = ordered + stride * reach(1.0, np.full_like(down, np.inf))
    return Core(low, high, leaves & (at_nothing <= most), orders)


def _most_steps(within: Callable[[Numbers], NDArray[np.bool_]], farthest: Numbers) -> Numbers:
    """The greatest whole numbers up to the farthest that are within, as all below them are."""
    fine, reach = np.zeros_like(farthest), np.minimum(1.0, farthest)
    open_ = farthest > 0
    for _ in range(HALVINGS):
        if not open_.any():
            break
        passes = open_ & within(np.where(open_, reach, 0.0))
        fine = np.where(passes, reach, fine)
        open_ = passes & (reach < farthest)
        reach = np.where(open_, np.minimum(2 * reach, farthest), reach)
    beyond = np.maximum(reach, fine)
    while (apart := beyond - fine > 1).any():
        middle = np.where(apart, np.floor((fine + beyond) / 2), fine)
        passes = within(middle)
        fine = np.where(apart & passes, middle, fine)
        beyond = np.where(apart & ~passes, middle, beyond)
    return fine
