"""Hub labels: what each junction knows of all junctions above it in the tree of cuts.

A trip passes through a junction that stands above both its ends (``nested_dissection.py``). Every
junction keeps the exact time to and from each of its hubs, top first; those that two junctions have
in common come first in both lists, so a travel time is the least sum of two short arrays, side by
side in memory: some twenty nanoseconds (Ouyang et al., When Hierarchy Meets 2-Hop-Labeling, SIGMOD
2018). The topmost best hub is the highest junction of the trip, hence a hub of every junction on
it, and the trip can be followed street by street.

The compiled queries below are for other compiled code too: they take the arrays of `HubLabels` and
check nothing. ``Router`` is the same for Python, checked.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit, types
from numba.cpython.unsafe import numbers
from numpy.typing import NDArray

from environment.roads.contraction import DOWN, LENGTH_BITS, UNREACHABLE, UP, contract
from environment.roads.nested_dissection import NO_CUT, CutTree

TURNS, START, SIZE, FIRST_CUT = 0, 1, 2, 3
"""Columns of ``address``."""

TO_HUB, FROM_HUB = UP, DOWN
"""Rows of all other arrays."""

FAR_MS = int(UNREACHABLE >> LENGTH_BITS)  # 12 days; two of them still fit into 32 bits


@dataclass(frozen=True, eq=False)
class HubLabels:
    """Times, lengths and streets between each junction and its hubs; nobody may write to them.

    Attributes
    ----------
    address : (n, 4 + levels) int32
        By junction: its turns in the tree of cuts, where its label starts, how long it is, and
        how many hubs there are down to each cut around it.
    time_ms, length_dm : (2, k) int32
        To each hub (row 0) and from it (row 1); a junction's last hub is itself.
    edge : (2, k) int32
        The street piece that the trip to the hub begins with (row 0), and that the trip from the
        hub ends with (row 1); -1 at the hub itself.
    far_end : (2, m) int32
        The junction that each street piece leads to (row 0), and the one it comes from (row 1).
    """

    address: NDArray[np.int32]
    time_ms: NDArray[np.int32]
    length_dm: NDArray[np.int32]
    edge: NDArray[np.int32]
    far_end: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Protect the arrays."""
        for item in fields(self):
            getattr(self, item.name).flags.writeable = False

    @property
    def byte_count(self) -> int:
        """Memory taken."""
        return sum(getattr(self, item.name).nbytes for item in fields(self))


def build_labels(
    tree: CutTree,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    time_ms: NDArray[np.int64],
    length_dm: NDArray[np.int64],
) -> HubLabels:
    """Build the labels of a strongly connected network.

    Parameters
    ----------
    tree : CutTree
    tail, head : (m,) int32
        Without loops and parallels.
    time_ms, length_dm : (m,) int64
        Of each street piece; times are at least 1. A trip of `FAR_MS` or more stays unknown: its
        label says `FAR_MS`.
    """
    rank = np.empty_like(tree.order)
    rank[tree.order] = np.arange(len(rank))
    hierarchy = contract(rank[tail], rank[head], (time_ms << LENGTH_BITS) + length_dm, len(rank))
    address = _addresses(tree)
    shape = (2, int(address[:, SIZE].sum(dtype=np.int64)))
    label_ms, label_dm, edge = (np.empty(shape, np.int32) for _ in range(3))
    _fill_labels(
        address[tree.order],
        (hierarchy.start, hierarchy.upper, hierarchy.cost),
        (hierarchy.first_edge[UP], hierarchy.last_edge[DOWN]),
        (label_ms, label_dm, edge),
    )
    return HubLabels(address, label_ms, label_dm, edge, np.stack([head, tail]))


def _addresses(tree: CutTree) -> NDArray[np.int32]:
    node_count, levels = tree.cut_end.shape
    address = np.full((node_count, FIRST_CUT + levels + 1), NO_CUT, np.int32)
    address[:, TURNS] = tree.turns
    address[:, SIZE] = tree.hub_count + 1
    size = address[tree.order, SIZE]
    address[tree.order, START] = np.cumsum(size) - size
    address[:, FIRST_CUT:-1] = tree.cut_end
    return address


@njit(cache=True)
def _fill_labels(address, shortcuts, edges, labels):  # type: ignore[no-untyped-def]
    """From the top of the tree downwards: a shortcut, and from its end a way already known.

    All arguments are by rank.
    """
    shortcut_start, upper, shortcut_cost = shortcuts
    time_ms, length_dm, edge = labels
    start, depth = address[:, START], address[:, SIZE] - 1
    hubs = np.empty(depth.max() + 1, np.int64)  # of the junction in hand
    best, best_edge = np.empty(len(hubs), np.int64), np.empty(len(hubs), np.int32)
    for junction in range(len(address)):
        own_depth = depth[junction]
        hubs[own_depth], best[own_depth], best_edge[own_depth] = junction, 0, -1
        for way in (TO_HUB, FROM_HUB):
            best[:own_depth] = UNREACHABLE
            for shortcut in range(shortcut_start[junction], shortcut_start[junction + 1]):
                over, cost = upper[shortcut], shortcut_cost[way, shortcut]
                if cost >= best[depth[over]]:
                    continue  # there is a way as good over a junction between the two
                first = edges[way][shortcut]
                for k in range(own_depth):
                    if k <= depth[over]:
                        row, known = way, start[over] + k
                    else:
                        row, known = 1 - way, start[hubs[k]] + depth[over]
                    beyond = (np.int64(time_ms[row, known]) << LENGTH_BITS) + length_dm[row, known]
                    if cost + beyond < best[k]:
                        best[k], best_edge[k] = cost + beyond, first
            for k in range(own_depth + 1):
                time_ms[way, start[junction] + k] = best[k] >> LENGTH_BITS
                length_dm[way, start[junction] + k] = best[k]
                edge[way, start[junction] + k] = best_edge[k]


_TABLE = types.Array(types.int32, 2, "C", readonly=True)
_PATH = types.Array(types.int32, 1, "C")
_INT = types.int64
_PAIR = types.UniTuple(_INT, 2)  # type: ignore[no-untyped-call]

trailing_zeros: Any = numbers.trailing_zeros  # one processor instruction


@njit(_INT(_TABLE, _INT, _INT), cache=True)
def common_hubs(address, origin, destination):  # type: ignore[no-untyped-def]
    """How many hubs two junctions have in common; they come first in both labels."""
    levels = address.shape[1] - FIRST_CUT - 1
    parting = (address[origin, TURNS] ^ address[destination, TURNS]) | (1 << levels)
    cut_end = address[origin, FIRST_CUT + trailing_zeros(parting)]
    return min(cut_end, address[origin, SIZE], address[destination, SIZE])


@njit(_INT(_TABLE, _TABLE, _INT, _INT), cache=True)
def travel_ms(address, time_ms, origin, destination):  # type: ignore[no-untyped-def]
    """The shortest travel time in milliseconds."""
    hubs = common_hubs(address, origin, destination)
    here, there = address[origin, START], address[destination, START]
    to_hub = time_ms[TO_HUB, here : here + hubs]
    from_hub = time_ms[FROM_HUB, there : there + hubs]
    best = np.int32(to_hub[0] + from_hub[0])  # 32 bits: more sums at once in a register
    for k in range(1, hubs):
        best = min(best, np.int32(to_hub[k] + from_hub[k]))
    return best


@njit(_INT(_TABLE, _TABLE, _INT, _INT), cache=True)
def top_hub(address, time_ms, origin, destination):  # type: ignore[no-untyped-def]
    """The place in both labels of the highest junction of the shortest trip."""
    best = travel_ms(address, time_ms, origin, destination)
    here, there = address[origin, START], address[destination, START]
    k = 0
    while time_ms[TO_HUB, here + k] + time_ms[FROM_HUB, there + k] != best:
        k += 1
    return k


@njit(_PAIR(_TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def travel(address, time_ms, length_dm, origin, destination):  # type: ignore[no-untyped-def]
    """Milliseconds and decimetres of the path that `path_into` follows."""
    hub = top_hub(address, time_ms, origin, destination)
    here, there = address[origin, START] + hub, address[destination, START] + hub
    return (
        np.int64(time_ms[TO_HUB, here] + time_ms[FROM_HUB, there]),
        np.int64(length_dm[TO_HUB, here]) + length_dm[FROM_HUB, there],
    )


@njit(_INT(_TABLE, _TABLE, _TABLE, _TABLE, _INT, _INT, _PATH), cache=True)
def path_into(address, time_ms, edge, far_end, origin, destination, path):  # type: ignore[no-untyped-def]
    """Write the street pieces of the shortest trip into `path`; return how many there are.

    `path` must have room for as many as there are junctions.
    """
    hub = top_hub(address, time_ms, origin, destination)
    count, half = 0, 0
    for way, end in ((TO_HUB, origin), (FROM_HUB, destination)):
        half = count
        street = edge[way, address[end, START] + hub]
        while street >= 0:
            path[count] = street
            count += 1
            street = edge[way, address[far_end[way, street], START] + hub]
    for k in range((count - half) // 2):  # the second half was followed backwards
        path[half + k], path[count - 1 - k] = path[count - 1 - k], path[half + k]
    return count
