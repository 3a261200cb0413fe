"""Coordination over a range of prices: what is run, what is found, what is told."""

import json

import numpy as np
import pandas as pd
import pytest

from experiments.attribution.price_sweep import (
    PriceSweep,
    price_keys,
    sweep_all_prices,
    sweep_price,
)
from experiments.batch.engine import Batch
from experiments.compare import Comparison, compare
from experiments.errors import BatchError
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario

KEY = "coordination.information.delay_h"
PRICES = {"0": 0.0, "2": 2.0, "8": 8.0}


def swept(columns):
    """A sweep of made-up measures: by name, what off and each price gave in each replication."""
    rows = [
        {"arm": arm, "replication": number, **{m: columns[m][k][number] for m in columns}}
        for k, arm in enumerate(("off", *PRICES))
        for number in range(3)
    ]
    batch = Batch(dict.fromkeys(("off", *PRICES), Scenario()), 3, pd.DataFrame(rows), (), None)
    return PriceSweep.of(Comparison.of(batch), KEY, PRICES)


def test_a_gain_that_turns_into_harm():
    """Response times 60 s less at a price of 0, 20 s less at 2, 40 s more at 8."""
    off = np.array([300.0, 310.0, 320.0])
    noise = np.array([-1.0, 0.0, 1.0])
    sweep = swept({"response_s": [off, off - 60, off - 20 + noise, off + 40 - noise]})
    (point,) = sweep.turning_points.to_dict(orient="records")
    assert point["found"] == "turns to harm"
    assert point["price"] == pytest.approx(4.0)
    assert 2 < point["low"] < 4 < point["high"] < 8
    assert sweep.table["price"].tolist() == [0.0, 2.0, 8.0]
    assert sweep.table["difference"].tolist() == pytest.approx([-60, -20, 40])
    assert json.loads(sweep.to_json())["turning_points"][0]["price"] == pytest.approx(4.0)


def test_what_does_not_turn_is_told():
    off = np.array([0.5, 0.6, 0.7])
    wobble = np.array([-0.2, 0.0, 0.21])
    sweep = swept(
        {
            "lost_share": [off, off - 0.3, off - 0.2, off - 0.1],
            "in_target_share": [off, off - 0.3, off - 0.2, off - 0.1],
            "wait_s": [off, off, off, off],
            "response_s": [off, off + wobble, off - wobble, off + wobble],
            "utilisation": [off, off - 1, off, off + 1],
        }
    )
    found = sweep.turning_points.set_index("measure")
    assert found["found"].to_dict() == {
        "lost_share": "gain throughout",  # less is better
        "in_target_share": "harm throughout",  # more is better
        "wait_s": "no difference",
        "response_s": "undecided throughout",  # its mean changes signs, and that is noise
    }  # and utilisation has no better side
    assert found[["price", "low", "high"]].isna().all(axis=None)


def test_replications_that_an_arm_lacks_are_left_out():
    off = np.array([300.0, 310.0, 320.0])
    late = np.array([np.nan, 30.0, 50.0])
    sweep = swept({"response_s": [off, off - 60, off - 20, off + late]})
    assert sweep.table["pairs"].tolist() == [3, 3, 2]
    assert sweep.turning_points["price"].tolist() == pytest.approx([2 + 6 / 3])


def test_off_is_run_once_and_every_price_with_all_on(grid_scenario, tmp_path):
    sweep = sweep_price(grid_scenario(), KEY, [4, 0.5], 2, out=tmp_path)
    arms = sweep.comparison.batch.arms
    assert list(arms) == ["off", "0.5", "4"]
    assert [len(arm.coordination.of_supplies.names) for arm in arms.values()] == [0, 4, 4]
    assert [arms[name].coordination.information.delay_h for name in ("0.5", "4")] == [0.5, 4]
    assert (tmp_path / "price_sweep.json").read_text() == sweep.to_json()
    saved = pd.read_parquet(tmp_path / "price_sweep.parquet")
    pd.testing.assert_frame_equal(saved, sweep.table)


def test_the_price_of_one_mechanism_alone(grid_scenario):
    sweep = sweep_price(grid_scenario(), KEY, [1, 2], 1, of=["information"])
    names = [arm.coordination.of_supplies.names for arm in sweep.comparison.batch.arms.values()]
    assert names == [(), ("information",), ("information",)]


def test_all_prices_are_scaled_together(grid_scenario):
    sweep = sweep_all_prices(grid_scenario(), [1, 2], 1)
    once, twice = (sweep.comparison.batch.arms[name].coordination for name in ("1", "2"))
    assert once == grid_scenario().changed({"coordination.mechanisms": "on"}).coordination
    assert twice.information.error_cv == 2 * once.information.error_cv
    assert twice.planning.cycle_h == 2 * once.planning.cycle_h
    assert twice.risk.agreement_h == 2 * once.risk.agreement_h
    assert twice.rules.grades == once.rules.grades


def test_price_keys_are_keys_of_a_scenario():
    assert len(price_keys()) == 9
    for key in price_keys():
        Scenario().changed({key: 1})


def test_mistakes_are_told():
    with pytest.raises(ScenarioError, match=r"did you mean 'coordination\.information\.delay_h'"):
        sweep_price(Scenario(), "coordination.information.delay", [1, 2], 2)
    with pytest.raises(BatchError, match=r"two different prices or more, got \[1, 1\]"):
        sweep_price(Scenario(), KEY, [1, 1], 2)
    with pytest.raises(ScenarioError, match="delay_h must be >= 0, got -1"):
        sweep_price(Scenario(), KEY, [-1, 1], 2)
    with pytest.raises(BatchError, match="must differ in six digits"):
        sweep_price(Scenario(), KEY, [1, 1 + 1e-9], 2)


def test_off_pays_no_price(grid_scenario):
    """So that one arm of it is enough for all prices."""
    off = grid_scenario(demand__calls_per_day=80, coordination__mechanisms="off")
    dear = off.changed(dict.fromkeys(price_keys(), 2))
    runs = compare({"off": off, "dear": dear}, 2).batch.summaries
    one, other = (runs[runs["arm"] == arm].drop(columns="arm") for arm in ("off", "dear"))
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))
