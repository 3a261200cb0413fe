"""First come, first served."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView
from policies.allocation.supply_network import SupplyNetwork, claims


class FirstCome:
    """Serve requests in the order in which they were made, each with as much as can be given.

    Of requests made at the same time, the one of the first site, and there of the first item,
    is served first.
    """

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Serve the oldest request first; nobody else can lessen what it gets."""
        return SupplyNetwork(view).serve(claims(view.demand, view.requested_s))
