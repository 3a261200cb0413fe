"""Control variates: the interval of a line of least squares, what it covers, what it saves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from environment.demand.drawn_calls import expected_onsets
from experiments.batch import Batch, run_batch
from experiments.control import controlled_means, expected_calls
from experiments.errors import BatchError
from experiments.statistics import control_gain, controlled_interval, t_interval


def test_it_is_the_intercept_of_the_line_of_least_squares():
    rng = np.random.default_rng(1)
    control = rng.normal(0, 4, 9)
    values = 3 + 0.5 * control + rng.normal(0, 1, 9)
    line = stats.linregress(control, values)
    half = stats.t.ppf(0.975, 7) * line.intercept_stderr
    found = controlled_interval([*values, np.nan], [*control, 1.0])
    assert found == pytest.approx((line.intercept, line.intercept - half, line.intercept + half, 9))
    assert control_gain(values, control) == pytest.approx(
        values.var(ddof=1) / (values - line.intercept - line.slope * control).var(ddof=2)
    )


@pytest.mark.parametrize("size", [5, 10, 30])
def test_coverage_with_a_normal_control_is_exact_and_the_interval_narrower(size):
    """4,000 samples, standard error 0.34 points; correlation 0.8 leaves 0.36 of the variance."""
    rng, held, widths = np.random.default_rng(size), 0, np.zeros(2)
    for _ in range(4_000):
        control = rng.normal(0, 1, size)
        values = 7 + 0.8 * control + 0.6 * rng.normal(0, 1, size)
        found, plain = controlled_interval(values, control), t_interval(values)
        held += found.low <= 7 <= found.high
        widths += found.high - found.low, plain.high - plain.low
    assert held / 4_000 == pytest.approx(0.95, abs=4 * 0.0034)
    if size == 30:
        assert (widths[0] / widths[1]) ** 2 == pytest.approx(0.36, rel=0.12)


def test_coverage_with_a_poisson_number_of_calls_and_a_bent_line():
    """A wait that grows as the square of the calls: 4,000 samples of 20, as above."""
    rng, held = np.random.default_rng(3), 0
    true = 50 + 50**2  # the mean square of a Poisson number of mean 50
    for _ in range(4_000):
        calls = rng.poisson(50, 20)
        values = calls**2 + rng.normal(0, 200, 20)
        found = controlled_interval(values, calls - 50.0)
        held += found.low <= true <= found.high
    assert 0.93 <= held / 4_000 <= 0.95 + 4 * 0.0034


def test_few_values_and_a_control_that_never_varies_give_students_interval():
    assert controlled_interval([1, 2, 4], [0, 1, -1]) == t_interval([1, 2, 4])
    assert controlled_interval([1, 2, 4, 5], [1, 1, 1, 1]) == t_interval([1, 2, 4, 5])
    assert np.isnan(control_gain([1, 2, 4, 5], [1, 1, 1, 1]))
    assert np.isnan(controlled_interval([np.nan], [1.0]).mean)


def test_expected_calls_are_those_of_the_demand(grid_scenario):
    """By hand: hours 0 and 1 have half the weight each, and the run is a day and a quarter."""
    base = grid_scenario(demand__calls_per_day=80).changed({"run.days": 1.25})
    assert expected_calls(base) == pytest.approx(100)
    early = base.changed({"demand.hourly_weights": [1, 1] + [0] * 22})
    assert expected_calls(early) == pytest.approx(160)
    warm = early.changed({"run.warm_up_days": 1 / 24, "run.days": 1})
    assert expected_calls(warm) == pytest.approx(80)
    delayed = warm.changed({"demand.alarm_delay": 900})
    assert expected_calls(delayed) == pytest.approx(90)
    assert expected_onsets(early.demand, 7200.0, 5400.0) == pytest.approx(20)


@pytest.mark.slow
def test_runs_have_as_many_calls_as_are_expected(grid_scenario):
    """30 runs with a warm-up and a delay, 43 calls each: four standard errors."""
    scenario = grid_scenario(demand__calls_per_day=160).changed(
        {"run.days": 0.25, "run.warm_up_days": 0.1, "demand.alarm_delay": 1800}
    )
    expected = expected_calls(scenario)
    assert expected == pytest.approx(160 * (0.25 + 1800 / 86_400))
    calls = run_batch({"run": scenario}, 30, tables=False).summaries["calls"]
    assert calls.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 30))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"demand.recorded_calls": "calls.csv"}, "its calls are a record, and always the same"),
        (
            {"disruptions": [{"kind": "surge", "from_hour": 1, "until_hour": 2, "factor": 2}]},
            r"a disruption brings calls \(surge\)",
        ),
        (
            {
                "run.warm_up_days": 0.1,
                "demand.alarm_delay": {"distribution": "exponential", "mean_s": 60},
            },
            "demand.alarm_delay is random, and calls are counted from the warm-up on",
        ),
    ],
)
def test_where_it_is_not_known_it_is_told_why(grid_scenario, change, why):
    with pytest.raises(BatchError, match=f"expected number of calls is not known: {why}"):
        expected_calls(grid_scenario().changed(change))


def test_means_of_arms_are_controlled_each_by_its_own_expectation(grid_scenario):
    base = grid_scenario(demand__calls_per_day=80).changed({"run.days": 1})
    arms = {"base": base, "more": base.changed({"demand.calls_per_day": 120})}
    rows = [
        {"arm": arm, "replication": number, "calls": calls, "utilisation": calls / 200}
        for arm, mean in (("base", 80), ("more", 120))
        for number, calls in enumerate(mean + np.array([-9.0, 4, 3, 10, -3]))
    ]
    batch = Batch(arms, 5, pd.DataFrame(rows), (), None)
    found = controlled_means(batch, "utilisation")
    assert found["mean"].to_numpy() == pytest.approx([0.4, 0.6])
    assert (found["high"] - found["low"]).to_numpy() == pytest.approx([0, 0], abs=1e-12)
    own = controlled_means(batch, "calls")
    assert own["mean"].to_list() == [81.0, 121.0]
    assert own["gain"].isna().all()
