"""The same share for everyone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.apportionment import apportion
from policies.allocation.base import AllocationView
from policies.allocation.supply_network import SupplyNetwork, claims


class Proportional:
    """Give every site the same share of its demand for an item, in whole units.

    The stock of all sources is split by largest remainders. Where ways or limits do not let
    everyone have this share, the oldest request has it first, and what remains goes to those who
    can still have more, again the oldest first.
    """

    def allocate(self, view: AllocationView) -> NDArray[np.int64]:
        """Serve everyone's share first, then what is left of demand."""
        network = SupplyNetwork(view)
        share = fair_shares(network.demand, view.available.sum(axis=0))
        if network.allows(share) and network.most(network.demand) == share.sum():
            return share
        rest = network.demand - share
        return network.serve(claims(share, view.requested_s) + claims(rest, view.requested_s))


def fair_shares(demand: NDArray[np.int64], available: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split what there is of each item in proportion to demand.

    Parameters
    ----------
    demand : (s, i) int64
    available : (i,) int64

    Returns
    -------
    (s, i) int64
        At most the demand; together the lesser of what is asked for and what is there.
    """
    share = demand.copy()
    for item in (available < demand.sum(axis=0)).nonzero()[0]:
        share[:, item] = apportion(int(available[item]), demand[:, item])
    return share
