"""A switch of coordination changes what is seen and over whom one decides, never the method."""

from collections import defaultdict

import pytest

from policies.coordination import MECHANISMS
from policies.gate import Gate
from scenarios.loader import load_scenario
from simulation.model import simulate


@pytest.fixture
def methods_of(monkeypatch):
    """By what each decision of a day in `metropolis` is taken: the policies, and the forecasts."""

    def run(mechanisms):
        taken = defaultdict(set)
        ask = Gate.ask

        def noted(gate, decision, *question, planner=0):
            policy = gate.policies(decision)[planner]
            has_forecast = getattr(question[-1], "forecast_mean", None) is not None
            taken[decision.name].add((type(policy), repr(vars(policy)), has_forecast))
            return ask(gate, decision, *question, planner=planner)

        monkeypatch.setattr(Gate, "ask", noted)
        keys = {
            "run.days": 2,
            "disruptions": [],
            "epidemic.outbreaks": [],
            "epidemic.interventions": [],
        }
        keys |= {"coordination.mechanisms": mechanisms}
        simulate(load_scenario("metropolis", keys))
        monkeypatch.setattr(Gate, "ask", ask)
        return dict(taken)

    return run


def test_every_switch_leaves_the_method_as_it_is(methods_of):
    off = methods_of("off")
    assert {"dispatch", "ordering", "allocation", "routing"} <= off.keys()
    assert all(len(taken) == 1 for taken in off.values())
    for mechanisms in (*((name,) for name in MECHANISMS), MECHANISMS):
        on = methods_of(mechanisms)
        assert {name: on[name] for name in off} == off, mechanisms
