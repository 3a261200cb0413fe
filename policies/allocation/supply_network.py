"""What sources can send to sites, as flows through a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from policies.allocation.base import AllocationView, check_view, limits_of


class Pools(NamedTuple):
    """Groups of sites, each with the stock of the sources that reach it.

    Attributes
    ----------
    has_site : (g, s) bool
        Which group a site belongs to; there is one for each.
    available : (g, i) int64
        Units of each item that a group's sources have.
    dispatch_limit : (g,) int64
        Units of all items that they can send.
    """

    has_site: NDArray[np.bool_]
    available: NDArray[np.int64]
    dispatch_limit: NDArray[np.int64]

    def most(self, wanted: NDArray[np.int64]) -> int:
        """The most units that can be given if nobody gets more than is `wanted`, (s, i)."""
        of_item = np.minimum(self.has_site @ wanted, self.available)
        return int(np.minimum(of_item.sum(axis=1), self.dispatch_limit).sum())


def pools_of(view: AllocationView) -> Pools | None:
    """Divide sites and sources into pools; None where they are entangled.

    All sites of a pool are reached by the same sources, and these reach no other site. Where
    several sources share a pool, what each may send must not bind, since it would matter then
    which of them sends what.
    """
    limit, has_way = limits_of(view)
    reached_by = [column.tobytes() for column in has_way.T]
    kinds = list(dict.fromkeys(reached_by))
    has_source = has_way[:, [reached_by.index(kind) for kind in kinds]].T
    is_alone = has_source[has_source.sum(axis=1) == 1].any(axis=0)
    binds = limit < view.available.sum(axis=1)
    if (has_source.sum(axis=0) > 1).any() or (binds & has_source.any(axis=0) & ~is_alone).any():
        return None
    has_site = np.array([[kind == own for own in reached_by] for kind in kinds], dtype=np.bool_)
    has_site = has_site.reshape(len(kinds), len(reached_by))
    return Pools(has_site, has_source @ view.available, has_source @ limit)


Claim = tuple[int, int]
"""A request, by its row among the requests (site after site, item after item), and its units."""


class SupplyNetwork:
    """How much of any wanted amounts can be given at the same time.

    Units flow from a source through its stock of an item to a request of a site for that item.
    Arcs carry what a source can send, what it has and what is wanted; there is one from a stock
    to a request where there is a way. So all limits together are one maximum flow, and whole
    units flow. Where sources and sites fall apart into pools, such as stores that each serve
    their own sites, it is known without a search.

    Parameters
    ----------
    view : AllocationView

    Raises
    ------
    PolicyError
        If the view's arrays do not fit together.
    """

    def __init__(self, view: AllocationView) -> None:
        check_view(view)
        self.demand = np.asarray(view.demand, dtype=np.int64)
        self._pools = pools_of(view)
        if self._pools is None:
            self._graph, self._wanted_arcs = _network(view)

    def most(self, wanted: NDArray[np.int64]) -> int:
        """The most units that can be given if nobody gets more than is `wanted`, (s, i)."""
        if self._pools is not None:
            return self._pools.most(wanted)
        self._graph.data[self._wanted_arcs] = wanted.ravel()
        sink = self._graph.shape[0] - 1
        return int(maximum_flow(self._graph, 0, sink).flow_value)

    def allows(self, given: NDArray[np.int64]) -> bool:
        """Whether all of this can be given, (s, i)."""
        return self.most(given) == given.sum()

    def serve(self, claims: Iterable[Claim]) -> NDArray[np.int64]:
        """Serve claims in their order, each with as much as leaves all earlier ones untouched.

        What can be given is a polymatroid, since requests are where the flow ends. So this
        greedy rule also gives the most units in total, and the most by weight if heavier claims
        come first (Edmonds, Submodular functions, matroids, and certain polyhedra, 1970).

        Returns
        -------
        (s, i) int64
        """
        given = np.zeros(self.demand.size, dtype=np.int64)
        total = 0
        for request, units in claims:
            if units == 0:
                continue
            before = given[request]
            given[request] += units
            most = self.most(given.reshape(self.demand.shape))
            given[request], total = before + most - total, most
        return given.reshape(self.demand.shape)


def _network(view: AllocationView) -> tuple[csr_array, NDArray[np.int64]]:
    """The graph, from node 0 to the last one, and where its data say what is wanted.

    Between them stand the sources, their stocks and the requests, in this order.
    """
    (sites, items), sources = view.demand.shape, len(view.available)
    sizes = [1, sources, sources * items, sites * items, 1]
    nodes = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    (start,), source, stock, request, (end,) = nodes
    dispatch_limit, has_way = limits_of(view)
    a, s, i = _ways(has_way, items)
    arcs = [  # from, to, capacity
        (np.full_like(source, start), source, dispatch_limit),
        (source.repeat(items), stock, view.available.ravel()),
        (stock[a * items + i], request[s * items + i], view.available[a, i]),
        (request, np.full_like(request, end), view.demand.ravel()),
    ]
    tail, head, capacity = (np.concatenate(part) for part in zip(*arcs, strict=True))
    # Rows are in order of their nodes, and requests have one arc each.
    by_row = np.lexsort((head, tail))
    ends = capacity[by_row].astype(np.int32), (tail[by_row], head[by_row])
    wanted_arcs = np.flatnonzero(np.isin(tail[by_row], request))
    return csr_array(ends, shape=(end + 1, end + 1)), wanted_arcs


def _ways(
    has_way: NDArray[np.bool_], items: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Source, site and item of every way on which units can go."""
    source, site = has_way.nonzero()
    return source.repeat(items), site.repeat(items), np.tile(np.arange(items), len(source))


def claims(units: NDArray[np.int64], requested_s: NDArray[np.float64]) -> list[Claim]:
    """Claims to units, (s, i), the oldest first."""
    oldest = np.argsort(requested_s, axis=None, kind="stable")
    of_request = units.ravel()
    return [(request, int(of_request[request])) for request in oldest.tolist()]
