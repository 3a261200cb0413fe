"""Many small systems, one after the other in compiled code."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.hypercube.exact import MOST_ROUNDS
from policies.hypercube.subsets import sum_over_subsets, sum_over_supersets
from policies.hypercube.sweeps import (
    FIRST_RELAXATION,
    SWEEPS_A_ROUND,
    next_relaxation,
    set_levels_right,
)

CALIBRATED, BY_STATE, FIXED = range(3)
"""Whether service rates follow from who is served, from the state, or are given."""


class Listed(NamedTuple):
    """The preference lists of one system; `travel_s` and `service_s` of each place, (K, D)."""

    server: NDArray[np.int64]
    point: NDArray[np.int64]
    share: NDArray[np.float64]
    calls_per_hour: NDArray[np.float64]
    travel_s: NDArray[np.float64]
    service_s: NDArray[np.float64]


class Room(NamedTuple):
    """What is worked with for a system of N servers, and then again for the next.

    `calls` are those an hour that ask a server after a set of others has been found busy, `work`
    the hours of service that they bring, both (N, 2**N). `up` and `speed` are the rates of calls
    and, in paper mode, of their service rates at which a server is taken in a state, (N, 2**N).
    `inflow` has, for each state, the rates from the N states beside it, (2**N, N).
    """

    calls: NDArray[np.float64]
    work: NDArray[np.float64]
    up: NDArray[np.float64]
    speed: NDArray[np.float64]
    inflow: NDArray[np.float64]
    up_out: NDArray[np.float64]
    stay_h: NDArray[np.float64]
    probability: NDArray[np.float64]
    busy: NDArray[np.float64]
    service_h: NDArray[np.float64]
    workload: NDArray[np.float64]


class Outcomes(NamedTuple):
    """What is kept of S systems; see `ManyAnswers`."""

    loss: NDArray[np.float64]
    response_s: NDArray[np.float64]
    workload: NDArray[np.float64]
    mean_loss: NDArray[np.float64]
    mean_response_s: NDArray[np.float64]
    first_server_available: NDArray[np.float64]
    coverage: NDArray[np.float64]


def room_for(servers: int) -> Room:
    """Working arrays for systems of this size."""
    states = 2**servers
    table, by_server = (states, servers), (servers, states)
    tables = (by_server, by_server, by_server, by_server, table)
    return Room(*map(np.zeros, (*tables, states, states, states, states, servers, servers)))


@njit(cache=True, nogil=True)
def solve_rows(listed, calls, kind, within_s, tolerance, room, outcomes):  # type: ignore[no-untyped-def]
    """Solve a system for each row of `calls`, (S, J); return how many did not converge."""
    failed = 0
    for row in range(len(calls)):
        for i in range(len(listed.point)):
            listed.calls_per_hour[i] = listed.share[i] * calls[row, listed.point[i]]
        failed += not solve_lists(listed, kind, tolerance, room)
        measure(listed, within_s, room, outcomes, row)
    return failed


@njit(cache=True, nogil=True)
def solve_sites(sites, tables, listed, kind, within_s, tolerance, room, outcomes):  # type: ignore[no-untyped-def]
    """Solve a system for each row of `sites`, (S, N), whose nearest servers are sent.

    `tables` are travel and service times of all sites, (I, J) each; `listed` is filled in.
    """
    failed = 0
    for row in range(len(sites)):
        list_nearest(sites[row], tables[0], tables[1], listed)
        failed += not solve_lists(listed, kind, tolerance, room)
        measure(listed, within_s, room, outcomes, row)
    return failed


@njit(cache=True, nogil=True)
def list_nearest(sites, travel_s, service_s, listed):  # type: ignore[no-untyped-def]
    """List the nearest servers of each point; of equally near ones, the first comes first."""
    servers, level = len(sites), listed.server.shape[1]
    place = np.empty(servers, dtype=np.int64)
    for j in range(len(listed.point)):
        place[:] = 0
        for k in range(1, servers):
            for m in range(k):
                is_after = travel_s[sites[m], j] <= travel_s[sites[k], j]
                place[k] += is_after
                place[m] += not is_after
        for k in range(servers):
            if place[k] < level:
                listed.server[j, place[k]] = k
                listed.travel_s[j, place[k]] = travel_s[sites[k], j]
                listed.service_s[j, place[k]] = service_s[sites[k], j]


@njit(cache=True, nogil=True)
def solve_lists(listed, kind, tolerance, room):  # type: ignore[no-untyped-def]
    """Find the probabilities of one system's states; return whether they converged."""
    servers = room.inflow.shape[1]
    sort_calls(listed, kind, room)
    write_rates_up(kind, room)
    begin(kind, room)
    relaxation = FIRST_RELAXATION
    for _ in range(MOST_ROUNDS):
        set_levels_right(room.probability, room.up_out, room.stay_h, servers)
        first = visit(room, relaxation)
        for _ in range(SWEEPS_A_ROUND - 2):
            visit(room, relaxation)
        last = visit(room, relaxation)
        relaxation = next_relaxation(relaxation, first, last)
        sum_up(room)
        change = calibrate(room) if kind == CALIBRATED else 0.0
        if last <= tolerance and change <= tolerance:
            return True
    return False


@njit(cache=True, nogil=True)
def sort_calls(listed, kind, room):  # type: ignore[no-untyped-def]
    """Sum up calls by the servers that they find busy and the one that they ask next."""
    room.calls[:] = 0.0
    room.work[:] = 0.0
    room.speed[:] = 0.0
    for i in range(len(listed.point)):
        busy = 0
        for d in range(listed.server.shape[1]):
            server = listed.server[i, d]
            calls, service_h = listed.calls_per_hour[i], listed.service_s[i, d] / HOUR_S
            room.calls[server, busy] += calls
            room.work[server, busy] += calls * service_h
            if kind == BY_STATE:
                room.speed[server, busy] += calls / service_h
            busy |= 1 << server


@njit(cache=True, nogil=True)
def write_rates_up(kind, room):  # type: ignore[no-untyped-def]
    """Rates at which servers are taken in each state."""
    room.up[:] = room.calls
    room.up_out[:] = 0.0
    for k in range(len(room.up)):
        sum_over_subsets(room.up[k])
        if kind == BY_STATE:
            sum_over_subsets(room.speed[k])
        for state in range(len(room.up_out)):
            if state >> k & 1:
                room.inflow[state, k] = room.up[k, state ^ (1 << k)]
            else:
                room.up_out[state] += room.up[k, state]


@njit(cache=True, nogil=True)
def begin(kind, room):  # type: ignore[no-untyped-def]
    """Servers busy independently of each other, each with the mean service of its lists."""
    used = 0
    for k in range(len(room.up)):
        calls = room.up[k, -1]
        used += calls > 0
        room.service_h[k] = room.work[k].sum() / calls if calls > 0 else 1.0
    room.probability[0] = 1.0
    for k in range(len(room.up)):
        odds = room.up_out[0] / used * room.service_h[k] if room.up[k, -1] > 0 else 0.0
        for state in range(1 << k):
            room.probability[state | 1 << k] = room.probability[state] * odds
    room.workload[:] = 0.0
    write_rates_down(kind, room)


@njit(cache=True, nogil=True)
def write_rates_down(kind, room):  # type: ignore[no-untyped-def]
    """Service rates into each state, and with them how long each state lasts."""
    room.stay_h[:] = room.up_out
    for k in range(len(room.up)):
        bit = 1 << k
        rate = 1 / room.service_h[k]
        over_all = room.speed[k, -1] / room.up[k, -1] if room.up[k, -1] > 0 else rate
        for state in range(len(room.stay_h)):
            if state & bit:
                continue
            if kind == BY_STATE:
                calls = room.up[k, state]
                rate = room.speed[k, state] / calls if calls > 0 else over_all
            room.inflow[state, k] = rate
            room.stay_h[state | bit] += rate
    for state in range(len(room.stay_h)):
        room.stay_h[state] = 1 / room.stay_h[state]


@njit(cache=True, nogil=True)
def visit(room, relaxation):  # type: ignore[no-untyped-def]
    """One sweep, as `sweeps.sweep` does it for large systems; return the residual."""
    inflow, probability = room.inflow, room.probability
    residual = 0.0
    for state in range(inflow.shape[0]):
        flow = 0.0
        for k in range(inflow.shape[1]):
            flow += inflow[state, k] * probability[state ^ (1 << k)]
        change = flow * room.stay_h[state] - probability[state]
        residual += abs(change)
        probability[state] += relaxation * change
    return residual


@njit(cache=True, nogil=True)
def sum_up(room):  # type: ignore[no-untyped-def]
    """Probabilities that all of a set of servers are busy."""
    room.busy[:] = room.probability
    sum_over_supersets(room.busy)
    whole = room.busy[0]
    for state in range(len(room.busy)):
        # Over-relaxation leaves what is nearly impossible on either side of 0.
        room.busy[state] = max(0.0, room.busy[state] / whole)


@njit(cache=True, nogil=True)
def calibrate(room):  # type: ignore[no-untyped-def]
    """Give each server the mean service time of its calls; return the workloads' change."""
    change = 0.0
    for k in range(len(room.up)):
        taken, work = 0.0, 0.0
        for before in range(len(room.busy)):
            sent = max(0.0, room.busy[before] - room.busy[before | 1 << k])
            taken += room.calls[k, before] * sent
            work += room.work[k, before] * sent
        if taken > 0:
            room.service_h[k] = work / taken
        change = max(change, abs(work - room.workload[k]))
        room.workload[k] = work
    write_rates_down(CALIBRATED, room)
    return change


@njit(cache=True, nogil=True)
def measure(listed, within_s, room, outcomes, row):  # type: ignore[no-untyped-def]
    """Write down what is kept of a solved system."""
    loss, response_s = outcomes.loss[row], outcomes.response_s[row]
    loss[:] = 0.0
    response_s[:] = 0.0
    in_time, at_first, total = 0.0, 0.0, 0.0
    for i in range(len(listed.point)):
        busy = 0
        share, calls = listed.share[i], listed.calls_per_hour[i]
        total += calls
        at_first += calls * (1 - room.busy[1 << listed.server[i, 0]])
        for d in range(listed.server.shape[1]):
            sent = room.busy[busy]
            busy |= 1 << listed.server[i, d]
            sent = max(0.0, sent - room.busy[busy])
            response_s[listed.point[i]] += share * sent * listed.travel_s[i, d]
            in_time += calls * sent * (listed.travel_s[i, d] <= within_s)
        loss[listed.point[i]] += share * room.busy[busy]
    response_s /= 1 - loss
    mean_loss, mean_response_s = 0.0, 0.0
    for i in range(len(listed.point)):
        mean_loss += listed.calls_per_hour[i] * loss[listed.point[i]]
        mean_response_s += listed.calls_per_hour[i] * response_s[listed.point[i]]
    outcomes.mean_loss[row] = mean_loss / total
    outcomes.mean_response_s[row] = mean_response_s / total
    outcomes.first_server_available[row] = at_first / total
    outcomes.coverage[row] = in_time / total
    for k in range(outcomes.workload.shape[1]):
        outcomes.workload[row, k] = room.busy[1 << k]
