"""Hub labels: what each junction knows of all junctions above it in the tree of cuts.

A trip passes through a junction that stands above both its ends (``nested_dissection.py``). Every
junction keeps the exact time to and from each of its hubs, top first; those that two junctions have
in common come first in both lists, so a travel time is the least sum of two short arrays, side by
side in memory: some twenty nanoseconds (Ouyang et al., When Hierarchy Meets 2-Hop-Labeling, SIGMOD
2018). The topmost best hub is the highest junction of the trip, hence a hub of every junction on
it, and the trip can be followed street by street.

A drive from or to a point between junctions (`environment.roads.stops`) leaves its street by each
piece of it and enters it by each, so that it is the best of at most four such sums, and exact, or
goes straight along the street.

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
from environment.roads.drawn_lines import DrawnLines
from environment.roads.nested_dissection import NO_CUT, CutTree
from environment.roads.stops import PART_BITS, PARTS

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


@njit(_INT(_INT, _INT), cache=True)
def first_piece(junctions, stop):  # type: ignore[no-untyped-def]
    """The piece that leads the street of a stop; `NONE` at a junction."""
    return NONE if stop < junctions else (stop - junctions) >> PART_BITS


@njit(_INT(_TABLE, _INT), cache=True)
def following(pieces, piece):  # type: ignore[no-untyped-def]
    """The next piece of a street, in a ring; `NONE` follows itself."""
    return NONE if piece == NONE else np.int64(pieces[piece, NEXT_PIECE])


@njit(_INT(_TABLE, _INT, _INT, _INT), cache=True)
def parts_before(pieces, junctions, piece, stop):  # type: ignore[no-untyped-def]
    """How many `PARTS` of a piece lie before a stop between the junctions of its street."""
    part = (stop - junctions) & (PARTS - 1)
    return PARTS - part if pieces[piece, BACKWARD] else part


@njit(_INT(_INT, _INT), cache=True)
def share_of(whole, parts):  # type: ignore[no-untyped-def]
    """So many `PARTS` of a whole number, rounded."""
    return (whole * parts + PARTS // 2) >> PART_BITS


@njit(_BOOL(_TABLE, _INT, _INT, _INT, _INT, _INT), cache=True)
def stays_on(pieces, junctions, out, into, origin, destination):  # type: ignore[no-untyped-def]
    """Whether a trip that leaves by one piece and comes in by another goes along one, and no more.

    Where a destination lies behind its origin, it does not: it goes round.
    """
    return (
        out != NONE
        and out == into
        and parts_before(pieces, junctions, out, origin)
        <= parts_before(pieces, junctions, out, destination)
    )


@njit(_PAIR(_TABLE, _INT, _INT, _INT), cache=True)
def leaving(pieces, junctions, out, origin):  # type: ignore[no-untyped-def]
    """The first junction of a trip that leaves by a piece, and the milliseconds up to it."""
    if out == NONE:
        return origin, 0
    along_ms = np.int64(pieces[out, ALONG_MS])
    if along_ms == NO_STOP:
        return np.int64(pieces[out, HEAD]), FAR_MS
    done_ms = share_of(along_ms, parts_before(pieces, junctions, out, origin))
    return np.int64(pieces[out, HEAD]), pieces[out, TIME_MS] - done_ms


@njit(_PAIR(_TABLE, _INT, _INT, _INT), cache=True)
def entering(pieces, junctions, into, destination):  # type: ignore[no-untyped-def]
    """The last junction of a trip that comes in by a piece, and the milliseconds from it."""
    if into == NONE:
        return destination, 0
    along_ms = np.int64(pieces[into, ALONG_MS])
    if along_ms == NO_STOP:
        return np.int64(pieces[into, TAIL]), FAR_MS
    ahead = parts_before(pieces, junctions, into, destination)
    return np.int64(pieces[into, TAIL]), share_of(along_ms, ahead)


@njit(_PAIR(_TABLE, _TABLE, _TABLE, _INT, _INT, _INT), cache=True)
def best_entry(address, time_ms, pieces, out, origin, destination):  # type: ignore[no-untyped-def]
    """Milliseconds of the shortest trip that leaves by a piece, and the piece it comes in by."""
    junctions = len(address)
    start, out_ms = leaving(pieces, junctions, out, origin)
    first = into = first_piece(junctions, destination)
    best, best_into = np.int64(4 * FAR_MS), first
    while True:
        end, in_ms = entering(pieces, junctions, into, destination)
        if stays_on(pieces, junctions, out, into, origin, destination):
            before = parts_before(pieces, junctions, out, origin)
            ms = in_ms - share_of(pieces[out, ALONG_MS], before)
        else:
            ms = out_ms + junctions_ms(address, time_ms, start, end) + in_ms
        if ms < best:
            best, best_into = ms, into
        into = following(pieces, into)
        if into == first:
            return best, best_into


@njit(_ENDS(_TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def best_ends(address, time_ms, pieces, origin, destination):  # type: ignore[no-untyped-def]
    """Milliseconds of the shortest trip, and the pieces that it leaves by and comes in by.

    These are `NONE` at junctions.
    """
    first = out = first_piece(len(address), origin)
    best, best_out, best_into = np.int64(4 * FAR_MS), NONE, NONE
    while True:
        ms, into = best_entry(address, time_ms, pieces, out, origin, destination)
        if ms < best:
            best, best_out, best_into = ms, out, into
        out = following(pieces, out)
        if out == first:
            return best, best_out, best_into


@njit(_INT(_TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def travel_ms(address, time_ms, pieces, origin, destination):  # type: ignore[no-untyped-def]
    """The shortest travel time between two stops in milliseconds."""
    if max(origin, destination) < len(address):
        return junctions_ms(address, time_ms, origin, destination)
    return best_ends(address, time_ms, pieces, origin, destination)[0]


@njit(_PAIR(_TABLE, _TABLE, _TABLE, _TABLE, _INT, _INT), cache=True)
def travel(address, time_ms, length_dm, pieces, origin, destination):  # type: ignore[no-untyped-def]
    """Milliseconds and decimetres of the path that `path_into` follows."""
    junctions = len(address)
    ms, out, into = best_ends(address, time_ms, pieces, origin, destination)
    start, end, dm = origin, destination, np.int64(0)
    if out != NONE:
        start = np.int64(pieces[out, HEAD])
        done = parts_before(pieces, junctions, out, origin)
        dm -= share_of(pieces[out, LENGTH_DM], done)
    if into != NONE:
        end = np.int64(pieces[into, TAIL])
        ahead = parts_before(pieces, junctions, into, destination)
        dm += share_of(pieces[into, LENGTH_DM], ahead)
    if stays_on(pieces, junctions, out, into, origin, destination):
        return ms, dm
    if out != NONE:
        dm += pieces[out, LENGTH_DM]
    hub = top_hub(address, time_ms, start, end)
    dm += np.int64(length_dm[TO_HUB, address[start, START] + hub])
    return ms, dm + length_dm[FROM_HUB, address[end, START] + hub]


@njit(_INT(_TABLE, _TABLE, _TABLE, _TABLE, _INT, _INT, _PATH), cache=True)
def path_into(address, time_ms, edge, pieces, origin, destination, path):  # type: ignore[no-untyped-def]
    """Write the street pieces of the shortest trip into `path`; return how many there are.

    The first and the last may be driven in part (`driven`). `path` must have `path_room`.
    """
    if origin == destination:
        return 0
    _, out, into = best_ends(address, time_ms, pieces, origin, destination)
    count, start, end = 0, origin, destination
    if out != NONE:
        path[0], count, start = out, 1, np.int64(pieces[out, HEAD])
        if stays_on(pieces, len(address), out, into, origin, destination):
            return 1
    if into != NONE:
        end = np.int64(pieces[into, TAIL])
    hub = top_hub(address, time_ms, start, end)
    half = count
    for way, begin, far_end in ((TO_HUB, start, HEAD), (FROM_HUB, end, TAIL)):
        half = count
        street = edge[way, address[begin, START] + hub]
        while street >= 0:
            path[count] = street
            count += 1
            street = edge[way, address[pieces[street, far_end], START] + hub]
    for k in range((count - half) // 2):  # the second half was followed backwards
        path[half + k], path[count - 1 - k] = path[count - 1 - k], path[half + k]
    if into != NONE:
        path[count] = into
        count += 1
    return count


@njit(_INT(_INT), cache=True)
def path_room(junctions):  # type: ignore[no-untyped-def]
    """The most street pieces that a trip has: one between all junctions, and one at each end."""
    return junctions + 1


@njit(_PAIR(_TABLE, _INT, types.Array(types.int32, 1, "A"), _INT, _INT, _INT, _INT), cache=True)
def driven(pieces, junctions, path, count, k, origin, destination):  # type: ignore[no-untyped-def]
    """From where to where the k-th piece of a path of `count` is driven, in `PARTS`."""
    begin, end = 0, PARTS
    if k == 0 and origin >= junctions:
        begin = parts_before(pieces, junctions, path[k], origin)
    if k == count - 1 and destination >= junctions:
        end = parts_before(pieces, junctions, path[k], destination)
    return begin, end
