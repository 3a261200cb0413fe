"""Rules that do not weigh one item against another share what money there is alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.ordering.base import OrderingView


def within_budget(wanted: NDArray[np.float64], view: OrderingView) -> NDArray[np.float64]:
    """Orders cut in the same proportion, so that the budget pays for them.

    What costs nothing is not cut.

    Parameters
    ----------
    wanted : (n,) float64
        Units of each item, >= 0.
    view : OrderingView

    Returns
    -------
    (n,) float64
    """
    cost = float(wanted @ view.unit_cost)
    if cost <= view.budget:
        return wanted
    return np.where(view.unit_cost > 0, wanted * (view.budget / cost), wanted)
