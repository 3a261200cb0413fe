"""Calls replayed from a CSV file."""

import numpy as np
import pytest

from environment.demand.record import read_record
from environment.errors import CorridorError, DataError
from simulation.model import simulate
from simulation.preparation import prepare

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
    # (10, 0) lies on a street, (700, 700) 100 m from the nearest.
    assert calls["access_s"].tolist()[4:9:4] == pytest.approx([0, 100 / (10 / 3.6)])
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


def test_numbers_under_called_at_are_refused_unless_a_key_says_what_they_count(replay):
    """Bug: Excel's day numbers were taken as seconds, and all calls of a day came within one."""
    text = "called_at,x,y\n45413.25,0,0\n45413.5,0,0\n45414.0,0,0\n"
    assert problem(replay, text) == (
        "row 2: called_at must be a date and time such as 2026-11-21T07:30:00; what a number "
        "counts must be said by demand.recorded_time = 'seconds', 'excel', 'unix', 'unix_ms' or a "
        "pattern of dates, got '45413.25'"
    )
    assert called_s(replay, text, "excel") == [21_600, 43_200, 86_400]


def called_s(replay, text, form):
    return replay(text, demand__recorded_time=form).calls["called_s"].tolist()


@pytest.mark.parametrize(
    ("form", "one", "other", "expected"),
    [
        ("seconds", "30", "90", [30, 90]),
        ("unix", "1714521600", "1714525200", [0, 3600]),  # 2024-05-01T00:00:00Z
        ("unix_ms", "1714521600500", "1714525200000", [0.5, 3600]),
        ("%d/%m/%Y %H:%M", "03/04/2026 08:00", "04/04/2026 09:30", [28_800, 86_400 + 34_200]),
        ("%m/%d/%Y %I:%M:%S %p", "04/03/2026 12:05:00 AM", "4/3/2026 1:00:01 PM", [300, 46_801]),
        ("%Y%m%d%H%M", "202604030800", "202604030801", [28_800, 28_860]),
        ("%Y-%m-%dT%H:%M%z", "2026-04-03T08:00+0200", "2026-04-03T08:00+0100", [28_800, 32_400]),
    ],
)
def test_moments_in_every_form(replay, form, one, other, expected):
    assert called_s(replay, f"called_at,lng,lat\n{one},0,0\n{other},0,0\n", form) == expected


def test_what_is_not_of_the_form_is_told(replay):
    text = "called_at,x,y\n03/04/2026 08:00,0,0\n03/14/2026 08:00,0,0\n"
    form = "%d/%m/%Y %H:%M"
    assert problem(replay, text, demand__recorded_time=form) == (
        f"row 3: called_at must be a moment as in {form!r}, got '03/14/2026 08:00'"
    )
    with pytest.raises(CorridorError, match=r"must be one of seconds, excel, .* got 'american'"):
        replay(text, demand__recorded_time="american")


def test_calls_before_and_after_the_change_of_the_clock_are_as_far_apart_as_they_were(replay):
    """Bug: a record that goes over the change to or from summer time was refused."""
    text = (
        "called_at,x,y\n2026-10-25T01:30:00+02:00,0,0\n2026-10-25T02:30:00+02:00,0,0\n"
        "2026-10-25T02:30:00+01:00,0,0\n2026-10-26T00:00:00+01:00,0,0\n"
    )
    assert replay(text).calls["called_s"].tolist() == [5400, 9000, 12_600, 90_000]


def test_rows_are_those_of_the_file_blank_lines_counted(replay):
    text = "called_s,x,y\n\n0,0,0\n\n,,\nsoon,0,0\n"
    assert problem(replay, text) == f"row 6: {MOMENT}, got 'soon'"
    quoted = 'called_s,x,y,comment\n0,0,0,"a\nb"\nsoon,0,0,c\n'
    assert problem(replay, quoted) == f"row 4: {MOMENT}, got 'soon'"
    assert len(replay("\ncalled_s,x,y\n\n0,0,0\n\n\n5,0,0\n").calls) == 2


FAULTY = """called_at,x,y
2026-01-01T08:00,0,0
,0,0
soon,0,0
2026-01-01T09:00,,0
2026-01-01T09:00,n/a,0
2026-01-01T10:00,900000,0
2026-01-01T11:00,800,800
"""


def test_faulty_calls_can_be_left_out_and_are_counted_by_reason(grid_scenario):
    """Bug: of a record of which half lay off the map, nothing could be replayed."""
    scenario = grid_scenario(
        {"calls.csv": FAULTY}, demand__recorded_calls="calls.csv", demand__faulty_calls="drop"
    )
    assert simulate(scenario).calls["called_s"].tolist() == [28_800, 39_600]
    roads = prepare(scenario).city.roads
    record = read_record(scenario.folder / "calls.csv", scenario.demand, roads, scenario.places)
    assert list(record.notes(86_400)) == [
        "5 of 7 recorded calls left out: 2 without a moment, 2 without a place, 1 off the map"
    ]


def test_a_record_of_which_nothing_is_left_is_a_mistake(replay):
    told = problem(replay, "called_s,x,y\n0,9e9,0\n", demand__faulty_calls="drop")
    assert told == "no call is left: 1 off the map"


def test_a_record_that_does_not_cover_the_run_is_told(grid_scenario):
    """Bug: of a day's record in a week's run, utilisation came out a seventh without a word."""
    scenario = grid_scenario({"calls.csv": TEN})
    demand = scenario.demand
    roads = prepare(scenario).city.roads
    record = read_record(scenario.folder / "calls.csv", demand, roads, scenario.places)
    assert list(record.notes(2 * 86_400)) == []
    [told] = record.notes(7.25 * 86_400)
    assert told.startswith("the record covers 2 of the run's 7.25 days, warm-up included: no call")
    assert "on 5.25 of them, over which nothing that is per time is taken" in told


def test_what_is_per_time_is_taken_over_the_days_that_the_record_covers(replay):
    """Bug: of a day's record in a week's run, utilisation came out a seventh of what it was."""
    two_days = {"run__warm_up_days": 0, "run__days": 2, "run__coverage_every_s": 3600}
    short = replay(TEN, **two_days).summary
    long = replay(TEN, **two_days | {"run__days": 7}).summary
    names = ("utilisation", "availability", "moves_per_day")
    assert {name: long[name] for name in names} == {name: short[name] for name in names}
    assert short["utilisation"] > 0


def test_calls_after_the_end_of_the_run_can_be_left_out(replay):
    late = {"run__warm_up_days": 0, "run__days": 1}
    told = problem(replay, TEN, **late)
    assert "after the end of the run on day 1" in told
    result = replay(TEN, **late, demand__faulty_calls="drop")
    whole = replay(TEN, run__warm_up_days=0, run__days=2)
    called_s = whole.calls["called_s"]
    assert 0 < (called_s >= 86_400).sum() < len(called_s)
    assert result.calls["called_s"].tolist() == called_s[called_s < 86_400].tolist()


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
        (
            "called_at,x,y\n2026-01-01,0,0\n2026-13-01,0,0\n",
            (
                "row 3: called_at must be a date and time such as 2026-11-21T07:30:00, "
                "got '2026-13-01'"
            ),
        ),
        ("called_s,x,y\n-5,0,0\n", "row 2: called_s must be >= 0, got '-5'"),
        (
            "called_at,x,y\n2026-01-01T00:00+01:00,0,0\n2026-07-01T00:00,0,0\n",
            "some moments have an offset and some have none; write all with, or none",
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
        (
            "called_s,x,y,scene_s\n0,0,0,-3\n",
            "row 2: scene_s must be a number >= 0 and <= 31622400, got '-3'",
        ),
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


def town_in_degrees() -> str:
    """A block of one-way and bent streets at 60° north, with a dead end."""
    at = {1: (60, 20), 2: (60, 20.02), 3: (60.01, 20.02), 4: (60.01, 20), 5: (60.004, 20.027)}
    at |= {11: (59.997, 20.007), 12: (59.998, 20.015), 13: (60.006, 20.004)}
    nodes = "".join(f'<node id="{k}" lat="{y}" lon="{x}"/>' for k, (y, x) in at.items())
    ways = [((1, 11, 12, 2), "no"), ((2, 3), "no"), ((3, 4), "yes"), ((4, 13, 1), "yes")]
    ways += [((3, 1), "no"), ((2, 5), "no")]
    return f'<osm version="0.6">{nodes}' + "".join(
        f'<way id="{number}">{"".join(f"""<nd ref="{k}"/>""" for k in refs)}'
        f'<tag k="highway" v="residential"/><tag k="oneway" v="{oneway}"/></way>'
        for number, (refs, oneway) in enumerate(ways)
    ) + "</osm>"  # fmt: skip


IN_DEGREES = {
    "town.osm": town_in_degrees(),
    "sites.csv": "site_id,kind,lon,lat,ambulances\n"
    "S1,station,20.0011,60.0002,3\nH1,hospital,20.019,60.0085,0\n",
}
ON_OSM = {"roads": {"source": "osm_file", "file": "town.osm"}, "places__zones": None}


@pytest.mark.parametrize(("town", "more"), [({}, {}), (IN_DEGREES, ON_OSM)], ids=["plane", "osm"])
def test_a_run_replayed_from_its_own_calls_is_the_same_call_by_call(grid_scenario, town, more):
    own = {
        "demand__address": "street",
        "demand__calls_per_day": 150,
        "demand__alarm_delay": 0,
        "demand__unit_shares": (0.8, 0.2),
        "demand__trip_noise_cv": 0.3,
        "fleet__ambulances": 4,
        **more,
    }
    drawn = simulate(grid_scenario(town, **own))
    record = drawn.calls.assign(
        dispatch_delay_s=drawn.calls["ready_s"] - drawn.calls["called_s"],
        transported=drawn.calls["transported"].astype(int),
    )
    files = {**town, "calls.csv": record.to_csv(index=False)}
    replayed = simulate(grid_scenario(files, **own, demand__recorded_calls="calls.csv"))
    assert (drawn.calls["node"] > 25).mean() > 0.9  # few lie at one of 25 junctions
    for column in ("x", "y", "node", "access_s", "priority", "units"):
        assert replayed.calls[column].equals(drawn.calls[column]), column
    for column in ("ambulance", "from_node", "hospital"):
        assert replayed.missions[column].equals(drawn.missions[column]), column
    for column in ("arrived_s", "at_hospital_s", "home_s"):
        assert replayed.missions[column].to_numpy() == pytest.approx(
            drawn.missions[column].to_numpy(), abs=1e-6, nan_ok=True
        )
