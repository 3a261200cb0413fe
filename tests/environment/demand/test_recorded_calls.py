"""Calls replayed from a CSV file."""

import numpy as np
import pytest

from environment.errors import CorridorError, DataError
from simulation.model import simulate

HEADER = (
    "called_s,x,y,priority,units,transported,dispatch_delay_s,mobilisation_s,scene_s,handover_s\n"
)
TEN = (
    HEADER
    + """\
300,0,0,high,1,1,10,20,100,50
0,800,0,low,1,0,11,21,101,51
600,400,800,high,2,1,12,22,102,52
900,800,800,low,1,1,13,23,103,53
1200,10,0,high,1,0,14,24,104,54
1500,0,200,low,1,1,15,25,105,55
1800,200,200,high,3,0,16,26,106,56
1800,200,400,low,1,1,17,27,107,57
2700,700,700,high,1,1,18,28,108,58
90000,400,400,low,1,0,19,29,109,59
"""
)


@pytest.fixture
def replay(grid_scenario):
    def replay(text, **changes):
        defaults = {"run__days": 2, "demand__recorded_calls": "calls.csv", "fleet__ambulances": 6}
        return simulate(grid_scenario({"calls.csv": text}, **{**defaults, **changes}))

    return replay


def problem(replay, text, **changes):
    with pytest.raises(DataError) as caught:
        replay(text, **changes)
    return str(caught.value).partition("calls.csv: ")[2]


def test_ten_calls_come_back_as_they_were_written(replay):
    result = replay(TEN)
    calls = result.calls
    in_time = [1, 0, 2, 3, 4, 5, 6, 7, 8, 9]  # the first two rows change places
    written = [line.split(",") for line in TEN.splitlines()[1:]]
    written = [written[k] for k in in_time]
    assert calls["called_s"].tolist() == [float(row[0]) for row in written]
    assert calls["onset_s"].tolist() == calls["called_s"].tolist()
    assert calls["x"].tolist() == [float(row[1]) for row in written]
    assert calls["priority"].tolist() == [row[3] for row in written]
    assert calls["units"].tolist() == [int(row[4]) for row in written]
    assert calls["transported"].tolist() == [row[5] == "1" for row in written]
    assert (calls["ready_s"] - calls["called_s"]).tolist() == [float(row[6]) for row in written]
    for column, place in (("mobilisation_s", 7), ("scene_s", 8), ("handover_s", 9)):
        assert calls[column].tolist() == [float(row[place]) for row in written]
    assert calls["zone"].tolist() == ["B", "A", "C", "D", "A", "A", "A", "A", "D", "C"]
    assert calls["access_s"].tolist()[4] == pytest.approx(10 / (10 / 3.6))
    assert result.missions.groupby("call").size().tolist() == calls["units"].tolist()
    assert (calls["state"] == "completed").all()


def test_a_replay_is_the_same_in_every_replication(grid_scenario):
    scenario = grid_scenario({"calls.csv": TEN}, demand__recorded_calls="calls.csv", run__days=2)
    one, other = simulate(scenario, 0), simulate(scenario, 1)
    assert one.missions.equals(other.missions)


def test_missing_columns_are_drawn(replay):
    text = "called_s,x,y\n" + "".join(f"{60 * k},0,0\n" for k in range(500))
    calls = replay(text, fleet__ambulances=100).calls
    assert calls["priority"].eq("high").mean() == pytest.approx(0.4, abs=0.08)
    assert calls["transported"].mean() == pytest.approx(0.75, abs=0.07)
    assert calls["scene_s"].mean() == pytest.approx(1200, abs=4 * 600 / np.sqrt(500))
    assert calls["units"].eq(1).all()
    again = replay(text, fleet__ambulances=100).calls
    assert calls["scene_s"].equals(again["scene_s"])


def test_missing_values_are_drawn_and_the_others_stay(replay):
    """Bug: a blank among priorities or units made numbers of them that no run could use."""
    text = HEADER + "0,0,0,,2,1,10,20,100,50\n60,0,0,low,,,,,,\n120,0,0,high,1,0,1,2,3,4\n"
    calls = replay(text, demand__handover=77).calls
    full = replay(text.replace(",,2,", ",low,2,"), demand__handover=77).calls
    assert calls["priority"].tolist()[1:] == ["low", "high"]
    assert calls["priority"].iloc[0] in ("high", "low")
    assert calls["units"].tolist() == [2, 1, 1]
    assert calls["handover_s"].tolist() == [50, 77, 4]
    assert calls["scene_s"].tolist()[::2] == [100, 3]
    assert calls["scene_s"].equals(full["scene_s"])


def test_dates_and_times(replay):
    text = "called_at,x,y\n2026-11-21T23:59:30,0,0\n2026-11-21 07:30,0,0\n2026-11-23T00:00:01,0,0\n"
    seconds = replay(text, run__days=3).calls["called_s"].tolist()
    assert seconds == [7.5 * 3600, 86_400 - 30, 2 * 86_400 + 1]


def test_dates_with_one_offset_keep_the_local_hour(replay):
    text = "called_at,x,y\n2026-11-21T07:30:00+01:00,0,0\n2026-11-21T08:00:00+01:00,0,0\n"
    assert replay(text).calls["called_s"].tolist() == [27_000, 28_800]


def test_more_units_than_the_scenario_ever_draws(replay):
    """Bug: the trips of the third ambulance had no noise to take."""
    result = replay(TEN, demand__trip_noise_cv=0.3)
    assert result.missions.groupby("call").size().max() == 3


MOMENT = "called_s must be seconds, or in every row a date and time such as 2026-11-21T07:30:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("called_s,x,y\n0,0,0\nsoon,0,0\n", f"row 3: {MOMENT}, got 'soon'"),
        ("called_s,x,y\nsoon,0,0\n", f"row 2: {MOMENT}, got 'soon'"),
        ("called_s,x,y\ninf,0,0\n5,0,0\n", f"row 2: {MOMENT}, got 'inf'"),
        ("called_s,x,y\n2026-01-01T00:00,0,0\n5,0,0\n", f"row 2: {MOMENT}, got '2026-01-01T00:00'"),
        ("called_at,x,y\n2026-01-01,0,0\n2026-13-01,0,0\n", f"row 3: {MOMENT}, got '2026-13-01'"),
        ("called_s,x,y\n-5,0,0\n", "row 2: called_s must be >= 0, got '-5'"),
        (
            "called_at,x,y\n2026-01-01T00:00+01:00,0,0\n2026-07-01T00:00+02:00,0,0\n",
            "called_s mixes time zones; write every moment with the same offset, or none",
        ),
        (
            "called_s,x,y,priority\n0,0,0,hihg\n",
            "row 2: priority must be one of high, low, got 'hihg' (did you mean 'high'?)",
        ),
        (
            "called_s,x,y,transported\n0,0,0,2\n",
            "row 2: transported must be a whole number >= 0 and <= 1, got '2'",
        ),
        (
            "called_s,x,y,units\n0,0,0,0\n",
            "row 2: units must be a whole number >= 1 and <= 1000, got '0'",
        ),
        ("called_s,x,y,scene_s\n0,0,0,-3\n", "row 2: scene_s must be a number >= 0, got '-3'"),
        ("called_s,x,y\n0,inf,0\n", "row 2: x must be a number, got 'inf'"),
        ("called_s,x,y\n", "has no rows"),
        ("called,x,y\n0,0,0\n", "no column 'called_s' or 'called_at' (did you mean 'called'?)"),
    ],
)
def test_wrong_rows(replay, text, expected):
    assert problem(replay, text) == expected


def test_calls_off_the_map(replay):
    text = "called_s,x,y\n9,0,0\n5,900000,0\n7,0,-900000\n"
    told = problem(replay, text)
    assert told.startswith("call in row 4 at (0, -900000) lies 900.0 km from the nearest street")
    assert "call in row 3 at (900000, 0) lies 899.2 km" in told
    assert "2 of 3 calls farther than the allowed 1 km" in told
    assert "the map spans x 0 to 800, y 0 to 800" in told


def test_a_file_that_is_not_there(grid_scenario):
    scenario = grid_scenario(demand__recorded_calls="nowhere.csv")
    with pytest.raises(CorridorError, match=r"nowhere\.csv: no such file"):
        simulate(scenario)


def test_calls_after_the_end_of_the_run_are_a_mistake(grid_scenario):
    calls = "called_s,x,y\n100,0,0\n180000,0,0\n"
    scenario = grid_scenario(
        {"calls.csv": calls},
        demand__recorded_calls="calls.csv",
        run__days=1,
        run__warm_up_days=0.5,
    )
    with pytest.raises(DataError, match=r"calls\.csv: the last call comes on day 2\.08, .* 1\.5;"):
        simulate(scenario)
