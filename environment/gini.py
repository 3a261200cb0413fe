"""Gini's coefficient: how unequally something is shared out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def gini_by_row(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gini's coefficient of each row of values, (S, k), unchecked; the weights are shared.

    It is half the relative mean difference, and 0 where all values are 0.
    """
    order = np.argsort(values, axis=1)
    share = weights[order] / weights.sum()
    amount = np.take_along_axis(values, order, axis=1) * share
    below = np.pad(np.cumsum(amount, axis=1), ((0, 0), (1, 0)))
    # Twice the area between the Lorenz curve and the diagonal, by trapezoids.
    under = (share * (below[:, 1:] + below[:, :-1])).sum(axis=1)
    total = below[:, -1]
    return 1 - np.divide(under, total, out=np.ones(len(values)), where=total > 0)
