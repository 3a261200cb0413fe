"""Runs with no call, with far too many, and with calls that nobody would ever answer."""

import numpy as np
import pytest

from environment.errors import DataError
from policies.base import PolicyError
from simulation.measures.catalogue import summary
from simulation.model import EmergencyModel, simulate


def test_a_run_without_calls(grid_scenario):
    result = simulate(grid_scenario(demand__calls_per_day=0))
    assert len(result.calls) == len(result.missions) == 0
    assert result.hours["idle_s"].sum() == 2 * 86_400
    measures = summary(result)
    assert measures["calls"] == 0
    assert measures["utilisation"] == 0
    assert np.isnan(measures["response_s"])


@pytest.mark.parametrize(
    "kept_alive_by",
    [{}, {"fleet__breakdowns": {}}, {"fleet__shifts": [{"name": "day", "hours": 8}]}],
)
def test_calls_that_nobody_would_ever_answer_are_a_mistake(grid_scenario, kept_alive_by):
    """Bug: zones whose only station had no ambulance left their calls open for ever, untold.

    With shifts or breakdowns, which go on as long as anybody waits, the run never ended.
    """
    lists = {"default": ["S1", "S2"], "D": ["S2"]}
    scenario = grid_scenario(
        fleet__ambulances=1,
        policies__dispatch={"use": "preference_list", "lists": lists},
        **kept_alive_by,
    )
    with pytest.raises(PolicyError, match=r"preference_list left .* calls? without an answer"):
        simulate(scenario)


def test_a_district_without_a_vehicle_is_told_before_the_run(grid_scenario):
    """Bug: that its calls are left without an answer was only told at the end."""
    scenario = grid_scenario(fleet__ambulances=1, policies__dispatch="district_only")
    with pytest.raises(DataError) as told:
        EmergencyModel(scenario)
    assert str(told.value) == (
        "calls come in, but no vehicle is stationed in district 'S2' "
        "(policies.dispatch = 'district_only' sends none from elsewhere)"
    )


def test_far_too_many_calls_still_end(grid_scenario):
    # A load of 20 Erlang on 2 ambulances: the queue grows all day, and is worked off after it.
    scenario = grid_scenario(
        demand__calls_per_day=1440, demand__on_scene=1200, demand__transported_share=0
    )
    result = simulate(scenario)
    assert (result.calls["state"] == "completed").all()
    assert summary(result)["utilisation"] > 0.99
    ready_order = result.calls.sort_values("ready_s")
    assert ready_order["wait_s"].iloc[-100:].mean() > 86_400
