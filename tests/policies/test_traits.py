"""What a policy says of itself, and not its name, decides how a run treats it."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.errors import DataError
from policies.base import PolicyError
from policies.check import check_policy
from policies.dispatch import DISPATCH
from policies.dispatch.district_only import DistrictOnly
from policies.dispatch.nearest import Nearest
from policies.registry import DECISIONS, built_in_class
from policies.relocation import RELOCATION
from scenarios.errors import ScenarioError
from scenarios.scenario import PolicyParameters, Scenario
from simulation.interventions.live import change
from simulation.model import EmergencyModel, simulate

OWN_DISTRICT = """\
from policies.base import Assignment


class Loyal:
    keeps_to_districts = {value}

    def choose(self, call, view):
        own = view.stationed_in(view.district_of(call))
        return [Assignment(number) for number in view.nearest(call, call.units, own)]


class Silent:
    choose = Loyal.choose
"""
NEVER_ASKED = """\
class Still:
    moves_up = {value}

    def move(self, view):
        raise RuntimeError("asked")
"""
LEFT_BARE = (
    "calls come in, but no vehicle is stationed in district 'East' "
    "(policies.dispatch = 'own:Loyal' sends none from elsewhere)"
)


def test_a_users_policy_that_keeps_to_districts_is_treated_as_the_built_in(write, town) -> None:
    write("own.py", OWN_DISTRICT.format(value=True))
    own = town.changed({"policies.dispatch": "own:Loyal"})
    built_in = town.changed({"policies.dispatch": "district_only"})
    assert simulate(own).calls.equals(simulate(built_in).calls)
    with pytest.raises(DataError) as told:
        EmergencyModel(own.changed({"fleet.ambulances": 1}))
    assert str(told.value) == LEFT_BARE


def test_what_a_policy_does_not_say_is_not_checked_before_the_run(write, town) -> None:
    write("own.py", OWN_DISTRICT.format(value=True))
    silent = town.changed({"policies.dispatch": "own:Silent", "fleet.ambulances": 1})
    with pytest.raises(PolicyError, match=r"^own:Silent left \d+ calls without an answer"):
        simulate(silent)


def test_a_live_change_to_it_is_refused_where_a_district_is_bare(write, town) -> None:
    write("own.py", OWN_DISTRICT.format(value=True))
    lone = town.changed({"fleet.ambulances": 1})
    model = EmergencyModel(lone)
    with pytest.raises(ScenarioError) as told:
        change(model.parts, lone, "policies.dispatch", "own:Loyal")
    assert str(told.value) == LEFT_BARE
    assert isinstance(model.gate.policies(DISPATCH)[0], Nearest)


def test_a_users_policy_that_moves_nobody_is_not_asked(write, town: Scenario) -> None:
    write("own.py", NEVER_ASKED.format(value=False))
    still = simulate(town.changed({"policies.relocation": "own:Still"}))
    assert still.missions.equals(simulate(town).missions)
    assert still.moves.empty


def test_one_that_says_nothing_or_the_contrary_is_asked(write, town: Scenario) -> None:
    write("own.py", NEVER_ASKED.format(value=True))
    with pytest.raises(PolicyError, match=r"^Still raised RuntimeError: asked"):
        simulate(town.changed({"policies.relocation": "own:Still"}))


def test_traits_of_the_built_ins() -> None:
    told = {
        (decision.name, use): decision.trait(built_in_class(decision, use), name)
        for decision in DECISIONS.values()
        for name in decision.traits
        for use in decision.built_in
    }
    assert [use for use, says in told.items() if says] == [
        ("dispatch", "district_only"),
        ("relocation", "compliance_table"),
        ("relocation", "dmexclp"),
    ]
    assert DISPATCH.trait(DistrictOnly(), "keeps_to_districts")
    assert RELOCATION.trait(object(), "moves_up")


def test_a_trait_is_true_or_false(write, tmp_path: Path) -> None:
    write("own.py", NEVER_ASKED.format(value="'no'"))
    report = check_policy(None, "own:Still", {}, [tmp_path])
    assert report.problems == ("own:Still: moves_up must be True or False, got 'no'",)


def test_a_scenario_has_a_key_for_every_decision_and_no_other() -> None:
    assert set(PolicyParameters.model_fields) == set(DECISIONS)
    defaults = PolicyParameters()
    for name, decision in DECISIONS.items():
        assert getattr(defaults, name).use in decision.built_in
