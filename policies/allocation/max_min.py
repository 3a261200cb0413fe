"""The least fill rate as high as it can be, then the second least, and so on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import fill_rates
from policies.allocation.supply_network import SupplyNetwork

HALVINGS = 40
"""Searches for the common fill rate; whatever they leave is given unit by unit."""


def max_min_fill(network: SupplyNetwork, order: Sequence[int]) -> NDArray[np.int64]:
    """Give whole units so that fill rates, in ascending order, are lexicographically greatest.

    One unit after the other goes to the request with the least fill rate, as long as it can be
    given; a request that cannot have one more is done. In a polymatroid this is optimal
    (Federgruen and Groenevelt, The greedy procedure for resource allocation problems, Operations
    Research 34, 1986). All units up to the highest fill rate that those not yet done can have
    together are given at once.

    Parameters
    ----------
    network : SupplyNetwork
    order : sequence of int
        Requests by their rank, which decides between equal fill rates of equal demands.

    Returns
    -------
    (s, i) int64
    """
    rank = np.argsort(order)
    given = np.zeros_like(network.demand)
    growing = network.demand > 0
    while growing.any():
        given = _raise_together(network, given, growing)
        rate = np.where(growing, fill_rates(network.demand, given), np.inf)
        least = (rate == rate.min()).ravel().nonzero()[0]
        # Of equal rates, a unit raises that of the smaller demand more.
        for request in least[np.lexsort((rank[least], network.demand.ravel()[least]))]:
            _give_one(network, given, growing, request)
    return given


def _raise_together(
    network: SupplyNetwork, given: NDArray[np.int64], growing: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Raise all that grow to the highest common fill rate that can be given."""
    low, high = 0.0, 1.0
    best = given
    for _ in range(HALVINGS):
        rate = (low + high) / 2
        wanted = np.ceil(rate * network.demand).astype(np.int64)
        wanted = np.where(growing, np.maximum(given, wanted), given)
        if np.array_equal(wanted, best) or network.allows(wanted):
            low, best = rate, wanted
        else:
            high = rate
    return best


def _give_one(
    network: SupplyNetwork,
    given: NDArray[np.int64],
    growing: NDArray[np.bool_],
    request: int,
) -> None:
    """Give a request one more unit if that can be, or else let it grow no more."""
    place = np.unravel_index(request, given.shape)
    if given[place] < network.demand[place]:
        given[place] += 1
        if network.allows(given):
            return
        given[place] -= 1
    growing[place] = False
