"""One source for each item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.sourcing.base import SourcingView
from policies.sourcing.filling import filled


class Contract:
    """Ask the contract's supplier and nobody else; if it may not be asked, as `Soonest` does.

    What the contract's supplier cannot take is not ordered this time.
    """

    def split(self, view: SourcingView) -> NDArray[np.int64]:
        """Keep to the contract wherever there is a choice."""
        is_contract = np.arange(len(view.price))[:, None] == view.contract
        is_bound = (is_contract & view.may_ask).any(axis=0)
        bound = view._replace(may_ask=view.may_ask & (is_contract | ~is_bound))
        return filled(bound, view.wait_s, view.price)
