"""A case as the hypercube takes it to be, and with all that the model leaves out, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from environment.demand.durations import Duration
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario

LOST, WAITING, CASE = "matched-lost", "matched-waiting", "the-case"
"""Arms: as the model has it, where calls are lost and where they wait; and the case itself."""

ASSUMED: dict[str, Any] = {
    "signals.active": False,
    "travel.hourly_speed_factors": None,
    "demand.address": "zone",
    "demand.hourly_weights": None,
    "demand.trip_noise_cv": 0.0,
    "demand.unit_shares": (1.0,),
    "demand.conditions": (),
    "demand.alarm_delay": 0.0,
    "hospitals.bays": None,
    "hospitals.beds": None,
    "fleet.available_after": "base",
    "fleet.shifts": (),
    "fleet.breakdowns": None,
    "dispatch_centre.when_busy": "lose",
    "dispatch_centre.queue": "first-come",
    "dispatch_centre.redispatch": False,
    "policies.dispatch": "nearest",
    "policies.hospital": "nearest",
    "policies.relocation": "home",
    "policies.signals": "fixed",
    "coordination": {},
    "disruptions": (),
    "epidemic": {},
    "supplies": {},
}
"""What the model takes for granted, whatever the case; `matched` adds durations and classes."""

LEFT_OUT: dict[str, tuple[str, ...]] = {
    "addresses-on-streets": ("demand.address",),
    "own-random-times": (
        "demand.on_scene", "demand.handover", "demand.mobilisation", "demand.dispatch_delay",
    ),
    "random-travel": ("demand.trip_noise_cv",),
    "traffic-lights": ("signals.active", "policies.signals"),
    "calls-by-hour": ("demand.hourly_weights",),
    "speed-by-hour": ("travel.hourly_speed_factors",),
    "classes-of-urgency": ("demand.priorities", "demand.conditions"),
    "called-off-for-worse": (
        "dispatch_centre.redispatch", "demand.priorities", "demand.conditions",
    ),
    "two-or-more-a-call": ("demand.unit_shares",),
    "sent-from-the-road": ("fleet.available_after",),
    "shifts-and-breakdowns": ("fleet.shifts", "fleet.breakdowns"),
    "bays-and-beds": ("hospitals.bays", "hospitals.beds"),
    "own-policies": ("policies.dispatch", "policies.hospital", "policies.relocation"),
    "coordination": ("coordination",),
    "epidemic-and-supplies": ("epidemic", "supplies", "disruptions"),
}  # fmt: skip
"""What the model leaves out, and the keys by which a case has it."""


def arms_of(scenario: Scenario) -> dict[str, Scenario]:
    """The case under matched assumptions, then with each thing that is left out, then as it is.

    What the case does not have would make an arm like another, and makes none.

    Raises
    ------
    ScenarioError
        If the case replays a record of calls, or has vehicles of several types.
    """
    _require_plain(scenario)
    scenario = scenario.changed({"run.coverage_every_s": None})
    matched = scenario.changed(_assumed(scenario))
    arms = {LOST: matched, WAITING: matched.changed({"dispatch_centre.when_busy": "wait"})}
    for name, keys in LEFT_OUT.items():
        arm = matched.changed({key: _value(scenario, key) for key in keys})
        if arm not in arms.values():
            arms[name] = arm
    return {**arms, CASE: scenario}


def _require_plain(scenario: Scenario) -> None:
    problems = []
    if scenario.demand.recorded_calls is not None:
        problems.append("calls must be random, got demand.recorded_calls; leave it out")
    if len(scenario.fleet.types) > 1:
        names = ", ".join(one.name for one in scenario.fleet.types)
        problems.append(f"ambulances must be all alike, got fleet.types {names}; keep one")
    if problems:
        raise ScenarioError("\n".join(f"{scenario.name}: {problem}" for problem in problems))


def _assumed(scenario: Scenario) -> dict[str, Any]:
    """Changes that make a case what the model takes it to be, the means being kept."""
    demand, first = scenario.demand, scenario.demand.priorities[0]
    plain = {"name": first.name, "share": 1.0, "target_s": first.target_s, "siren": first.siren,
             "siren_to_hospital": first.siren_to_hospital}  # fmt: skip
    return {
        **ASSUMED,
        "demand.priorities": (plain,),
        "demand.on_scene": _exponential(demand.on_scene),
        "demand.handover": _exponential(demand.handover),
        "demand.mobilisation": demand.mobilisation.mean_s,
        "demand.dispatch_delay": demand.dispatch_delay.mean_s,
    }


def _exponential(duration: Duration) -> Mapping[str, Any]:
    return {"distribution": "exponential", "mean_s": duration.mean_s}


def _value(scenario: Scenario, key: str) -> Any:
    """What a scenario says under a dotted key, as plain data."""
    return reduce(lambda data, part: data[part], key.split("."), scenario.model_dump())
