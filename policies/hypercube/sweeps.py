"""Gauss-Seidel sweeps over the states of the hypercube, in compiled code.

States are visited in the order of their numbers, and each takes the probability that its
neighbours give it. This order is consistent in the sense of Young's theory (a step upwards always
leads to a later state), so over-relaxation cuts the sweeps from a multiple of the number of
servers to about a multiple of its root. Every few sweeps, the probabilities of 0, 1, ..., N busy
servers are set right by the birth-death chain that they form.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from policies.hypercube.rates import HALF, LOW_BITS, TILE
from policies.hypercube.subsets import size_of, without_server

LANES = 8
"""Successive states within a tile that are summed up at once."""

LANE_BITS = 3

SWEEPS_A_ROUND = 5
"""Between two times that levels, relaxation and service times are set right."""

FIRST_RELAXATION = 1.2
MOST_JACOBI = 0.9999
"""Keeps the relaxation below 1.98."""

SUMS = {"contract", "reassoc", "nsz"}
"""What the compiler may do with sums; which numbers are infinite or not stays as written."""


@njit(cache=True, nogil=True, fastmath=SUMS)
def add_products(inflow, rate, probability):  # type: ignore[no-untyped-def]
    """Add rate times probability, state by state."""
    for i in range(len(inflow)):
        inflow[i] += rate[i] * probability[i]


@njit(cache=True, nogil=True, fastmath=SUMS)
def add_scaled(inflow, rate, probability):  # type: ignore[no-untyped-def]
    """Add probability times one rate."""
    for i in range(len(inflow)):
        inflow[i] += rate * probability[i]


@njit(cache=True, nogil=True, fastmath=SUMS)
def sweep(probability, up, down, server_down, stay_h, servers, relaxation):  # type: ignore[no-untyped-def]
    """Visit every state once.

    Parameters
    ----------
    probability : (2**N,)
        Changed in place.
    up, down : packed rates, see `rates.py`
        `down` is empty where a server's rate is the same in all states, that of `server_down`.
    server_down : (N,)
    stay_h : (2**N,)
        Mean time that a state lasts, the inverse of all rates out of it.
    servers : int
    relaxation : float
        1 takes what the neighbours say, 0 changes nothing.

    Returns
    -------
    float
        By how much the states differed from what their neighbours said, summed up.
    """
    inflow = np.empty(TILE)
    by_state = len(down) > 0
    at, at_down = 0, 0
    residual = 0.0
    for high in range(1 << (servers - LOW_BITS)):
        inflow[:] = 0.0
        for bit in range(servers - LOW_BITS):
            beside = (high ^ (1 << bit)) * TILE
            across = probability[beside : beside + TILE]
            if high >> bit & 1:
                add_products(inflow, up[at : at + TILE], across)
                at += TILE
            elif by_state:
                add_products(inflow, down[at_down : at_down + TILE], across)
                at_down += TILE
            else:
                add_scaled(inflow, server_down[bit + LOW_BITS], across)
        begin = high * TILE
        residual += sweep_tile(
            probability[begin : begin + TILE],
            inflow,
            up[at : at + LOW_BITS * HALF],
            down[at_down : at_down + LOW_BITS * HALF],
            server_down,
            stay_h[begin : begin + TILE],
            relaxation,
        )
        at += LOW_BITS * HALF
        if by_state:
            at_down += LOW_BITS * HALF
    return residual


@njit(cache=True, nogil=True, fastmath=SUMS, inline="always")
def sweep_tile(probability, inflow, up, down, server_down, stay_h, relaxation):  # type: ignore[no-untyped-def]
    """Visit the states of one tile, whose inflow from other tiles is known."""
    residual = 0.0
    for lane in range(TILE // LANES):
        add_other_lanes(lane, probability, inflow, up, down, server_down)
        residual += visit_lane(lane, probability, inflow, up, down, server_down, stay_h, relaxation)
    return residual


@njit(cache=True, nogil=True, fastmath=SUMS, inline="always")
def add_other_lanes(lane, probability, inflow, up, down, server_down):  # type: ignore[no-untyped-def]
    """Add to the inflow of a lane, `LANES` successive states, what comes from the tile's others."""
    begin = lane * LANES
    for bit in range(LANE_BITS, LOW_BITS):
        flip = 1 << (bit - LANE_BITS)
        beside = (lane ^ flip) * LANES
        rate = bit * HALF + without_server(lane, bit - LANE_BITS) * LANES
        if lane & flip:
            for i in range(LANES):
                inflow[begin + i] += up[rate + i] * probability[beside + i]
        elif len(down):
            for i in range(LANES):
                inflow[begin + i] += down[rate + i] * probability[beside + i]
        else:
            for i in range(LANES):
                inflow[begin + i] += server_down[bit] * probability[beside + i]


@njit(cache=True, nogil=True, fastmath=SUMS, inline="always")
def visit_lane(lane, probability, inflow, up, down, server_down, stay_h, relaxation):  # type: ignore[no-untyped-def]
    """Visit the states of one lane, whose inflow from all others is known."""
    begin = lane * LANES
    residual = 0.0
    for i in range(LANES):
        flow = inflow[begin + i]
        for bit in range(LANE_BITS):
            flip = 1 << bit
            rate = bit * HALF + lane * LANES // 2 + without_server(i, bit)
            if i & flip:
                flow += up[rate] * probability[begin + i - flip]
            elif len(down):
                flow += down[rate] * probability[begin + i + flip]
            else:
                flow += server_down[bit] * probability[begin + i + flip]
        change = flow * stay_h[begin + i] - probability[begin + i]
        residual += abs(change)
        probability[begin + i] += relaxation * change
    return residual


@njit(cache=True, nogil=True)
def set_levels_right(probability, up_out, stay_h, servers):  # type: ignore[no-untyped-def]
    """Scale the states with 0, 1, ..., N busy servers so that flows between them balance.

    The probabilities sum to one afterwards.
    """
    mass, up, down = np.zeros(servers + 1), np.zeros(servers + 1), np.zeros(servers + 1)
    for state in range(len(probability)):
        level = size_of(state)
        mass[level] += probability[state]
        up[level] += probability[state] * up_out[state]
        down[level] += probability[state] * (1 / stay_h[state] - up_out[state])
    scale = level_scales(mass, up, down)
    for state in range(len(probability)):
        probability[state] *= scale[size_of(state)]


@njit(cache=True, nogil=True)
def level_scales(mass, up, down):  # type: ignore[no-untyped-def]
    """Factor of each level that makes the flow up from it that down from the next."""
    scale = np.zeros(len(mass))
    scale[0] = 1.0
    for level in range(len(mass) - 1):
        if mass[level + 1] > 0 and down[level + 1] > 0 and up[level] > 0:
            scale[level + 1] = scale[level] * up[level] / down[level + 1]
    return scale / (scale * mass).sum()


@njit(cache=True, nogil=True)
def next_relaxation(relaxation, first, last):  # type: ignore[no-untyped-def]
    r"""The relaxation for the next round, from the residuals met first and last in this one.

    Eigenvalues :math:`\beta` of Jacobi's and :math:`\delta` of this iteration are tied by
    :math:`(\delta + \omega - 1)^2 = \delta\omega^2\beta^2`, and the best :math:`\omega` is
    :math:`2 / (1 + \sqrt{1 - \beta^2})` (Young, Iterative Solution of Large Linear Systems, 1971).
    Where the residual shrinks as fast as it can with this relaxation, it tells no more of it.
    """
    if last >= first:
        return 1 + (relaxation - 1) / 2
    shrinkage = (last / first) ** (1 / (SWEEPS_A_ROUND - 1))
    if shrinkage <= relaxation - 1:
        return relaxation
    jacobi = (shrinkage + relaxation - 1) ** 2 / (shrinkage * relaxation**2)
    return max(relaxation, 2 / (1 + np.sqrt(1 - min(jacobi, MOST_JACOBI))))
