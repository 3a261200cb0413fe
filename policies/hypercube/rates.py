"""The rates at which the states of the hypercube pass into each other, in compiled code.

A call that finds the set B of servers busy takes server k if k is not in B and the servers before
it on the call's list all are. So the rate of k in B is the sum of what is written down at those
sets of predecessors that are subsets of B: one transform a server, however many calls there are.

**Layout.** `TILE` successive states share their high bits. For each tile there stand, one after the
other: for every high bit that is set, the rates into the tile's states over this bit, `TILE`
numbers; for every low bit, those into the `TILE` / 2 states in which it is set. A sweep reads this
from beginning to end, and no number is kept twice. Rates downwards are kept likewise, with "set"
and "not set" exchanged.
"""

from __future__ import annotations

from numba import njit

from policies.hypercube.subsets import size_of, sum_over_subsets, without_server

LOW_BITS = 6
TILE = 1 << LOW_BITS
HALF = TILE // 2


@njit(cache=True, nogil=True)
def server_rates(rate, server, lists, list_rate):  # type: ignore[no-untyped-def]
    """Rate at which a server is taken in every state of the others, into `rate`, (2**(N-1),).

    `lists` are (K, D), `list_rate` (K, D) what each place of a list adds, such as calls per hour.
    """
    rate[:] = 0.0
    for i in range(lists.shape[0]):
        busy = 0
        for d in range(lists.shape[1]):
            if lists[i, d] == server:
                rate[without_server(busy, server)] += list_rate[i, d]
                break
            busy |= 1 << lists[i, d]
    sum_over_subsets(rate)


@njit(cache=True, nogil=True)
def write_rates(packed, rate, server, servers, upwards):  # type: ignore[no-untyped-def]
    """Write one server's rates, by the state of the others, to their places in `packed`."""
    high_bits = servers - LOW_BITS
    begin = 0
    for high in range(1 << high_bits):
        beside = high if upwards else ~high & ((1 << high_bits) - 1)
        tiles = size_of(beside)
        if server >= LOW_BITS:
            bit = 1 << (server - LOW_BITS)
            if beside & bit:
                to = begin + size_of(beside & (bit - 1)) * TILE
                source = without_server(high << LOW_BITS, server)
                for i in range(TILE):
                    packed[to + i] = rate[source + i]
        else:
            to = begin + tiles * TILE + server * HALF
            source = high * HALF
            for i in range(HALF):
                packed[to + i] = rate[source + i]
        begin += tiles * TILE + LOW_BITS * HALF


@njit(cache=True, nogil=True)
def add_where_free(total, rate, server):  # type: ignore[no-untyped-def]
    """Add a server's rates to the totals of the states in which it is free."""
    width = 1 << server
    for begin in range(0, len(rate), width):
        to, source = total[2 * begin : 2 * begin + width], rate[begin : begin + width]
        for i in range(width):
            to[i] += source[i]


@njit(cache=True, nogil=True)
def add_where_busy(total, rate, server):  # type: ignore[no-untyped-def]
    """Add a server's rates to the totals of the states in which it is busy."""
    width = 1 << server
    for begin in range(0, len(rate), width):
        to = total[2 * begin + width : 2 * begin + 2 * width]
        source = rate[begin : begin + width]
        for i in range(width):
            to[i] += source[i]


@njit(cache=True, nogil=True)
def divide_or(rate, share, otherwise):  # type: ignore[no-untyped-def]
    """Divide `rate` by `share` in place; where there is no share, put `otherwise`."""
    for i in range(len(rate)):
        rate[i] = rate[i] / share[i] if share[i] > 0 else otherwise


@njit(cache=True, nogil=True)
def sum_over_members(value, total):  # type: ignore[no-untyped-def]
    """The sum of one number a server over the servers in each set, into `total`."""
    total[0] = 0.0
    for k in range(len(value)):
        half = 1 << k
        without, with_it = total[:half], total[half : 2 * half]
        for i in range(half):
            with_it[i] = without[i] + value[k]


@njit(cache=True, nogil=True)
def multiply_over_members(value, product):  # type: ignore[no-untyped-def]
    """The product of one number a server over the servers in each set, into `product`."""
    product[0] = 1.0
    for k in range(len(value)):
        half = 1 << k
        without, with_it = product[:half], product[half : 2 * half]
        for i in range(half):
            with_it[i] = without[i] * value[k]
