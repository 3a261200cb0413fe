"""A street network taken apart by small cuts, again and again, until little is left.

The junctions of a cut separate two sides: every trip from one side to the other passes through the
cut, or through an earlier one. So the cuts of a junction's own part and of all parts around it are
all the junctions that its trips have to be known to (``hub_labels.py``), and streets have small
cuts: 16,000 junctions of Manhattan are halved by about twenty.

The cuts are found by inertial flow: sort the junctions along a direction, send as much flow as the
streets carry from the first quarter to the last, and cut where the flow is stuck (Schild and
Sommer, On Balanced Separators in Road Networks, SEA 2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

DIRECTIONS_DEG = (0, 30, 60, 90, 120, 150)
END_SHARE = 0.25  # of a part's junctions that the flow starts from, and that it goes to
LEAF_SIZE = 12  # a part this small is taken as one cut
MAX_LEVELS = 30  # bits of a junction's address in the tree; parts left then become leaves
SETTINGS = (DIRECTIONS_DEG, END_SHARE, LEAF_SIZE, MAX_LEVELS)  # a stored tree depends on them

FIRST_SIDE, SECOND_SIDE, CUT, ON_BANK = 0, 1, 2, 4
NO_CUT = np.iinfo(np.int32).max


@dataclass(frozen=True, eq=False)
class CutTree:
    """The binary tree of cuts; the junctions above a junction are its hubs.

    Attributes
    ----------
    order : (n,) int32
        Junctions from the top of the tree downwards, each part in one piece.
    hub_count : (n,) int32
        How many junctions stand above each junction.
    turns : (n,) int32
        The way from the top to each junction: bit k is set where it lies on the second side of
        its cut of level k.
    cut_end : (n, levels) int32
        How many hubs there are down to and with the cut of level k around each junction; where it
        lies in no part so deep, more than there can be.
    """

    order: NDArray[np.int32]
    hub_count: NDArray[np.int32]
    turns: NDArray[np.int32]
    cut_end: NDArray[np.int32]


def dissect(tail: NDArray[np.int32], head: NDArray[np.int32], xy_m: NDArray[np.float64]) -> CutTree:
    """Take a network apart; one-way streets count as streets.

    Parameters
    ----------
    tail, head : (m,) int32
    xy_m : (n, 2) float64
        They only guide the search for small cuts.
    """
    node_count = len(xy_m)
    streets = _undirected(tail, head, node_count)
    angle = np.radians(DIRECTIONS_DEG)
    along = np.cos(angle)[:, None] * xy_m[:, 0] + np.sin(angle)[:, None] * xy_m[:, 1]
    sorted_along = np.argsort(along, axis=1, kind="stable").astype(np.int32)
    hub_count, turns = np.zeros(node_count, np.int32), np.zeros(node_count, np.int32)
    cut_end = np.full((node_count, MAX_LEVELS), NO_CUT, np.int32)
    work = _work(node_count, len(streets.neighbour))
    _dissect(streets, work, sorted_along, hub_count, turns, cut_end)
    levels = int(np.flatnonzero((cut_end != NO_CUT).any(axis=0))[-1]) + 1
    return CutTree(sorted_along[0], hub_count, turns, cut_end[:, :levels])


class _Streets(NamedTuple):
    """Each street once in each direction, by junction, and where its opposite stands."""

    start: NDArray[np.int32]
    neighbour: NDArray[np.int32]
    twin: NDArray[np.int32]


class _Work(NamedTuple):
    """Where the search keeps its notes: by junction, but ``flow`` by street and direction."""

    part: NDArray[np.int32]
    side: NDArray[np.int8]
    is_goal: NDArray[np.bool_]
    visited: NDArray[np.int64]
    next_street: NDArray[np.int32]
    trail: NDArray[np.int32]
    flow: NDArray[np.int8]


def _undirected(tail: NDArray[np.int32], head: NDArray[np.int32], node_count: int) -> _Streets:
    one, other = np.concatenate([tail, head]), np.concatenate([head, tail])
    key = np.unique((one.astype(np.int64) * node_count + other)[one != other])
    one, other = key // node_count, key % node_count
    twin = np.searchsorted(key, other * node_count + one)
    start = np.searchsorted(one, np.arange(node_count + 1))
    return _Streets(start.astype(np.int32), other.astype(np.int32), twin.astype(np.int32))


def _work(node_count: int, street_count: int) -> _Work:
    return _Work(
        part=np.zeros(node_count, np.int32),
        side=np.empty(node_count, np.int8),
        is_goal=np.empty(node_count, np.bool_),
        visited=np.zeros(node_count, np.int64),
        next_street=np.empty(node_count, np.int32),
        trail=np.empty(node_count, np.int32),
        flow=np.empty(street_count, np.int8),
    )


@njit(cache=True)
def _dissect(streets, work, sorted_along, hub_count, turns, cut_end):  # type: ignore[no-untyped-def]
    """Cut parts until only leaves are left; afterwards ``sorted_along[0]`` is the order."""
    side = np.empty(len(turns), np.int8)
    spare = np.empty(len(turns), np.int32)
    stamp = np.int64(0)
    waiting = [(0, len(turns), 0, 0)]
    while waiting:
        low, high, level, above = waiting.pop()
        side[sorted_along[0, low:high]] = CUT
        if high - low > LEAF_SIZE and level < MAX_LEVELS - 1:
            stamp = _best_cut(streets, work, sorted_along[:, low:high], side, stamp)
        for direction in range(len(sorted_along)):
            first, second = _sort_by_side(sorted_along[direction, low:high], side, spare)
        members, cut_size = sorted_along[0, low:high], first
        cut_end[members, level] = above + cut_size
        for k in range(cut_size):
            hub_count[members[k]] = above + k
            work.part[members[k]] = -1
        for junction in members[second:]:
            work.part[junction] = low + second
            turns[junction] |= 1 << level
        if first < second:
            waiting.append((low + first, low + second, level + 1, above + cut_size))
        if low + second < high:
            waiting.append((low + second, high, level + 1, above + cut_size))


@njit(cache=True)
def _best_cut(streets, work, sorted_along, side, stamp):  # type: ignore[no-untyped-def]
    """Write the best direction's sides into ``side``."""
    best = np.inf
    for direction in range(len(sorted_along)):
        members = sorted_along[direction]
        stamp = _flood(streets, work, members, stamp)
        cost = _cut_beside_flood(streets, work, members, stamp)
        if cost < best:
            best = cost
            side[members] = work.side[members]
    return stamp


@njit(cache=True)
def _flood(streets, work, members, stamp):  # type: ignore[no-untyped-def]
    """Send all the flow there can be; what is visited last is the source's side of the cut."""
    ends = int(len(members) * END_SHARE)
    for k in range(len(members)):
        junction = members[k]
        work.is_goal[junction] = k >= len(members) - ends
        work.flow[streets.start[junction] : streets.start[junction + 1]] = 0
    has_grown = True
    while has_grown:
        has_grown = False
        stamp += 1
        for k in range(ends - 1, -1, -1):
            if work.visited[members[k]] != stamp:
                has_grown |= _send_one_more(streets, work, members[k], stamp)
    return stamp


@njit(cache=True)
def _send_one_more(streets, work, source, stamp):  # type: ignore[no-untyped-def]
    """Search, depth first, a way to a goal along streets that can carry one unit more."""
    work.visited[source] = stamp
    work.next_street[source] = streets.start[source]
    junction, steps = source, 0
    while True:
        street = work.next_street[junction]
        if street == streets.start[junction + 1]:
            if steps == 0:
                return False
            steps -= 1
            junction = streets.neighbour[streets.twin[work.trail[steps]]]
            continue
        work.next_street[junction] += 1
        ahead = streets.neighbour[street]
        is_new = work.part[ahead] == work.part[source] and work.visited[ahead] != stamp
        if is_new and work.flow[street] < 1:
            work.trail[steps] = street
            steps += 1
            if work.is_goal[ahead]:
                break
            work.visited[ahead] = stamp
            work.next_street[ahead] = streets.start[ahead]
            junction = ahead
    for street in work.trail[:steps]:
        work.flow[street] += 1
        work.flow[streets.twin[street]] -= 1
    return True


@njit(cache=True)
def _cut_beside_flood(streets, work, members, stamp):  # type: ignore[no-untyped-def]
    """Sides of the flood's edge, with the shorter bank as the cut; what the cut costs."""
    bank, size = np.zeros(2), np.zeros(2)
    for junction in members:
        own = int(work.visited[junction] != stamp)
        work.side[junction] = own
        size[own] += 1
        for street in range(streets.start[junction], streets.start[junction + 1]):
            ahead = streets.neighbour[street]
            is_across = (work.visited[ahead] != stamp) != own
            if is_across and work.part[ahead] == work.part[junction]:
                work.side[junction] = own + ON_BANK
                bank[own] += 1
                break
    cut_from = int(bank[1] < bank[0])
    for junction in members:
        if work.side[junction] >= ON_BANK:
            own = work.side[junction] - ON_BANK
            work.side[junction] = CUT if own == cut_from else own
    return bank[cut_from] / min(size[0], size[1])


@njit(cache=True)
def _sort_by_side(members, side, spare):  # type: ignore[no-untyped-def]
    """The cut first, then either side, each in its old order; where the sides begin."""
    filled, first, second = 0, 0, 0
    for wanted in (CUT, FIRST_SIDE, SECOND_SIDE):
        first, second = second, filled
        for junction in members:
            if side[junction] == wanted:
                spare[filled] = junction
                filled += 1
    members[:] = spare[:filled]
    return first, second
