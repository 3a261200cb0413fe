"""Changes of a plan, in compiled code: what becomes of one or two vehicles' days.

Each builds the new days of the vehicles concerned and gives their sizes, or -1 where it cannot be
done. Relocated and exchanged stops, turned stretches (2-opt) and exchanged ends (2-opt*).
"""

from __future__ import annotations

from numba import njit

from policies.routing.planning.days import BREAK

NO_BREAK, BREAK_BEFORE, BREAK_AFTER = range(3)
"""Whether what is put into a day begins or ends a trip there."""


@njit(cache=True)
def put(out, size, item):  # type: ignore[no-untyped-def]
    """Add a stop or a break to a day; no trip is empty."""
    if item == BREAK and (size == 0 or out[size - 1] == BREAK):
        return size
    out[size] = item
    return size + 1


@njit(cache=True)
def closed(out, size):  # type: ignore[no-untyped-def]
    """The size of a day without a break at its end."""
    return size - 1 if size and out[size - 1] == BREAK else size


@njit(cache=True)
def put_stretch(out, size, row, begin, length, turned, breaks):  # type: ignore[no-untyped-def]
    """Add a stretch of another day, perhaps turned round, perhaps as a trip's beginning or end."""
    if breaks == BREAK_BEFORE:
        size = put(out, size, BREAK)
    for k in range(length):
        size = put(out, size, row[begin + length - 1 - k] if turned else row[begin + k])
    if breaks == BREAK_AFTER:
        size = put(out, size, BREAK)
    return size


@njit(cache=True)
def without(days, v, begin, length, out):  # type: ignore[no-untyped-def]
    """The day of a vehicle without a stretch."""
    size = 0
    for k in range(days.size[v]):
        if not begin <= k < begin + length:
            size = put(out, size, days.row[v, k])
    return closed(out, size)


@njit(cache=True)
def beside(days, v, begin, length, w, at, before, turned, breaks, out):  # type: ignore[no-untyped-def]
    """The day of `w` with a stretch of the day of `v` before or after its place `at`."""
    size, row = 0, days.row[w]
    for k in range(days.size[w]):
        if k == at and before:
            size = put_stretch(out, size, days.row[v], begin, length, turned, breaks)
        if w != v or not begin <= k < begin + length:
            size = put(out, size, row[k])
        if k == at and not before:
            size = put_stretch(out, size, days.row[v], begin, length, turned, breaks)
    return closed(out, size)


@njit(cache=True)
def with_stop(days, w, at, stop, before, breaks, out):  # type: ignore[no-untyped-def]
    """The day of `w` with a stop that nobody serves before or after its place `at`."""
    size, row = 0, days.row[w]
    for k in range(days.size[w]):
        if k == at and before:
            size = _put_one(out, size, stop, breaks)
        size = put(out, size, row[k])
        if k == at and not before:
            size = _put_one(out, size, stop, breaks)
    if days.size[w] == 0:
        size = put(out, size, stop)
    return closed(out, size)


@njit(cache=True)
def _put_one(out, size, stop, breaks):  # type: ignore[no-untyped-def]
    if breaks == BREAK_BEFORE:
        size = put(out, size, BREAK)
    size = put(out, size, stop)
    if breaks == BREAK_AFTER:
        size = put(out, size, BREAK)
    return size


@njit(cache=True)
def exchanged(days, v, i, w, j, a, b):  # type: ignore[no-untyped-def]
    """The days of two vehicles, or of one, with two stops in each other's place."""
    for k in range(days.size[v]):
        a[k] = days.row[v, k]
    a[i] = days.row[w, j]
    if v == w:
        a[j] = days.row[v, i]
        return days.size[v], 0
    for k in range(days.size[w]):
        b[k] = days.row[w, k]
    b[j] = days.row[v, i]
    return days.size[v], days.size[w]


@njit(cache=True)
def turned(days, v, i, j, a):  # type: ignore[no-untyped-def]
    """The day of a vehicle with the stretch from `i` to `j` turned round."""
    for k in range(days.size[v]):
        a[k] = days.row[v, i + j - k] if i <= k <= j else days.row[v, k]
    return days.size[v]


@njit(cache=True)
def crossed(days, v, i, w, j, a, b):  # type: ignore[no-untyped-def]
    """Two days with their ends exchanged: `v` drives on from its place `i` to `j` of `w`."""
    size_a = put_stretch(a, 0, days.row[v], 0, i + 1, False, NO_BREAK)
    size_a = put_stretch(a, size_a, days.row[w], j, days.size[w] - j, False, NO_BREAK)
    size_b = put_stretch(b, 0, days.row[w], 0, j, False, NO_BREAK)
    size_b = put_stretch(b, size_b, days.row[v], i + 1, days.size[v] - i - 1, False, NO_BREAK)
    return closed(a, size_a), closed(b, size_b)


@njit(cache=True)
def crossed_turned(days, v, i, w, j, a, b):  # type: ignore[no-untyped-def]
    """Two days cut after `i` and `j`: beginnings joined, and ends joined, one of each turned."""
    size_a = put_stretch(a, 0, days.row[v], 0, i + 1, False, NO_BREAK)
    size_a = put_stretch(a, size_a, days.row[w], 0, j + 1, True, NO_BREAK)
    size_b = put_stretch(b, 0, days.row[v], i + 1, days.size[v] - i - 1, True, NO_BREAK)
    size_b = put_stretch(b, size_b, days.row[w], j + 1, days.size[w] - j - 1, False, NO_BREAK)
    return closed(a, size_a), closed(b, size_b)


@njit(cache=True)
def at_an_end(days, w, stop, at_end, breaking, out):  # type: ignore[no-untyped-def]
    """The day of `w` with a stop at its beginning or end, perhaps on a trip of its own."""
    size = 0
    if not at_end:
        size = put(out, size, stop)
        if breaking:
            size = put(out, size, BREAK)
    for k in range(days.size[w]):
        if days.row[w, k] != stop:
            size = put(out, size, days.row[w, k])
    if at_end:
        if breaking:
            size = put(out, size, BREAK)
        size = put(out, size, stop)
    return closed(out, size)
