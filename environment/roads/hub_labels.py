"""Hub labels: what each junction knows of all junctions above it in the tree of cuts.

A trip passes through a junction that stands above both its ends (``nested_dissection.py``). Every
junction keeps the exact time to and from each of its hubs, top first; those that two junctions have
in common come first in both lists, so a travel time is the least sum of two short arrays, side by
side in memory: some twenty nanoseconds (Ouyang et al., When Hierarchy Meets 2-Hop-Labeling, SIGMOD
2018). The topmost best hub is the highest junction of the trip, hence a hub of every junction on
it, and the trip can be followed street by street.

The compiled queries below are for other compiled code: they take the arrays of `HubLabels` and
check nothing. Those of ``stops.py`` begin and end anywhere along streets; ``Router`` is the same
for Python, checked.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numba import njit, types
from numba.cpython.unsafe import numbers
from numpy.typing import NDArray

from environment.roads.contraction import DOWN, LENGTH_BITS, UNREACHABLE, UP, contract
from environment.roads.drawn_lines import DrawnLines
from environment.roads.nested_dissection import NO_CUT, CutTree

TURNS, START, SIZE, FIRST_CUT = 0, 1, 2, 3
"""Columns of ``address``."""

TO_HUB, FROM_HUB = UP, DOWN
"""Rows of all other arrays."""

TAIL, HEAD, TIME_MS, ALONG_MS, LENGTH_DM, NEXT_PIECE, BACKWARD = range(7)
"""Columns of the table of street pieces."""

NO_STOP = -1
"""In the column `ALONG_MS`: nobody stops along this piece."""

NONE = -1

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
    pieces : (m, 7) int32
        Of each street piece its junctions, its time, that without what is lost at its end, its
        length, the next piece of the same street, and whether it leads against the first of them.
    """

    address: NDArray[np.int32]
    time_ms: NDArray[np.int32]
    length_dm: NDArray[np.int32]
    edge: NDArray[np.int32]
    pieces: NDArray[np.int32]

    def __post_init__(self) -> None:
        """Protect the arrays."""
        for item in fields(self):
            getattr(self, item.name).flags.writeable = False

    @property
    def byte_count(self) -> int:
        """Memory taken."""
        return sum(getattr(self, item.name).nbytes for item in fields(self))


def piece_table(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    time_ms: NDArray[np.int64],
    length_dm: NDArray[np.int64],
    lines: DrawnLines,
    along_ms: NDArray[np.int64] | None = None,
) -> NDArray[np.int32]:
    """Put side by side what is known of street pieces, without loops and parallels.

    Parameters
    ----------
    tail, head : (m,) int32
    time_ms, length_dm : (m,) int64
        Times are at least 1.
    lines : DrawnLines
    along_ms : (m,) int64, optional
        Time without what is lost at the end, or `NO_STOP`; the whole time, where it is not given.
    """
    along_ms = time_ms if along_ms is None else along_ms
    columns = (tail, head, time_ms, along_ms, length_dm, lines.next_piece, lines.is_backward)
    return np.column_stack(columns).astype(np.int32)


def build_labels(tree: CutTree, pieces: NDArray[np.int32]) -> HubLabels:
    """Build the labels of a strongly connected network.

    A trip of `FAR_MS` or more stays unknown: its label says `FAR_MS`.
    """
    rank = np.empty_like(tree.order)
    rank[tree.order] = np.arange(len(rank))
    cost = (pieces[:, TIME_MS].astype(np.int64) << LENGTH_BITS) + pieces[:, LENGTH_DM]
    hierarchy = contract(rank[pieces[:, TAIL]], rank[pieces[:, HEAD]], cost, len(rank))
    address = _addresses(tree)
    shape = (2, int(address[:, SIZE].sum(dtype=np.int64)))
    label_ms, label_dm, edge = (np.empty(shape, np.int32) for _ in range(3))
    _fill_labels(
        address[tree.order],
        (hierarchy.start, hierarchy.upper, hierarchy.cost),
        (hierarchy.first_edge[UP], hierarchy.last_edge[DOWN]),
        (label_ms, label_dm, edge),
    )
    return HubLabels(address, label_ms, label_dm, edge, pieces)


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
_BOOL = types.boolean
_PAIR = types.UniTuple(_INT, 2)  # type: ignore[no-untyped-call]
_ENDS = types.UniTuple(_INT, 3)  # type: ignore[no-untyped-call]

trailing_zeros: Any = numbers.trailing_zeros  # one processor instruction


@njit(_INT(_TABLE, _INT, _INT), cache=True)
def common_hubs(address, origin, destination):  # type: ignore[no-untyped-def]
    """How many hubs two junctions have in common; they come first in both labels."""
    levels = address.shape[1] - FIRST_CUT - 1
    parting = (address[origin, TURNS] ^ address[destination, TURNS]) | (1 << levels)
    cut_end = address[origin, FIRST_CUT + trailing_zeros(parting)]
    return min(cut_end, address[origin, SIZE], address[destination, SIZE])


@njit(_INT(_TABLE, _TABLE, _INT, _INT), cache=True)
def junctions_ms(address, time_ms, origin, destination):  # type: ignore[no-untyped-def]
    """The shortest travel time between two junctions in milliseconds."""
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
    """The place in both labels of the highest junction of the shortest trip between junctions."""
    best = junctions_ms(address, time_ms, origin, destination)
    here, there = address[origin, START], address[destination, START]
    k = 0
    while time_ms[TO_HUB, here + k] + time_ms[FROM_HUB, there + k] != best:
        k += 1
    return k
