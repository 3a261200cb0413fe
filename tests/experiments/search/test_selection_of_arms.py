"""Selecting an arm: the right one, honestly told, on the batch engine."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.batch import Batch, Failure
from experiments.errors import BatchError
from experiments.search import select_arm
from experiments.search.selection import FRESH, expected_regret

MEANS = {"slow": 330.0, "quick": 300.0, "near": 302.0}


@pytest.fixture
def three(arms):
    """Three arms; what they give is made up."""
    return dict.fromkeys(MEANS, arms["base"])


@pytest.fixture
def asked(monkeypatch):
    """Runs that are not run: a mean for each arm, and chance that all arms of a number share."""
    counts: dict[str, list[int]] = {name: [] for name in MEANS}

    def grow(arms, replications, folder, **options):
        (name,) = arms
        counts[name].append(replications)
        rows = [
            {"arm": name, "replication": number, "response_s": MEANS[name] + values[0]}
            | {"response_s[high]": MEANS[name] + values[0] + values[1] * (name != "quick")}
            for number in range(replications)
            for values in [np.random.default_rng(number).normal(0, (40, 8))]
        ]
        return Batch(arms, replications, pd.DataFrame(rows), (), None)

    monkeypatch.setattr("experiments.search.selection.grow_batch", grow)
    return counts


def test_the_best_is_promised_and_told_from_fresh_replications(three, asked):
    found = select_arm(three, "response_s[high]", indifference=4.0)
    assert found.best == "quick"
    assert "0.95" in found.promise
    assert "4 (0.07 min)" in found.promise
    used = found.table.set_index("arm")["replications"]
    assert used["slow"] == 20 < used["near"]
    fresh = [
        300 + np.random.default_rng(number).normal(0, (40, 8))[0]
        for number in range(used.max(), used.max() + FRESH)
    ]
    assert found.fresh.mean == pytest.approx(np.mean(fresh))
    assert found.fresh.size == FRESH
    assert 0 <= found.regret < 4.0
    assert json.loads(found.to_json())["arms"][1]["arm"] == "quick"


def test_common_chance_ends_it_with_the_first_stage(three, asked):
    found = select_arm(three, "response_s", indifference=1.0)
    assert found.best == "quick"
    assert found.table["replications"].tolist() == [20, 20, 20]
    assert found.regret == pytest.approx(0.0, abs=1e-12)
    assert {max(counts) for counts in asked.values()} == {20, 20 + FRESH}


def test_a_budget_is_kept_and_promises_nothing(three, asked):
    found = select_arm(three, "response_s[high]", budget=75)
    assert found.table["replications"].sum() == 75
    assert found.promise.startswith("no promise: 75 runs")


def test_regret_is_the_expected_excess_of_students_t():
    rng = np.random.default_rng(4)
    best, other = rng.normal(1, 2, 12), rng.normal(0, 2, 12)
    lead = best - other
    error = lead.std(ddof=1) / np.sqrt(12)
    law = stats.t(11, loc=-lead.mean(), scale=error)
    expected = law.expect(lambda gain: gain, lb=0)
    assert expected_regret([best, other], 0) == pytest.approx(expected, rel=1e-6)


def test_mistakes_are_told_at_once(three):
    with pytest.raises(BatchError) as caught:
        select_arm({"one": three["slow"]}, "response", budget=3, indifference=0.0)
    assert str(caught.value).splitlines() == [
        "two arms or more are required to select from, got 1",
        "'response' is no measure that has a better side (did you mean 'response_s'?)",
        "either an indifference or a budget is required, and not both",
        "the indifference must be above 0, got 0",
        "the budget must be at least 10 runs, 10 an arm, got 3",
    ]


def test_without_a_value_there_is_no_fair_choice(three, monkeypatch):
    def grow(arms, replications, folder, **options):
        failure = Failure(next(iter(arms)), 3, 1, "it broke")
        return Batch(arms, replications, pd.DataFrame(), (failure,), None)

    monkeypatch.setattr("experiments.search.selection.grow_batch", grow)
    with pytest.raises(BatchError, match=r"arm slow: replication 3 failed.*it broke"):
        select_arm(three, "response_s", budget=30)


@pytest.mark.slow
def test_on_the_engine_a_stopped_selection_goes_on_to_the_same(arms, tmp_path):
    """The folder has what a selection with a smaller budget left; the rest is run."""
    whole = select_arm(arms, "wait_s", budget=30)
    first = select_arm(arms, "wait_s", budget=20, out=tmp_path / "out")
    with pytest.raises(BatchError, match="go on in it by --resume"):
        select_arm(arms, "wait_s", budget=30, out=tmp_path / "out")
    again = select_arm(arms, "wait_s", budget=30, out=tmp_path / "out", resume=True)
    assert again.to_json() == whole.to_json() == (tmp_path / "out/selection.json").read_text()
    assert first.to_json() != whole.to_json()
