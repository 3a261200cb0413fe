"""What is left of the limits goes, step by step, where it saves most."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.prices import ROUNDING, Shared

Numbers = NDArray[np.float64]


def fill(shared: Shared, quantity: Numbers, price: Numbers) -> Numbers:
    """Raise orders that keep the limits by steps that still do, while that saves money.

    The step that saves most for what it takes of the limits, by their prices, comes first. Strides
    of many steps come before single ones. Items of which any quantity may be ordered stay as they
    are.

    Parameters
    ----------
    shared : Shared
    quantity : (n,) float64
    price : (m,) float64
        Of a unit of each limit.
    """
    assortment = shared.assortment
    step = np.where(assortment.step > 0, assortment.step, 1.0)
    wanted = assortment.best(np.zeros_like(quantity))
    lacking = np.where(assortment.step > 0, (wanted - quantity) / step, 0.0).max(initial=1.0)
    strides = 2.0 ** np.arange(math.floor(math.log2(max(lacking, 1.0))), -1, -1)
    worth = price @ shared.use
    for stride in strides:
        quantity = _fill_by(shared, quantity, worth, stride)
    return quantity


def _fill_by(shared: Shared, quantity: Numbers, worth: Numbers, stride: float) -> Numbers:
    """Raise orders by so many steps at a time."""
    assortment = shared.assortment
    room = shared.amount * (1 + ROUNDING) - shared.use @ quantity
    while True:
        above = np.maximum(quantity + stride * assortment.step, assortment.first)
        step = np.where(assortment.step > 0, above - quantity, 0.0)
        saved = assortment.cost(quantity) - assortment.cost(quantity + step)
        fits = (shared.use * step <= room[:, None]).all(axis=0)
        better = ((saved > 0) & (step > 0) & fits).nonzero()[0]
        if not better.size:
            return quantity
        rank = saved[better] / np.maximum(worth[better] * step[better], 1e-300)
        quantity = quantity.copy()
        for item in better[np.argsort(-rank, kind="stable")]:
            needed = shared.use[:, item] * step[item]
            if (needed <= room).all():
                quantity[item] += step[item]
                room -= needed
