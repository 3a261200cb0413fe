"""First come, first served."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView
from policies.allocation.supply_network import Claim, SupplyNetwork


class FirstCome:
    """Serve requests in the order in which they were made, each with as much as can be given.

    Of requests made at the same time, the one of the first site, and there of the first item,
    is served first.
    """

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Serve the oldest request first; nobody else can lessen what it gets."""
        return SupplyNetwork(view).serve(claims(view.demand, view.requested_s))


def claims(units: NDArray[np.int64], requested_s: NDArray[np.float64]) -> list[Claim]:
    """Claims to units, (s, i), the oldest first."""
    oldest = np.argsort(requested_s, axis=None, kind="stable")
    of_request = units.ravel()
    return [(request, int(of_request[request])) for request in oldest.tolist()]
