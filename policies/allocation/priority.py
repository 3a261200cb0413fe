"""The worst off first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView
from policies.allocation.supply_network import SupplyNetwork


class Priority:
    """Serve requests by severity, then urgency, then waiting time.

    The most severe site comes first; of equal ones, the more urgent request; of these, the older.
    Each gets as much as can be given.
    """

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Serve the request of the highest priority first."""
        network = SupplyNetwork(view)
        units = network.demand.ravel()
        return network.serve((request, int(units[request])) for request in ranked(view))


def ranked(view: AllocationView) -> list[int]:
    """Rows of the requests, the highest priority first."""
    severity = np.repeat(view.severity, view.demand.shape[1])
    keys = (view.requested_s.ravel(), -view.urgency.ravel(), -severity)
    return [int(request) for request in np.lexsort(keys)]
