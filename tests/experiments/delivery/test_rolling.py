"""Plans that are made again: what each forecast is worth, and what no forecast can beat."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from environment.epidemic import SpirParameters
from experiments.delivery.rolling import (
    Course,
    Region,
    by_growth,
    expected,
    foreseen,
    nothing_foreseen,
    roll,
)
from policies.base import PolicyError
from policies.delivery.stages import StagedProblem, plan_days

DAYS = 16


def region(**changes: Any) -> Region:
    """Two sites and three districts of one outbreak; leads of one to three days."""
    values: dict[str, Any] = {
        "population": np.array([20_000, 8_000, 5_000]),
        "infected": np.array([12, 6, 3]),
        "stock": np.array([[40, 200], [20, 100]]),
        "made_per_day": np.array([[6, 40], [3, 20]]),
        "lead_days": np.array([[1, 2, 3], [3, 2, 1]]),
        "per_new_case": np.array([1.0, 4.0]),
        "per_active_day": np.array([0.0, 0.5]),
        "dose_item": None,
        "spir": SpirParameters(),
    }
    return Region(**values | changes)


def test_one_unit_leaves_in_time_for_the_day_on_which_it_is_needed() -> None:
    nothing = np.zeros((6, 1, 1), dtype=np.int64)
    need = nothing.copy()
    need[4] = 5
    problem = StagedProblem(
        need=need, owed=nothing[0], held=nothing[0], coming=nothing, stock=np.array([[3]]),
        made=np.array([0, 1, 1, 0, 0, 0]).reshape(6, 1, 1), lead_days=np.array([[2]]),
        cost=np.array([[0.1]]), weight=np.ones((1, 1)),
    )  # fmt: skip
    sent = plan_days(problem)[:, 0, 0, 0]
    assert sent.sum() == 5
    assert sent[:3].sum() == 5  # what leaves on day 2 is there on day 4


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_nothing_beats_perfect_foresight(seed: int) -> None:
    """No delivery changes needs here, so that the plan of all days is the least of all courses."""
    here = region()
    others = [
        roll(here, forecast(here), DAYS, every, seed)
        for forecast in (expected, by_growth, nothing_foreseen)
        for every in (2, 8)
    ]
    best = roll(here, foreseen(others[0].need), DAYS, DAYS, seed)
    again = roll(here, foreseen(others[0].need), DAYS, 3, seed)
    assert again.cost == pytest.approx(best.cost, rel=1e-9)
    for other in others:
        assert np.array_equal(other.need, best.need)
        assert other.cost >= best.cost - 1e-6


def test_stock_moves_before_it_is_needed() -> None:
    here = region()
    ahead = roll(here, expected(here), DAYS, 3, seed=None)
    behind = roll(here, nothing_foreseen(here), DAYS, 3, seed=None)
    # The mean epidemic is what is expected, so that what is enough is there in time.
    assert ahead.waiting.sum() < 0.5 * behind.waiting.sum()


def test_units_are_neither_lost_nor_made() -> None:
    here = region()
    course = roll(here, expected(here), DAYS, 4, seed=5)
    sent = course.sent.sum(axis=2).cumsum(axis=0)
    there = here.stock + here.made_per_day * np.arange(DAYS)[:, None, None]
    assert (sent <= there).all()
    given = course.need.cumsum(axis=0) - course.waiting
    assert (np.diff(given, axis=0) >= 0).all()
    assert (given[-1] <= course.sent.sum(axis=(0, 1))).all()


@pytest.mark.slow
def test_doses_that_come_earlier_protect_more() -> None:
    closed = region(dose_item=0, per_new_case=np.array([30.0, 4.0]), unit_cost=0.001)
    scarce = replace(closed, stock=closed.stock * 0, made_per_day=closed.made_per_day * 0)
    plenty = replace(closed, stock=closed.stock * 50)
    none, much = (_cases(roll(here, expected(here), 60, 5, None)) for here in (scarce, plenty))
    assert much < none


def _cases(course: Course) -> float:
    return float(course.cases.sum())


def test_days_are_checked() -> None:
    with pytest.raises(PolicyError, match=r"days must be >= 1.*every_days must be >= 1"):
        roll(region(), nothing_foreseen(region()), 0, 0)
