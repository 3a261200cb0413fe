"""Replications until a mean is precise, and what is told of how precise it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.batch import Batch
from experiments.compare import Comparison
from experiments.errors import BatchError
from experiments.precision import Target, compare_until, precision_notes, read_target
from experiments.statistics import precise_enough, replications_needed


@pytest.fixture
def drawn(monkeypatch):
    """Runs that are not run, with a mean of 300 and a deviation of 30; how many were asked for."""
    counts = []

    def grow(arms, replications, folder, **options):
        counts.append(replications)
        rows = [
            {"arm": arm, "replication": number, "response_s": value}
            for arm in arms
            for number, value in enumerate(np.random.default_rng(1).normal(300, 30, replications))
        ]
        return Batch(arms, replications, pd.DataFrame(rows), (), None)

    monkeypatch.setattr("experiments.precision.grow_batch", grow)
    return counts


def test_replications_are_added_until_the_mean_is_precise(arms, drawn):
    found = compare_until(arms, Target("response_s", 0.04), 100)
    values = np.random.default_rng(1).normal(300, 30, 100)
    enough = next(n for n in range(10, 101, 10) if precise_enough(values[:n], 0.04))
    assert drawn == list(range(10, enough + 1, 10))
    assert len(drawn) > 1
    assert found.notes[-1].startswith(f"{enough} replications were enough for Response, mean")


def test_the_limit_tells_how_many_are_needed(arms, drawn):
    found = compare_until(arms, Target("response_s", 0.01), 25)
    assert drawn == [10, 20, 25]
    values = np.random.default_rng(1).normal(300, 30, 25)
    needed = replications_needed(values, 0.01 / 1.01 * values.mean())
    assert found.notes[-1].endswith(f"known to 0.01 of its mean; about {needed:,} are needed")


def test_targets_that_cannot_be_are_refused(arms):
    assert read_target("response_s[high]:2.5%") == Target("response_s[high]", 0.025)
    for text, why in (
        ("response_s", "expected MEASURE:PERCENT%"),
        ("response_s:0%", "above 0"),
        ("respons_s:2%", r"did you mean .response_s.\?"),
    ):
        with pytest.raises(BatchError, match=why):
            read_target(text)
    with pytest.raises(BatchError, match="10 or more"):
        compare_until(arms, Target("response_s", 0.1), 9)


def noted(arms, base, other):
    rows = [
        {"arm": arm, "replication": number, "response_s": value}
        for arm, values in zip(arms, (base, other), strict=True)
        for number, value in enumerate(values)
    ]
    batch = Batch(arms, len(base), pd.DataFrame(rows), (), None)
    return list(precision_notes(Comparison.of(batch)))


def test_what_is_told_of_differences(arms):
    rng = np.random.default_rng(2)
    common, own = rng.normal(300, 30, 12), rng.normal(1, 3, 12)
    told = noted(arms, common, common + own)
    gain = (common.var() + (common + own).var()) / own.var()
    needed = replications_needed(own, abs(own.mean()))
    assert f"would need {gain:.1f} (" in told[0]
    assert f"about {needed} (" in told[1]
    assert len(told) == 2
    # A difference beyond doubt needs no more; a skewed one has another interval beside it.
    skewed = np.array([5.0] * 11 + [90.0])
    told = noted(arms, common, common + skewed)
    assert "is skewed, and its t-interval may be too narrow; by BCa bootstrap it is" in told[-1]
    assert noted(arms, common, common) == []


@pytest.mark.slow
def test_on_the_engine_it_goes_on_to_the_same(arms, tmp_path):
    target, one = Target("response_s", 0.001), {"base": arms["base"]}
    whole = compare_until(one, target, 12)
    first = compare_until(one, target, 10, out=tmp_path / "out", tables=False)
    assert (first.batch.replications, whole.batch.replications) == (10, 12)
    again = compare_until(one, target, 12, out=tmp_path / "out", resume=True, tables=False)
    pd.testing.assert_frame_equal(again.table, whole.table)
    assert again.notes == whole.notes


def test_many_arms_at_once_need_more(arms):
    """Of two arms with the same p of 0.03, Holm asks 0.025 of the smaller one."""
    three = {**arms, "third": arms["base"]}
    change = np.random.default_rng(3).normal(0, 1, 12)
    change += -change.mean() + stats.t.isf(0.015, 11) * change.std(ddof=1) / np.sqrt(12)
    base = np.random.default_rng(4).normal(300, 30, 12)
    rows = [
        {"arm": arm, "replication": number, "response_s": value}
        for arm, values in zip(three, (base, base + change, base + change), strict=True)
        for number, value in enumerate(values)
    ]
    told = precision_notes(Comparison.of(Batch(three, 12, pd.DataFrame(rows), (), None)))
    assert [note for note in told if "by chance in one of 2 arms" in note] == [
        (
            "Response, mean (min): a difference as sure as that of district, third comes about by "
            "chance in one of 2 arms with a probability above 5% (Holm)"
        )
    ]
