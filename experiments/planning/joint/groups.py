"""Every group of a few centres: its shortest tour, and the cheapest way to split all into groups.

A group is a bit mask: centre i belongs to it if bit i is set.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def members_of_all(count: int) -> NDArray[np.bool_]:
    """Which centres each group has, (2^n, n)."""
    return (np.arange(1 << count)[:, None] >> np.arange(count) & 1).astype(bool)


class Tours:
    r"""Shortest tours from the depot through every group of centres and back.

    Held and Karp, A dynamic programming approach to sequencing problems, Journal of the SIAM 10
    (1962): :math:`b(S, j) = \min_{i \in S - j} b(S - j, i) + d_{ij}` is the shortest way from the
    depot through all of :math:`S` that ends at :math:`j`.

    Parameters
    ----------
    distance : (n + 1, n + 1) float64
        Place 0 is the depot.

    Attributes
    ----------
    length : (2^n,) float64
        Of each group's tour; 0 for the group of nobody.
    """

    def __init__(self, distance: Array) -> None:
        self._distance = distance
        count = len(distance) - 1
        self._best = np.full((1 << count, count), np.inf)
        sizes = members_of_all(count).sum(axis=1)
        for i in range(count):
            self._best[1 << i, i] = distance[0, i + 1]
        for size in range(2, count + 1):
            groups = np.flatnonzero(sizes == size)
            for j in range(count):
                own = groups[groups >> j & 1 == 1]
                before = self._best[own ^ 1 << j]
                self._best[own, j] = (before + distance[1:, j + 1]).min(axis=1)
        self.length = (self._best + distance[1:, 0]).min(axis=1, initial=np.inf)
        self.length[0] = 0.0

    def route(self, group: int) -> tuple[int, ...]:
        """The centres of a group in the order of its tour, from 0 on."""
        route: list[int] = []
        after = 0
        while group:
            last = int((self._best[group] + self._distance[1:, after]).argmin())
            route.append(last)
            group ^= 1 << last
            after = last + 1
        return tuple(reversed(route))


def cheapest_split(cost: Array) -> tuple[float, list[int]]:
    r"""Split all centres into groups at least cost.

    :math:`f(S) = \min_T c(T) + f(S - T)` over the groups :math:`T` of :math:`S` that hold its
    first centre.

    Parameters
    ----------
    cost : (2^n,) float64
        Of each group.

    Returns
    -------
    cost : float
    groups : list of int
    """
    least = np.zeros(len(cost))
    chosen = np.zeros(len(cost), dtype=np.int64)
    for group in range(1, len(cost)):
        parts = _parts_with_first(group)
        sums = cost[parts] + least[group ^ parts]
        best = int(sums.argmin())
        least[group], chosen[group] = sums[best], parts[best]
    left, groups = len(cost) - 1, []
    while left:
        groups.append(int(chosen[left]))
        left ^= groups[-1]
    return float(least[-1]), groups


def _parts_with_first(group: int) -> NDArray[np.int64]:
    """All groups within one that hold its first centre."""
    first = group & -group
    parts = np.array([first])
    rest = group ^ first
    while rest:
        bit = rest & -rest
        parts = np.concatenate([parts, parts | bit])
        rest ^= bit
    return parts


def tour_length(distance: Array, route: tuple[int, ...]) -> float:
    """From the depot through the centres of a route, from 0 on, and back."""
    places = [0, *(centre + 1 for centre in route), 0]
    return float(sum(distance[leg] for leg in pairwise(places)))
