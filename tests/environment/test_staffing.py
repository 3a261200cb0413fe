"""What calls need and the fleet has not, told before a run."""

import dataclasses

import numpy as np
import pytest

from environment.demand import DemandParameters
from environment.staffing import skill_contradictions
from environment.vehicles import ALWAYS, FleetParameters, settle_vehicles

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
