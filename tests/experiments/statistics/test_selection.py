"""Ranking and selection on arms whose means are known."""

import numpy as np
import pytest

from experiments.statistics import kim_nelson, next_allocation

RUNS = 300


def right_share(arms, common, seed, level=0.9):
    """How often the best is selected, which is ahead of all others by the indifference of 1.

    The standard deviation is 3, of which a share is common to all arms of a replication.
    """
    rng = np.random.default_rng(seed)
    mean = np.zeros(arms)
    mean[-1] = 1.0
    right = used = 0
    for _ in range(RUNS):

        def observe(number, stayed):
            own = rng.standard_normal(arms)[stayed]
            shared = rng.standard_normal()
            return mean[stayed] + 3 * (np.sqrt(common) * shared + np.sqrt(1 - common) * own)

        found = kim_nelson(observe, arms, 1.0, level=level)
        right += found.best == arms - 1
        used += found.replications.sum()
    return right / RUNS, used / RUNS


def test_the_promise_holds_where_it_is_hardest():
    """All others exactly the indifference behind; common chance saves replications."""
    for arms in (2, 5):
        share, apart = right_share(arms, 0.0, seed=arms)
        assert share > 0.9 - 3 * np.sqrt(0.09 / RUNS)
        share, paired = right_share(arms, 0.7, seed=arms)
        assert share > 0.9 - 3 * np.sqrt(0.09 / RUNS)
        assert paired < 0.8 * apart


def test_differences_that_are_certain_end_with_the_first_stage():
    def observe(number, stayed):
        return np.array([1.0, 5.0, 3.0])[stayed] + number % 3  # the same for all

    found = kim_nelson(observe, 3, 0.5, first_stage=6)
    assert found.best == 1
    assert found.replications.tolist() == [6, 6, 6]
    assert found.left_out_at.tolist() == [6, 0, 6]
    assert found.mean == pytest.approx([2.0, 6.0, 4.0])


def test_arms_left_out_are_not_run_again():
    asked = []

    def observe(number, stayed):
        asked.append(stayed.tolist())
        noise = np.random.default_rng(number).standard_normal(3)
        return (np.array([0.0, 0.0, -50.0]) + noise)[stayed]

    found = kim_nelson(observe, 3, 0.3, first_stage=5)
    assert asked[:5] == [[0, 1, 2]] * 5
    assert [2 not in stayed for stayed in asked[5:]] == [True] * len(asked[5:])
    assert found.replications.tolist()[2] == 5
    assert found.replications.max() == len(asked)


def test_what_is_out_of_range_is_refused():
    for arms, indifference, level in ((1, 1.0, 0.9), (3, 0.0, 0.9), (3, 1.0, 0.3)):
        with pytest.raises(ValueError, match=f"{indifference} and {level}"):
            kim_nelson(lambda number, stayed: np.zeros(3), arms, indifference, level=level)


def test_allocation_by_hand():
    """Gaps 1 and 2, deviations 1: N₁ = 4 N₂, N_b = √(N₁² + N₂²), of 60 in all."""
    had = np.array([2, 2, 2])
    given = next_allocation([10.0, 9.0, 8.0], [1.0, 1.0, 1.0], had, 54)
    unit = 60 / (np.sqrt(17) + 5)
    assert given.sum() == 54
    assert given + had == pytest.approx([np.sqrt(17) * unit, 4 * unit, unit], abs=1)
    # Who has more than the share keeps it; the others divide the rest in the same proportions.
    given = next_allocation([10.0, 9.0, 8.0], [1.0, 1.0, 1.0], [2, 2, 40], 54)
    assert given[2] == 0
    assert given[0] + 2 == pytest.approx((given[1] + 2) * np.sqrt(17) / 4, abs=2)
    assert next_allocation([1.0, 1.0], [0.0, 0.0], [3, 3], 5).sum() == 5


def test_allocation_finds_the_best_more_often_than_equal_shares():
    mean, budget, runs = -np.arange(6.0), 90, 400
    deviation = np.full(6, 4.0)
    right = {"equal": 0, "allocated": 0}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        draws = mean + deviation * rng.standard_normal((budget, 6))
        right["equal"] += np.argmax(draws[: budget // 6].mean(axis=0)) == 0
        had = np.full(6, 5)
        while had.sum() < budget:
            means = np.array([draws[:n, arm].mean() for arm, n in enumerate(had)])
            spread = np.array([draws[:n, arm].std(ddof=1) for arm, n in enumerate(had)])
            had = np.asarray(had + next_allocation(means, spread, had, 10))
        found = [draws[:n, arm].mean() for arm, n in enumerate(had)]
        right["allocated"] += np.argmax(found) == 0
    gain = (right["allocated"] - right["equal"]) / runs
    assert gain > 3 * np.sqrt(2 * 0.2 / runs) / 2
