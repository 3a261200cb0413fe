"""Whoever is cheapest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.sourcing.base import SourcingView
from policies.sourcing.filling import filled


class Cheapest:
    """Ask the cheapest supplier, and the next one for what it cannot take.

    Of those that are equally cheap, the sooner one. A supplier that is down is asked all the same
    if it is the cheapest.
    """

    def split(self, view: SourcingView) -> NDArray[np.int64]:
        """Fill the order in the order of prices."""
        return filled(view, view.price, view.wait_s)
