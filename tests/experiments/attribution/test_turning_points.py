"""Where a gain turns into harm: by hand, and against Fieller's theorem."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from experiments.attribution.turning_points import turning_points

PRICES = [0.0, 1.0, 2.0, 4.0]


def test_a_line_by_hand():
    """Gains 3, 1, -1 and -5 in each of two replications that do not vary."""
    (point,) = turning_points(PRICES, [[3.0, 1.0, -1.0, -5.0]] * 2)
    assert point == (1.5, 1.5, 1.5, "harm")


def test_gains_without_a_change_of_sign_have_none():
    assert turning_points(PRICES, [[3.0, 2.0, 1.0, 0.5], [3.0, 2.0, 2.0, 0.1]]) == []
    assert turning_points(PRICES, [[0.0, 0.0, 0.0, 0.0]] * 3) == []
    assert turning_points(PRICES, np.empty((0, 4))) == []


def test_there_and_back():
    found = turning_points(PRICES, [[1.0, -1.0, -1.0, 1.0]] * 2)
    assert [(point.at, point.to) for point in found] == [(0.5, "harm"), (3.0, "gain")]


def test_a_gain_of_nothing_on_the_way_is_the_place():
    (point,) = turning_points(PRICES, [[1.0, 0.0, 0.0, -1.0]] * 2)
    assert point.at == 1.0


def test_one_replication_has_no_interval():
    (point,) = turning_points(PRICES, [[3.0, 1.0, -1.0, -5.0]])
    assert point.at == 1.5
    assert math.isnan(point.low)
    assert math.isnan(point.high)


def test_fieller():
    """Of a line through two points, the place is a ratio of two means, b / (b - c)."""
    random = np.random.default_rng(2)
    first, last = random.normal(10, 2, 9), random.normal(-14, 3, 9)
    (point,) = turning_points([0.0, 1.0], np.column_stack((first, last)))
    top, bottom = first, first - last
    assert point.at == pytest.approx(top.mean() / bottom.mean())
    t2 = stats.t.ppf(0.975, 8) ** 2 / 9
    for end in (point.low, point.high):
        rest = top - end * bottom
        assert rest.mean() ** 2 == pytest.approx(t2 * rest.var(ddof=1), rel=1e-6)
    assert point.low < point.at < point.high


def test_doubt_goes_on_past_a_price_and_ends_with_the_range():
    """The gain is sure at 0 alone."""
    gains = np.array([[9.0, 4.0, 3.0, 0.0], [10.0, -4.0, -2.0, -3.0], [11.0, 3.0, -4.0, 1.0]])
    (point,) = turning_points(PRICES, gains)
    assert 0 < point.low < 1
    assert point.high == 4.0
    assert 1 < point.at < 2


@given(arrays(float, (4, 4), elements=st.floats(-100, 100).map(lambda x: round(x, 3))))
def test_every_place_lies_in_its_stretch_and_changes_the_sign(gains):
    means = gains.mean(axis=0)
    found = turning_points(PRICES, gains)
    for point in found:
        assert PRICES[0] <= point.low <= point.at <= point.high <= PRICES[-1]
        assert np.interp(point.at, PRICES, means) == pytest.approx(0, abs=1e-9)
    signs = np.sign(means[means != 0])
    assert len(found) == (np.diff(signs) != 0).sum()


def test_stretches_hold_the_true_place_as_often_as_they_say():
    """Lines from 4 to -6 with noise; the true place is 1.6 of 4."""
    random, held = np.random.default_rng(8), []
    line = np.interp(PRICES, [0, 4], [4, -6])
    for _ in range(1500):
        slope = random.normal(0, 0.8, (6, 1)) * np.array(PRICES)
        gains = line + random.normal(0, 1, (6, 1)) + slope
        held.append(any(p.low <= 1.6 <= p.high for p in turning_points(PRICES, gains, 0.9)))
    assert np.mean(held) == pytest.approx(0.9, abs=3 * math.sqrt(0.9 * 0.1 / 1500))
