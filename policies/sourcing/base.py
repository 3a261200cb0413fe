"""From whom what is ordered comes: the decision, and what it looks at."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


class SourcingView(NamedTuple):
    """What is known when an order is put to suppliers; arrays are only read.

    There are p suppliers and i items.

    Attributes
    ----------
    items : (i,) tuple of str
        Names of the items.
    quantity : (i,) int64
        Units to be ordered.
    may_ask : (p, i) bool
        Whether a supplier makes an item and may be asked for it.
    contract : (i,) int64
        Row of the supplier with whom there is a contract.
    wait_s : (p, i) float64
        Seconds until the whole quantity would be there, as the supplier quotes; infinite while it
        is down.
    most : (p, i) int64
        Units that a supplier still takes an order for.
    price : (p, i) float64
        Money for each unit.
    """

    items: tuple[str, ...]
    quantity: NDArray[np.int64]
    may_ask: NDArray[np.bool_]
    contract: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    most: NDArray[np.int64]
    price: NDArray[np.float64]


class SourcingPolicy(Protocol):
    """Which supplier is asked for how much."""

    def split(self, view: SourcingView) -> NDArray[np.int64]:
        """Choose the units of each item that each supplier is asked for, (p, i).

        They are whole, none from a supplier that may not be asked and no more than it takes, and
        of each item at most the quantity; what is left out is not ordered this time.
        """
