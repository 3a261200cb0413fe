"""A contraction hierarchy: shortcuts that let every shortest trip climb and then descend.

Junctions are taken out from the bottom of the tree of cuts (``nested_dissection.py``) upwards; for
every two neighbours of a junction that goes, a shortcut keeps the best way over it. Which shortcuts
there are depends on the streets alone; what they cost follows in one sweep (Dibbelt, Strasser and
Wagner, Customizable Contraction Hierarchies, JEA 2016).

Junctions are numbered here by rank: 0 is the top of the tree. A cost is a whole number,
``time_ms * 2**32 + length_dm``: sums are exact in any order, the shortest time wins, and among
equal times the shortest way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

UP, DOWN = 0, 1
LENGTH_BITS = 32
UNREACHABLE = np.int64(2**62 - 1)  # two of them can still be added


@dataclass(frozen=True, eq=False)
class Hierarchy:
    """Streets and shortcuts between each junction and those above it, by lower end.

    Attributes
    ----------
    start : (n + 1,) int32
        Where the shortcuts of each rank begin.
    upper : (k,) int32
        Rank of the upper end, the nearest first.
    cost : (2, k) int64
        Of the best way that stays below both ends, up (towards ``upper``) and down.
    first_edge, last_edge : (2, k) int32
        The street pieces that this way begins and ends with.
    """

    start: NDArray[np.int32]
    upper: NDArray[np.int32]
    cost: NDArray[np.int64]
    first_edge: NDArray[np.int32]
    last_edge: NDArray[np.int32]


def contract(
    tail: NDArray[np.int32], head: NDArray[np.int32], edge_cost: NDArray[np.int64], node_count: int
) -> Hierarchy:
    """Build the hierarchy of a network whose junctions are numbered by rank.

    Parameters
    ----------
    tail, head : (m,) int32
        Ranks.
    edge_cost : (m,) int64
    node_count : int
    """
    lower, upper = _shortcuts(tail, head, node_count)
    start = np.searchsorted(lower, np.arange(node_count + 1)).astype(np.int32)
    cost, edge = _street_costs(tail, head, edge_cost, start, upper)
    hierarchy = Hierarchy(start, upper, cost, first_edge=edge, last_edge=edge.copy())
    by_upper = np.argsort(upper, kind="stable")
    below = np.searchsorted(upper[by_upper], np.arange(node_count + 1))
    _add_ways_over(start, lower, upper, below, by_upper, (cost, edge, hierarchy.last_edge))
    return hierarchy


def _shortcuts(
    tail: NDArray[np.int32], head: NDArray[np.int32], node_count: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Lower and upper ends, by lower end, the nearest upper end first."""
    lower, upper = np.maximum(tail, head), np.minimum(tail, head)
    by_lower = np.argsort(lower, kind="stable")
    start = np.searchsorted(lower[by_lower], np.arange(node_count + 1))
    upper, count = _hand_upwards(start, upper[by_lower])
    lower = np.repeat(np.arange(node_count, dtype=np.int32)[::-1], count[::-1])
    order = np.lexsort((-upper, lower))
    return lower[order], upper[order]


@njit(cache=True)
def _hand_upwards(street_start, street_upper):  # type: ignore[no-untyped-def]
    """Each junction hands its upper neighbours on to the nearest of them.

    Returns the upper neighbours of the last junction, of the last but one, ..., and their number
    by junction.
    """
    n = len(street_start) - 1
    upper = list(street_upper)
    begin, end = street_start[:-1].copy(), street_start[1:].copy()
    next_giver, seen_by = np.full(n, -1), np.full(n, -1)
    for junction in range(n - 1, -1, -1):
        new_begin, nearest, giver = len(upper), -1, junction
        while giver >= 0:
            for k in range(begin[giver], end[giver]):
                neighbour = upper[k]
                if neighbour < junction and seen_by[neighbour] != junction:
                    seen_by[neighbour] = junction
                    upper.append(neighbour)
                    nearest = max(nearest, neighbour)
            giver = next_giver[giver]
        begin[junction], end[junction] = new_begin, len(upper)
        if nearest >= 0:
            next_giver[junction], next_giver[nearest] = next_giver[nearest], junction
    return np.array(upper[len(street_upper) :]), end - begin


def _street_costs(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    edge_cost: NDArray[np.int64],
    start: NDArray[np.int32],
    upper: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """What each shortcut costs where it is a street itself, and which street piece that is."""
    node_count = len(start) - 1
    lower = np.repeat(np.arange(node_count), np.diff(start))
    key = (lower + 1) * node_count - upper  # ascending
    street = np.flatnonzero(tail != head)
    street = street[np.argsort(-edge_cost[street], kind="stable")]  # of parallels the best is last
    begin, end = tail[street].astype(np.int64), head[street].astype(np.int64)
    way = np.where(end < begin, UP, DOWN)
    shortcut = np.searchsorted(
        key, (np.maximum(begin, end) + 1) * node_count - np.minimum(begin, end)
    )
    cost = np.full((2, len(upper)), UNREACHABLE)
    edge = np.full((2, len(upper)), -1, np.int32)
    cost[way, shortcut], edge[way, shortcut] = edge_cost[street], street
    return cost, edge


@njit(cache=True)
def _add_ways_over(start, lower, upper, below, by_upper, ways):  # type: ignore[no-untyped-def]
    """Let each junction's shortcuts take the way over each junction below it, if that is better."""
    cost, first_edge, last_edge = ways
    shortcut_to = np.empty(len(start) - 1, np.int64)
    for junction in range(len(start) - 2, -1, -1):
        for shortcut in range(start[junction], start[junction + 1]):
            shortcut_to[upper[shortcut]] = shortcut
        for near in by_upper[below[junction] : below[junction + 1]]:
            for far in range(near + 1, start[lower[near] + 1]):
                over = shortcut_to[upper[far]]
                climb = cost[DOWN, near] + cost[UP, far]
                if climb < cost[UP, over]:
                    cost[UP, over] = climb
                    first_edge[UP, over] = first_edge[DOWN, near]
                    last_edge[UP, over] = last_edge[UP, far]
                descent = cost[DOWN, far] + cost[UP, near]
                if descent < cost[DOWN, over]:
                    cost[DOWN, over] = descent
                    first_edge[DOWN, over] = first_edge[DOWN, far]
                    last_edge[DOWN, over] = last_edge[UP, near]
