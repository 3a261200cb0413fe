"""What a visitor changes: at once, at the next start, or not at all."""

from __future__ import annotations

import pytest

from scenarios.loader import load_scenario
from viz.page.live.draft import Draft


@pytest.fixture
def draft():
    return Draft(load_scenario("city"))


def never(_key, _value):
    return False


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("fleet.ambulances", "0", "must be >= 1, got 0"),
        ("fleet.ambulances", "many", "must be a whole number, got 'many'"),
        ("fleet.ambulances", "2.5", "must be a whole number, got '2.5'"),
        ("demand.calls_per_day", "", "must have a value"),
        ("demand.calls_per_day", "nan", "must be a number, got nan"),
        ("run.days", "-1", "must be > 0, got -1"),
        ("dispatch_centre.queue", "none", "must be one of priority, first-come"),
        ("roads.file", "/etc/passwd", "is not among what can be changed here"),
        ("folder", "/", "is not among what can be changed here"),
        ("policies.dispatch.use", "os:system", "is not among what can be changed here"),
    ],
)
def test_a_wrong_value_is_told_and_changes_nothing(draft, key, value, told):
    before = draft.wanted
    draft.set(key, value, never)
    assert draft.mistakes == {key: told}
    assert (draft.waiting, draft.wanted) == ({}, before)


@pytest.mark.parametrize("use", ["os:system", "/tmp/evil.py:Policy", "nobody"])
def test_only_built_in_policies_can_be_chosen(draft, use):
    draft.set("policies.dispatch", use, never)
    assert list(draft.mistakes) == ["policies.dispatch"]
    assert draft.wanted.policies.dispatch.use == "nearest"


def test_what_needs_a_new_start_waits_for_it(draft):
    draft.set("fleet.ambulances", "20", never)
    draft.set("policies.relocation", "dmexclp", never)
    draft.set("policies.relocation.busy_fraction", "0,4", never)
    assert draft.waiting_lines() == ["Ambulances: 20", "Relocation: dmexclp", "Busy fraction: 0.4"]
    assert draft.running.fleet.ambulances is None
    started = draft.take()
    assert (started.fleet.ambulances, started.policies.relocation.parameters) == (
        20,
        {"busy_fraction": 0.4},
    )
    assert draft.waiting == {}


def test_a_value_put_back_waits_no_longer(draft):
    draft.set("fleet.ambulances", "20", never)
    draft.set("fleet.ambulances", "", never)
    assert draft.waiting == {}


def test_a_right_value_takes_the_mistake_away(draft):
    draft.set("run.days", "0", never)
    draft.set("run.days", "3", never)
    assert (draft.mistakes, draft.waiting) == ({}, {"run.days": 3.0})


def test_what_may_change_while_it_runs_does_so_at_once(draft):
    asked = []

    def at_once(key, value):
        asked.append((key, value))
        return True

    draft.set("policies.signals", "green_wave", at_once)
    draft.set("policies.signals.distance_m", "300", at_once)
    assert asked == [
        ("policies.signals", {"use": "green_wave"}),
        ("policies.signals", {"use": "green_wave", "distance_m": 300.0}),
    ]
    assert draft.running.policies.signals.parameters == {"distance_m": 300.0}
    assert draft.waiting == {}


def test_mechanisms_wait(draft):
    draft.coordinate(["risk", "information", "nonsense"])
    assert draft.waiting_lines() == ["Coordination: information, risk"]
    assert [one["key"] for one in draft.mechanisms() if one["on"]] == ["information", "risk"]
    draft.discard()
    assert not any(one["on"] for one in draft.mechanisms())


def test_what_is_not_switched_is_not_off(draft):
    assert not draft.is_coordination_switched
    draft.coordinate([])
    assert draft.is_coordination_switched
    assert draft.waiting_lines() == ["Coordination: none"]
