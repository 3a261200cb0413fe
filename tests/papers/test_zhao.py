"""Beside the paper of Zhao, Zhang and Pang (2024): its bands, our pairs, and which claims hold."""

import io
import json
import math

import numpy as np
import pandas as pd
import pytest

from experiments.batch.engine import run_batch
from experiments.errors import BatchError
from experiments.statistics import Interval
from papers.zhao.claims import Claim, Reproduction
from papers.zhao.disasters import DEMANDS
from papers.zhao.experiment import (
    ARMS,
    COLUMNS,
    ZhaoRuns,
    read_samples,
    run_zhao,
    sample_arms,
    ten_scenarios,
)
from papers.zhao.paper import PAPER, contradictions, paper_summary
from papers.zhao.tables import print_reproduction
from scenarios.loader import load_scenario
from viz.terminal.console import open_console

BASE = load_scenario("covid-supplies")


def runs_of(value):
    """Two replications in which each figure is what a function of arm, replication, … says."""
    rows = [
        (replication, scenario, arm, item, *value(arm, replication, scenario, item))
        for replication in range(2)
        for scenario in range(1, 11)
        for arm in ARMS
        for item in DEMANDS
    ]
    samples = pd.DataFrame(rows, columns=list(COLUMNS))
    return Reproduction(ZhaoRuns(ten_scenarios(BASE), 2, samples, ()))


def by_hand(arm, replication, scenario, item):
    """Ratio, fill, hours, hours to the end and share out of stock."""
    if arm != "on":
        return 0.8, 0.7, 10.0, 40.0, 0.5
    if replication == 1 and scenario <= 5:
        return 0.4, 0.7, 20.0, 50.0, 0.4
    return 1.0, 0.9, math.nan if item == "masks" else 5.0, 30.0, 0.4


def test_bands_of_the_paper():
    found = paper_summary()
    assert found.ratio == pytest.approx([0.957, 1.088], abs=5e-4)
    assert found.ratio_off == pytest.approx([0.522, 0.837], abs=5e-4)
    assert found.quantity_quartiles == pytest.approx([1.25, 1.32, 1.45], abs=6e-3)
    assert found.time_quartiles == pytest.approx([0.61, 0.72, 0.84], abs=6e-3)


def test_two_rows_of_the_paper_contradict_it():
    assert [(row.scenario, row.item, row.contradicts) for row in contradictions()] == [
        (4, "masks", "time 9.8 > 8.85 h"),
        (4, "goggles", "quantity 805 < 816"),
    ]
    assert len(PAPER) == 12


def test_claims_on_numbers_made_by_hand():
    claims = runs_of(by_hand).claims
    more, sooner, with_it, without, less, out, unmet = (claim.share.mean for claim in claims)
    assert more == pytest.approx(0.75)  # all of the first, half of the second replication
    # Without masks, of which nothing came: all 20; and of the second 10 and 15 that are later.
    assert sooner == pytest.approx((1 + 10 / 25) / 2)
    assert with_it == pytest.approx(0.75)
    assert without == 1.0
    assert less == pytest.approx(0.75)
    assert out == 1.0
    assert unmet == pytest.approx(0.75)
    assert [claim.in_paper for claim in claims[:2]] == pytest.approx([11 / 12, 11 / 12])


def test_quotients_on_numbers_made_by_hand():
    found = runs_of(by_hand)
    assert found.quartiles("ratio") == pytest.approx([1.0625, 1.25, 1.25])
    on = found.mechanisms[-1]
    assert on.arm == "on"
    assert on.quantity.mean == pytest.approx((1.25 + (0.5 + 1.25) / 2) / 2)
    assert on.time.mean == pytest.approx((0.5 + 2.0) / 2)
    assert on.waiting.mean == pytest.approx((0.75 + (1.25 + 0.75) / 2) / 2)
    assert found.mechanisms[1].quantity == Interval(1.0, 1.0, 1.0, 2)


@pytest.mark.parametrize(
    ("mean", "low", "high", "verdict"),
    [
        (0.96, 0.4, 1.5, "holds"),
        (0.8, 0.6, 1.0, "mostly so"),
        (0.6, 0.4, 0.8, "undecided"),
        (0.3, 0.2, 0.4, "does not hold"),
    ],
)
def test_verdicts(mean, low, high, verdict):
    assert Claim("", Interval(mean, low, high, 9), 1.0).verdict == verdict


def test_arms_of_a_sample_differ_in_coordination_alone():
    arms = sample_arms(BASE, 3)
    assert len(arms) == 60
    off = arms["7.off"].changed({"coordination.mechanisms": "on"})
    assert off == arms["7.on"]
    assert arms["7.risk"].coordination.mechanisms == ("risk",)
    assert sample_arms(BASE, 4)["7.off"] != arms["7.off"]


def test_samples_are_read_from_paired_runs():
    every = sample_arms(BASE, 0)
    arms = {name: every[name].changed({"run.days": 3}) for name in ("1.off", "1.risk", "1.on")}
    batch = run_batch(arms, 1)
    rows = read_samples(0, batch)
    assert rows.shape == (9, len(COLUMNS))
    first = rows.iloc[0]
    run = batch.summaries.iloc[0]
    assert (first["arm"], first["item"]) == ("off", "masks")
    assert first["ratio"] == run["item_allocation_ratio[masks]"] > 0
    assert first["hours"] == run["item_delivery_s[masks]"] / 3600
    assert first["waited"] == run["item_waiting_s[masks]"] / 3600 > 0
    assert batch.summaries["epidemic_cases"].nunique() == 1


def test_json_and_terminal():
    found = runs_of(by_hand)
    data = json.loads(found.to_json())
    assert data["paper"]["contradictions"][0] == "scenario 4, masks: time 9.8 > 8.85 h"
    assert data["claims"][0]["share"]["mean"] == pytest.approx(0.75)
    assert len(data["means"]) == 10 * 3 * len(ARMS)
    text = io.StringIO()
    print_reproduction(open_console(file=text, width=80), found)
    lines = text.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith(" more is delivered") and "75" in line for line in lines)
    assert np.any(["8.85" in line for line in lines])


def test_a_folder_that_is_not_empty(tmp_path):
    (tmp_path / "something").touch()
    with pytest.raises(BatchError, match="is not empty; go on in it by --resume"):
        run_zhao(1, out=tmp_path)
    with pytest.raises(BatchError, match="replications must be >= 1, got 0"):
        run_zhao(0)
