"""Orders by whole steps and least quantities: the best within limits, proven by integer program."""

from __future__ import annotations

from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.core import Core, near_best
from policies.ordering.one_order.fill import fill
from policies.ordering.one_order.prices import Prices, Shared
from policies.ordering.one_order.program import Program

Numbers = NDArray[np.float64]

EQUAL = 1e-10
"""A plan that costs by this share more than the bound is the best but for rounding."""

MOST_CHOICES = (60, 250, 1_000, 4_000)
"""Steps among which programs choose: few first, to bring the gap and with it the rest down."""

MOST_QUARTERS = 12
"""So often a gap is divided by four; steps that remain then cost the same, and are one choice."""

PART_OF_TIME = 0.1
"""Of the time limit, for a program that proves nothing, since it leaves choices out."""


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


def best_whole(shared: Shared, prices: Prices, gap: float, time_limit_s: float) -> Proven:
    """Find the orders of least cost, as far as time allows.

    The prices give a bound, and filling up what is left of the limits gives orders. A quantity that
    at these prices costs an item more above its best than lies between the two is in no better
    plan. What remains of each item goes into an integer program.

    Parameters
    ----------
    shared : Shared
    prices : Prices
    gap : float
        Share of the cost that orders may cost more than the bound.
    time_limit_s : float
    """
    began_s = perf_counter()
    assortment = shared.assortment
    mixed = assortment.at_most(shared.within(prices.share @ prices.wanted))
    quantity = fill(shared, mixed, prices.price)
    cost = float(assortment.cost(quantity).sum())
    bound = prices.bound
    for most in MOST_CHOICES:
        close = max(gap, EQUAL) * abs(cost)
        apart, passed_s = cost - prices.bound, perf_counter() - began_s
        if apart <= close or passed_s >= time_limit_s:
            break
        core, reach = _core_of(shared, prices, apart, most)
        part = 1.0 if reach == apart else PART_OF_TIME
        until_s = perf_counter() + part * (time_limit_s - passed_s)
        found = Program(shared, core, prices.price, reach).solve(until_s, min(close, reach) / 4)
        if found.quantity is not None and shared.keeps(found.quantity):
            better = float(assortment.cost(found.quantity).sum())
            if better < cost:
                quantity, cost = found.quantity, better
        if reach == apart:
            bound = max(bound, prices.bound + found.above)
            break
    return Proven(quantity, min(bound, cost))


def _core_of(shared: Shared, prices: Prices, gap: float, most: int) -> tuple[Core, float]:
    """The core of a gap, or of the part of it that leaves no more than so many steps."""
    core = near_best(shared, prices.price, gap)
    for _ in range(MOST_QUARTERS):
        if core.choices(shared.assortment.step) <= most:
            break
        gap /= 4
        core = near_best(shared, prices.price, gap)
    return core, gap
