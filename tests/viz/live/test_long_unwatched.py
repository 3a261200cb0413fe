"""Nobody has looked for days: as fast as it can, much happens between two frames."""

from __future__ import annotations

import pytest

from scenarios.loader import load_scenario
from simulation.model import EmergencyModel
from viz.live.observer import Observer

LONG_S = 900_000.0


@pytest.mark.slow
def test_calls_that_came_up_meanwhile_are_known_as_if_they_had_been_seen():
    scenario = load_scenario("metropolis")
    seldom, often = (Observer(EmergencyModel(scenario)) for _ in range(2))
    for observer, step_s in ((seldom, LONG_S), (often, 3_600.0)):
        observer.look()
        with observer.model.watch:
            while observer.model.env.now < LONG_S:
                observer.model.run_until(observer.model.env.now + step_s)
                observer.look()
    later = sum(len(calls) for calls in seldom.model.later_calls)
    assert later > 0  # of the epidemic, not known when the run began
    assert len(seldom.calls._register.called_s) == len(seldom.model.calls) + later
    one, other = seldom.full(), often.full()
    assert [(leg.vehicle, leg.state, leg.call) for leg in one.legs] == [
        (leg.vehicle, leg.state, leg.call) for leg in other.legs
    ]
    assert {(c.number, c.x_m, c.y_m, c.priority, c.state) for c in one.calls} == {
        (c.number, c.x_m, c.y_m, c.priority, c.state) for c in other.calls
    }
    for observer in (seldom, often):
        observer.model.close()
