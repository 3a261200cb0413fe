"""Survival functions against numbers worked out by hand from their equations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.demand.conditions import (
    SURVIVAL_FUNCTIONS,
    Condition,
    survival_of_calls,
    survival_probability,
)

BY_HAND = {
    # exp(0.679) = 1.97190; exp(0.679 + 8 * 0.262) = 16.0386; exp(0.679 + 20 * 0.262) = 372.039
    "de_maio": {0: 1 / 2.97190, 8: 1 / 17.0386, 20: 1 / 373.039},
    # 67 % less 5.5 % a minute, until nothing is left after 12.18 minutes
    "larsen": {0: 0.67, 4: 0.45, 10: 0.12, 12.2: 0.0, 60: 0.0},
    # exp(-0.26) = 0.771052; exp(-0.26 + 10 * 0.245) = 8.93521
    "valenzuela": {0: 1 / 1.771052, 10: 1 / 9.93521},
}


@pytest.mark.parametrize("name", SURVIVAL_FUNCTIONS)
def test_hand_worked_values(name):
    minutes = np.array(list(BY_HAND[name]), dtype=float)
    expected = pytest.approx(list(BY_HAND[name].values()), rel=1e-5, abs=1e-12)
    assert survival_probability(name, 60 * minutes).tolist() == expected


@pytest.mark.parametrize("name", SURVIVAL_FUNCTIONS)
@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=20))
def test_chances_are_probabilities_that_fall_with_time(name, times_s):
    probability = survival_probability(name, np.sort(times_s))
    assert ((probability >= 0) & (probability <= 1)).all()
    assert (np.diff(probability) <= 0).all()


@pytest.mark.parametrize("name", SURVIVAL_FUNCTIONS)
def test_nobody_survives_whom_nobody_reaches(name):
    assert survival_probability(name, [np.inf]).tolist() == [0.0]


def test_an_unknown_function():
    with pytest.raises(
        ValueError, match=r"one of de_maio, .*got 'demaio' \(did you mean 'de_maio'"
    ):
        survival_probability("demaio", [1.0])


def test_calls_survive_by_their_condition():
    conditions = [
        Condition(name="stroke", shares={"high": 0.1}),
        Condition(name="arrest", shares={"high": 0.1}, survival="de_maio"),
        Condition(name="fibrillation", shares={"high": 0.1}, survival="larsen"),
    ]
    table = pd.DataFrame(
        {
            "condition": [-1, 0, 1, 1, 2, 2],
            "onset_s": [0.0, 0.0, 0.0, 0.0, 1000.0, 1000.0],
            "called_s": [60.0, 60.0, 60.0, 60.0, 1060.0, 1060.0],
            "arrived_s": [300.0, 300.0, 540.0, np.nan, 1240.0, np.nan],
        }
    )
    # 8 minutes after the call by De Maio; 4 minutes after the collapse by Larsen.
    expected = [np.nan, np.nan, BY_HAND["de_maio"][8], 0.0, 0.45, 0.0]
    got = survival_of_calls(table, conditions)
    assert got.tolist() == pytest.approx(expected, rel=1e-5, abs=1e-12, nan_ok=True)


def test_no_calls_and_no_conditions():
    table = pd.DataFrame({"condition": [-1, -1]})
    assert np.isnan(survival_of_calls(table, [])).tolist() == [True, True]
    assert survival_of_calls(table[:0], []).shape == (0,)
