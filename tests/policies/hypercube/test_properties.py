"""What holds in every system."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import PolicyError
from policies.hypercube import (
    HypercubeSystem,
    gini,
    memory_bytes,
    preferences_by_time,
    solve,
    solve_many,
)

servers = st.integers(1, 9)
seeds = st.integers(0, 10_000)
loads = st.floats(0.05, 3)
calm = settings(deadline=None, max_examples=30)


def nearest(servers, level, load, seed, **others):
    rng = np.random.default_rng(seed)
    travel_s = rng.uniform(60, 1200, (servers, 12))
    lists, weights = preferences_by_time(travel_s, level, tie_s=30)
    calls = load * servers * rng.dirichlet(np.ones(12))
    service_s = others.pop("service_s", 2400 + travel_s)
    return HypercubeSystem(calls, travel_s, lists, service_s, weights=weights, **others)


@calm
@given(servers, seeds, loads, st.data())
def test_probabilities_sum_to_one_and_work_is_done(servers, seed, load, data):
    system = nearest(servers, data.draw(st.integers(1, servers)), load, seed)
    answer = solve(system)
    assert answer.state_probabilities.sum() == pytest.approx(1)
    assert answer.state_probabilities.min() >= 0
    np.testing.assert_allclose(answer.sent_at_once.sum(axis=0) + answer.blocked, 1, atol=1e-9)
    busy_h = (answer.served * system.calls_per_hour * system.service_s / 3600).sum(axis=1)
    np.testing.assert_allclose(answer.workload, busy_h, atol=1e-8)


@calm
@given(servers, seeds, st.floats(0.05, 0.9))
def test_with_a_line_all_calls_are_served(servers, seed, load):
    answer = solve(nearest(servers, servers, load, seed, line="infinite", service_s=3600))
    np.testing.assert_allclose(answer.served.sum(axis=0), 1, atol=1e-9)
    assert answer.workload.sum() == pytest.approx(answer.system.total_calls_per_hour)
    assert answer.coverage(np.inf) == pytest.approx(1)


@calm
@given(st.integers(1, 8), seeds, loads)
def test_one_more_server_never_loses_more_in_full_backup(servers, seed, load):
    few = nearest(servers, servers, load, seed, service_s=3600)
    travel_s = np.vstack([few.travel_s, np.full(12, 600.0)])
    lists, weights = preferences_by_time(travel_s, servers + 1)
    more = HypercubeSystem(few.calls_per_hour, travel_s, lists, 3600, weights=weights)
    assert solve(more).mean_loss <= solve(few).mean_loss + 1e-10


@calm
@given(seeds, loads)
def test_mean_of_rates_is_a_shorter_service(seed, load):
    exact, paper = (
        solve(nearest(1, 1, load, seed, service_mode=mode)) for mode in ("calibrated", "paper")
    )
    assert paper.mean_loss < exact.mean_loss


@calm
@given(seeds, loads)
def test_numbers_of_servers_are_only_names(seed, load):
    system = nearest(8, 3, load, seed)
    other = np.random.default_rng(seed).permutation(8)  # the old number of each new one
    renamed = HypercubeSystem(
        system.calls_per_hour,
        system.travel_s[other],
        other.argsort()[system.preferences],
        system.service_s[other],
        weights=system.weights,
    )
    np.testing.assert_allclose(solve(renamed).workload, solve(system).workload[other], atol=1e-8)


def test_server_on_nobodys_list_is_never_busy():
    system = HypercubeSystem([1, 2], [[60, 60], [90, 90], [np.inf, 5]], [[0, 1], [1, 0]], 3600)
    answer = solve(system)
    assert answer.workload[2] == 0
    assert answer.state_probabilities[0b100:].max() == 0
    assert np.isfinite(answer.response_s).all()


def test_point_without_calls_is_answered_for():
    answer = solve(HypercubeSystem([1, 0], [[60, 90]], [[0], [0]], 3600))
    np.testing.assert_allclose(answer.loss, 0.5)
    np.testing.assert_allclose(answer.response_s, [60, 90])
    assert answer.mean_response_s == pytest.approx(60)


def test_ties_are_shared():
    lists, weights = preferences_by_time([[100, 100], [100, 100], [105, 300]], 2, tie_s=5)
    assert [len(set(map(tuple, point))) for point in lists.tolist()] == [6, 2]
    np.testing.assert_allclose(weights[0], 1 / 6)
    np.testing.assert_allclose(weights[1, :2], 1 / 2)
    assert weights[1, 2:].sum() == 0
    answer = solve(HypercubeSystem([1, 1], np.ones((3, 2)), lists, 3600, weights=weights))
    assert answer.workload[0] == pytest.approx(answer.workload[1])
    assert answer.workload[2] < answer.workload[0]


def test_list_ends_within_a_tie():
    lists, weights = preferences_by_time([[50], [100], [100], [100]], 2)
    assert lists[0].tolist() == [[0, 1], [0, 2], [0, 3]]
    np.testing.assert_allclose(weights, 1 / 3)


def test_deviation_from_a_base_case():
    base = solve(nearest(5, 3, 0.3, 1))
    outbreak = solve(nearest(5, 3, 0.6, 1))
    share = base.system.share
    assert outbreak.deviation_in_loss(base) == pytest.approx(abs(outbreak.loss - base.loss) @ share)
    by_point_s = abs(outbreak.response_s - base.response_s)
    assert outbreak.deviation_in_response_s(base) == pytest.approx(by_point_s @ share)
    assert base.deviation_in_loss(base) == 0
    with pytest.raises(PolicyError, match=r"base must have the same 12 demand points, got 1"):
        base.deviation_in_loss(solve(HypercubeSystem([1], [[60]], [[0]], 3600)))


def test_gini():
    rng = np.random.default_rng(0)
    values, weights = rng.uniform(0, 9, 20), rng.uniform(0, 3, 20)
    pairs = (weights[:, None] * weights * abs(values[:, None] - values)).sum()
    assert gini(values, weights) == pytest.approx(pairs / (2 * weights.sum() * (weights @ values)))
    assert gini([5, 5, 5], [1, 2, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 8], [1, 1, 1, 1]) == pytest.approx(0.75)
    assert gini([0, 0], [1, 1]) == 0


def test_memory_is_within_twice_the_rates():
    for servers in range(12, 30):
        rates = 8 * servers * 2**servers // 2
        assert rates < memory_bytes(servers) < 2 * rates
        assert memory_bytes(servers, by_state=True) < 2 * (2 * rates)


def test_many_servers_at_one_base():
    """Ten tie, and a list names one of them: ten lists, not as many as there are orders."""
    lists, weights = preferences_by_time(np.ones((10, 1)), 1)
    np.testing.assert_array_equal(lists[0, :, 0], range(10))
    np.testing.assert_allclose(weights, 0.1)
    behind = np.array([[60.0], *[[90.0]] * 5])
    lists, weights = preferences_by_time(behind, 3)
    assert lists.shape == (1, 5 * 4, 3)
    assert (lists[0, :, 0] == 0).all()
    np.testing.assert_allclose(weights, 1 / 20)


def test_lists_without_ties_need_no_weights():
    lists, weights = preferences_by_time([[60, 90], [80, 70]], 2)
    parts = [1, 2], [[60, 90], [80, 70]], lists, 3600
    without, told = (solve(HypercubeSystem(*parts, weights=w)) for w in (None, weights))
    np.testing.assert_array_equal(without.workload, told.workload)


@pytest.mark.parametrize("calls", [1e-30, 1e-12, 1e-6])
def test_what_hardly_happens_is_not_negative(calls):
    rng = np.random.default_rng(2)
    lists = [rng.permutation(5)[:4] for _ in range(6)]
    travel_s = rng.uniform(60, 900, (5, 6))
    system = HypercubeSystem(calls * rng.random(6), travel_s, lists, 2400 + travel_s)
    many = solve_many(system, [system.calls_per_hour])
    for answer in (solve(system), many):
        assert answer.loss.min() >= 0
        assert answer.workload.min() >= 0
