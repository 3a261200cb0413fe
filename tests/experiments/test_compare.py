"""Comparisons: means, paired differences, and what is told beside them."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from experiments.batch.engine import Batch, run_batch
from experiments.batch.folder import Failure
from experiments.compare import Comparison, compare
from experiments.errors import BatchError
from experiments.one_city import ONE_CITY

FEW = (
    "an interval over 4 replications may hold less often than it says: from 8 on it has been "
    "checked"
)


@pytest.fixture
def made_up(arms):
    """A batch of two arms whose measures are known; each has lost one value."""
    rows = [
        {"arm": arm, "replication": number, "response_s": value, "lost_share": 0.0}
        for arm, values in {
            "base": [300.0, 320.0, 310.0, math.nan],
            "district": [306.0, 328.0, 320.0, 330.0],
        }.items()
        for number, value in enumerate(values)
    ]
    return Batch(arms, 4, pd.DataFrame(rows), (), None)


def row_of(comparison, arm, measure):
    return comparison.table.set_index(["arm", "measure"]).loc[(arm, measure)]


def test_figures_of_a_comparison_by_hand(made_up):
    comparison = Comparison.of(made_up, level=0.9)
    base, other = (row_of(comparison, arm, "response_s") for arm in ("base", "district"))
    assert (base["mean"], base["replications"]) == (310.0, 3)
    half = stats.t.ppf(0.95, 2) * 10 / math.sqrt(3)
    assert (base["low"], base["high"]) == pytest.approx((310 - half, 310 + half))
    assert (other["mean"], other["replications"]) == (321.0, 4)
    # Differences 6, 8 and 10 of the three pairs that are whole.
    assert (other["difference"], other["pairs"]) == (8.0, 3)
    half = stats.t.ppf(0.95, 2) * 2 / math.sqrt(3)
    interval = (other["difference_low"], other["difference_high"])
    assert interval == pytest.approx((8 - half, 8 + half))
    apart = np.var([300, 320, 310], ddof=1) + np.var([306, 328, 320], ddof=1)
    assert other["pairing_gain"] == pytest.approx(apart / 4)
    assert math.isnan(base["difference"])
    assert base["pairs"] == 0


def test_missing_values_are_told(made_up):
    assert Comparison.of(made_up).notes == (
        "base: no value in 1 of 4 replications (3): Response, mean (min)",
        FEW,
        ONE_CITY,
    )


def test_an_arm_that_changes_nothing_is_told(made_up):
    same = made_up.summaries.assign(response_s=[300.0, 320.0, 310.0, 330.0] * 2)
    assert Comparison.of(dataclasses.replace(made_up, summaries=same)).notes == (
        "district: nothing that is measured differs from base",
        FEW,
        ONE_CITY,
    )


def test_without_calls_no_measure_of_patients_is_missing(made_up):
    nobody = made_up.summaries.assign(response_s=math.nan, bullwhip=math.nan, calls=0.0)
    notes = Comparison.of(dataclasses.replace(made_up, summaries=nobody)).notes
    assert notes[0] == "base: no value in 4 of 4 replications (0, 1, 2, 3): Bullwhip"
    assert not any("Response" in note for note in notes)


def test_measures_without_a_value_in_the_same_replications_are_one_note(made_up):
    """Bug: notes gave the measures' internal names, one note for each."""
    nothing = made_up.summaries.assign(wait_s=made_up.summaries["response_s"], km_per_call=math.nan)
    notes = Comparison.of(dataclasses.replace(made_up, summaries=nothing)).notes
    told = "no value in 4 of 4 replications (0, 1, 2, 3): Driven per call (km)"
    assert notes == (
        "base: no value in 1 of 4 replications (3): Response, mean (min); Wait, mean (min)",
        f"base: {told}",
        f"district: {told}",
        FEW,
        ONE_CITY,
    )
    alone = nothing[nothing["arm"] == "base"][:1]
    arms = {"base": made_up.arms["base"]}
    assert Comparison.of(Batch(arms, 1, alone, (), None)).notes == (
        "one replication has no interval; ask for more",
        "no value: Driven per call (km)",
    )


def test_failures_are_told_and_leave_the_others_paired(made_up):
    rows = made_up.summaries
    failed = dataclasses.replace(
        made_up,
        summaries=rows[~((rows["arm"] == "district") & (rows["replication"] == 1))],
        failures=(Failure("district", 1, 1, "no idea"),),
    )
    comparison = Comparison.of(failed)
    assert comparison.notes[1] == "district: 1 of 4 replications failed (1)"
    assert row_of(comparison, "district", "response_s")["difference"] == 8.0  # of 6 and 10
    assert row_of(comparison, "district", "response_s")["pairs"] == 2
    assert json.loads(comparison.to_json())["failures"] == [
        {"arm": "district", "replication": 1, "seed": 1, "message": "no idea"}
    ]


def test_pairing_narrows_the_interval_of_a_real_comparison(arms):
    quiet = {arm: scenario.changed({"demand.calls_per_day": 20}) for arm, scenario in arms.items()}
    comparison = compare(quiet, 12)
    other = row_of(comparison, "district", "utilisation")
    district, base = (
        comparison.batch.summaries.query("arm == @arm")["utilisation"]
        for arm in ("district", "base")
    )
    assert other["difference"] == pytest.approx(district.mean() - base.mean())
    apart = stats.ttest_ind(district, base, equal_var=False).confidence_interval()
    paired_width = other["difference_high"] - other["difference_low"]
    assert paired_width < 0.2 * (apart.high - apart.low)
    assert other["pairing_gain"] > 25  # the square of that, or more
    # Waiting for the own district's ambulance while another stands idle costs time.
    assert row_of(comparison, "district", "response_s")["difference_low"] > 0


def test_few_replications_are_warned_of(made_up):
    """From so many on the table of docs/how-to/statistics.md has intervals."""
    for count, warned in ((1, False), (2, True), (7, True), (8, False)):
        notes = Comparison.of(dataclasses.replace(made_up, replications=count)).notes
        assert any("from 8 on it has been checked" in note for note in notes) is warned


def test_one_replication_has_no_interval(arms):
    comparison = compare(arms, 1)
    row = row_of(comparison, "district", "response_s")
    assert row["difference"] == pytest.approx(
        row["mean"] - row_of(comparison, "base", "response_s")["mean"]
    )
    assert np.isnan(row[["low", "high", "difference_low", "difference_high"]].astype(float)).all()
    assert comparison.notes[0] == "one replication has no interval; ask for more"


def test_arms_with_other_seeds_are_told(arms):
    comparison = compare({**arms, "other": arms["base"].changed({"seed": 5})}, 2)
    assert "the arms have different seeds, and so no common random numbers" in comparison.notes


def test_saved_comparison_holds_the_table(arms, tmp_path):
    comparison = compare(arms, 2, out=tmp_path)
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "comparison.parquet"), comparison.table
    )
    text = (tmp_path / "comparison.json").read_text()
    assert text == comparison.to_json()
    data = json.loads(text)
    assert (data["base"], data["arms"], data["replications"]) == ("base", list(arms), 2)
    first = data["rows"][0]
    assert first["mean"] == comparison.table["mean"][0]
    assert first["difference"] is None
    assert len(data["rows"]) == len(comparison.table)


@pytest.mark.parametrize("level", [0, 1, 95, math.nan])
def test_level_must_be_a_probability(made_up, level):
    with pytest.raises(BatchError, match="must be between 0 and 1, got"):
        Comparison.of(made_up, level)


def test_batch_in_which_every_replication_failed_has_no_figures(arms):
    failures = tuple(Failure(arm, 0, 1, "no idea") for arm in arms)
    empty = pd.DataFrame(columns=["arm", "replication"])
    comparison = Comparison.of(Batch(arms, 1, empty, failures, None))
    assert comparison.table.empty
    assert "base: 1 of 1 replications failed (0)" in comparison.notes


def test_summaries_of_a_batch_give_the_same_comparison_as_compare(arms):
    again = Comparison.of(run_batch(arms, 2, workers=2))
    pd.testing.assert_frame_equal(again.table, compare(arms, 2).table)


def test_a_comparison_in_several_cities_is_conditional_on_none(made_up):
    """Streets on which one drives otherwise are another city."""
    other = made_up.arms["district"].changed({"roads.speed_kph": 20})
    arms = {**made_up.arms, "district": other}
    assert ONE_CITY in Comparison.of(made_up).notes
    assert ONE_CITY not in Comparison.of(dataclasses.replace(made_up, arms=arms)).notes
