"""Iterated local search, in compiled code: some days are torn open and mended, again and again.

Stops near one another are taken out of the days that serve them and put back where they add least
(Christiaens and Vanden Berghe, Slack Induction by String Removals for Vehicle Routing Problems,
Transportation Science 54, 2020); local search then goes over them. A worse plan is kept with a
chance that falls as the search goes on (simulated annealing).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from policies.routing.planning.days import (
    BREAK,
    CLOSES_S,
    DEMAND,
    IS_OPTIONAL,
    PRIZE,
    change,
    copy_days,
    drive,
    worth,
)
from policies.routing.planning.improve import HELPS, improve, improve_vehicles, insert
from policies.routing.planning.moves import closed, put, without

LONGEST_STRING = 10
"""Stops that are taken out of one day at once."""

TAKEN_OUT = 10.0
"""Stops that are taken out of all days, on average."""

AT_RANDOM = 0.35
"""Chance that stops are put back in any order."""

LEAVE_OUT = 0.1
"""Chance that an optional stop is left out for once, whatever its prize."""

BLINK = 0.01
"""Chance that a place for a stop is overlooked."""


@njit(cache=True)
def settle(p, days, rng, room):  # type: ignore[no-untyped-def]
    """Improve a plan until no change of the local search helps; give its objective."""
    queue = np.empty(len(p.stop), np.int64)
    for stop in range(len(p.stop)):
        queue[stop] = stop
    now, before = worth(p, days), np.inf
    while now < before:
        before = now
        least = HELPS * max(now, HELPS)
        for stop in range(len(p.stop)):
            if days.place[stop, 0] < 0:
                insert(p, days, stop, 0.0, rng, room)
        improve(p, days, queue, len(queue), room, least, p.near.shape[1])
        improve_vehicles(p, days, room, least)
        _leave_out(p, days, room[0], least)
        now = worth(p, days)
        if now > before + least:
            now = before
    return worth(p, days)


@njit(cache=True)
def _leave_out(p, days, a, least):  # type: ignore[no-untyped-def]
    """Leave out stops that cost more than their prizes."""
    for stop in range(len(p.stop)):
        v = days.place[stop, 0]
        if v >= 0:
            size = without(days, v, days.place[stop, 1], 1, a)
            if change(p, days, v, a, size) + p.stop[stop, PRIZE] < least:
                drive(p, days, v, a, size)
                days.place[stop, 0] = -1


@njit(cache=True)
def search(p, now, trial, best, values, heat, steps, rng, room, reach):  # type: ignore[no-untyped-def]
    """Tear open and mend a plan a number of times.

    Parameters
    ----------
    p : Arrays
    now, trial, best : Days
        The plan at hand, room for another, and the best so far; changed.
    values : (2,) float64
        The objectives of `now` and `best`; changed.
    heat : float
        The temperature: by how much worse a plan may be that is kept, more or less.
    steps : int
    rng : numpy.random.Generator
    room : (3, room) int64
        To build days in.
    reach : int
        How many of the nearest stops local search looks at.
    """
    out = np.empty(len(p.stop), np.int64)
    torn = np.empty(len(now.size), np.bool_)
    for _ in range(steps):
        copy_days(now, trial)
        taken = _tear(p, trial, rng, out, torn, room[0])
        _mend(p, trial, rng, out, taken, room)
        if worth(p, trial) >= values[0] - heat * np.log(1.0 - rng.random()):
            continue
        improve(p, trial, out, taken, room, HELPS * max(values[0], HELPS), reach)
        values[0] = worth(p, trial)
        copy_days(trial, now)
        if values[0] < values[1]:
            values[1] = values[0]
            copy_days(trial, best)


@njit(cache=True)
def _tear(p, days, rng, out, torn, a):  # type: ignore[no-untyped-def]
    """Take strings of stops near a stop out of their days, and name those nobody serves."""
    taken = _some_unserved(p, days, rng, out)
    served, used = 0, 0
    for stop in range(len(p.stop)):
        served += days.place[stop, 0] >= 0
    for v in range(len(days.size)):
        used += days.size[v] > 0
        torn[v] = False
    if served == 0:
        return taken
    longest = min(LONGEST_STRING, served / used)
    strings = int(1.0 + rng.random() * (4.0 * TAKEN_OUT / (1.0 + longest) - 1.0))
    seed = int(rng.random() * len(p.stop))
    for k in range(-1, p.near.shape[1]):
        stop = seed if k < 0 else p.near[seed, k]
        v = days.place[stop, 0]
        if v < 0 or torn[v]:
            continue
        length = int(1.0 + rng.random() * min(float(days.size[v]), longest))
        begin = days.place[stop, 1] - int(rng.random() * length)
        taken = _take_string(days, v, max(begin, 0), length, out, taken)
        drive(p, days, v, a, _without_taken(days, v, a))
        torn[v] = True
        strings -= 1
        if strings == 0:
            break
    return taken


@njit(cache=True)
def _some_unserved(p, days, rng, out):  # type: ignore[no-untyped-def]
    """Name a few of the stops that nobody serves, beginning anywhere."""
    taken, begin = 0, int(rng.random() * len(p.stop))
    for k in range(len(p.stop)):
        stop = (begin + k) % len(p.stop)
        if days.place[stop, 0] < 0 and taken < LONGEST_STRING:
            out[taken] = stop
            taken += 1
    return taken


@njit(cache=True)
def _take_string(days, v, begin, length, out, taken):  # type: ignore[no-untyped-def]
    for k in range(begin, min(begin + length, days.size[v])):
        stop = days.row[v, k]
        if stop != BREAK:
            days.place[stop, 0] = -1
            out[taken] = stop
            taken += 1
    return taken


@njit(cache=True)
def _without_taken(days, v, a):  # type: ignore[no-untyped-def]
    size = 0
    for k in range(days.size[v]):
        stop = days.row[v, k]
        if stop == BREAK or days.place[stop, 0] == v:
            size = put(a, size, stop)
    return closed(a, size)


@njit(cache=True)
def _mend(p, days, rng, out, taken, room):  # type: ignore[no-untyped-def]
    """Put stops back where they add least, in one of several orders."""
    order = rng.random()
    key = np.empty(taken)
    for k in range(taken):
        key[k] = rng.random() if order < AT_RANDOM else _key(p, out[k], order)
    for k in range(taken):
        least = k
        for other in range(k + 1, taken):
            if key[other] < key[least]:
                least = other
        out[k], out[least] = out[least], out[k]
        key[least] = key[k]
        if not p.stop[out[k], IS_OPTIONAL] or rng.random() >= LEAVE_OUT:
            insert(p, days, out[k], BLINK, rng, room)


@njit(cache=True)
def _key(p, number, order):  # type: ignore[no-untyped-def]
    """What stops are sorted by: the large, the far, the near or those soon closed first."""
    stop = p.stop[number]
    if order < 0.6:
        return -stop[DEMAND]
    if order < 0.75:
        return -p.travel_s[0, p.depots + number]
    if order < 0.85:
        return p.travel_s[0, p.depots + number]
    if order < 0.95:
        return stop[CLOSES_S]
    return -stop[PRIZE]
