"""Supplies without ambulances: where nobody calls, there need be no stations."""

import pytest

from environment.errors import DataError
from scenarios.loader import load_scenario
from simulation.model import simulate

CASE = load_scenario("covid-supplies")
BUS_CRASH = {
    "kind": "mass_casualty",
    "at_hour": 1,
    "x": 113.63,
    "y": 34.75,
    "casualties": 5,
    "triage": {"high": 1.0},
    "reported_as": "high",
}


def test_a_run_without_ambulances_has_supplies_alone():
    result = simulate(CASE)
    assert len(result.calls) == len(result.vehicles) == len(result.missions) == 0
    assert result.summary["calls"] == 0
    assert 0 < result.summary["fill_rate"] < 1
    assert (result.epidemic["calls"] == 0).all()


def test_all_mechanisms_can_be_on():
    result = simulate(CASE.changed({"coordination.mechanisms": "on", "run.days": 3}))
    assert result.summary["coordination_cost_per_day"] > 0


@pytest.mark.parametrize(
    "changes",
    [
        {"demand.calls_per_day": 1},
        {"epidemic.ambulance_share": 0.1},
        {"supplies": {}, "epidemic.outbreaks": []},
        {"disruptions": [BUS_CRASH]},
    ],
)
def test_whoever_may_call_needs_stations(changes):
    with pytest.raises(DataError, match=r"places\.sites: this map brings no stations"):
        simulate(CASE.changed(changes))
