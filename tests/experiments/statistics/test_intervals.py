"""Intervals against textbooks and SciPy."""

import math

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import (
    Interval,
    bca_interval,
    holm_p_values,
    is_skewed,
    paired_interval,
    pairing_gain,
    t_interval,
)

# A. M. Law, Simulation Modeling and Analysis, section 4.5: 1.34 ± 0.24 at 90 %.
LAW = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
# Student (1908), extra hours of sleep by two drugs in ten patients: 1.58, from 0.7001 to 2.4599.
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_textbook_interval():
    interval = t_interval(LAW, level=0.90)
    assert interval.mean == pytest.approx(1.343, abs=1e-9)
    assert (interval.high - interval.low) / 2 == pytest.approx(0.24, abs=0.005)
    assert interval.size == 10


def test_textbook_pairs():
    interval = paired_interval(SLEEP_2, SLEEP_1)
    assert interval.mean == pytest.approx(1.58)
    assert (interval.low, interval.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)


@pytest.mark.parametrize(("size", "level"), [(2, 0.95), (5, 0.5), (30, 0.99)])
def test_interval_is_that_of_scipy(size, level):
    values = np.random.default_rng(size).normal(300.0, 20.0, size)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(level)
    interval = t_interval(values, level)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_intervals_hold_the_mean_as_often_as_they_say():
    draws = np.random.default_rng(4).normal(7.0, 2.0, (4000, 6))
    intervals = [t_interval(row, 0.9) for row in draws]
    held = np.mean([interval.low <= 7.0 <= interval.high for interval in intervals])
    assert held == pytest.approx(0.9, abs=3 * math.sqrt(0.9 * 0.1 / 4000))


def test_one_value_has_no_interval_and_none_has_no_mean():
    assert t_interval([5.0])[:1] + t_interval([5.0])[3:] == (5.0, 1)
    assert all(map(math.isnan, t_interval([5.0])[1:3]))
    empty = t_interval([math.nan, math.nan])
    assert all(map(math.isnan, empty[:3]))
    assert empty.size == 0


def test_what_is_missing_is_left_out_with_its_pair():
    assert t_interval([1.0, math.nan, 3.0]) == t_interval([1.0, 3.0])
    pairs = paired_interval([1.0, math.nan, 4.0, 9.0], [0.0, 5.0, 1.0, math.nan])
    assert pairs == t_interval([1.0, 3.0])


def test_equal_values_have_an_interval_without_width():
    assert t_interval([2.0, 2.0, 2.0]) == Interval(2.0, 2.0, 2.0, 3)


def test_pairing_gain():
    # Their variances are 7 and 20 / 3, that of the differences 0, 1, 1, 0 is 1 / 3.
    assert pairing_gain([1.0, 4.0, 6.0, 7.0], [1.0, 3.0, 5.0, 7.0]) == pytest.approx(
        (7.0 + 20 / 3) / (1 / 3)
    )
    assert math.isnan(pairing_gain([1.0, 2.0], [0.0, 1.0]))
    assert math.isnan(pairing_gain([1.0], [0.0]))


def test_the_bootstrap_leans_to_the_long_tail_and_is_the_same_again():
    values = np.random.default_rng(1).lognormal(0, 1, 40)
    found = bca_interval(values)
    assert found == bca_interval(values)
    assert found.high - found.mean > 1.2 * (found.mean - found.low)
    # Of a symmetrical sample it is about the normal interval with s / √n.
    even = np.linspace(-1, 1, 201)
    half = 1.96 * even.std() / math.sqrt(201)
    assert bca_interval(even)[1:3] == pytest.approx((-half, half), rel=0.05)
    assert bca_interval([3.0, 3.0]) == t_interval([3.0, 3.0])


def test_holm_by_hand():
    """0.01 · 4, 0.02 · 3, 0.03 · 2 (raised to the 0.06 before it), 0.7 · 1."""
    assert holm_p_values([0.03, 0.01, 0.7, 0.02]) == pytest.approx([0.06, 0.04, 0.7, 0.06])
    assert holm_p_values([0.6, 0.8]) == pytest.approx([1.0, 1.0])


def test_skewed_values_want_more_replications():
    """Of 1, 1, 1, ..., and one 2 the skewness is (1 − 2p) / √(p(1 − p))."""
    for size, skewed in ((20, True), (4, True)):
        assert is_skewed([1.0] * (size - 1) + [2.0]) is skewed
    share = 0.25  # (1 − 2p)² / p(1 − p) is 4/3, so that 33 are too few and 36 enough
    assert is_skewed(np.repeat([1.0, 2.0], [24, 8])) is True
    assert is_skewed(np.repeat([1.0, 2.0], [27, 9])) is False
    assert (1 - 2 * share) ** 2 / share / (1 - share) * 25 == pytest.approx(33.3, abs=0.1)
    assert is_skewed([2.0, 2.0, 2.0]) is False
