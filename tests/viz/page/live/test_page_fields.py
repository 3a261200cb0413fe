"""Controls are made of the scenario's own fields, and what they refuse is told in its words."""

from __future__ import annotations

import pytest

from policies.dispatch import DISPATCH
from policies.relocation import RELOCATION
from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario, shipped_cases
from scenarios.scenario import PolicyChoice
from viz.page.live.draft import SECTIONS, Draft
from viz.page.live.fields import changed, controls_at, documented, label_of, policy_control


@pytest.fixture(scope="module")
def city():
    return load_scenario("city")


def control(scenario, key):
    (found,) = controls_at(scenario, key)
    return found


def test_unit_limits_and_description_are_the_fields(city):
    cycle = control(city, "signals.cycle_s")
    assert (cycle.label, cycle.kind, cycle.value, cycle.unit) == ("Cycle", "number", 80.0, "s")
    assert cycle.limits == "≥ 10 and ≤ 3,600"
    assert cycle.text == "mean time from one green to the next"


def test_a_field_that_may_be_empty_says_so(city):
    fleet = control(city, "fleet.ambulances")
    assert (fleet.kind, fleet.value, fleet.is_optional) == ("whole", None, True)
    assert not control(city, "run.days").is_optional


def test_names_that_can_be_chosen(city):
    queue = control(city, "dispatch_centre.queue")
    assert (queue.kind, queue.choices) == ("choice", ("priority", "first-come"))


@pytest.mark.parametrize(
    "path",
    ["places.sites", "fleet.vehicles", "demand.recorded_calls", "roads.file", "name", "folder"],
)
def test_files_and_texts_have_no_control(city, path):
    assert controls_at(city, path) == []


@pytest.mark.parametrize("case", shipped_cases())
def test_sections_of_a_case_are_of_what_it_has(case, tmp_path):
    try:
        scenario = load_scenario(case)
    except ScenarioError:
        pytest.skip("its data are not part of Corridor")
    shown = Draft(scenario).sections()
    assert set(shown) <= set(SECTIONS)
    assert ("Supplies" in shown) == ("Supply policies" in shown) == scenario.supplies.is_there
    assert ("Outbreak" in shown) == scenario.epidemic.is_there


def test_every_control_takes_its_own_value_back(city):
    draft = Draft(city)
    for one in draft.all_controls():
        if one.value is not None:
            draft.set(one.key, str(one.value) if one.kind == "number" else one.value, never)
    assert (draft.mistakes, draft.waiting) == ({}, {})


def never(_key, _value):
    return False


def test_a_policys_parameters_come_from_its_class():
    shown = policy_control("policies.relocation", RELOCATION, PolicyChoice(use="dmexclp"))
    busy, target = shown.inner
    assert (busy.key, busy.value) == ("policies.relocation.busy_fraction", 0.5)
    assert busy.text == "q, above 0 and below 1."
    assert (target.label, target.value, target.unit) == ("Target", 480.0, "s")


def test_an_own_policy_stays_on_offer_and_no_other():
    own = PolicyChoice(use="mine:Rule", keep=2)
    shown = policy_control("policies.dispatch", DISPATCH, own)
    assert shown.choices[-1] == "mine:Rule"
    assert [(one.key, one.kind, one.value) for one in shown.inner] == [
        ("policies.dispatch.keep", "whole", 2)
    ]


def test_labels_are_words():
    assert [label_of(name) for name in ("cycle_s", "calls_per_day", "error_cv")] == [
        "Cycle",
        "Calls per day",
        "Error",
    ]


def test_a_docstring_in_one_line_each():
    class Told:
        """Of nothing.

        Parameters
        ----------
        first : int
            How many,
            in ``two`` lines of :math:`q`.
        second : str
            Another.
        """

    assert documented(Told) == {"first": "How many, in two lines of q.", "second": "Another."}


def test_a_policys_mistake_is_found_before_the_run(city):
    with pytest.raises(ScenarioError, match="busy_fraction must be above 0 and below 1, got 2"):
        changed(city, {"policies.relocation": {"use": "dmexclp", "busy_fraction": 2.0}})
