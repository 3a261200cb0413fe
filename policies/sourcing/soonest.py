"""Whoever delivers soonest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.sourcing.base import SourcingView
from policies.sourcing.filling import filled


class Soonest:
    """Ask the supplier whose quoted arrival is soonest, and the next one for what it cannot take.

    Of those that are equally soon, the cheaper one. Suppliers that are down come last; an order
    that nobody else takes waits there.
    """

    def split(self, view: SourcingView) -> NDArray[np.int64]:
        """Fill the order in the order of arrivals."""
        return filled(view, view.wait_s, view.price)
