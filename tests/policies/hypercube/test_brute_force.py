"""The solver against a generator matrix built state by state and solved densely."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.hypercube import HypercubeSystem, solve, solve_many

WAITING = 150
"""Calls that may wait in the matrix; with loads up to 0.8 more do so about once in 1e15."""

TOLERANCE = 1e-13


@st.composite
def systems(draw: st.DrawFn, line: str, service_mode: str) -> HypercubeSystem:
    servers, points = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    level = servers if line == "infinite" else draw(st.integers(1, servers))
    alternatives = draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    lists = [[rng.permutation(servers)[:level] for _ in range(alternatives)] for _ in range(points)]
    weights = rng.dirichlet(np.ones(alternatives), points)
    service_s = rng.uniform(600, 6000, (servers, points))
    calls = rng.uniform(0.05, 1, points) * (rng.random(points) < 0.8)
    calls[0] = max(calls[0], 0.1)
    load = draw(st.floats(0.05, 0.8 if line == "infinite" else 3))
    calls *= load * servers * 3600 / (service_s.max() * calls.sum())
    travel_s = rng.uniform(60, 900, (servers, points))
    return HypercubeSystem(calls, travel_s, lists, service_s, line, service_mode, weights)


def taken(system, state, point, alternative):
    """The server that a call takes in a state, or None."""
    for server in system.preferences[point, alternative].tolist():
        if not state >> server & 1:
            return server
    return None


def streams(system):
    """Demand point, alternative and calls per hour of each stream of calls."""
    for point, calls in enumerate(system.calls_per_hour.tolist()):
        for alternative, weight in enumerate(system.weights[point].tolist()):
            yield point, alternative, calls * weight


def paper_rate(system, server, state):
    """Mean service rate over the calls that the server would take in the state without it."""
    without = state & ~(1 << server)
    would = [s for s in streams(system) if taken(system, without, *s[:2]) == server]
    if not sum(calls for *_, calls in would):
        would = [s for s in streams(system) if server in system.preferences[s[:2]]]
    total = sum(calls for *_, calls in would)
    if not total:
        return 1.0
    return sum(c * 3600 / system.service_s[server, point] for point, _, c in would) / total


def generator(system, rate):
    """Rates between all states and, with a line, numbers of waiting calls."""
    states = 2**system.servers
    waiting = WAITING if system.line == "infinite" else 0
    matrix = np.zeros((states + waiting, states + waiting))
    for state in range(states):
        for point, alternative, calls in streams(system):
            server = taken(system, state, point, alternative)
            if server is not None:
                matrix[state, state | 1 << server] += calls
        for server in range(system.servers):
            if state >> server & 1:
                matrix[state, state ^ 1 << server] += rate(server, state)
    full = sum(rate(server, states - 1) for server in range(system.servers))
    for number in range(states - 1, states + waiting - 1):
        matrix[number, number + 1] += system.calls_per_hour.sum()
        matrix[number + 1, number] += full
    return matrix - np.diag(matrix.sum(axis=1))


def stationary(matrix):
    equations = np.vstack([matrix.T, np.ones(len(matrix))])
    right = np.zeros(len(equations))
    right[-1] = 1
    return np.linalg.lstsq(equations, right, rcond=None)[0]


def brute_force(system):
    """Probabilities of the states, and of a waiting call; service times by hand if calibrated."""
    servers, states = system.servers, 2**system.servers
    if system.service_mode == "paper":
        p = stationary(generator(system, lambda k, state: paper_rate(system, k, state)))
        return p[:states], p[states:].sum()
    service_s = system.service_s.mean(axis=1)
    while True:
        p = stationary(generator(system, lambda k, _, s=service_s: 3600 / s[k]))
        at_once, waiting = p[:states], p[states:].sum()
        flow = np.zeros((servers, system.points))
        for state in range(states):
            for point, alternative, calls in streams(system):
                server = taken(system, state, point, alternative)
                if server is not None:
                    flow[server, point] += calls * at_once[state]
        flow += (3600 / service_s * waiting)[:, None] * system.share
        total = flow.sum(axis=1)
        is_sent = total > 1e-14
        new_s = service_s.copy()
        new_s[is_sent] = (flow * system.service_s).sum(axis=1)[is_sent] / total[is_sent]
        if abs(new_s - service_s).max() < 1e-9:
            return at_once, waiting
        service_s = new_s


def check(system):
    expected, waiting = brute_force(system)
    answer = solve(system, TOLERANCE)
    states = np.arange(len(expected))
    np.testing.assert_allclose(answer.state_probabilities, expected, rtol=0, atol=1e-10)
    workload = [expected[states >> k & 1 == 1].sum() + waiting for k in range(system.servers)]
    np.testing.assert_allclose(answer.workload, workload, rtol=0, atol=1e-10)
    sent = np.zeros((system.servers, system.points))
    blocked = np.full(system.points, waiting)
    for state in states.tolist():
        for point, alternative, _ in streams(system):
            weight = system.weights[point, alternative]
            server = taken(system, state, point, alternative)
            if server is None:
                blocked[point] += weight * expected[state]
            else:
                sent[server, point] += weight * expected[state]
    np.testing.assert_allclose(answer.sent_at_once, sent, rtol=0, atol=1e-10)
    np.testing.assert_allclose(answer.blocked, blocked, rtol=0, atol=1e-10)
    return answer


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_loss_system_is_that_of_the_whole_matrix(service_mode, data):
    system = data.draw(systems("loss", service_mode))
    answer = check(system)
    many = solve_many(system, [system.calls_per_hour], tolerance=TOLERANCE)
    np.testing.assert_allclose(many.loss[0], answer.loss, rtol=0, atol=1e-10)
    np.testing.assert_allclose(many.workload[0], answer.workload, rtol=0, atol=1e-10)


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
@given(data=st.data())
@settings(deadline=None, max_examples=12)
def test_line_is_that_of_the_whole_matrix(service_mode, data):
    system = data.draw(systems("infinite", service_mode))
    answer = check(system)
    _, waiting = brute_force(system)
    everyone_busy = answer.state_probabilities[-1] + waiting
    assert answer.waiting_probability == pytest.approx(everyone_busy, abs=1e-10)


@pytest.mark.parametrize("service_mode", ["calibrated", "paper"])
@pytest.mark.parametrize("level", [2, 7])
def test_more_servers_than_a_tile_has_bits(service_mode, level):
    rng = np.random.default_rng(1)
    lists = [rng.permutation(7)[:level] for _ in range(4)]
    travel_s = rng.uniform(100, 900, (7, 4))
    calls = rng.uniform(0.5, 1.5, 4)
    check(HypercubeSystem(calls, travel_s, lists, 3600 + travel_s, "loss", service_mode))
