"""A stock pool: stores whose stocks stand in for each other, as one order sees them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from agents.supply.distributor import Distributor
    from agents.supply.store import Store


class StockPool(NamedTuple):
    """Stores for which one quantity is ordered, and those whom they serve.

    What is too much at one of them makes up for what is missing at another.

    Attributes
    ----------
    stores : sequence of Store
    distributors : sequence of Distributor
    rows : sequence of int
        Their numbers.
    on_order : (a, i) int64
        Units ordered for each of the stores, and not yet there.
    outstanding : (d, i) int64
        Units that each distributor of the world has asked for, and not been given.
    asked_by_day : sequence of (d, i) float64
        Units that each distributor of the world has asked for on each day so far.
    money : float
        What the order may cost.
    """

    stores: Sequence[Store]
    distributors: Sequence[Distributor]
    rows: Sequence[int]
    on_order: NDArray[np.int64]
    outstanding: NDArray[np.int64]
    asked_by_day: Sequence[NDArray[np.float64]]
    money: float
