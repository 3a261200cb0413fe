"""Measures of a run against closed forms and counts by brute force."""

import dataclasses
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.measures.catalogue import OF_RUNS, summary
from simulation.measures.service import (
    DUTY_STATES,
    by_hour,
    by_priority,
    by_state_and_hour,
    by_zone,
    counted_calls,
    coverage_by_hour,
    gini,
    hospital_load,
    kilometres,
    redirections,
    response_measures,
    survival_by_condition,
    utilisation,
    zone_gini,
)
from simulation.model import simulate
from simulation.tables.result import Result
from simulation.tables.service import MISSION_STRETCHES, hour_table

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
        for doing, begin, end in MISSION_STRETCHES:
            inside = np.zeros(len(seconds), dtype=bool)
            for begin_s, end_s in own[[begin, end]].dropna().to_numpy():
                inside[(seconds > begin_s) & (seconds < end_s)] = True
            counted = inside.reshape(-1, 3600).sum(axis=1)
            told = hours.loc[hours["ambulance"] == number, f"{doing.label}_s"].to_numpy()
            assert np.abs(told - counted).max() < len(own)  # a second at each end of a mission
            assert told.sum() == pytest.approx(counted.sum(), abs=len(own))


def one_mission(**times):
    columns = {"ambulance": [0]} | {
        name: [np.nan] for _, *pair in MISSION_STRETCHES for name in pair
    }
    return pd.DataFrame(columns | {name: [value] for name, value in times.items()})


def moves_of(*rows):
    return pd.DataFrame(rows, columns=["ambulance", "left_s", "ended_s"], dtype=float).astype(
        {"ambulance": int}
    )


def absences_of(*rows):
    return pd.DataFrame(rows, columns=["ambulance", "reason", "from_s", "until_s"]).astype(
        {"ambulance": int, "from_s": float, "until_s": float}
    )


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
    hours = hour_table(mission, moves_of(), absences_of(), 1, 7500.0).set_index("hour")
    assert hours["mobilising_s"].tolist() == [100, 0, 0]
    assert hours["to_call_s"].tolist() == [0, 400, 0]
    assert hours["on_scene_s"].tolist() == [0, 3200, 100]
    assert hours["returning_s"].tolist() == [0, 0, 200]
    assert hours["idle_s"].tolist() == [3500, 0, 0]
    assert hours["to_hospital_s"].sum() == hours["handover_s"].sum() == 0


def test_moves_and_absences_in_the_table_of_hours():
    mission = one_mission(dispatched_s=1000.0, departed_s=1100.0, home_s=1300.0)  # called off
    moves = moves_of((0, 1300, 1900), (1, 3500, 3700))
    absences = absences_of((0, "break", 2000, 2600), (1, "off_duty", 0, 3000))
    hours = hour_table(mission, moves, absences, 2, 7200.0).set_index(["ambulance", "hour"])
    assert hours.loc[0, 0][["mobilising_s", "to_call_s", "moving_s", "on_break_s"]].tolist() == [
        100,
        200,
        600,
        600,
    ]
    assert hours.loc[0, 0]["idle_s"] == 3600 - 1500
    assert hours.loc[1, "moving_s"].tolist() == [100, 100]
    assert hours.loc[1, "off_duty_s"].tolist() == [3000, 0]
    assert hours.to_numpy().sum() == 2 * 7200


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


CALLS = """\
call called_s priority final_priority state      condition     survival response_s dispatched_s
0      1000   high     high           completed cardiac_arrest 0.30    300    1010
1      4000   low      low            completed ""             nan     600    4010
2      5000   high     high           completed cardiac_arrest 0.10    900    5010
3      6000   low      low            left      ""             nan     nan    nan
4      7000   high     high           completed trauma         0.95    200    7010
"""
WHO_CAME = """\
called_off broken_down vehicles_short
0          0           1
1          0           0
0          2           1
0          0           1
0          0           0
"""
MISSIONS = """\
call ambulance end dispatched_s departed_s arrived_s left_scene_s at_hospital_s bay_s clear_s home_s
0    0 home       1010 1010 1300 1600 1900 1900 2000 2300
1    1 called_off 4010 4060  nan  nan  nan  nan  nan 4260
1    0 home       4300 4310 4600 4900 5200 5300 5500 5800
2    1 sent_on    4260 4260 4900 5200 5500 5800 6000 6100
4    1 home       6100 6100 6300 6400  nan  nan 6400 6900
"""
DRIVEN = """\
siren to_hospital_siren to_call_m to_hospital_m home_m hospital
True  False             4000      3000          3000   H1
False False              800         0             0   nan
False False             3000      2000          2000   H1
True  True              6000      3000          1000   H2
True  False             2000         0          5000   nan
"""
MOVES = """\
ambulance reason  left_s ended_s metres
0         move_up 3000   3100    900
0         move_up 5900   6400    5000
1         move_up 7000   7500    1000
1         move_up 90100  90200   700
"""
GREENS = """\
light from_s until_s cross_red_s held_vehicles
7     1100   1110    8           1.5
7     4100   4110    6           1.0
9     90001  90009   4           9.0
"""
COVERAGE = """\
time_s available covered_share
0      2         0.9
4200   1         0.6
9000   2         0.8
"""


def table_of(*texts):
    """Tables in plain text, one beside the other."""
    options = {"sep": r"\s+", "keep_default_na": False, "na_values": "nan"}
    return pd.concat([pd.read_csv(StringIO(text), **options) for text in texts], axis=1)


@pytest.fixture
def by_hand():
    """A day of 24 hours after a warm-up of one; two ambulances, of which one has a break."""
    calls = table_of(CALLS, WHO_CAME).assign(
        zone="A",
        ready_s=lambda t: t["called_s"],
        wait_s=lambda t: t["dispatched_s"] - t["called_s"],
        in_target=lambda t: t["response_s"] < 500,
        counted=lambda t: t["called_s"] >= 3600,
    )
    hours = pd.DataFrame({f"{state}_s": [0.0] * 50 for state in (*DUTY_STATES, "off_duty")})
    hours = hours.assign(ambulance=np.repeat([0, 1], 25), hour=np.tile(np.arange(25), 2))
    hours["idle_s"] = 3600.0
    of_first, of_second = hours["ambulance"] == 0, hours["ambulance"] == 1
    seven = hours["hour"] == 7
    hours.loc[seven & of_first, ["idle_s", "to_call_s", "waiting_bay_s"]] = [1800, 900, 900]
    hours.loc[seven & of_second, ["idle_s", "off_duty_s", "on_break_s"]] = [1200, 1800, 600]
    hours.loc[of_second & (hours["hour"] >= 13), ["idle_s", "off_duty_s"]] = [0, 3600]
    hours.loc[hours["hour"] == 0, ["idle_s", "returning_s"]] = [0, 3600]  # the warm-up
    return Result(
        calls=calls,
        missions=table_of(MISSIONS, DRIVEN),
        vehicles=pd.DataFrame(),
        moves=table_of(MOVES),
        absences=pd.DataFrame(),
        forced_greens=table_of(GREENS),
        coverage=table_of(COVERAGE),
        epidemic=pd.DataFrame(),
        hours=hours,
        manifest={"scenario": {"run": {"days": 1, "warm_up_days": 1 / 24}}},
    )


def test_summary_of_a_run_by_hand(by_hand):
    expected = {
        "calls": 4,
        "survival_share": (0.1 + 0.95) / 2,
        "left_share": 1 / 4,
        "lost_share": 0,
        "short_share": 1 / 4,  # one in the warm-up, one of a patient who was never reached
        "called_off_per_call": 1 / 4,
        "broken_down_per_call": 2 / 4,
        "waiting_bay_s": (100 + 300) / 2,
        "siren_km_per_call": (6 + 3 + 2) / 4,
        "km_per_call": (0.8 + 7 + 10 + 7) / 4,
        "moves_per_day": 2,  # one began in the warm-up, one after the end
        "km_moved_per_day": 6,
        "forced_green_s_per_hour": 6 / 24,
        "held_vehicles_per_hour": 1 / 24,
        # From 3600 to 4200 s 0.9, to 9000 s 0.6, and to 90,000 s 0.8.
        "coverage": (600 * 0.9 + 4800 * 0.6 + 81_000 * 0.8) / 86_400,
        # On duty are two ambulances, but for one that is off for half an hour and 12 hours.
        "availability": (2 * 600 + 4800 + 2 * 81_000) / (2 * 86_400 - 1800 - 12 * 3600),
        "utilisation": 1800 / (2 * 86_400 - 1800 - 12 * 3600),
    }
    assert {name: summary(by_hand)[name] for name in expected} == pytest.approx(expected)


def test_features_without_data_are_no_measures(by_hand):
    nothing = dataclasses.replace(
        by_hand,
        calls=by_hand.calls.assign(
            survival=np.nan, called_off=0, broken_down=0, vehicles_short=0, state="completed"
        ),
        missions=by_hand.missions.iloc[:0],
        moves=by_hand.moves.iloc[:0],
        forced_greens=by_hand.forced_greens.iloc[:0],
        coverage=by_hand.coverage.iloc[:0],
    )
    measures = summary(nothing)
    absent = {"survival_share", "waiting_bay_s", "coverage", "availability", "wait_trend"}
    absent |= {"epidemic_calls", "epidemic_cases", "peak_infectious_share"}
    absent |= {measure.name for measure in OF_RUNS if measure.system == "supplies"}
    assert absent == {measure.name for measure in OF_RUNS} - set(measures)
    zero = ["left_share", "short_share", "called_off_per_call", "broken_down_per_call"]
    zero += ["siren_km_per_call", "moves_per_day"]
    zero += ["km_moved_per_day", "forced_green_s_per_hour", "held_vehicles_per_hour"]
    assert [measures[name] for name in zero] == [0.0] * 9
    assert coverage_by_hour(nothing).empty
    assert redirections(nothing).empty
    assert hospital_load(nothing).empty
    assert survival_by_condition(nothing).empty
    assert kilometres(nothing).to_numpy().sum() == 0


def test_states_by_hour_by_hand(by_hand):
    states = by_state_and_hour(by_hand)
    assert list(states.columns) == list(DUTY_STATES)
    assert states.sum(axis=1).to_numpy() == pytest.approx(1)
    assert states.index.tolist() == list(range(24))
    seven = states.loc[7]  # of 1.5 ambulances on duty
    assert seven[["idle", "on_break", "to_call", "waiting_bay"]].tolist() == pytest.approx(
        [3000 / 5400, 600 / 5400, 900 / 5400, 900 / 5400]
    )
    assert states.loc[0, "idle"] == 1  # of the second midnight; the first is the warm-up's


def test_hours_with_nobody_on_duty_are_no_hours(by_hand):
    by_hand.hours.loc[by_hand.hours["hour"] == 3, ["idle_s", "off_duty_s"]] = [0, 3600]
    assert 3 not in by_state_and_hour(by_hand).index


def test_kilometres_by_hand(by_hand):
    km = kilometres(by_hand)
    assert km["siren_km"].to_dict() == {
        "to_call": 6 + 2,
        "to_hospital": 3,
        "returning": 0,
        "moving": 0,
    }
    assert km["normal_km"].to_dict() == pytest.approx(
        {"to_call": 0.8 + 3, "to_hospital": 2, "returning": 2 + 1 + 5, "moving": 6}
    )


def test_coverage_by_hour_by_hand(by_hand):
    hours = coverage_by_hour(by_hand)
    one = (600 * 0.9 + 3000 * 0.6) / 3600  # after 10 minutes an ambulance is gone
    assert hours.loc[[0, 1, 2, 3], "covered_share"].tolist() == pytest.approx([0.8, one, 0.7, 0.8])
    assert hours.loc[[1, 2], "available"].tolist() == pytest.approx([7 / 6, 1.5])
    assert hours.index.tolist() == list(range(24))


@given(
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 9)), min_size=1, max_size=12),
    st.integers(0, 8_000),
)
def test_coverage_is_a_recount_second_by_second(rows, warm_up_s):
    """Also where several things happen at one moment, and where the first comes late."""
    rows = sorted(rows, key=lambda row: row[0])
    nothing = pd.DataFrame()
    run = Result(
        calls=nothing,
        missions=nothing,
        vehicles=nothing,
        moves=nothing,
        absences=nothing,
        forced_greens=nothing,
        coverage=pd.DataFrame(rows, columns=["time_s", "available"]).assign(covered_share=0.5),
        epidemic=nothing,
        hours=nothing,
        manifest={"scenario": {"run": {"days": 1 / 8, "warm_up_days": warm_up_s / 86_400}}},
    )
    by_hour = {}
    for second in range(warm_up_s, warm_up_s + 10_800):
        before = [available for time_s, available in rows if time_s <= second]
        if before:
            by_hour.setdefault(second // 3600, []).append(before[-1])
    found = coverage_by_hour(run)["available"]
    assert found.to_dict() == pytest.approx({h: np.mean(values) for h, values in by_hour.items()})


def test_redirections_by_hand(by_hand):
    table = redirections(by_hand)
    assert table.index.tolist() == [("low", "high")]
    assert table.loc[("low", "high")].tolist() == [1, 0.8, 200]
    alone = by_hand.missions.assign(dispatched_s=lambda t: t["dispatched_s"] + (t["call"] == 2))
    assert redirections(dataclasses.replace(by_hand, missions=alone)).index.tolist() == [
        ("low", "none")
    ]


def test_hospital_load_by_hand(by_hand):
    load = hospital_load(by_hand)
    assert load.loc["H1"].tolist() == [1, 100, 100, 200]  # another came in the warm-up
    assert load.loc["H2"].tolist() == [1, 300, 300, 200]


def test_survival_by_condition_by_hand(by_hand):
    table = survival_by_condition(by_hand)
    assert table.loc["cardiac_arrest"].tolist() == [1, 0.1, 900]
    assert table.loc["trauma"].tolist() == [1, 0.95, 200]


@pytest.mark.parametrize("name", ["utilisation", "km_per_call", "siren_km_per_call"])
def test_nobody_on_duty_and_no_calls_are_no_measures(by_hand, name):
    hours = by_hand.hours.assign(**{f"{state}_s": 0.0 for state in DUTY_STATES}, off_duty_s=3600.0)
    empty = dataclasses.replace(by_hand, calls=by_hand.calls.iloc[:0], hours=hours)
    assert np.isnan(summary(empty).get(name, np.nan))
