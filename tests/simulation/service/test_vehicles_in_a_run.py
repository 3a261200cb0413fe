"""What a run tells of its vehicles, and of calls that get fewer of them than they need."""

import pandas as pd
import pytest

from tests.simulation.four_streets import C, E, S, W

MEDIC_AND_CAR = [
    {"name": "medic", "share": 0.5, "skills": ["first_aid", "advanced"]},
    {"name": "car", "share": 0.5, "skills": ["first_aid"], "transports": False},
]
CLASSES = [
    {"name": "high", "share": 0.5, "target_s": 300},
    {"name": "low", "share": 0.5, "target_s": 300, "needs": ["first_aid", "advanced"]},
]
LATE = {"name": "late", "start_hour": 0.05, "hours": 5}  # from 180 s on
FOR_BOTH = {"called_s": 1, "place": S, "priority": "low", "units": 2, "scene_s": 10,
            "transported": 1}  # fmt: skip


@pytest.fixture
def run(run_city):
    """Run with a medic and a car in a service that loses calls which nobody can answer."""

    def run_with(*calls, vehicles, **changes):
        return run_city(
            *calls,
            files={"vehicles.csv": f"vehicle,station,type,shift\n{vehicles}"},
            fleet__types=MEDIC_AND_CAR,
            fleet__shifts=[LATE],
            fleet__vehicles="vehicles.csv",
            demand__priorities=CLASSES,
            dispatch_centre__when_busy="lose",
            **changes,
        )

    return run_with


def test_one_row_for_every_vehicle(run):
    result = run({"called_s": 0, "place": C}, vehicles="m1,B,medic,\nc1,A,car,late\nm2,A,medic,\n")
    expected = pd.DataFrame(
        {
            "ambulance": [0, 1, 2],
            "vehicle_id": ["m1", "c1", "m2"],
            "station": ["B", "A", "A"],
            "type": ["medic", "car", "medic"],
            "shift": ["", "late", ""],
            "shift_start_hour": [0.0, 0.05, 0.0],
            "shift_hours": [24.0, 5.0, 24.0],
        }
    )
    pd.testing.assert_frame_equal(result.vehicles, expected)


def test_vehicles_stand_where_the_policy_places_them(run_city):
    result = run_city({"called_s": 0, "place": C}, fleet__ambulances=3)
    told = result.vehicles[["vehicle_id", "station", "type", "shift"]].to_numpy().tolist()
    assert told == [
        ["A-1", "A", "ambulance", ""],
        ["A-2", "A", "ambulance", ""],
        ["B-1", "B", "ambulance", ""],
    ]


def test_a_call_that_only_a_helper_could_come_to(run):
    """It counts as completed, with a vehicle short, and its patient stays where it is."""
    calls = (
        {"called_s": 0, "place": E, "scene_s": 5000},  # takes the medic
        {**FOR_BOTH, "called_s": 200},
    )
    result = run(*calls, vehicles="m1,B,medic,\nc1,A,car,late\n")
    table = result.calls
    assert table["state"].tolist() == ["completed", "completed"]
    assert table["vehicles_short"].tolist() == [0, 1]
    assert table["transported"].tolist() == [False, True]
    assert table["hospital"].isna().tolist() == [True, True]
    assert result.summary["short_share"] == 0.5
    assert result.summary["lost_share"] == 0


def test_a_lost_call_is_short_of_all_its_vehicles(run):
    result = run({"called_s": 0, "place": E, "scene_s": 5000}, FOR_BOTH, vehicles="m1,B,medic,\n")
    assert result.calls["state"].tolist() == ["completed", "lost"]
    assert result.calls["vehicles_short"].tolist() == [0, 2]
    assert result.summary["short_share"] == 0
    assert result.summary["lost_share"] == 0.5


def test_whoever_takes_the_place_of_the_only_transport_transports(run):
    """Bug: a car was sent in place of a medic called off, and waited for transport for ever."""
    calls = (FOR_BOTH, {"called_s": 90, "place": W, "scene_s": 10, "transported": 1})
    both = {"vehicles": "m1,B,medic,\nc1,A,car,late\n", "dispatch_centre__redispatch": True}
    result = run(*calls, **both)
    # Until the car comes on duty at 180 the medic is alone; at 90 it is called off for call 1, and
    # the car cannot take its place.
    assert result.calls["state"].tolist() == ["completed", "completed"]
    assert result.missions[["call", "ambulance", "end"]].to_numpy().tolist() == [
        [0, 0, "called_off"],
        [1, 0, "sent_on"],
        [0, 0, "home"],
    ]
    assert result.calls["hospital"].tolist() == ["H", "H"]
    assert result.calls["vehicles_short"].tolist() == [1, 0]


def test_a_medic_in_place_of_a_helper_takes_the_patient(run, failing_at):
    """Bug: the patient was left behind, since the helper that broke down could not take it."""
    failing_at(300.0)
    calls = (
        {"called_s": 0, "place": E, "scene_s": 1000},  # takes the medic
        {**FOR_BOTH, "called_s": 200},
    )
    result = run(*calls, vehicles="c1,A,car,late\nm1,B,medic,\n", fleet__breakdowns={})
    # Between W and C at 300, the car fails at C. The medic is clear at 1060: E–C–S 144 s.
    assert result.missions[["call", "ambulance", "end"]].to_numpy().tolist() == [
        [0, 1, "sent_on"],
        [1, 0, "broken_down"],
        [1, 1, "home"],
    ]
    assert result.calls["arrived_s"].tolist() == pytest.approx([60, 1204])
    assert result.calls["hospital"].fillna("").tolist() == ["", "H"]
    assert result.calls["vehicles_short"].tolist() == [0, 1]
