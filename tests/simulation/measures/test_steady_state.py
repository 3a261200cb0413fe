"""Batch means and MSER-5 against series whose long run is known."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.signal import lfilter

from simulation.measures.service import counted_calls
from simulation.measures.steady_state import (
    batch_interval,
    batch_means,
    interval_of_batches,
    mser_5,
    von_neumann,
    warm_up_s,
)
from simulation.model import simulate

PHI = 0.7


def autoregressive(rng, runs, length, phi=PHI):
    """Stationary AR(1) series of mean 0 and variance 1, one a row."""
    noise = rng.standard_normal((runs, length)) * np.sqrt(1 - phi**2)
    noise[:, 0] = rng.standard_normal(runs)
    return lfilter([1], [1, -phi], noise)


def queue_waits(rng, load, runs, length):
    """Waits in M/M/1 queues that start empty, and of the same customers in steady ones, by row.

    Services take 1 on average. By Lindley's recursion; a steady queue's first wait is exponential
    with mean 1 / (1 − load), or nothing with probability 1 − load.
    """
    shape = (runs, length)
    steps = rng.exponential(1, shape) - rng.exponential(1 / load, shape)
    walk = np.concatenate((np.zeros((runs, 1)), np.cumsum(steps[:, :-1], axis=1)), axis=1)
    empty = walk - np.minimum.accumulate(walk, axis=1)
    first = rng.exponential(1 / (1 - load), (runs, 1)) * (rng.random((runs, 1)) < load)
    return empty, np.maximum(empty, first + walk)


def test_interval_of_batches_by_hand():
    """Batches 1 2 | 3 4 | 8: means 1.5, 3.5 and 8; the mean is that of all five."""
    found = interval_of_batches([1, 2, 3, 4, 8], 3)
    s = np.std([1.5, 3.5, 8], ddof=1)
    alike = 1 - (2**2 + 4.5**2) / (2 * 2 * s**2) + 1 / 3
    half = stats.t.ppf(0.975, 2) * s / np.sqrt(3) * np.sqrt((1 + alike) / (1 - alike))
    assert (found.mean, found.batches, found.size) == (3.6, 3, 2)
    cubed = 3.6 * (1 + half / 3.6 / 3) ** 3
    assert (found.low, found.high) == pytest.approx((3.6 * max(1 - half / 10.8, 0) ** 3, cubed))
    below = interval_of_batches([-1, -2, -3, -4, -8], 3)  # no scale of its own
    assert (below.low, below.high) == pytest.approx((-3.6 - half, -3.6 + half))


def test_interval_of_a_share_by_hand():
    """Batches 0 1 | 1 1 | 0 1: log odds of 2/3 ± t s / √3 / (2/3 · 1/3), s² that of ½, 1, ½."""
    found = interval_of_batches([0, 1, 1, 1, 0, 1], 3)
    half = stats.t.ppf(0.975, 2) * np.std([0.5, 1, 0.5], ddof=1) / np.sqrt(3) * 9 / 2
    low, high = (1 / (1 + np.exp(-(np.log(2) + sign * half))) for sign in (-1, 1))
    assert (found.low, found.high) == pytest.approx((low, high))
    none, every = (interval_of_batches(np.full(100, share), 6) for share in (0.0, 1.0))
    assert (none.low, none.high) == pytest.approx((0, 1 - 0.025 ** (1 / 100)))
    assert (every.low, every.high) == pytest.approx((0.025 ** (1 / 100), 1))


def test_neighbours_that_are_alike_widen_the_interval():
    """Batch means 1, 2, 3, 4: lag 0.7 and 1/4 more is cut to 0.9; √(1.9 / 0.1) as wide."""
    found = interval_of_batches([-4.0, -3.0, -2.0, -1.0], 4)
    half = stats.t.ppf(0.975, 3) * np.std([1, 2, 3, 4], ddof=1) / 2 * np.sqrt(19)
    assert found.high - found.low == pytest.approx(2 * half)


def test_von_neumann_by_hand_and_for_all_orders():
    # Differences 1, 1, 1 and deviations 1.5, 0.5, 0.5, 1.5: 1 − 3 / (2 · 5).
    lag_1, p_value = von_neumann([1, 2, 3, 4])
    assert lag_1 == pytest.approx(0.7)
    assert p_value == pytest.approx(stats.norm.sf(0.7 / np.sqrt(2 / 15)))
    # Over all orders of the same values it is 0 on average, as for independent ones.
    orders = itertools.permutations([1.0, 2.5, 3.0, 7.0, 7.5])
    assert np.mean([von_neumann(order)[0] for order in orders]) == pytest.approx(0)


def test_von_neumann_rejects_independent_values_as_often_as_it_says():
    rng = np.random.default_rng(4)
    rejected = np.mean([von_neumann(rng.standard_normal(20))[1] < 0.1 for _ in range(4_000)])
    assert rejected == pytest.approx(0.1, abs=4 * np.sqrt(0.09 / 4_000))


@given(st.floats(-1e6, 1e6), st.integers(3, 40))
def test_values_that_are_all_the_same_are_independent(value, count):
    assert von_neumann(np.full(count, value)) == (0.0, 1.0)


def two_servers(rng, load, runs, length, first=3_000):
    """Waits in M/M/2 queues in the order of coming, one queue a row, after the `first` customers.

    Services take 1 on average; a customer goes to the server that is free first.
    """
    free = np.zeros((2, runs))
    waits = np.empty((length, runs))
    now = np.zeros(runs)
    columns = np.arange(runs)
    for number in range(first + length):
        now += rng.exponential(0.5 / load, runs)
        server = free.argmin(axis=0)
        begins = np.maximum(now, free[server, columns])
        free[server, columns] = begins + rng.exponential(1, runs)
        if number >= first:
            waits[number - first] = begins - now
    return waits.T


@pytest.mark.slow
@pytest.mark.parametrize("load", [0.6, 0.85])
def test_intervals_hold_the_wait_in_a_queue_as_often_as_they_say(load):
    """4,000 calls. Held in 96 and 94 % of 2,000 queues; with up to 30 batches in 85 % at 0.85."""
    runs = 1_000
    offered = 2 * load
    waiting = offered**2 / (2 * (1 - load)) / (1 + offered + offered**2 / (2 * (1 - load)))
    mean_wait = waiting / (2 - offered)  # Erlang's C
    waits = two_servers(np.random.default_rng(9), load, runs, 4_000)
    found = [batch_interval(row) for row in waits]
    error = np.sqrt(0.93 * 0.07 / runs)
    assert np.mean([f.low <= mean_wait <= f.high for f in found]) > 0.93 - 3 * error
    shares = [batch_interval(row > 0) for row in waits]
    assert np.mean([f.low <= waiting <= f.high for f in shares]) > 0.93 - 3 * error
    if load == 0.85:  # 500 calls say too little, and that is told
        short = [batch_interval(row[:500]) for row in waits]
        assert np.mean([f.low <= mean_wait <= f.high for f in short]) < 0.9
        assert np.mean([not f.independent for f in short]) > 0.9


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_hold_the_mean_of_an_autoregressive_series_as_often_as_they_say(level):
    """The correlation that is allowed for is never below 0, so that they hold a little more."""
    runs = 1_500
    found = [
        batch_interval(row, level) for row in autoregressive(np.random.default_rng(2), runs, 6_000)
    ]
    held = np.mean([f.low <= 0 <= f.high for f in found])
    error = np.sqrt(level * (1 - level) / runs)
    assert level - 3 * error < held < level + (1 - level) / 2


def test_a_run_too_short_for_what_its_calls_have_in_common_is_told():
    rng = np.random.default_rng(3)
    independent = [batch_interval(rng.standard_normal(3_000)) for _ in range(300)]
    warned = np.mean([not f.independent for f in independent])
    assert warned == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 300))
    slow = autoregressive(rng, 40, 3_000, phi=0.995)
    assert not any(batch_interval(row).independent for row in slow)
    ramp = batch_interval(np.arange(3_000.0))
    assert (ramp.batches, ramp.size, ramp.independent) == (6, 500, False)


def test_short_series_have_a_mean_and_no_interval():
    short = batch_interval(np.arange(99.0))
    assert short.mean == 49
    assert np.isnan([short.low, short.high]).all()
    assert (short.batches, short.independent) == (0, False)
    assert np.isnan(batch_interval([]).mean)
    assert batch_interval(np.arange(100.0) % 2).batches == 6


def test_mser_leaves_out_a_ramp_and_no_more():
    """A ramp of 200 values down to noise; it leaves what differs by less than the noise."""
    rng = np.random.default_rng(6)
    found = []
    for _ in range(100):
        series = rng.standard_normal(3_000)
        series[:200] += np.linspace(20, 0, 200)
        found.append(mser_5(series))
    assert all(f.long_enough for f in found)
    dropped = np.array([f.length for f in found])
    assert (dropped % 5 == 0).all()
    assert 180 <= np.median(dropped) <= 205
    assert (dropped > 170).all()


def test_mser_of_a_step_is_its_end():
    for after in ([2.0], [1.0, 2.0, 3.0]):  # the same for ever, and going up and down
        series = np.concatenate((np.full(35, 9.1), np.resize(after, 300)))
        assert mser_5(series) == (35.0, True)
    assert mser_5(np.full(300, 0.1)) == (0.0, True)


def test_mser_tells_of_series_too_short():
    assert mser_5(np.arange(1_000.0)).long_enough is False  # a ramp without an end
    assert mser_5(np.ones(50)) == (0.0, False)
    assert mser_5(np.ones(500)) == (0.0, True)


@given(st.lists(st.floats(-100, 100), min_size=60, max_size=150))
def test_mser_has_the_least_squared_error_by_brute_force(values):
    means = np.reshape(values[: len(values) // 5 * 5], (-1, 5)).mean(axis=1)
    errors = [
        ((m := means[d:]) - m.mean()) @ (m - m.mean()) / len(m) ** 2 for d in range(len(means))
    ]
    dropped = int(mser_5(values).length) // 5
    assert dropped < len(means) - 5
    assert errors[dropped] == pytest.approx(min(errors[:-5]), rel=1e-6, abs=1e-9)


def test_mser_takes_most_of_the_bias_of_an_empty_start_off_a_queue():
    """Mean waits of 1,000 queues, beside those of the same customers in queues that are steady.

    Of 20 seeds, at most 0.26 of the bias was left.
    """
    empty, steady = queue_waits(np.random.default_rng(8), load=0.8, runs=1_000, length=3_000)
    assert steady.mean() == pytest.approx(4, abs=4 * steady.mean(axis=1).std() / np.sqrt(1_000))
    bias = (steady - empty).mean(axis=0)
    found = mser_5(empty.mean(axis=0))
    assert found.long_enough
    assert bias[int(found.length) :].mean() < 0.3 * bias.mean()


@pytest.fixture(scope="module")
def long_run(grid_scenario):
    return simulate(grid_scenario(run__days=20, run__warm_up_days=1, demand__calls_per_day=60))


@pytest.mark.parametrize(
    "measure", ["response_s", "in_target_share", "wait_s", "waiting_share", "response_s[low]"]
)
def test_batch_means_of_a_run_are_about_its_summary(long_run, measure):
    found = batch_means(long_run, measure)
    assert found.mean == pytest.approx(long_run.summary[measure])
    assert found.low < found.mean < found.high
    assert found.batches == 6
    assert found.size == -(-len(long_run_calls(long_run, measure)) // found.batches)


def long_run_calls(result, measure):
    calls = counted_calls(result)
    return calls[calls["priority"] == "low"] if measure.endswith("[low]") else calls


def test_percentiles_have_no_batch_means(long_run):
    with pytest.raises(KeyError):
        batch_means(long_run, "response_p90_s")


@pytest.fixture
def with_responses(long_run):
    """The run with other response times: normal with mean 600 s, and what is added to them."""
    noise = np.random.default_rng(5).normal(600, 60, len(long_run.calls))

    def change(added_s):
        calls = long_run.calls.assign(response_s=noise + added_s)
        return dataclasses.replace(long_run, calls=calls)

    return change


def test_warm_up_of_a_run_is_told_in_seconds_since_its_start(long_run, with_responses):
    called_s = long_run.calls["called_s"]
    found = warm_up_s(with_responses(np.where(called_s < 90_000, 900.0, 0.0)))
    first = int((called_s < 90_000).sum())
    assert found.long_enough
    # It ends with the slow calls, or a few blocks of five calls later.
    assert called_s[first] <= found.length <= called_s[first + 30]


def test_hours_of_the_day_are_no_warm_up(long_run, with_responses):
    called_s = long_run.calls["called_s"]
    nights = np.where(called_s // 3_600 % 24 < 6, 900.0, 0.0)
    assert mser_5(with_responses(nights).calls["response_s"]).length > 0  # it begins at night
    assert warm_up_s(with_responses(nights)) == (0.0, True)


def test_run_without_calls_has_no_warm_up(grid_scenario):
    nothing = simulate(grid_scenario(demand__calls_per_day=0.001))
    assert isinstance(nothing.calls, pd.DataFrame)
    assert warm_up_s(nothing) == (0.0, False)
