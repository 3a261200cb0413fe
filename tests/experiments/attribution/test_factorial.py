"""Factorial effects: by hand, against least squares, and as the field defines them."""

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.attribution.factorial import (
    FactorialRuns,
    arm_name,
    effects,
    factorial_arms,
    yates_order,
)
from experiments.batch.engine import Batch
from experiments.batch.folder import Failure
from experiments.errors import BatchError
from experiments.statistics import t_interval
from policies.base import PolicyError
from policies.coordination import MECHANISMS
from scenarios.scenario import Scenario
from tests.all_combinations import all_combinations

AB = ("a", "b")
finite = st.floats(-1e6, 1e6)


def made_up(values, factors=AB, failures=(), replications=None):
    """A batch in which combination c gave the c-th column, a row for each replication."""
    names = [arm_name(on, factors) for on in yates_order(factors)]
    rows = [
        {"arm": arm, "replication": number, "response_s": value}
        for number, row in enumerate(values)
        for arm, value in zip(names, row, strict=True)
        if value is not None
    ]
    arms = dict.fromkeys(names, Scenario())
    return Batch(arms, replications or len(values), pd.DataFrame(rows), tuple(failures), None)


def test_arms_are_all_combinations_off_and_on_first():
    arms = factorial_arms(Scenario())
    assert list(arms) == [combination.label for combination in all_combinations()]
    assert [arms[c.label].coordination.mechanisms for c in all_combinations()] == [
        c.names for c in all_combinations()
    ]


def test_mechanisms_that_are_not_switched_stay_as_they_are():
    scenario = Scenario().changed({"coordination.mechanisms": ["rules"]})
    arms = factorial_arms(scenario, ("risk", "planning"))
    assert {name: arm.coordination.of_supplies.names for name, arm in arms.items()} == {
        "off": ("rules",),
        "on": ("planning", "rules", "risk"),
        "planning": ("planning", "rules"),
        "risk": ("rules", "risk"),
    }


def test_one_mechanism_has_two_arms():
    assert list(factorial_arms(Scenario(), ["risk"])) == ["off", "on"]


def test_unknown_mechanisms_and_none_are_refused():
    with pytest.raises(PolicyError, match=r"'rusk' \(did you mean 'risk'"):
        factorial_arms(Scenario(), ["rusk", "rules"])
    with pytest.raises(BatchError, match="got none of information, planning, rules, risk"):
        factorial_arms(Scenario(), [])


def test_effects_of_a_textbook():
    """Montgomery, section 6.2: reactant (A) and catalyst (B); 28, 36, 18 and 31 in the mean."""
    sums = np.array([80.0, 100.0, 60.0, 90.0])  # of three replicates
    assert effects(sums / 3)[1:] == pytest.approx([8.3333, -5.0, 1.6667], abs=1e-4)


def test_effects_of_a_textbook_with_three_factors():
    """Box, Hunter and Hunter, section 5.3: a pilot plant, temperature, concentration, catalyst."""
    yields = np.array([60.0, 72.0, 54.0, 68.0, 52.0, 83.0, 45.0, 80.0])
    assert effects(yields) == pytest.approx([64.25, 23.0, -5.0, 1.5, 1.5, 10.0, 0.0, 0.5])


@given(arrays(float, (3, 16), elements=finite))
def test_effects_are_twice_the_coefficients_of_least_squares(values):
    signs = np.array([x[::-1] for x in product((-1.0, 1.0), repeat=4)])
    columns = [
        np.prod([signs[:, j] for j in range(4) if code >> j & 1], axis=0) * np.ones(16)
        for code in range(16)
    ]
    fit, *_ = np.linalg.lstsq(np.column_stack(columns), values.T, rcond=None)
    expected = fit.T * np.where(np.arange(16) == 0, 1.0, 2.0)
    assert effects(values) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(arrays(float, 8, elements=finite), st.integers(0, 2))
def test_main_effect_is_the_mean_with_less_the_mean_without(values, factor):
    on = np.arange(8) >> factor & 1 == 1
    expected = values[on].mean() - values[~on].mean()
    assert effects(values)[1 << factor] == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(arrays(float, 8, elements=finite), st.integers(0, 2))
def test_a_switch_that_changes_nothing_has_no_effect_at_all(values, factor):
    """Not even by rounding."""
    codes = np.arange(8)
    idle = effects(values[codes & ~(1 << factor)])
    assert (idle[codes >> factor & 1 == 1] == 0).all()


def test_table_of_effects_by_hand():
    values = [[10.0, 12.0, 13.0, 19.0], [20.0, 24.0, 23.0, 29.0], [0.0, 2.0, 3.0, 7.0]]
    table = FactorialRuns.of(made_up(values), AB).effect_table(0.9)
    assert table["term"].tolist() == ["a", "b", "a:b"]
    assert table["order"].tolist() == [1, 1, 2]
    interaction = t_interval(
        [(19 - 13 - 12 + 10) / 2, (29 - 23 - 24 + 20) / 2, (7 - 3 - 2) / 2], 0.9
    )
    assert table.iloc[2][["effect", "low", "high"]].tolist() == pytest.approx(interaction[:3])
    assert table["effect"].tolist() == pytest.approx([4.0, 4 + 1 / 3, interaction.mean])


def test_a_failed_run_leaves_its_replication_out_and_says_so():
    values = [[10.0, 12.0, 13.0, 19.0], [20.0, None, 23.0, 29.0], [0.0, 2.0, 3.0, 7.0]]
    runs = FactorialRuns.of(made_up(values, failures=[Failure("a", 1, 1, "no idea")]), AB)
    assert runs.values["response_s"].tolist() == [values[0], values[2]]
    assert runs.notes == (
        "attribution leaves out 1 of 3 replications (1), in which runs failed: a",
    )


def test_a_missing_value_leaves_out_the_replication_of_that_measure():
    values = [[10.0, 12.0, 13.0, math.nan], [20.0, 24.0, 23.0, 29.0]]
    runs = FactorialRuns.of(made_up(values), AB)
    assert runs.values["response_s"].tolist() == [values[1]]
    assert runs.notes == (
        (
            "response_s is attributed from 1 of 2 replications; in the others some combination "
            "has no value"
        ),
    )


def test_a_combination_that_always_failed_leaves_nothing():
    batch = made_up([[10.0, None, 13.0, 19.0]], failures=[Failure("a", 0, 1, "no idea")])
    runs = FactorialRuns.of(batch, AB)
    assert runs.values["response_s"].shape == (0, 4)
    assert runs.effect_table()["effect"].isna().all()


def test_a_batch_without_all_combinations_is_refused():
    whole = made_up([[10.0, 12.0, 13.0, 19.0]])
    arms = {name: arm for name, arm in whole.arms.items() if name != "b"}
    with pytest.raises(BatchError, match="has no arm b, which attribution needs"):
        FactorialRuns.of(replace(whole, arms=arms), AB)


def test_yates_order():
    assert yates_order(AB) == [(), ("a",), ("b",), ("a", "b")]
    assert len(set(yates_order(MECHANISMS))) == 16
