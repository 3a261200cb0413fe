"""PRIM's peeling as compiled code: it is run again for hundreds of shuffled worlds."""

import numpy as np
from numba import njit, types

_INT, _FLOAT, _BOOL = types.int64, types.float64, types.boolean
_INTS, _BOOLS = types.Array(_INT, 1, "C"), types.Array(_BOOL, 1, "C")
_CODES = types.Array(_INT, 2, "C")

_PAIR = types.UniTuple(_INT, 2)  # type: ignore[no-untyped-call]

KEY, FIRST, LAST, FROM_ABOVE, LEFT, FAILING = range(6)
"""Columns of a step: the key, its first and last level peeled off, 1 if from above and 0 if not;
then the worlds left, and how many of them fail."""
SIZES = 3
"""Where a slice of some share of the box gains nothing, one of twice and of four times that share
is tried: failures that are there by chance do not stop the peeling."""


@njit(_PAIR(_INTS, _INT, _INT, _FLOAT), cache=True)
def _ends(held, levels, from_above, size):  # type: ignore[no-untyped-def]
    """The lowest (or highest) levels that have worlds: one, and as many more as fit a size."""
    step = -1 if from_above else 1
    level = levels - 1 if from_above else 0
    begin, end, total = -1, -1, 0
    for _ in range(levels):
        if held[level] > 0:
            if begin >= 0 and total + held[level] > size:
                break
            total += held[level]
            begin = level if begin < 0 else begin
            end = level
        level += step
    return (end, begin) if from_above else (begin, end)


@njit(_INT(_CODES, _INT, _BOOLS, _BOOLS, _INTS, _INTS), cache=True)
def _count(codes, key, inside, fails, held, failed):  # type: ignore[no-untyped-def]
    """Count the worlds of the box, and the failing ones, at each level of a key."""
    for level in range(len(held)):
        held[level] = failed[level] = 0
    for world in range(len(codes)):
        if inside[world]:
            held[codes[world, key]] += 1
            failed[codes[world, key]] += fails[world]
    return len(codes)


@njit(_INT(_INTS, _INT, _INT), cache=True)
def _sum(counts, first, last):  # type: ignore[no-untyped-def]
    """The sum from one level to another."""
    total = 0
    for level in range(first, last + 1):
        total += counts[level]
    return total


@njit(_FLOAT(_INT, _INT, _INT, _INT, _INT), cache=True)
def _gain(worlds, failing, slice_worlds, slice_failing, least):  # type: ignore[no-untyped-def]
    """What density gains for each world peeled off; a loss is not shared out among them."""
    rest = worlds - slice_worlds
    if slice_worlds == 0 or rest < least:
        return -np.inf
    gain = (failing - slice_failing) / rest - failing / worlds
    return gain / slice_worlds if gain > 0 else gain


@njit(_FLOAT(_CODES, _INTS, _BOOLS, _BOOLS, _BOOLS, _FLOAT, _INT, _INTS), cache=True)
def _best_slice(codes, levels, is_ordered, fails, inside, alpha, least, best):  # type: ignore[no-untyped-def]
    """Put the slice that gains most into `best`, of which the last two are the box's; its gain."""
    worlds, failing, most_levels = best[LEFT], best[FAILING], 0
    for key in range(len(levels)):
        most_levels = max(most_levels, levels[key])
    held, failed = np.empty(most_levels, np.int64), np.empty(most_levels, np.int64)
    most, gain = -np.inf, -np.inf
    for key in range(len(levels)):
        _count(codes, key, inside, fails, held, failed)
        for number in range(2 * SIZES if is_ordered[key] else levels[key]):
            first, last, from_above = number, number, number // SIZES
            if is_ordered[key]:
                if number % SIZES > 0 and gain > 0:
                    continue
                size = alpha * worlds * 2 ** (number % SIZES)
                first, last = _ends(held, levels[key], from_above, size)
            less, less_failing = _sum(held, first, last), _sum(failed, first, last)
            gain = _gain(worlds, failing, less, less_failing, least)
            if gain > most:
                most = gain
                best[KEY], best[FIRST], best[LAST], best[FROM_ABOVE] = key, first, last, from_above
                best[LEFT], best[FAILING] = worlds - less, failing - less_failing
    return most


@njit(types.Array(_INT, 2, "C")(_CODES, _INTS, _BOOLS, _BOOLS, _FLOAT, _INT), cache=True)
def peel(codes, levels, is_ordered, fails, alpha, least):  # type: ignore[no-untyped-def]
    """Peel worlds off, a slice at a time, until no fewer can be left or all that are left fail.

    Parameters
    ----------
    codes : (n, d) int64
    levels : (d,) int64
        How many levels each key has.
    is_ordered, fails : (d,) and (n,) bool
    alpha : float
        Share of the box in a slice; a slice has one level at least.
    least : int
        Worlds that must be left.

    Returns
    -------
    (k, 6) int64
        A row a step, with the columns that this module names.
    """
    inside = np.ones(len(codes), dtype=np.bool_)
    steps = np.empty((len(codes), 6), dtype=np.int64)
    best = np.zeros(6, dtype=np.int64)
    best[LEFT], count = len(codes), 0
    for world in range(len(codes)):
        best[FAILING] += fails[world]
    while best[FAILING] < best[LEFT]:
        gain = _best_slice(codes, levels, is_ordered, fails, inside, alpha, least, best)
        if gain == -np.inf:
            break
        for world in range(len(codes)):
            if best[FIRST] <= codes[world, best[KEY]] <= best[LAST]:
                inside[world] = False
        for column in range(6):
            steps[count, column] = best[column]
        count += 1
    return steps[:count].copy()


@njit(
    types.Array(_FLOAT, 1, "C")(_CODES, _INTS, _BOOLS, types.Array(_BOOL, 2, "C"), _FLOAT, _INT),
    cache=True,
)
def best_shares(codes, levels, is_ordered, every_fails, alpha, least):  # type: ignore[no-untyped-def]
    """The greatest coverage less mass on the trajectory, for each row of failures, (b,)."""
    found = np.zeros(len(every_fails))
    for row in range(len(every_fails)):
        fails, every = every_fails[row], 0
        for world in range(len(fails)):
            every += fails[world]
        steps = peel(codes, levels, is_ordered, fails, alpha, least)
        for step in range(len(steps)):
            share = steps[step, FAILING] / every - steps[step, LEFT] / len(codes)
            found[row] = max(found[row], share)
    return found
