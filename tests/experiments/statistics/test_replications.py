"""Enough replications, against textbooks and known laws."""

import numpy as np
import pytest
from scipy import stats

from experiments.statistics import precise_enough, replications_needed


def test_precise_enough_by_hand():
    """Half-width t(19) s / √20 against γ / (1 + γ) of the mean."""
    values = np.tile([9.0, 11.0], 10)
    half = stats.t.ppf(0.975, 19) * values.std(ddof=1) / np.sqrt(20)
    just = half / 10 / (1 - half / 10)  # γ with γ / (1 + γ) = half / mean
    assert precise_enough(values, just * 1.001)
    assert not precise_enough(values, just * 0.999)
    assert not precise_enough(values[:9], 10.0)
    assert precise_enough(-values, just * 1.001)


def test_a_sequential_rule_holds_its_error_as_often_as_it_says():
    rng = np.random.default_rng(2)
    runs, held = 400, 0
    for _ in range(runs):
        values = rng.normal(10, 2, 400)
        size = next(n for n in range(10, 400) if precise_enough(values[:n], 0.1))
        held += abs(values[:size].mean() - 10) <= 1
    assert held / runs > 0.93 - 3 * np.sqrt(0.93 * 0.07 / runs)


@pytest.mark.parametrize("half_width", [0.1, 0.5, 3.0])
def test_replications_needed_are_the_fewest(half_width):
    values = np.random.default_rng(3).normal(0, 2, 12)
    count = replications_needed(values, half_width)

    def half(n):
        return stats.t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)

    assert half(count) <= half_width
    assert count == 2 or half(count - 1) > half_width
    assert replications_needed([1.0, 1.0], half_width) == 2
