"""Sums over all subsets or supersets of a set of servers, in compiled code.

A set of servers is a number, server n its bit n; an array over all sets is transformed in place.
"""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def sum_over_subsets(value):  # type: ignore[no-untyped-def]
    """Replace the value of each set by the sum over its subsets."""
    size = len(value)
    half = 1
    while half < size:
        for begin in range(0, size, 2 * half):
            without, with_it = value[begin : begin + half], value[begin + half : begin + 2 * half]
            for i in range(half):
                with_it[i] += without[i]
        half *= 2


@njit(cache=True, nogil=True)
def sum_over_supersets(value):  # type: ignore[no-untyped-def]
    """Replace the value of each set by the sum over the sets that contain it."""
    size = len(value)
    half = 1
    while half < size:
        for begin in range(0, size, 2 * half):
            without, with_it = value[begin : begin + half], value[begin + half : begin + 2 * half]
            for i in range(half):
                without[i] += with_it[i]
        half *= 2


@njit(cache=True, nogil=True)
def without_server(state, server):  # type: ignore[no-untyped-def]
    """The number of a state among those of all other servers."""
    below = (1 << server) - 1
    return (state >> (server + 1) << server) | (state & below)


@njit(cache=True, nogil=True)
def size_of(state):  # type: ignore[no-untyped-def]
    """How many servers are in a set."""
    size = 0
    while state:
        state &= state - 1
        size += 1
    return size
