"""Shapley values: games whose solution is known, the axioms, and runs that are shared out."""

import json
import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.attribution.factorial import effects, factorial_arms
from experiments.attribution.shapley import Attribution, attribute, off_and_on, shapley_values
from experiments.batch.engine import Batch
from experiments.batch.folder import Failure
from experiments.compare import compare
from experiments.errors import BatchError
from experiments.statistics import t_interval
from policies.coordination import MECHANISMS, Coordination
from scenarios.scenario import Scenario

finite = st.floats(-1e6, 1e6)
games = arrays(float, 16, elements=finite)
CODES = np.arange(16)
LEFT_OUT = "attribution leaves out 1 of 5 replications (2), in which runs failed: planning+risk"


def game(count, value):
    """The values of all coalitions, from a function of the players in them."""
    coalitions = [{j for j in range(count) if code >> j & 1} for code in range(2**count)]
    return np.array([value(coalition) for coalition in coalitions], float)


def mean_over_orders(values):
    """The definition: what each adds when it comes, over all 24 orders."""
    added = np.zeros(4)
    for order in permutations(range(4)):
        here = 0
        for player in order:
            added[player] += values[here | 1 << player] - values[here]
            here |= 1 << player
    return added / math.factorial(4)


def test_glove_game():
    """One has a left glove, two a right one each; a pair is worth 1."""
    pair = game(3, lambda s: 0 in s and bool(s & {1, 2}))
    assert shapley_values(pair) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


def test_unanimity_game():
    together = game(4, lambda s: s >= {0, 2, 3})
    assert shapley_values(together) == pytest.approx([1 / 3, 0, 1 / 3, 1 / 3])


def test_airport_game():
    """Littlechild and Owen, 1973: each piece of the runway is shared by those who need it."""
    costs = [12.0, 28.0, 40.0]
    runway = game(3, lambda s: max((costs[j] for j in s), default=0.0))
    assert shapley_values(runway) == pytest.approx([12 / 3, 12 / 3 + 16 / 2, 12 / 3 + 16 / 2 + 12])


def test_weighted_majority_game():
    """Votes 4, 3, 2, 1 with a quota of 6."""
    votes = [4, 3, 2, 1]
    power = shapley_values(game(4, lambda s: sum(votes[j] for j in s) >= 6))
    assert power == pytest.approx([5 / 12, 3 / 12, 3 / 12, 1 / 12])


def test_additive_game_has_its_main_effects():
    worth = np.array([3.0, -1.0, 0.5, 7.0])
    values = game(4, lambda s: 100 + sum(worth[j] for j in s))
    assert shapley_values(values) == pytest.approx(worth)
    assert effects(values)[[1, 2, 4, 8]] == pytest.approx(worth)


@given(games)
def test_mean_over_all_orders(values):
    assert shapley_values(values) == pytest.approx(mean_over_orders(values), rel=1e-9, abs=1e-6)


@given(arrays(float, (5, 16), elements=finite))
def test_efficiency_in_each_replication(values):
    total = values[:, -1] - values[:, 0]
    assert shapley_values(values).sum(axis=1) == pytest.approx(total, rel=1e-9, abs=1e-6)


@given(games, st.permutations(range(4)))
def test_symmetry(values, order):
    """Players in another order have their values in that order."""
    moved = [sum(1 << order[j] for j in range(4) if code >> j & 1) for code in CODES]
    expected = shapley_values(values)[order]
    assert shapley_values(values[moved]) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(games, st.integers(0, 3))
def test_a_dummy_has_exactly_nothing(values, player):
    assert shapley_values(values[CODES & ~(1 << player)])[player] == 0.0


@given(games, games, finite)
def test_linearity(one, other, factor):
    factor /= 1e6
    both = shapley_values(one + factor * other)
    apart = shapley_values(one) + factor * shapley_values(other)
    assert both == pytest.approx(apart, rel=1e-9, abs=1e-6)


@given(games)
def test_odd_interactions_are_shared_alike_and_even_ones_cancel(values):
    """So the value of a mechanism is its main effect and a third of its three-way interactions."""
    own = effects(values)
    size = np.array([int(code).bit_count() for code in CODES])
    odd = np.where(size % 2 == 1, own / np.maximum(size, 1), 0.0)
    expected = [odd[CODES >> player & 1 == 1].sum() for player in range(4)]
    assert shapley_values(values) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@pytest.fixture
def all_arms():
    return factorial_arms(Scenario())


def noisy_batch(arms, replications, worth, failures=()):
    """Four worths added up, a gain of the first two together, and noise that all arms share."""
    noise = np.random.default_rng(3).normal(0.0, 50.0, replications)
    small = np.random.default_rng(4).normal(0.0, 1.0, (replications, 16))
    rows = []
    for column, (arm, scenario) in enumerate(arms.items()):
        on = scenario.coordination.of_supplies
        value = 600 + np.dot(on, worth) - 6.0 * (on.information and on.planning)
        for number in range(replications):
            row = {"arm": arm, "replication": number, "calls": 60.0}
            row["response_s"] = value + noise[number] + small[number, column]
            if (arm, number) not in [(f.arm, f.replication) for f in failures]:
                rows.append(row)
    return Batch(arms, replications, pd.DataFrame(rows), tuple(failures), None)


def test_attribution_of_a_batch(all_arms):
    batch = noisy_batch(all_arms, 8, [-30.0, -10.0, 5.0, 0.0])
    told = Attribution.of(batch)
    shares = told.shapley.query("measure == 'response_s'").set_index("mechanism")
    assert shares["value"].to_dict() == pytest.approx(
        {"information": -33.0, "planning": -13.0, "rules": 5.0, "risk": 0.0}, abs=1.5
    )
    # Noise that all arms share cancels: the intervals are narrow beside its 50 s.
    assert (shares["high"] - shares["low"] < 5).all()
    total = told.totals.set_index("measure").loc["response_s"]
    assert shares["value"].sum() == pytest.approx(total["difference"], rel=1e-12)
    columns = batch.summaries.pivot(index="replication", columns="arm", values="response_s")
    expected = t_interval(columns["on"] - columns["off"])
    assert total[["difference", "low", "high"]].tolist() == pytest.approx(expected[:3])
    pair = told.effects.set_index(["measure", "term"]).loc[("response_s", "information:planning")]
    assert pair["effect"] == pytest.approx(-3.0, abs=1.0)
    assert (told.shapley.query("measure == 'calls'")[["value", "low", "high"]] == 0).all(axis=None)
    assert told.notes == (
        "each 95% interval is one by itself: of many, about 5% miss their true value by chance",
    )


def test_intervals_hold_the_true_value_as_often_as_they_say():
    """Noise of its own in each arm and noise that all share; 1,500 experiments of six."""
    worth = game(4, lambda s: 3.0 * len(s) ** 2 + (0 in s))
    true = shapley_values(worth)
    random = np.random.default_rng(11)
    held = []
    for _ in range(1500):
        noise = random.normal(0, 5, (6, 1)) + random.normal(0, 2, (6, 16))
        interval = t_interval(shapley_values(worth + noise)[:, 0], 0.9)
        held.append(interval.low <= true[0] <= interval.high)
    assert np.mean(held) == pytest.approx(0.9, abs=3 * math.sqrt(0.9 * 0.1 / 1500))


def test_a_failed_replication_is_left_out_everywhere(all_arms):
    worth = [-30.0, -10.0, 5.0, 0.0]
    failed = Failure("planning+risk", 2, 1, "no idea")
    told = Attribution.of(noisy_batch(all_arms, 5, worth, [failed]))
    assert set(told.shapley["replications"]) == {4}
    assert set(told.effects["replications"]) == {4}
    assert told.notes[0] == LEFT_OUT
    assert json.loads(told.to_json())["failures"][0]["arm"] == "planning+risk"


def test_level_must_be_a_probability(all_arms):
    with pytest.raises(BatchError, match="must be between 0 and 1, got 95"):
        Attribution.of(noisy_batch(all_arms, 2, [0.0] * 4), level=95)


TWO = ("information", "rules")


def test_off_and_on_are_run_first_and_the_rest_below_their_folder(grid_scenario, tmp_path):
    scenario = grid_scenario(demand__calls_per_day=80)
    comparison = compare(off_and_on(scenario, TWO), 2, out=tmp_path)
    assert list(comparison.batch.arms) == ["off", "on"]
    seen = []
    told = attribute(comparison, TWO, progress=lambda done, total, _: seen.append((done, total)))
    assert seen == [(done, 4) for done in range(5)]
    assert list(told.batch.arms) == ["off", "on", "information", "rules"]
    assert sorted(path.name for path in (tmp_path / "combinations").iterdir()) == [
        "batch.json", "checksums.json", "summaries.parquet",
    ]  # fmt: skip
    assert (tmp_path / "attribution.json").read_text() == told.to_json()
    saved = pd.read_parquet(tmp_path / "shapley.parquet")
    pd.testing.assert_frame_equal(saved, told.shapley)
    difference = comparison.table.query("arm == 'on'").set_index("measure")["difference"]
    totals = told.totals.set_index("measure")["difference"]
    pd.testing.assert_series_equal(totals, difference, check_names=False)


def test_one_mechanism_has_the_whole_difference(grid_scenario):
    comparison = compare(off_and_on(grid_scenario(), ["rules"]), 2)
    told = attribute(comparison, ["rules"])
    assert told.shapley["value"].tolist() == told.totals["difference"].tolist()


def test_attribution_goes_on_from_off_and_on_alone(arms, grid_scenario):
    with pytest.raises(BatchError, match=r"off and on, .* got one of base, district"):
        attribute(compare(arms, 1))
    others = compare(off_and_on(grid_scenario(), ["risk"]), 1)
    with pytest.raises(BatchError, match="switches information, rules and nothing else"):
        attribute(others, TWO)


def test_labels_are_those_of_coordination():
    assert [Coordination(*s).label for s in ((0, 0, 0, 0), (1, 1, 1, 1), (1, 0, 1, 0))] == [
        "off", "on", "information+rules",
    ]  # fmt: skip
    assert "information+rules" in factorial_arms(Scenario(), MECHANISMS)
