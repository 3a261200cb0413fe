"""One supplier after the other, each asked for as much as it takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.sourcing.base import SourcingView


def filled(
    view: SourcingView, first: NDArray[np.float64], then: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Fill every item's quantity from the suppliers that may be asked, in an order.

    Parameters
    ----------
    view : SourcingView
    first, then : (p, i) float64
        Suppliers are asked in ascending order of the first and, where it is equal, of the second;
        where that is, too, in the order of their rows.

    Returns
    -------
    (p, i) int64
    """
    order = np.lexsort((then, first), axis=0)
    # No more than the quantity, lest sums of what is as good as unlimited overflow.
    takes = np.where(view.may_ask, np.minimum(view.most, view.quantity), 0)
    takes = np.take_along_axis(takes, order, axis=0)
    before = takes.cumsum(axis=0) - takes
    answer = np.empty_like(takes)
    np.put_along_axis(answer, order, np.clip(view.quantity - before, 0, takes), axis=0)
    return answer
