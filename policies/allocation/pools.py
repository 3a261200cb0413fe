"""Sources whose stock is as good as one, seen from the sites that they reach."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView, limits_of


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
