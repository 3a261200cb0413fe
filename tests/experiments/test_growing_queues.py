"""Queues that still grow at the end are told, and others are not."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from experiments.batch import run_batch
from experiments.compare import Comparison
from experiments.growing_queues import NOTE, still_grows
from experiments.single_run_intervals import simulate_once
from simulation.measures.service import rank_trend, wait_trend

RUNS = 400


def waits_of_two_servers(load, calls, seed):
    """Waits of `RUNS` queues M/M/2 from empty, (runs, calls), by the recursion of waits."""
    rng = np.random.default_rng(seed)
    between = rng.exponential(1 / (2 * load), (calls, RUNS))
    service = rng.exponential(1.0, (calls, RUNS))
    free, waits = np.zeros((2, RUNS)), np.empty((RUNS, calls))
    for call in range(calls):
        free = np.sort(np.maximum(free - between[call], 0.0), axis=0)
        waits[:, call] = free[0]
        free[0] += service[call]
    return waits


def flagged(load, calls, together):
    """How often a single run is flagged, and how often several of them together are."""
    trends = np.array([rank_trend(waits) for waits in waits_of_two_servers(load, calls, seed=5)])
    groups = trends.reshape(-1, together)
    return np.mean([still_grows([t]) for t in trends]), np.mean([still_grows(g) for g in groups])


@pytest.mark.slow
def test_error_rates_on_stable_and_unstable_queues():
    """Tolerances: three standard errors of the counts of 400 runs and of 50 groups of 8."""
    for load, calls in ((0.6, 1500), (0.85, 1500), (0.85, 4000)):
        alone, together = flagged(load, calls, 8)
        assert alone < 0.02 + 3 * np.sqrt(0.02 * 0.98 / RUNS)
        assert together <= 0.02 + 3 * np.sqrt(0.02 * 0.98 / 50)
    for load, least in ((1.05, 0.63), (1.2, 0.98)):
        alone, together = flagged(load, 2000, 8)
        assert alone > least - 3 * np.sqrt(least * (1 - least) / RUNS)
        assert together == 1.0


def test_correlation_is_kendalls_on_batch_means():
    values = np.random.default_rng(1).random(1003)
    means = [batch.mean() for batch in np.array_split(values, 10)]
    assert rank_trend(values) == pytest.approx(kendalltau(range(10), means).statistic)
    assert rank_trend(np.zeros(50)) == 0.0
    assert rank_trend(np.arange(10.0)) == 1.0
    assert np.isnan(rank_trend(np.arange(9.0)))


def test_limit_of_one_run_is_that_of_the_exact_test():
    worst = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    order = sorted(range(10))
    order[:5] = [3, 2, 4, 1, 0]  # nine pairs the wrong way round: eight here, one below
    order[8], order[9] = 9, 8
    trend = kendalltau(range(10), order, alternative="greater")
    assert trend.statistic == pytest.approx(0.6)
    assert trend.pvalue < 0.01
    assert still_grows([rank_trend(np.array(order, float))])
    order[6], order[7] = 7, 6
    assert kendalltau(range(10), order, alternative="greater").pvalue > 0.01
    assert not still_grows([rank_trend(np.array(order, float))])
    assert not still_grows([rank_trend(np.array(worst, float))])
    assert not still_grows([np.nan, np.nan])


def test_hours_of_the_day_are_no_trend():
    calls = pd.DataFrame({"called_s": np.arange(50.0), "wait_s": np.arange(50.0)})
    for weights, days, expected in (((1.0,) * 24, 2, np.nan), ((1.0,) * 24, 3, 1.0), (None, 1, 1)):
        scenario = {"demand": {"hourly_weights": weights}, "run": {"days": days}}
        result = SimpleNamespace(manifest={"scenario": scenario})
        assert wait_trend(result, calls) == pytest.approx(expected, nan_ok=True)


def test_reports_name_the_arms_whose_queue_grows(arms):
    """More calls than two ambulances can answer, and few."""
    full = arms["base"].changed({"demand.calls_per_day": 400})
    few = arms["base"].changed({"demand.calls_per_day": 30})
    batch = run_batch({"few": few, "full": full}, 3)
    assert f"full: {NOTE}" in Comparison.of(batch).notes
    assert NOTE in simulate_once(full).notes
