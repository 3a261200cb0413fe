"""Shifts, breaks and breakdowns in whole runs, solved by hand in the city of `four_streets`."""

from math import nan

import pytest

from tests.simulation.four_streets import FILES, C, E, W, timeline

ONLY_B = {"sites.csv": "site_id,kind,x,y,ambulances\nB,station,1000,0,1\nH,hospital,0,1025,0\n"}
SIX_MINUTES = {"name": "short", "hours": 0.1}
ALWAYS_WITH_BREAK = {"name": "all day", "break_after_hours": 0.1, "break_s": 600}


@pytest.fixture
def run(run_city):
    def run_with_one_crew(*calls, files=None, **changes):
        return run_city(*calls, files={**ONLY_B, **(files or {})}, **changes)

    return run_with_one_crew


def absences(result):
    columns = ["ambulance", "reason", "from_s", "until_s"]
    return [tuple(row) for row in result.absences[columns].itertuples(index=False)]


def moves(result):
    columns = ["ambulance", "reason", "station", "left_s", "ended_s", "metres", "arrived"]
    return [tuple(row) for row in result.moves[columns].itertuples(index=False)]


def test_overtime(run):
    result = run(
        {"called_s": 300, "place": C}, {"called_s": 400, "place": C}, fleet__shifts=[SIX_MINUTES]
    )
    # The shift ends at 360, when the crew sets out; it is clear at 508, home at 568. Call 1 waits
    # for the shift of the next day, though the crew comes by.
    expected = [
        (0, 0, True, 300, 360, 408, 508, 508, 568, "home"),
        (1, 0, True, 86_400, 86_460, 86_508, 86_608, 86_608, 86_668, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]
    assert absences(result)[0] == (0, "off_duty", pytest.approx(568), 86_400)
    hours = result.hours.sum()
    assert hours["off_duty_s"] == pytest.approx(12 * 3600 - 568)
    assert hours["idle_s"] == pytest.approx(300)


def test_before_the_first_shift(run):
    result = run({"called_s": 10, "place": E}, fleet__shifts=[{**SIX_MINUTES, "start_hour": 1}])
    assert absences(result)[0] == (0, "off_duty", 0, 3600)
    assert result.missions["dispatched_s"].tolist() == [3600]


def test_a_break_at_the_station(run):
    result = run({"called_s": 400, "place": E}, fleet__shifts=[ALWAYS_WITH_BREAK])
    assert absences(result) == [(0, "break", 360, 960)]
    assert result.missions["dispatched_s"].tolist() == [960]
    assert result.hours["on_break_s"].sum() == pytest.approx(600)


def test_a_break_after_the_mission(run):
    result = run(
        {"called_s": 300, "place": C}, {"called_s": 400, "place": C},
        fleet__shifts=[ALWAYS_WITH_BREAK],
    )  # fmt: skip
    assert absences(result) == [(0, "break", pytest.approx(568), pytest.approx(1168))]
    assert result.missions["dispatched_s"].tolist() == pytest.approx([300, 1168])


def test_a_break_that_falls_due_on_the_way_home(run):
    result = run(
        {"called_s": 200, "place": C, "scene_s": 40}, {"called_s": 370, "place": C},
        fleet__shifts=[ALWAYS_WITH_BREAK],
    )  # fmt: skip
    # Clear at 348, home at 408: from 360 on it can be sent no more.
    assert result.missions["home_s"].tolist()[0] == pytest.approx(408)
    assert absences(result) == [(0, "break", pytest.approx(408), pytest.approx(1008))]
    assert result.missions["dispatched_s"].tolist() == pytest.approx([200, 1008])
    assert moves(result) == []


def test_a_break_that_never_falls_due_changes_nothing(run):
    calls = [{"called_s": 100 * k, "place": (C, E, W)[k % 3]} for k in range(9)]
    plain = run(*calls)
    idle = run(*calls, fleet__shifts=[{**ALWAYS_WITH_BREAK, "break_after_hours": 23}])
    assert timeline(plain) == timeline(idle)


def test_a_breakdown_on_the_way_to_a_call(run, failing_at):
    failing_at(90.0)
    result = run({"called_s": 0, "place": W, "priority": "low"}, fleet__breakdowns={})
    # Between E and C: it stands at C until 1090, and is then sent on to W at once.
    expected = [
        (0, 0, True, 0, 60, nan, nan, nan, 90, "broken_down"),
        (0, 0, False, 1090, 1090, 1170, 1270, 1270, 1410, "home"),
    ]
    assert timeline(result) == [pytest.approx(row, nan_ok=True) for row in expected]
    assert absences(result) == [(0, "breakdown", 90, 1090)]
    assert result.missions["to_call_m"].tolist() == [1000, 1000]
    assert result.calls[["ambulances", "called_off", "broken_down"]].to_numpy().tolist() == [
        [2, 0, 1]
    ]
    assert result.summary["called_off_per_call"] == 0
    assert result.summary["broken_down_per_call"] == 1
    assert result.hours["out_of_order_s"].sum() == pytest.approx(1000)


def test_another_crew_goes_instead(run_city, failing_at):
    failing_at(90.0)
    result = run_city({"called_s": 0, "place": W}, fleet__breakdowns={})
    # Crew 0 from A has left at 60 and was at W at 70: with the patient it does not stop.
    assert timeline(result)[0] == pytest.approx(
        (0, 0, True, 0, 60, 70, 170, 170, 170, "broken_down")
    )
    assert absences(result) == [(0, "breakdown", pytest.approx(170), pytest.approx(1170))]
    assert moves(result) == [
        (0, "to_own_station", "A", pytest.approx(1170), pytest.approx(1180), 0, True)
    ]


def test_a_breakdown_before_arrival_sends_another_crew(run_city, failing_at):
    failing_at(50.0)
    result = run_city({"called_s": 0, "place": W}, fleet__breakdowns={})
    # Still at its station A; at 50 crew 1 is sent from B: 60 + 48 + 64 s.
    expected = [
        (0, 0, True, 0, 60, nan, nan, nan, 50, "broken_down"),
        (0, 1, True, 50, 110, 222, 322, 322, 462, "home"),
    ]
    assert timeline(result) == [pytest.approx(row, nan_ok=True) for row in expected]
    assert absences(result) == [(0, "breakdown", 50, 1050)]


def test_a_breakdown_while_idle(run, failing_at):
    failing_at(10.0)
    result = run({"called_s": 100, "place": E}, fleet__breakdowns={})
    assert absences(result) == [(0, "breakdown", 10, 1010)]
    assert timeline(result) == [
        pytest.approx((0, 0, True, 1010, 1070, 1070, 1170, 1170, 1170, "home"))
    ]
    assert moves(result) == []


RESPONDERS = {
    "fleet__types": [
        {"name": "ambulance", "share": 0.5},
        {"name": "responder", "share": 0.5, "skills": ["first_aid"], "transports": False},
    ],
    "fleet__vehicles": "vehicles.csv",
    "demand__unit_shares": [0, 1],
    "demand__priorities": [
        {"name": "high", "share": 0.5, "target_s": 300, "needs": ["first_aid"]},
        {"name": "low", "share": 0.5, "target_s": 480, "siren": False},
    ],
}
VEHICLES = {
    "sites.csv": FILES["sites.csv"],
    "vehicles.csv": "vehicle,station,type\nT,A,ambulance\nR,B,responder\n",
}


def test_a_first_responder_and_an_ambulance(run):
    result = run(
        {"called_s": 0, "place": C, "units": 2, "transported": 1}, files=VEHICLES, **RESPONDERS
    )
    # The responder is there at 108 and done at 208; it stays until the ambulance, there at 134,
    # leaves with the patient at 234: 105 s to the hospital, 100 s there, 5 + 180 + 10 s home.
    expected = [
        (0, 0, True, 0, 60, 134, 234, 439, 634, "home"),
        (0, 1, True, 0, 60, 108, 234, 234, 294, "home"),
    ]
    assert timeline(result) == [pytest.approx(row) for row in expected]
    assert result.missions["hospital"].dropna().tolist() == ["H"]
    assert result.calls["ambulance"].tolist() == [1]
    assert result.calls["response_s"].tolist() == pytest.approx([108])


def test_a_first_responder_who_comes_last_does_not_stay(run):
    result = run(
        {"called_s": 0, "place": W, "units": 2, "transported": 1}, files=VEHICLES, **RESPONDERS
    )
    # The ambulance leaves with the patient at 170; the responder comes at 172 and works on.
    assert timeline(result)[1] == pytest.approx((0, 1, True, 0, 60, 172, 272, 272, 412, "home"))
    assert timeline(result)[0][6] == pytest.approx(170)


def test_a_first_responder_is_not_sent_where_it_is_not_asked_for(run):
    result = run({"called_s": 0, "place": E, "priority": "low"}, files=VEHICLES, **RESPONDERS)
    assert result.missions["ambulance"].tolist() == [0]
