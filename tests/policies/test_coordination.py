"""The switches of coordination, and what a scenario says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.base import PolicyError
from policies.coordination import MECHANISMS, Coordination, CoordinationParameters
from tests.all_combinations import all_combinations

chosen = st.sets(st.sampled_from(MECHANISMS))


@given(chosen)
def test_those_named_are_on_and_no_others(names):
    coordination = Coordination.of(names)
    assert set(coordination.names) == names
    assert all(getattr(coordination, name) == (name in names) for name in MECHANISMS)
    assert Coordination.of(coordination.names) == coordination


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ((), "off"),
        (MECHANISMS, "on"),
        (("risk", "information"), "information+risk"),
        (("rules",), "rules"),
    ],
)
def test_labels_follow_the_order_of_the_mechanisms(names, label):
    assert Coordination.of(names).label == label


def test_every_unknown_mechanism_is_told():
    with pytest.raises(PolicyError) as told:
        Coordination.of(["infomation", "risk", "budget"])
    first, second = str(told.value).splitlines()
    assert first == "no mechanism 'infomation' (did you mean 'information'?)"
    assert second.startswith("no mechanism 'budget' (")


def test_all_sixteen_once_from_few_to_many_with_the_extremes_first():
    combinations = [*all_combinations()]
    assert len(set(combinations)) == len(combinations) == 16
    assert combinations[:2] == [Coordination.off(), Coordination.on()]
    counts = [len(one.names) for one in combinations[2:]]
    assert counts == [1] * 4 + [2] * 6 + [3] * 4
    assert [one.label for one in combinations[2:6]] == [*MECHANISMS]


def test_nothing_said_leaves_the_ambulances_to_their_own_keys():
    silent = CoordinationParameters()
    assert silent.of_ambulances is None
    assert silent.of_supplies == Coordination.off()


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("on", Coordination.on()),
        ("off", Coordination.off()),
        ([], Coordination.off()),
        (["risk", "rules"], Coordination(rules=True, risk=True)),
        ("risk", Coordination(risk=True)),
        ("information, risk", Coordination(information=True, risk=True)),
    ],
)
def test_what_is_said_holds_for_both_systems(said, meant):
    parameters = CoordinationParameters.model_validate({"mechanisms": said})
    assert parameters.of_ambulances == parameters.of_supplies == meant


def test_a_system_that_is_not_coordinated_is_as_with_all_off():
    def of(system):
        told = {"mechanisms": "on", "systems": [system]}
        return CoordinationParameters.model_validate(told)

    assert of("supplies").of_supplies == of("ambulances").of_ambulances == Coordination.on()
    assert of("supplies").of_ambulances == of("ambulances").of_supplies == Coordination.off()


@pytest.mark.parametrize(
    "said",
    [
        {"mechanisms": ["infomation"]},
        {"mechanisms": "maybe"},
        {"mechanisms": "on,risk"},
        {"mechanisms": "risk,"},
        {"systems": []},
        {"systems": ["hospitals"]},
        {"planning": {"cycle_h": 0}},
        {"information": {"error_cv": -0.1}},
        {"rules": {"grades": 0}},
        {"risk": {"agreement_h": 721}},
    ],
)
def test_what_cannot_be_is_refused(said):
    with pytest.raises(ValidationError) as told:
        CoordinationParameters.model_validate(said)
    [key] = said
    assert {mistake["loc"][0] for mistake in told.value.errors()} == {key}


@given(chosen)
def test_parameters_survive_being_written_down(names):
    parameters = CoordinationParameters(mechanisms=tuple(sorted(names)))
    assert CoordinationParameters.model_validate(parameters.model_dump()) == parameters
