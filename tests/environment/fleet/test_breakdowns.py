"""When vehicles fail, and for how long."""

from itertools import islice

import numpy as np
import pytest

from environment.demand.durations import Duration
from environment.fleet.breakdowns import BreakdownParameters, failures

HOURS = 3600.0


def drawn(size, seed=5, mean_hours_between=50, **repair):
    parameters = BreakdownParameters(
        mean_hours_between=mean_hours_between, repair=Duration(**repair)
    )
    return np.array(list(islice(failures(parameters, np.random.default_rng(seed)), size))).T


def test_availability_is_that_of_a_renewal_process():
    size = 20_000
    time_s, repair_s = drawn(size, distribution="exponential", mean_s=10 * HOURS)
    down = repair_s.sum() / (time_s[-1] + repair_s[-1])
    # Delta method: with both times exponential, the share u = 1/6 of cycles has standard error
    # u (1 - u) sqrt(2 / n).
    error = 1 / 6 * 5 / 6 * np.sqrt(2 / size)
    assert down == pytest.approx(1 / 6, abs=4 * error)


def test_times_in_order_are_exponential():
    time_s, repair_s = drawn(20_000, mean_s=600)
    up_s = np.diff(time_s) - repair_s[:-1]
    assert (up_s > 0).all()
    mean_s = 50 * HOURS
    assert up_s.mean() == pytest.approx(mean_s, abs=4 * mean_s / np.sqrt(len(up_s)))
    # The share beyond the mean is 1/e; its standard error is that of a proportion.
    beyond = np.exp(-1)
    error = np.sqrt(beyond * (1 - beyond) / len(up_s))
    assert (up_s > mean_s).mean() == pytest.approx(beyond, abs=4 * error)


def test_other_repairs_leave_the_times_between_as_they_are():
    time_s, repair_s = drawn(50, distribution="gamma", mean_s=7200, cv=0.7)
    others_s, _ = drawn(50, mean_s=60)
    assert np.diff(time_s) - repair_s[:-1] == pytest.approx(np.diff(others_s) - 60)
    assert time_s[0] == others_s[0]


def test_the_same_stream_fails_alike():
    assert (drawn(30, seed=1, mean_s=60) == drawn(30, seed=1, mean_s=60)).all()
    assert (drawn(30, seed=1, mean_s=60) != drawn(30, seed=2, mean_s=60))[0].all()
