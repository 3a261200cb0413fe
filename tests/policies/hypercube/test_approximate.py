"""The approximation beside the exact solution, and where it is exact."""

import numpy as np
import pytest

from policies.base import InfeasibleError
from policies.hypercube import HypercubeSystem, approximate, preferences_by_time, solve

CLOSE = 0.06
"""Largest error of any server's workload, as a share of the servers' mean workload."""


def city(servers: int, level: int, load: float, seed: int, line: str = "loss") -> HypercubeSystem:
    """Servers spread over a square, calls everywhere, service somewhat longer for far ones."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(servers)))
    grid = np.indices((side, side)).reshape(2, -1)[:, :servers] + 0.5
    home = 1000 * (grid + rng.uniform(-0.2, 0.2, grid.shape)) / side
    point = 1000 * rng.random((2, 80))
    travel_s = np.hypot(*(home[:, :, None] - point[:, None, :]))
    lists, weights = preferences_by_time(travel_s, level)
    calls = load * servers * rng.dirichlet(np.full(80, 5.0))
    return HypercubeSystem(calls, travel_s, lists, 3000 + 1.5 * travel_s, line, weights=weights)


@pytest.mark.parametrize("line", ["loss", "infinite"])
@pytest.mark.parametrize("load", [0.2, 0.5, 0.7])
@pytest.mark.parametrize("servers", [6, 9, 12])
def test_full_backup_is_within_six_per_cent(servers, load, line):
    for seed in range(3):
        system = city(servers, servers, load, seed, line)
        exact, near = solve(system), approximate(system)
        assert abs(near.workload - exact.workload).max() <= CLOSE * exact.workload.mean()
        assert near.mean_loss == pytest.approx(exact.mean_loss, rel=0.03, abs=1e-4)
        assert near.waiting_probability == pytest.approx(exact.waiting_probability, rel=0.1)


@pytest.mark.parametrize("load", [0.2, 0.5, 1.5])
@pytest.mark.parametrize("level", [2, 3, 5])
def test_partial_backup_is_within_six_per_cent(level, load):
    for seed in range(3):
        system = city(9, level, load, seed)
        exact, near = solve(system), approximate(system)
        assert abs(near.workload - exact.workload).max() <= CLOSE * exact.workload.mean()
        assert near.mean_response_s == pytest.approx(exact.mean_response_s, rel=0.04)


def test_servers_that_are_all_alike_are_exact():
    """Six servers, in each of the six orders of a ring equally often: no one is special."""
    lists = [np.roll(np.arange(6), -first) for first in range(6)]
    system = HypercubeSystem(np.full(6, 0.6), np.ones((6, 6)), lists, 3600)
    exact, near = solve(system), approximate(system)
    np.testing.assert_allclose(near.workload, exact.workload, rtol=1e-8)
    np.testing.assert_allclose(near.loss, exact.loss, rtol=1e-8)


def test_districts_of_their_own():
    load = np.array([0.2, 1, 3, 0.7])
    near = approximate(HypercubeSystem(load, np.ones((4, 4)), np.arange(4)[:, None], 3600))
    np.testing.assert_allclose(near.workload, load / (1 + load), rtol=CLOSE)


def test_a_hundred_servers_have_no_states():
    answer = approximate(city(100, 100, 0.5, 0))
    assert answer.state_probabilities is None
    np.testing.assert_allclose(answer.sent_at_once.sum(axis=0) + answer.blocked, 1)
    busy_h = (answer.served * answer.system.calls_per_hour * answer.system.service_s / 3600).sum(1)
    np.testing.assert_allclose(answer.workload, busy_h, atol=1e-8)


def test_unstable_queue_is_refused():
    with pytest.raises(InfeasibleError, match="the queue grows without end"):
        approximate(city(6, 6, 1.1, 0, "infinite"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_calls_beyond_all_numbers_are_refused():
    system = HypercubeSystem([1e100, 1e100], [[60, 90], [80, 70]], [[0, 1], [1, 0]], 3600)
    with pytest.raises(InfeasibleError, match="workloads still changed by"):
        approximate(system)


def test_one_list_for_all():
    """By Erlang's formula, server k is as busy as one more server cuts what is lost."""
    system = HypercubeSystem([8], np.ones((10, 1)), [list(range(10))], 3600)
    lost = [1.0]
    for servers in range(1, 11):
        lost.append(8 * lost[-1] / (servers + 8 * lost[-1]))
    wanted = -8 * np.diff(lost)
    np.testing.assert_allclose(solve(system).workload, wanted, atol=1e-9)
    np.testing.assert_allclose(approximate(system).workload, wanted, atol=0.05)
