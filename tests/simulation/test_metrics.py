"""Measures of a run against closed forms and counts by brute force."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.metrics import (
    by_hour,
    by_priority,
    by_zone,
    counted_calls,
    gini,
    response_measures,
    summary,
    utilisation,
    zone_gini,
)
from simulation.model import simulate
from simulation.tables import AMBULANCE_STATES, hour_table

amounts = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def busy_run(grid_scenario):
    """Two ambulances, overloaded at times, half of the calls lost; warm-up of six hours."""
    return simulate(
        grid_scenario(
            run__days=3,
            run__warm_up_days=0.25,
            demand__calls_per_day=80,
            demand__dispatch_delay={"distribution": "exponential", "mean_s": 90},
            dispatch_centre__when_busy="lose",
        )
    )


def equal(n):
    return np.ones(n)


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_gini_where_all_are_alike_and_where_one_has_all(n):
    assert gini(np.full(n, 3.5), equal(n)) == pytest.approx(0)
    assert gini([0] * (n - 1) + [9], equal(n)) == pytest.approx(1 - 1 / n)


def test_gini_of_known_distributions():
    uniform = (np.arange(100_000) + 0.5) / 100_000
    assert gini(uniform, equal(100_000)) == pytest.approx(1 / 3, abs=1e-4)
    assert gini(2 + uniform, equal(100_000)) == pytest.approx(1 / 15, abs=1e-4)  # (b-a) / 3(a+b)
    assert gini(-np.log(uniform), equal(100_000)) == pytest.approx(1 / 2, abs=1e-3)  # exponential


@given(amounts)
def test_gini_is_half_the_relative_mean_difference(values):
    value = np.array(values)
    difference = np.abs(value[:, None] - value).mean()
    assert gini(value, equal(len(value))) == pytest.approx(
        difference / (2 * value.mean()), abs=1e-9
    )


@given(st.lists(st.tuples(st.floats(0.01, 1e3), st.integers(1, 6)), min_size=1, max_size=15))
def test_weights_stand_for_repetition(pairs):
    value, weight = np.array(pairs).T
    repeated = np.repeat(value, weight.astype(int))
    assert gini(value, weight) == pytest.approx(gini(repeated, equal(len(repeated))), abs=1e-9)


@given(amounts, st.floats(0.01, 100))
def test_gini_does_not_depend_on_units_or_order(values, factor):
    value = np.array(values)
    assert gini(value[::-1] * factor, equal(len(value))) == pytest.approx(
        gini(value, equal(len(value))), abs=1e-9
    )


def test_gini_of_nothing():
    assert np.isnan(gini([], []))
    assert np.isnan(gini([0, 0], [1, 1]))


def test_response_measures_by_hand():
    calls = pd.DataFrame(
        {
            "response_s": [100.0, 200.0, 300.0, 400.0, np.nan],
            "in_target": [True, True, False, False, False],
        }
    )
    assert response_measures(calls) == pytest.approx(
        {
            "response_s": 250.0,
            "response_median_s": 250.0,
            "response_p90_s": 370.0,  # three tenths from 400 to 300
            "in_target_share": 0.4,  # a lost call is not in time
        }
    )
    nothing = response_measures(calls.iloc[:0])
    assert all(np.isnan(value) for value in nothing.values())


def test_the_warm_up_does_not_count(busy_run):
    counted = counted_calls(busy_run)
    assert counted["called_s"].min() >= 6 * 3600
    assert 0 < len(counted) < len(busy_run.calls)
    assert len(counted) == (busy_run.calls["called_s"] >= 6 * 3600).sum()


def test_summary_is_a_recount(busy_run):
    rows = [r for r in busy_run.calls.itertuples() if r.called_s >= 21_600]
    missions = {r.call for r in rows}
    metres = sum(
        m.to_call_m + m.to_hospital_m + m.home_m
        for m in busy_run.missions.itertuples()
        if m.call in missions
    )
    responses = [r.arrived_s - r.called_s for r in rows if r.state == "completed"]
    target_s = {"high": 480, "low": 900}
    in_time = [
        r.state == "completed" and r.arrived_s - r.called_s <= target_s[r.priority] for r in rows
    ]
    measures = summary(busy_run)
    assert measures["calls"] == len(rows)
    assert measures["response_s"] == pytest.approx(np.mean(responses))
    assert measures["response_median_s"] == pytest.approx(np.median(responses))
    assert measures["response_p90_s"] == pytest.approx(np.percentile(responses, 90))
    assert measures["in_target_share"] == pytest.approx(np.mean(in_time))
    assert 0.1 < measures["lost_share"] < 0.9
    assert measures["lost_share"] == pytest.approx(np.mean([r.state == "lost" for r in rows]))
    assert measures["km_per_call"] == pytest.approx(metres / 1000 / len(rows))
    assert measures["waiting_share"] == 0
    low = [r.arrived_s - r.called_s for r in rows if r.state == "completed" and r.priority == "low"]
    assert measures["response_s[low]"] == pytest.approx(np.mean(low))


def test_utilisation_is_a_recount(busy_run):
    begin_s, end_s = 21_600, 3.25 * 86_400
    busy_s = sum(
        max(min(m.home_s, end_s) - max(m.dispatched_s, begin_s), 0)
        for m in busy_run.missions.itertuples()
    )
    assert utilisation(busy_run) == pytest.approx(busy_s / (2 * (end_s - begin_s)))


def test_hours_are_a_recount_second_by_second(busy_run):
    seconds = np.arange(0, 3.25 * 86_400) + 0.5
    hours = busy_run.hours
    for number in (0, 1):
        own = busy_run.missions[busy_run.missions["ambulance"] == number]
        for name, begin, end in AMBULANCE_STATES:
            inside = np.zeros(len(seconds), dtype=bool)
            for begin_s, end_s in own[[begin, end]].dropna().to_numpy():
                inside[(seconds > begin_s) & (seconds < end_s)] = True
            counted = inside.reshape(-1, 3600).sum(axis=1)
            told = hours.loc[hours["ambulance"] == number, f"{name}_s"].to_numpy()
            assert np.abs(told - counted).max() < len(own)  # a second at each end of a mission
            assert told.sum() == pytest.approx(counted.sum(), abs=len(own))


def one_mission(**times):
    columns = {"ambulance": [0]} | {
        name: [np.nan] for _, *pair in AMBULANCE_STATES for name in pair
    }
    return pd.DataFrame(columns | {name: [value] for name, value in times.items()})


def test_a_mission_over_the_turn_of_hours_and_the_end_of_the_run():
    """Bug: of a run that ends within an hour, all of that hour was counted."""
    mission = one_mission(
        dispatched_s=3500.0,
        departed_s=3600.0,
        arrived_s=4000.0,
        left_scene_s=7300.0,
        clear_s=7300.0,
        home_s=9000.0,
    )
    hours = hour_table(mission, ambulances=1, horizon_s=7500.0).set_index("hour")
    assert hours["mobilising_s"].tolist() == [100, 0, 0]
    assert hours["to_call_s"].tolist() == [0, 400, 0]
    assert hours["on_scene_s"].tolist() == [0, 3200, 100]
    assert hours["returning_s"].tolist() == [0, 0, 200]
    assert hours["idle_s"].tolist() == [3500, 0, 0]
    assert hours["to_hospital_s"].sum() == hours["handover_s"].sum() == 0


def test_tables_by_zone_hour_and_priority_split_all_calls(busy_run):
    calls = counted_calls(busy_run)
    for split in (by_zone, by_hour, by_priority):
        table = split(calls)
        assert table["calls"].sum() == len(calls)
        weights = table["calls"] / len(calls)
        assert (table["in_target_share"] * weights).sum() == pytest.approx(
            calls["in_target"].mean()
        )
    seven = calls[calls["called_s"] // 3600 % 24 == 7]
    assert by_hour(calls).loc[7, "calls"] == len(seven)
    assert by_hour(calls).loc[7, "response_s"] == pytest.approx(seven["response_s"].mean())
    assert sorted(by_hour(calls).index) == list(range(24))


def test_equity_across_zones(busy_run):
    calls = counted_calls(busy_run)
    served = calls[calls["state"] == "completed"]
    means = served["zone"].map(served.groupby("zone")["response_s"].mean()).to_numpy()
    difference = np.abs(means[:, None] - means).mean()
    assert zone_gini(calls) == pytest.approx(difference / (2 * means.mean()))
