"""What calls need and the fleet has not, told before a run."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from environment.demand.drawn_calls import DemandParameters
from environment.districts import Districts
from environment.fleet.staffing import (
    Origin,
    district_contradictions,
    origins_of_calls,
    skill_contradictions,
)
from environment.fleet.vehicles import ALWAYS, FleetParameters, settle_vehicles

ALS = {"name": "ALS", "share": 0.5, "skills": ["advanced", "basic"]}
BLS = {"name": "BLS", "share": 0.5, "skills": ["basic"]}
CAR = {"name": "car", "share": 0.5, "skills": ["first_responder"], "transports": False}


def told(needs=(), ambulances=4, lost=False, demand=None, **fleet):
    priority = {"name": "high", "share": 1.0, "target_s": 480, "needs": needs}
    parameters = FleetParameters(**fleet)
    vehicles = settle_vehicles(parameters, np.array([ambulances]), np.array(["S1"]))
    asked = DemandParameters(priorities=(priority,), **(demand or {}))
    return skill_contradictions(asked, parameters, vehicles, calls_are_lost=lost)


def test_a_fleet_that_has_all_that_is_needed():
    assert told() == []
    assert told(["advanced", "basic"], types=[ALS, BLS]) == []
    assert told(["first_responder", "basic"], types=[CAR, BLS]) == []


def test_a_skill_that_nobody_has():
    assert told(["advancd"], types=[ALS, BLS]) == [
        (
            "priority 'high' needs the skill 'advancd', which no vehicle of the fleet has "
            "(did you mean 'advanced'?)"
        )
    ]
    assert told(["paramedic", "paramedic"], types=[ALS, BLS]) == [
        (
            "priority 'high' needs the skill 'paramedic', which no vehicle of the fleet has"
            "; it has: advanced, basic"
        )
    ]
    assert told(["basic"])[0].endswith("has; it has none")


def test_a_skill_of_a_type_that_has_no_vehicle():
    types = [{**ALS, "share": 0.0}, {**BLS, "share": 1.0}]
    assert told(["advanced"], types=types) == [
        (
            "priority 'high' needs the skill 'advanced', which no vehicle of the fleet has"
            "; it has: basic"
        )
    ]


def test_nobody_transports():
    assert told(types=[{**CAR, "share": 1.0}]) == [
        "no vehicle of the fleet transports patients (fleet.types: transports = true)"
    ]


def test_more_of_a_skill_for_one_call_than_there_are():
    three = ["advanced"] * 3
    assert told(three, types=[ALS, BLS], ambulances=6) == []
    assert told(three, types=[ALS, BLS], ambulances=4) == [
        (
            "priority 'high' needs 3 vehicles with advanced and transport for one call, "
            "but the fleet has 2"
        )
    ]


def test_patients_whom_nobody_might_take_to_hospital():
    (line,) = told(["first_responder"], types=[CAR, BLS])
    assert line.startswith("priority 'high' needs only first_responder, which vehicles that do not")
    assert "demand.transported_share = 0.75" in line
    assert told(["first_responder"], types=[CAR, BLS], demand={"transported_share": 0}) == []
    # Where every call gets two vehicles, the second transports.
    assert told(["first_responder"], types=[CAR, BLS], demand={"unit_shares": [0, 1]}) == []


DAY = {"name": "day", "share": 0.5, "start_hour": 7, "hours": 12}
EVENING = {"name": "evening", "share": 0.5, "start_hour": 15, "hours": 8.5}


def test_hours_without_anybody_matter_only_where_calls_are_lost():
    assert told(shifts=[DAY, EVENING]) == []
    assert told(shifts=[DAY, EVENING], lost=True) == [
        (
            "from 23:30 to 07:00 no vehicle is on duty that could answer a call of priority "
            "'high', and calls that nobody can answer are lost (dispatch_centre.when_busy = 'lose')"
        )
    ]


def test_hours_in_which_nobody_calls_may_be_without_anybody():
    weights = [0] * 7 + [1] * 17
    assert len(told(shifts=[DAY, EVENING], lost=True, demand={"hourly_weights": weights})) == 1
    weights = [0] * 7 + [1] * 16 + [0]
    assert told(shifts=[DAY, EVENING], lost=True, demand={"hourly_weights": weights}) == []


@pytest.mark.parametrize("start_hour", [0.2, 0.4, 7.1, 8 / 3])
def test_shifts_that_follow_each_other_leave_no_gap(start_hour):
    night = {**DAY, "name": "night", "start_hour": (start_hour + 12) % 24}
    assert told(shifts=[{**DAY, "start_hour": start_hour}, night], lost=True) == []


def test_a_skill_that_is_on_duty_by_day_only():
    shifts = [{**DAY, "share": 1.0}]
    assert len(told(["advanced"], types=[ALS, BLS], shifts=shifts, lost=True)) == 1
    # A call that gets one of its two vehicles is not lost.
    whole = {"name": "whole", "share": 0.5}
    assert told(["advanced", "basic"], types=[ALS, BLS], shifts=[DAY, whole], lost=True) == []


def test_hours_that_no_call_depends_on():
    never = {"name": "never", "share": 0.0, "target_s": 900, "needs": ["advanced"]}
    usual = {"name": "usual", "share": 1.0, "target_s": 900}
    fleet = FleetParameters(types=(ALS, BLS), shifts=({**DAY, "share": 1.0},))
    vehicles = settle_vehicles(fleet, np.array([4]), np.array(["S1"]))
    always_there = dataclasses.replace(
        vehicles, shift=np.where(vehicles.type == 1, ALWAYS, vehicles.shift)
    )
    demand = DemandParameters(priorities=(usual, never))
    assert skill_contradictions(demand, fleet, always_there, calls_are_lost=True) == []
    (line,) = skill_contradictions(demand, fleet, vehicles, calls_are_lost=True)
    assert "from 19:00 to 07:00" in line


NO_CALLS = pd.DataFrame({"zone": [], "priority": [], "units": []}, dtype=np.int64)
PRIORITIES = (
    {"name": "high", "share": 0.5, "target_s": 480, "needs": ["first_responder", "advanced"]},
    {"name": "low", "share": 0.5, "target_s": 900},
    {"name": "never", "share": 0.0, "target_s": 900, "needs": ["helicopter"]},
)
EAST_AND_WEST = Districts(
    of_zone=("east", "west", "west", "sea"),
    of_station=("east", "west"),
    of_hospital=(),
    names=("east", "west", "sea"),
)
REASON = "policies.dispatch = 'district_only'"
NO_OTHERS = f"({REASON} sends none from elsewhere)"


def told_of_districts(placed, types, *asked, demand=None):
    """What districts lack: the fleet's types go by turns to its vehicles, from east to west."""
    fleet = FleetParameters(types=types)
    vehicles = settle_vehicles(fleet, np.array(placed), np.array(["E", "W"]))
    kind = np.arange(len(vehicles)) % len(types)
    skills = vehicles.skills[[np.flatnonzero(vehicles.type == k)[0] for k in kind]]
    by_turns = dataclasses.replace(vehicles, type=kind, skills=skills)
    parameters = DemandParameters(priorities=PRIORITIES, **(demand or {}))
    calls = pd.concat([NO_CALLS, pd.DataFrame(asked, columns=NO_CALLS.columns, dtype=np.int64)])
    share = np.array([0.6, 0.4, 0.0, 0.0])
    origins = origins_of_calls(parameters, calls, share, EAST_AND_WEST)
    return district_contradictions(parameters, fleet, by_turns, EAST_AND_WEST, origins, REASON)


def test_districts_that_have_all_that_their_calls_need():
    assert told_of_districts([2, 2], [CAR, ALS]) == []


def test_skills_that_a_district_lacks():
    # East has a car, west an advanced ambulance; a car takes nobody of a minor call to hospital.
    assert told_of_districts([1, 1], [CAR, ALS]) == [
        (
            "priority 'high' needs a vehicle with advanced and transport, but none is stationed "
            f"in district 'east' {NO_OTHERS}"
        ),
        (
            "priority 'low' needs a vehicle with transport, but none is stationed "
            f"in district 'east' {NO_OTHERS}"
        ),
        (
            "priority 'high' needs a vehicle with first_responder, but none is stationed "
            f"in district 'west' {NO_OTHERS}"
        ),
    ]


def test_districts_without_any_vehicle():
    no_vehicle = "calls come in, but no vehicle is stationed in district"
    assert told_of_districts([2, 0], [CAR, ALS]) == [f"{no_vehicle} 'west' {NO_OTHERS}"]
    # Casualties of an incident may come from where no usual call does.
    assert told_of_districts([2, 0], [CAR, ALS], (3, 1, 1)) == [
        f"{no_vehicle} 'sea', 'west' {NO_OTHERS}"
    ]


def test_a_record_says_where_calls_come_from_and_how_many_vehicles_they_ask_for():
    recorded = {"recorded_calls": "calls.csv"}
    assert told_of_districts([2, 0], [CAR, ALS], (0, 1, 1), demand=recorded) == []
    parameters = DemandParameters(recorded_calls="calls.csv")
    calls = pd.DataFrame({"zone": [1, 2, 0], "priority": [1, 1, 0], "units": [1, 1, 3]})
    assert origins_of_calls(parameters, calls, np.ones(4), EAST_AND_WEST) == [
        Origin("east", 0, 3),
        Origin("west", 1, 1),
    ]


def test_calls_that_another_replication_may_draw():
    demand = DemandParameters(unit_shares=(0.0, 0.5, 0.5))
    assert origins_of_calls(demand, NO_CALLS, np.array([0.0, 1, 0, 0]), EAST_AND_WEST) == [
        Origin("west", priority, units) for priority in (0, 1) for units in (2, 3)
    ]
    nobody = DemandParameters(calls_per_day=0)
    assert origins_of_calls(nobody, NO_CALLS, np.ones(4), EAST_AND_WEST) == []
    ill = origins_of_calls(nobody, NO_CALLS, np.ones(4), EAST_AND_WEST, ["sea"])
    assert {origin.district for origin in ill} == {"sea"}
