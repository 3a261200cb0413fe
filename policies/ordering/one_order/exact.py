"""Orders by whole steps and least quantities: the best within limits, proven by integer program."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.core import near_best
from policies.ordering.one_order.fill import fill
from policies.ordering.one_order.prices import Prices, Shared
from policies.ordering.one_order.program import Program

Numbers = NDArray[np.float64]

EQUAL = 1e-12
"""Costs that differ by this share are equal but for rounding."""

MOST_CHOICES = 50_000
"""With more, the program would not be solved in reasonable time, and the bound tells the gap."""


class Proven(NamedTuple):
    """Orders and what is proven of them.

    Attributes
    ----------
    quantity : (n,) float64
    bound : float
        No orders that keep the limits cost less.
    """

    quantity: Numbers
    bound: float


def best_whole(shared: Shared, prices: Prices, time_limit_s: float) -> Proven:
    """Find the orders of least cost, as far as time allows.

    The prices give a bound, and filling up what is left of the limits gives orders. A quantity that
    at these prices costs an item more above its best than lies between the two is in no better
    plan. What remains of each item goes into an integer program.
    """
    until_s = perf_counter() + time_limit_s
    assortment = shared.assortment
    # What is wanted least of each in a mixture that keeps the limits keeps them, too.
    quantity = fill(shared, prices.wanted.min(axis=0), prices.price)
    cost = float(assortment.cost(quantity).sum())
    gap = cost - prices.bound
    if gap <= EQUAL * abs(cost):
        return Proven(quantity, min(prices.bound, cost))
    core = near_best(shared, prices.price, gap)
    if core.choices(assortment.step) > MOST_CHOICES:
        return Proven(quantity, prices.bound)
    found = Program(shared, core, prices.price, gap).solve(until_s)
    if found.quantity is not None and shared.keeps(found.quantity):
        better = float(assortment.cost(found.quantity).sum())
        if better < cost:
            quantity, cost = found.quantity, better
    return Proven(quantity, min(prices.bound + found.above, cost))
