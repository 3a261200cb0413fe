"""Stops: where drives begin and end, at junctions and anywhere along streets, as plain numbers.

A number below the number of junctions is a junction. A greater one names a street and how far along
it a point lies, in `PARTS` of the length: the street by the piece that leads it (`DrawnLines`), the
part as counted from that piece's tail. So a number says the same in every run, on every day of
closed streets and in every saved table, and nothing has to be looked up.

A drive from or to a point between junctions leaves its street by each piece of it, and comes in by
each: it is the best of at most four sums of hub labels, and exact, or it goes straight along the
street. The compiled queries take the arrays of `HubLabels`, and check nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from environment.roads.hub_labels import (
    ALONG_MS,
    BACKWARD,
    FAR_MS,
    FROM_HUB,
    HEAD,
    LENGTH_DM,
    NEXT_PIECE,
    NO_STOP,
    NONE,
    START,
    TAIL,
    TIME_MS,
    TO_HUB,
    junctions_ms,
    top_hub,
)

PART_BITS = 20
PARTS = 1 << PART_BITS
"""A ten-thousandth of a metre on a street of 100 m. With it a number stays below 2**53 on any map
of 8 billion pieces, so that tables of floats and JSON keep it."""


def junction_or_point(
    junctions: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    piece: NDArray[np.int64],
    part: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Numbers of points at some parts, from 0 to `PARTS`, of pieces that lead their streets."""
    number = junctions + (piece << PART_BITS) + part
    at_end = np.where(part <= 0, tail[piece], head[piece])
    return np.where((part <= 0) | (part >= PARTS), at_end, number).astype(np.int64)


def piece_of(junctions: int, stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """The piece that leads the street of each point between junctions."""
    return (stops - junctions) >> PART_BITS


def part_of(junctions: int, stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many `PARTS` of that piece lie before each point."""
    return (stops - junctions) & (PARTS - 1)


_TABLE = types.Array(types.int32, 2, "C", readonly=True)
_PATH = types.Array(types.int32, 1, "C")
_SECONDS = types.Array(types.float64, 2, "C", readonly=True)
_STOPS = types.Array(types.int64, 1, "C", readonly=True)
_INT = types.int64
_BOOL = types.boolean
_PAIR = types.UniTuple(_INT, 2)  # type: ignore[no-untyped-call]
_ENDS = types.UniTuple(_INT, 3)  # type: ignore[no-untyped-call]


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


@njit(_INT(_TABLE, _INT, _INT, _INT, _INT), cache=True)
def ahead_ms(pieces, junctions, piece, origin, destination):  # type: ignore[no-untyped-def]
    """Milliseconds along a piece from one stop to another farther along it."""
    along_ms = np.int64(pieces[piece, ALONG_MS])
    if along_ms == NO_STOP:
        return FAR_MS
    done = parts_before(pieces, junctions, piece, origin)
    ahead = parts_before(pieces, junctions, piece, destination)
    return share_of(along_ms, ahead) - share_of(along_ms, done)


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
            ms = ahead_ms(pieces, junctions, out, origin, destination)
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


@njit(types.float64[::1](_TABLE, _INT, _STOPS, _SECONDS, types.float64), cache=True)
def times_from_point_s(pieces, origin, destinations, from_junctions_s, pace):  # type: ignore[no-untyped-def]
    """Seconds from a point between junctions to some stops, times `pace`.

    `from_junctions_s` are those from every junction, (n, k), with `pace` in them.
    """
    junctions = len(from_junctions_s)
    seconds = np.full(len(destinations), np.inf)
    first = out = first_piece(junctions, origin)
    while True:
        start, out_ms = leaving(pieces, junctions, out, origin)
        for k in range(len(destinations)):
            there_s = out_ms * 1e-3 * pace + from_junctions_s[start, k]
            if first_piece(junctions, destinations[k]) == first and stays_on(
                pieces, junctions, out, out, origin, destinations[k]
            ):
                there_s = ahead_ms(pieces, junctions, out, origin, destinations[k]) * 1e-3 * pace
            seconds[k] = min(seconds[k], there_s)
        out = following(pieces, out)
        if out == first:
            return seconds
