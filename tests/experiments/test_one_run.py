"""One run with intervals from its own batches, and the warm-up that runs ask for."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from experiments.batch.folder import Failure
from experiments.compare import Comparison, compare
from experiments.single_run_intervals import simulate_once, with_batch_means
from experiments.warm_up import WarmUpEstimate, find_warm_up
from run import app
from simulation.measures.steady_state import batch_means, warm_up_s
from simulation.model import simulate


@pytest.fixture
def scenario(arms):
    return arms["base"].changed({"run.days": 5})


def rows_of(comparison: Comparison):
    return comparison.table.set_index("measure")


def test_means_over_calls_have_intervals_and_others_have_none(scenario):
    rows, plain = (
        rows_of(simulate_once(scenario)),
        rows_of(compare({"run": scenario}, 1)),
    )
    result = simulate(scenario)
    for name in ("response_s", "in_target_share", "response_s[high]", "wait_s"):
        found = batch_means(result, name)
        assert found.batches
        assert (rows.loc[name, "low"], rows.loc[name, "high"]) == (found.low, found.high)
        assert rows.loc[name, "low"] < rows.loc[name, "mean"] < rows.loc[name, "high"]
    for name in ("calls", "response_median_s", "response_p90_s[low]", "utilisation"):
        assert np.isnan(rows.loc[name, ["low", "high"]].astype(float)).all()
    assert rows["mean"].tolist() == pytest.approx(plain["mean"].tolist(), nan_ok=True)


def test_level_is_that_of_the_intervals(scenario):
    wide, narrow = (
        rows_of(simulate_once(scenario, level=level)).loc["response_s"] for level in (0.99, 0.8)
    )
    assert wide["high"] - wide["low"] > 1.5 * (narrow["high"] - narrow["low"])


def test_the_note_names_the_batches(scenario):
    notes = simulate_once(scenario).notes
    assert notes[0].startswith("intervals are from 6 batches of calls")
    assert "has no interval" not in " ".join(notes)


def test_alike_batches_are_told(arms):
    """Calls come faster than two ambulances can answer, so that waits grow from day to day."""
    once = simulate_once(arms["base"].changed({"run.days": 4, "demand.calls_per_day": 150}))
    assert once.notes[1].startswith(
        "calls that are far apart are still alike, so that the interval may be too narrow; "
        "more days are needed for Response, mean (min); "
    )


def test_a_short_run_has_no_intervals(arms):
    once = simulate_once(arms["base"].changed({"demand.calls_per_day": 20}))
    assert once.notes[0].startswith("a run as short as this has no intervals")
    assert rows_of(once)["low"].isna().all()


def test_the_run_is_kept_only_where_it_is_wanted(scenario, tmp_path, bytes_in):
    assert simulate_once(scenario).batch.folder is None
    told = simulate_once(scenario, out=tmp_path)
    assert (tmp_path / "comparison.json").read_text() == told.to_json()
    assert json.loads(told.to_json())["rows"][1]["low"] is not None
    before = bytes_in(tmp_path)
    simulate_once(scenario, out=tmp_path, resume=True)
    assert bytes_in(tmp_path) == before


def test_notes_of_the_comparison_stay(scenario):
    """The first, that one replication has no interval, is not true any more."""
    once = compare({"run": scenario}, 1)
    assert once.notes == ("one replication has no interval; ask for more",)
    told = replace(once, notes=(*once.notes, "something else"))
    notes = with_batch_means(told, simulate(scenario)).notes
    assert once.notes[0] not in notes
    assert "something else" in notes


def test_a_failed_run_is_told(scenario, tmp_path):
    policy = tmp_path / "lazy.py"
    policy.write_text("class Lazy:\n    def choose(self, call, view):\n        return []\n")
    once = simulate_once(scenario.changed({"policies.dispatch": f"{policy}:Lazy"}))
    assert once.table.empty
    assert isinstance(once.batch.failures[0], Failure)


def test_warm_up_of_a_case_is_that_of_its_runs(scenario):
    told = []
    found = find_warm_up(scenario, 3, lambda *progress: told.append(progress))
    runs = [warm_up_s(simulate(scenario, number)) for number in range(3)]
    assert found.days == tuple(run.length / 86_400 for run in runs if run.long_enough)
    assert [run.long_enough for run in runs].count(False) == found.too_short == 1
    assert told == [(1, 3, 0), (2, 3, 0), (3, 3, 0)]


def test_figures_of_a_warm_up_by_hand():
    found = WarmUpEstimate(set_days=0.5, days=(0.0, 0.5, 0.2, 0.9), too_short=1)
    assert found.median_days == pytest.approx(0.35)
    assert found.enough_in == 3
    assert found.runs == 5
    assert json.loads(found.to_json())["days"] == [0.0, 0.5, 0.2, 0.9]


def test_commands_print_them():
    few = ["--set", "run.days=2"]
    once = CliRunner().invoke(app, ["simulate", "city", *few])
    assert once.exit_code == 0, once.output
    assert "interval by batch means" in " ".join(once.output.split())
    assert "batches of calls" in once.output
    warm_up = CliRunner().invoke(app, ["warm-up", "city", *few, "--replications", "2", "--json"])
    found = json.loads(warm_up.stdout)
    assert (len(found["days"]) + found["too_short"], found["warm_up_days"]) == (2, 0.5)
    shown = CliRunner().invoke(app, ["warm-up", "city", *few, "--replications", "2"])
    assert f"enough for {found['enough_in']} of {len(found['days'])} runs" in shown.output
    assert not math.isnan(found["median_days"])
