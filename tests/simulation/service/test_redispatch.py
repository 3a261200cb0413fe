"""Crews called off for somebody worse, solved by hand in the city of `four_streets`."""

from math import nan

import pytest

from tests.simulation.four_streets import FILES, C, E, S, W, timeline

ONLY_B = {
    "sites.csv": "site_id,kind,x,y,ambulances\nB,station,1000,0,1\nH,hospital,0,1025,0\n",
}
FAR_LOW = {"called_s": 0, "place": W, "priority": "low"}


@pytest.fixture
def run(run_city):
    def run_with_one_crew(*calls, files=None, **changes):
        switched_on = {"dispatch_centre__redispatch": True, **changes}
        return run_city(*calls, files={**ONLY_B, **(files or {})}, **switched_on)

    return run_with_one_crew


def approx(rows):
    return [pytest.approx(row, nan_ok=True) for row in rows]


def test_on_the_road(run):
    result = run(FAR_LOW, {"called_s": 90, "place": S, "scene_s": 50})
    # It leaves E at 60 and would be at C at 120, at W at 200. At 90 it is called off and turns
    # at C: C–S with siren 96 s. At 266 call 0 is served: S–C–W without siren 200 s; home 140 s.
    expected = [
        (0, 0, True, 0, 60, nan, nan, nan, 90, "called_off"),
        (1, 0, False, 90, 90, 216, 266, 266, 266, "sent_on"),
        (0, 0, False, 266, 266, 466, 566, 566, 706, "home"),
    ]
    assert timeline(result) == approx(expected)
    assert result.missions["to_call_m"].tolist() == [1000, 1000, 2000]
    assert result.calls["called_off"].tolist() == [1, 0]
    assert result.calls["response_s"].tolist() == pytest.approx([466, 126])
    assert result.calls["ambulance"].tolist() == [0, 0]


def test_seconds_of_a_crew_called_off_on_the_road(run):
    hours = run(FAR_LOW, {"called_s": 90, "place": S, "scene_s": 50}).hours.sum()
    assert hours["mobilising_s"] == pytest.approx(60)
    assert hours["to_call_s"] == pytest.approx(30 + 126 + 200)
    assert hours["on_scene_s"] == pytest.approx(150)
    assert hours["returning_s"] == pytest.approx(140)
    assert hours["idle_s"] == pytest.approx(12 * 3600 - 706)


def test_while_still_at_its_station(run):
    """Bug: its time at the station was counted twice, once for each call."""
    result = run(FAR_LOW, {"called_s": 30, "place": S, "scene_s": 50})
    # Called off at 30, it leaves at 60 all the same, for S: E–C–S with siren 144 s.
    expected = [
        (0, 0, True, 0, 60, nan, nan, nan, 30, "called_off"),
        (1, 0, True, 30, 60, 204, 254, 254, 254, "sent_on"),
        (0, 0, False, 254, 254, 454, 554, 554, 694, "home"),
    ]
    assert timeline(result) == approx(expected)
    assert result.missions["to_call_m"].tolist() == [0, 2000, 2000]
    hours = result.hours.sum()
    assert hours["mobilising_s"] == pytest.approx(60)
    assert hours["to_call_s"] == pytest.approx(144 + 200)
    assert hours["idle_s"] == pytest.approx(12 * 3600 - 694)


def test_an_order_withdrawn_at_once_was_never_given(run):
    """Bug: it was a mission of 0 s, counted as called off, and its patient as one without wait."""
    result = run(FAR_LOW, {"called_s": 0, "place": S, "scene_s": 50})
    # Both call at 0. The crew is given call 0, and at once call 1 instead: E–C–S with siren 144 s.
    expected = [
        (1, 0, True, 0, 60, 204, 254, 254, 254, "sent_on"),
        (0, 0, False, 254, 254, 454, 554, 554, 694, "home"),
    ]
    assert timeline(result) == approx(expected)
    assert result.calls["called_off"].tolist() == [0, 0]
    assert result.calls["ambulances"].tolist() == [1, 1]
    assert result.calls["wait_s"].tolist() == pytest.approx([254, 0])


def test_another_crew_answers_the_first_call(run):
    both = {"sites.csv": FILES["sites.csv"]}
    result = run(
        {"called_s": 0, "place": S, "priority": "low"}, {"called_s": 110, "place": E}, files=both
    )
    # Call 0 goes to B (60 + 60 + 120 s, from A 60 + 10 + 80 + 120). At 110 crew 1 is 10 s before
    # C: 10 + 48 s back to E; crew 0 would take 60 + 10 + 64 + 48 s. Then crew 0 goes to S.
    expected = [
        (0, 0, True, 110, 170, 380, 480, 480, 690, "home"),
        (0, 1, True, 0, 60, nan, nan, nan, 110, "called_off"),
        (1, 1, False, 110, 110, 168, 268, 268, 268, "home"),
    ]
    assert timeline(result) == approx(expected)


@pytest.mark.parametrize("priorities", [("low", "low"), ("high", "high"), ("high", "low")])
def test_nobody_is_called_off_for_somebody_no_worse(run, priorities):
    first, second = priorities
    result = run(
        {"called_s": 0, "place": W, "priority": first},
        {"called_s": 90, "place": S, "priority": second},
    )
    assert result.missions["call"].tolist() == [0, 1]
    assert result.calls["called_off"].tolist() == [0, 0]


@pytest.mark.parametrize("called_s", [200.5, 250])
def test_nobody_is_called_off_who_has_arrived(run, called_s):
    result = run(FAR_LOW, {"called_s": called_s, "place": S})
    assert result.missions["dispatched_s"].tolist() == pytest.approx([0, 300])


def test_without_redispatch_the_crew_goes_on(run_city):
    result = run_city(FAR_LOW, {"called_s": 90, "place": S}, files=ONLY_B)
    assert result.missions["dispatched_s"].tolist() == pytest.approx([0, 300])


THREE_CLASSES = [
    {"name": "high", "share": 0.2, "target_s": 300},
    {"name": "mid", "share": 0.4, "target_s": 300},
    {"name": "low", "share": 0.4, "target_s": 300, "siren": False, "worsens": 70},
]


def test_nobody_is_called_off_from_a_patient_who_has_worsened_to_as_bad(run):
    """Bug: a crew was called off by what its patient had been when it was sent."""
    result = run(
        FAR_LOW, {"called_s": 90, "place": S, "priority": "mid"}, demand__priorities=THREE_CLASSES
    )
    # At 70 call 0 is "mid", too; the crew is at W at 200 and clear at 300.
    assert result.calls["final_priority"].tolist() == ["mid", "mid"]
    assert result.missions["call"].tolist() == [0, 1]
    assert result.missions["arrived_s"].tolist() == pytest.approx([200, 300 + 64 + 96])


def test_of_two_crews_only_the_one_that_is_needed(run):
    """A call of two ambulances loses one of them and gets it back."""
    both = {"sites.csv": FILES["sites.csv"]}
    result = run(
        {"called_s": 0, "place": C, "priority": "low", "units": 2, "scene_s": 500},
        {"called_s": 65, "place": W, "scene_s": 50},
        files=both,
    )
    # Crew 0 leaves A at 60 and is at W at 70: there it turns at once, and the patient is there.
    # Clear at 120, it goes to C: 80 s. Crew 1 is at C at 120 and stays until 620.
    expected = [
        (0, 0, True, 0, 60, nan, nan, nan, 65, "called_off"),
        (1, 0, True, 65, 65, 70, 120, 120, 120, "sent_on"),
        (0, 0, False, 120, 120, 200, 700, 700, 790, "home"),
        (0, 1, True, 0, 60, 120, 620, 620, 680, "home"),
    ]
    got = timeline(result)
    assert [row[:2] + row[3:] for row in got] == approx([row[:2] + row[3:] for row in expected])


def test_a_patient_called_off_still_loses_patience(run):
    """Bug: only who had never been sent a crew could give up waiting."""
    classes = [
        THREE_CLASSES[0] | {"share": 0.5},
        THREE_CLASSES[1] | {"share": 0.5, "patience": 300},
    ]
    result = run(
        {"called_s": 0, "place": W, "priority": "mid"},
        {"called_s": 90, "place": S, "scene_s": 900},
        demand__priorities=classes,
    )
    assert result.calls["state"].tolist() == ["left", "completed"]
    assert result.missions["call"].tolist() == [0, 1]


def test_in_a_service_that_loses_calls(run):
    """Bug: places of a call were numbered anew when it did without some of them."""
    types = [
        {"name": "basic", "share": 0.5},
        {"name": "medic", "share": 0.5, "skills": ["advanced"]},
    ]
    classes = [
        {"name": "high", "share": 0.5, "target_s": 300},
        {"name": "low", "share": 0.5, "target_s": 300, "needs": ["advanced"]},
    ]
    vehicles = "vehicle,station,type\nm1,B,medic\nb1,A,basic\n"
    result = run(
        {"called_s": 0, "place": E, "scene_s": 5000},  # takes the medic, who is nearer
        {"called_s": 1, "place": S, "priority": "low", "units": 2, "scene_s": 10},
        {"called_s": 90, "place": W, "scene_s": 10},
        files={"sites.csv": FILES["sites.csv"], "vehicles.csv": vehicles},
        fleet__types=types,
        fleet__vehicles="vehicles.csv",
        demand__priorities=classes,
        dispatch_centre__when_busy="lose",
    )
    # Call 1 gets the basic crew only; at 90 that is called off for call 2, and then goes to S.
    assert result.calls["state"].tolist() == ["completed"] * 3
    assert result.calls["called_off"].tolist() == [0, 1, 0]
    assert result.missions["call"].tolist() == [0, 1, 2, 1]
