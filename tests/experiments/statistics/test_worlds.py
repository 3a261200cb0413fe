"""Effects over worlds whose parts of variance are known."""

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import over_worlds, t_interval


def test_two_worlds_by_hand():
    found = over_worlds([1.0, 3.0, 5.0, 7.0, 9.0, np.nan], ["a", "a", "b", "b", "b", "b"])
    assert found.mean == t_interval([2.0, 7.0])
    assert found.within == pytest.approx(np.sqrt((1 + 1 + 4 + 4) / 3))
    # Mean square between 2 (2 − 5)² + 3 (7 − 5)² = 30; n₀ = (5 − 13 / 5) / 1 = 2.4.
    assert found.between == pytest.approx(np.sqrt((30 - 10 / 3) / 2.4))
    assert found.of_world[:, 0].tolist() == [2.0, 7.0]
    assert found.share_positive.mean == 0.5  # 7 ± t(2) 2 / √3 is above 0; 2 ± t(1) is not
    assert found.share_negative.mean == 0.0


def test_worlds_alike_have_no_variance_between_them():
    assert over_worlds([1.0, 3.0, 3.0, 1.0], [1, 1, 2, 2]).between == 0.0
    assert np.isnan(over_worlds([1.0, 2.0], [1, 1]).between)
    assert over_worlds([], []).mean.size == 0


def test_the_interval_counts_worlds_and_not_replications():
    """Deviations 2 between and 1 within: it holds the mean; replications as one sample do not."""
    rng = np.random.default_rng(7)
    runs, worlds, size = 600, 8, 10
    shift = rng.normal(0, 2, (runs, worlds, 1))
    values = (3 + shift + rng.standard_normal((runs, worlds, size))).reshape(runs, -1)
    world = np.repeat(np.arange(worlds), size)
    found = [over_worlds(row, world) for row in values]
    held = np.mean([f.mean.low <= 3 <= f.mean.high for f in found])
    assert held == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / runs))
    naive = np.mean([(t := t_interval(row)).low <= 3 <= t.high for row in values])
    assert naive < 0.6
    assert np.mean([f.within**2 for f in found]) == pytest.approx(1, rel=0.02)
    error = 4.1 * np.sqrt(2 / (worlds - 1) / runs)
    assert np.mean([f.between**2 for f in found]) == pytest.approx(4, abs=3 * error)
    signs = np.mean([f.share_positive.mean for f in found])
    # A world's effect is beyond 0 when its mean, of deviation √4.1, passes t(9) s / √10.
    low = stats.norm.sf((stats.t.ppf(0.975, 9) / np.sqrt(10) - 3) / np.sqrt(4.1))
    assert signs == pytest.approx(low, abs=0.02)
