"""Local search, in compiled code: the changes of `moves` made for as long as one helps."""

from __future__ import annotations

import numpy as np
from numba import njit

from policies.routing.planning.days import (
    ALIKE,
    BREAK,
    CAPACITY,
    DEMAND,
    MAX_TRIPS,
    PRIZE,
    change,
    change_of_two,
    drive,
)
from policies.routing.planning.moves import (
    NO_BREAK,
    at_an_end,
    beside,
    closed,
    crossed,
    crossed_turned,
    exchanged,
    put,
    put_stretch,
    turned,
    with_stop,
    without,
)

LONGEST = 3
"""Stops that are moved together (or-opt)."""

HELPS = -1e-9
"""Share of the objective by which a change must lower it."""


@njit(cache=True)
def improve(p, days, queue, queued, room, least, reach):  # type: ignore[no-untyped-def]
    """Change the days of stops in a queue until nothing helps.

    Parameters
    ----------
    p : Arrays
    days : Days
        Changed.
    queue : (s,) int64
        Stops, of which the first `queued` wait.
    room : (3, room) int64
        To build days in.
    least : float
        By how much a change must lower the objective, below 0.
    reach : int
        How many of the nearest stops are looked at.
    """
    a, b = room[0], room[1]
    begin = 0
    while begin < queued:
        u = queue[begin]
        begin += 1
        while days.place[u, 0] >= 0 and _move_one(p, days, u, a, b, least, reach):
            pass


@njit(cache=True)
def _move_one(p, days, u, a, b, least, reach):  # type: ignore[no-untyped-def]
    """Make the first change found that brings a stop beside a near one, or into another day."""
    for w in p.near[u, :reach]:
        if days.place[w, 0] < 0:
            continue
        if _relocate(p, days, u, w, a, b, least) or _rearrange(p, days, u, w, a, b, least):
            return True
    return _to_an_end(p, days, u, a, b, least)


@njit(cache=True)
def _relocate(p, days, u, w, a, b, least):  # type: ignore[no-untyped-def]
    """Put a stop, and perhaps those after it, before or after another."""
    v, i = days.place[u, 0], days.place[u, 1]
    q, j = days.place[w, 0], days.place[w, 1]
    breaks = 1 if p.vehicle[q, MAX_TRIPS] == 1 else 3
    for length in range(1, LONGEST + 1):
        if i + length > days.size[v] or days.row[v, i + length - 1] == BREAK:
            return False
        if v == q and i <= j < i + length:
            return False
        size_a = without(days, v, i, length, a) if v != q else 0
        for kind in range(4 * breaks if length > 1 else 2 * breaks):
            before, breaking, turn = kind % 2 == 1, kind // 2 % breaks, kind >= 2 * breaks
            size_b = beside(days, v, i, length, q, j, before, turn, breaking, b)
            if _take(p, days, v, a, size_a, q, b, size_b, least):
                return True
    return False


@njit(cache=True)
def _take(p, days, v, a, size_a, q, b, size_b, least):  # type: ignore[no-untyped-def]
    """Let `v` drive `a` and `q` drive `b` if that helps; where they are one, it drives `b`."""
    if v == q:
        if change(p, days, q, b, size_b) >= least:
            return False
    elif change_of_two(p, days, v, a, size_a, q, b, size_b) >= least:
        return False
    if v != q:
        drive(p, days, v, a, size_a)
    drive(p, days, q, b, size_b)
    return True


@njit(cache=True)
def _rearrange(p, days, u, w, a, b, least):  # type: ignore[no-untyped-def]
    """Exchange stops, turn stretches and exchange ends so that a stop comes beside another."""
    v, i = days.place[u, 0], days.place[u, 1]
    q, j = days.place[w, 0], days.place[w, 1]
    for k in (j - 1, j + 1):
        if 0 <= k < days.size[q] and days.row[q, k] not in (BREAK, u):
            size_a, size_b = exchanged(days, v, i, q, k, a, b)
            if v == q and change(p, days, v, a, size_a) < least:
                drive(p, days, v, a, size_a)
                return True
            if v != q and _take(p, days, v, a, size_a, q, b, size_b, least):
                return True
    if v == q:
        return _turn(p, days, v, i, j, a, least)
    return _cross(p, days, v, i, q, j, a, b, least)


@njit(cache=True)
def _turn(p, days, v, i, j, a, least):  # type: ignore[no-untyped-def]
    low, high = min(i, j), max(i, j)
    for begin, end in ((low + 1, high), (low, high - 1)):
        if begin < end:
            size = turned(days, v, begin, end, a)
            if change(p, days, v, a, size) < least:
                drive(p, days, v, a, size)
                return True
    return False


@njit(cache=True)
def _cross(p, days, v, i, q, j, a, b, least):  # type: ignore[no-untyped-def]
    size_a, size_b = crossed(days, v, i, q, j, a, b)
    if _take(p, days, v, a, size_a, q, b, size_b, least):
        return True
    size_b, size_a = crossed(days, q, j, v, i, b, a)
    if _take(p, days, v, a, size_a, q, b, size_b, least):
        return True
    size_a, size_b = crossed_turned(days, v, i, q, j, a, b)
    return _take(p, days, v, a, size_a, q, b, size_b, least)


@njit(cache=True)
def _to_an_end(p, days, u, a, b, least):  # type: ignore[no-untyped-def]
    """Put a stop at the beginning or end of another day, or of a trip of its own there."""
    v, i = days.place[u, 0], days.place[u, 1]
    for q in range(len(days.size)):
        if days.size[q] == 0 and not _is_first_idle(p, days, q):
            continue
        size_a = without(days, v, i, 1, a) if v != q else 0
        kinds = 2 if p.vehicle[q, MAX_TRIPS] == 1 else 4
        for kind in range(kinds):
            size = at_an_end(days, q, u, kind % 2 == 1, kind >= 2, b)
            if _take(p, days, v, a, size_a, q, b, size, least):
                return True
    return False


@njit(cache=True)
def _is_first_idle(p, days, q):  # type: ignore[no-untyped-def]
    """Whether no vehicle of the same kind with a lower number is idle, too."""
    for k in range(int(p.vehicle[q, ALIKE]), q):
        if days.size[k] == 0 and p.vehicle[k, ALIKE] == p.vehicle[q, ALIKE]:
            return False
    return True


@njit(cache=True)
def improve_vehicles(p, days, room, least):  # type: ignore[no-untyped-def]
    """Let vehicles exchange their days, and trips go to other vehicles or times of the day."""
    a, b = room[0], room[1]
    changed = False
    vehicles = len(days.size)
    for v in range(vehicles):
        for q in range(v):
            if p.vehicle[v, ALIKE] != p.vehicle[q, ALIKE]:
                size_a = put_stretch(a, 0, days.row[q], 0, days.size[q], False, NO_BREAK)
                size_b = put_stretch(b, 0, days.row[v], 0, days.size[v], False, NO_BREAK)
                changed |= _take(p, days, v, a, size_a, q, b, size_b, least)
        changed |= _move_trip(p, days, v, a, b, least)
    return changed


@njit(cache=True)
def _move_trip(p, days, v, a, b, least):  # type: ignore[no-untyped-def]
    """Give the first trip of a day that is better elsewhere to another vehicle or time."""
    begin = 0
    while begin < days.size[v]:
        length = 0
        while begin + length < days.size[v] and days.row[v, begin + length] != BREAK:
            length += 1
        for q in range(len(days.size)):
            if p.vehicle[q, MAX_TRIPS] == 1 and days.size[q]:
                continue
            size_a = without(days, v, begin, length, a) if v != q else 0
            for at in range(-1, days.size[q]):
                if at >= 0 and at < days.size[q] - 1 and days.row[q, at] != BREAK:
                    continue
                if v == q and begin <= at < begin + length:
                    continue
                size = _trip_after(days, v, begin, length, q, at, b)
                if _take(p, days, v, a, size_a, q, b, size, least):
                    return True
        begin += length + 1
    return False


@njit(cache=True)
def _trip_after(days, v, begin, length, q, at, b):  # type: ignore[no-untyped-def]
    """The day of `q` with a trip of `v` put after its place `at`, where another trip ends."""
    size = 0
    for k in range(-1, days.size[q]):
        if k >= 0 and (v != q or not begin <= k < begin + length):
            size = put(b, size, days.row[q, k])
        if k == at:
            size = put(b, size, BREAK)
            size = put_stretch(b, size, days.row[v], begin, length, False, NO_BREAK)
            size = put(b, size, BREAK)
    return closed(b, size)


@njit(cache=True)
def insert(p, days, stop, blink, rng, room):  # type: ignore[no-untyped-def]
    """Serve a stop where it adds least, if that is less than its prize.

    Each place is overlooked with a chance of `blink`, so that not every search goes the same way.
    """
    best, best_v, best_size = p.stop[stop, PRIZE], -1, 0
    for anywhere in range(2):
        for v in range(len(days.size)):
            if not _may_serve(p, days, stop, v, anywhere == 1):
                continue
            gain, size = _cheapest_in(p, days, stop, v, blink, rng, room)
            if gain < best:
                best, best_v, best_size = gain, v, size
                room[2, :size] = room[1, :size]
        if best_v >= 0:
            drive(p, days, best_v, room[2], best_size)
            return True
    return False


@njit(cache=True)
def _may_serve(p, days, stop, v, anywhere):  # type: ignore[no-untyped-def]
    """Whether it is worth trying a stop on a vehicle: it has room, and is near or idle."""
    if p.stop[stop, DEMAND] > p.vehicle[v, CAPACITY]:
        return False
    if days.size[v] == 0:
        return _is_first_idle(p, days, v)
    return anywhere or _is_near(p, days, stop, v)


@njit(cache=True)
def _cheapest_in(p, days, stop, v, blink, rng, room):  # type: ignore[no-untyped-def]
    """What it adds at least to put a stop into a day, and the size of that day in ``room[1]``."""
    best, best_size = np.inf, 0
    kinds = 2 if p.vehicle[v, MAX_TRIPS] == 1 else 6
    for at in range(max(days.size[v], 1)):
        if days.size[v] and days.row[v, at] == BREAK:
            continue
        for kind in range(kinds):
            if blink > 0.0 and rng.random() < blink:
                continue
            size = with_stop(days, v, at, stop, kind % 2 == 1, kind // 2, room[0])
            gain = change(p, days, v, room[0], size)
            if gain < best:
                best, best_size = gain, size
                room[1, :size] = room[0, :size]
    return best, best_size


@njit(cache=True)
def _is_near(p, days, stop, v):  # type: ignore[no-untyped-def]
    """Whether a vehicle serves a stop near another."""
    for w in p.near[stop]:  # noqa: SIM110 - a generator is not compiled
        if days.place[w, 0] == v:
            return True
    return False
