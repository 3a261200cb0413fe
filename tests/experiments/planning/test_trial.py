"""Plans tried in the simulator, beside what can be worked out by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from experiments.planning.trial.rules_of_thumb import (
    EACH_FOR_ITSELF,
    NEAREST_NEIGHBOUR,
    order_by_population,
    order_the_mean,
    rounds_by_rule,
    rounds_on_routes,
)
from experiments.planning.trial.runs import try_plans
from experiments.planning.trial.scenario import (
    PlannedRound,
    TrialSetting,
    VehicleCost,
    Visit,
)
from experiments.planning.trial.worlds import SURGE, WORLDS, draw_needs
from policies.routing.base import RoutingView
from simulation.streams import stream

TRAVEL_S = np.array([[0, 600, 1200.0], [600, 0, 900], [1200, 900, 0]])
SETTING = TrialSetting(
    depots=("depot",),
    centres=("near", "far"),
    items=("doses", "masks"),
    travel_s=TRAVEL_S,
    distance_m=10 * TRAVEL_S,
    mean=np.array([[100, 40], [60, 80.0]]),
    sd=np.array([[25, 10], [15, 20.0]]),
    unit_cost=np.array([[1, 2], [1, 2.0]]),
    holding_cost=np.array([[0.5, 0.1], [0.4, 0.1]]),
    shortage_cost=np.array([[9, 5], [8, 5.0]]),
    opening=np.array([[0, 10], [0, 0]]),
    vehicle_cost={"v": VehicleCost(if_used=7.0, per_km=2.0, per_h=12.0)},
)
PLAN = (PlannedRound("v", 0, 1800.0, (Visit(0, (120, 30), 0, 300), Visit(1, (70, 90), 0, 300))),)


def test_a_plan_costs_what_the_newsvendor_says_of_the_demand_that_came() -> None:
    tried = try_plans(SETTING, {"plan": PLAN}, ["normal", "surge"], 4, seed=3)
    level = np.array([[120, 40], [70, 90]])  # with what was there already
    brought = np.array([[120, 30], [70, 90]])
    for row in tried.to_dict("records"):
        rng = stream(3, row["replication"], f"planning.{row['world']}")
        needs = draw_needs(row["world"], rng, SETTING.mean, SETTING.sd)
        short, left = np.maximum(needs - level, 0), np.maximum(level - needs, 0)
        cost = {
            "ordering": (SETTING.unit_cost * brought).sum(),
            "left_over": (SETTING.holding_cost * left).sum(),
            "short": (SETTING.shortage_cost * short).sum(),
            "driving": 7 + 2 * 27.0 + 12 * (10 + 5 + 15 + 5 + 20) / 60,
        }
        for name, money in cost.items():
            assert row[name] == pytest.approx(money)
        assert row["cost"] == pytest.approx(sum(cost.values()))
        assert row["short_share"] == pytest.approx(short.sum() / needs.sum())
        assert row["waste_share"] == pytest.approx(left.sum() / level.sum())
        # Off at 0:30, 10 min to the first, 5 min there; 15 min on, and 5 min.
        assert row["last_arrival_h"] == pytest.approx(65 / 60)
        assert row["arrival_h"] == pytest.approx((150 * 45 + 160 * 65) / 310 / 60)


def test_who_waits_too_long_goes_without() -> None:
    late = (PLAN[0]._replace(departure_s=4 * 3600.0),)
    in_time = try_plans(SETTING, {"plan": late}, ["normal"], 2)
    impatient = try_plans(replace(SETTING, patience_h=3.0), {"plan": late}, ["normal"], 2)
    # Those of midnight leave at three: an eighth of all, but for the ten masks that were there.
    assert (impatient["short"] > in_time["short"]).all()
    assert (impatient["ordering"] == in_time["ordering"]).all()


def test_nobody_comes() -> None:
    (row,) = try_plans(SETTING, {"none": ()}, ["normal"], 1).to_dict("records")
    assert row["ordering"] == row["driving"] == 0
    assert np.isnan(row["arrival_h"])
    assert row["short_share"] > 0.9


def test_plans_meet_the_same_demand_whatever_else_is_tried() -> None:
    alone = try_plans(SETTING, {"plan": PLAN}, ["correlated"], 2)
    beside = try_plans(SETTING, {"none": (), "plan": PLAN}, ["normal", "correlated"], 2)
    own = beside[(beside["plan"] == "plan") & (beside["world"] == "correlated")]
    pd.testing.assert_frame_equal(alone, own.reset_index(drop=True))


@pytest.mark.parametrize("world", WORLDS)
def test_worlds_have_the_means_and_deviations_they_should(world: str) -> None:
    rng, size = stream(1, 0, "test"), 20_000
    mean, sd = np.full((2, size), [[80.0], [30.0]]), np.full((2, size), [[16.0], [12.0]])
    drawn = WORLDS[world](rng, mean, sd)
    factor = SURGE if world == "surge" else 1.0
    error = 5 * factor * sd[:, 0] / np.sqrt(size)
    assert np.abs(drawn.mean(axis=1) - factor * mean[:, 0]).max() < error.max()
    # A deviation's standard error is sd sqrt((kurtosis - 1) / 4 n); that of all laws is below 9.
    assert drawn.std(axis=1) == pytest.approx(factor * sd[:, 0], rel=5 * np.sqrt(8 / 4 / size))
    together = float(np.atleast_2d(np.corrcoef(drawn))[0, 1])
    assert together == pytest.approx(0.6 if world == "correlated" else 0.0, abs=5 / np.sqrt(size))


VIEW = RoutingView(
    travel_s=TRAVEL_S,
    depot=0,
    demand=np.zeros(3, dtype=np.int64),
    capacity=np.array([200]),
    ready_s=np.zeros(1),
    service_s=np.array([1800.0, 300, 300]),
)


def test_rules_of_thumb_by_hand() -> None:
    mean = order_the_mean(np.array([[99.6], [60.4]]))
    assert mean.tolist() == [[100], [60]]
    shared = order_by_population(np.array([160.0]), np.array([3.0, 1]))
    assert shared.tolist() == [[120], [40]]
    (trip,) = rounds_by_rule(VIEW, mean, NEAREST_NEIGHBOUR)
    assert [visit.centre for visit in trip.visits] == [0, 1]
    assert trip.departure_s == 1800
    each = rounds_by_rule(VIEW, mean, EACH_FOR_ITSELF)
    assert [one.visits[0].centre for one in each] == [0, 1]
    # Loaded, there, unloaded and back; and loaded again.
    assert each[1].departure_s == 1800 + 600 + 300 + 600 + 1800
    assert rounds_on_routes(VIEW, mean, [(0, 1)]) == (trip,)
