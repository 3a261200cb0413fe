"""What is left of the limits goes, step by step, where it saves most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.prices import ROUNDING, Shared

Numbers = NDArray[np.float64]


def fill(shared: Shared, quantity: Numbers, price: Numbers) -> Numbers:
    """Raise orders that keep the limits by steps that still do, while that saves money.

    The step that saves most for what it takes of the limits, by their prices, comes first. Items
    of which any quantity may be ordered stay as they are.

    Parameters
    ----------
    shared : Shared
    quantity : (n,) float64
    price : (m,) float64
        Of a unit of each limit.
    """
    assortment = shared.assortment
    room = shared.amount * (1 + ROUNDING) - shared.use @ quantity
    worth = price @ shared.use
    while True:
        above = _next(shared, quantity)
        saved = assortment.cost(quantity) - assortment.cost(above)
        step = above - quantity
        fits = (shared.use * step <= room[:, None]).all(axis=0)
        better = ((saved > 0) & (step > 0) & fits).nonzero()[0]
        if not better.size:
            return quantity
        rank = saved[better] / np.maximum(worth[better] * step[better], 1e-300)
        quantity = quantity.copy()
        for item in better[np.argsort(-rank, kind="stable")]:
            needed = shared.use[:, item] * step[item]
            if (needed <= room).all():
                quantity[item] = above[item]
                room -= needed


def _next(shared: Shared, quantity: Numbers) -> Numbers:
    """The next quantities of each that may be ordered; the same where any may be."""
    assortment = shared.assortment
    above = np.maximum(quantity + assortment.step, assortment.first)
    return np.where(assortment.step > 0, above, quantity)
