"""What may be changed while a run goes on, checked as a scenario is.

A run that nobody steps into is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from environment.errors import suggest
from policies.decision import Decision
from policies.dispatch import DISPATCH
from policies.registry import DECISIONS
from policies.relocation import RELOCATION
from policies.source import fresh_copies
from scenarios.checks.contradictions import find_contradictions
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.build import districts_without_vehicles, make_planners
from simulation.interventions.base import RunParts
from simulation.interventions.registry import KINDS
from simulation.policies import Sources, find_sources, make_policies, make_policy


def replace_policy(
    parts: RunParts, decision: Decision[Any], config: Scenario, sources: Sources
) -> None:
    """Have a decision taken from now on as another scenario says."""
    setup = replace(parts.setup, config=config)
    planners = len(setup.mechanisms.planning.names(setup.area.districts))
    policies = make_policies(config, decision, sources, setup.draw, planners)
    if decision.taken_by == "supply":
        assert parts.supply_side is not None
        parts.supply_side.supply.gate.replace(decision, policies)
        return
    parts.gate.replace(decision, policies)
    if decision is RELOCATION:
        parts.centre.use_planners(
            make_planners(setup, parts.vehicles, parts.gate, parts.context, parts.fleet)
        )


_PREFIX = re.compile(r"^(?:[^:]*: )?(?:disruptions|epidemic\.outbreaks)[\w. ]*: ")

_HOURS = re.compile(r"(?: and)? from hour [\d.e+]+ to [\d.e+]+")

_REASONS = {
    "policies.location": "ambulances are given to stations before the run begins",
    "signals": "cycles and equipment of the lights belong to the city",
    "seed": "other patients would have called from the start",
    "run": "the length of the run decides which patients call",
    "roads": "the streets belong to the city",
    "places": "stations and zones belong to the city",
    "travel": "driving times belong to the city",
    "demand": "the patients of the whole run are drawn before it begins",
    "fleet": "the vehicles are settled before the run begins",
    "hospitals": "bays and beds are settled before the run begins",
    "dispatch_centre": "the crews have their standing orders from the start",
    "epidemic": "the course of the epidemic began with it; an outbreak can be added instead",
    "supplies": "stocks, sites and trucks are settled before the run begins",
    "coordination": "offices and planners are settled before the run begins",
    "disruptions": "planned ones belong to the scenario; others can be added on the map",
}


def changes_while_running(key: str) -> bool:
    """Whether a value of the scenario may be changed while it runs."""
    part, _, rest = key.partition(".")
    decision = rest.partition(".")[0]
    return part == "policies" and decision in DECISIONS and not DECISIONS[decision].is_taken_once


def why_not(key: str) -> str:
    """Why a value can only be changed with a new start; empty if it can be changed."""
    if changes_while_running(key):
        return ""
    reasons = [_REASONS[part] for part in _parents(key) if part in _REASONS]
    return f"{key} needs a new start: {reasons[0] if reasons else 'the run was built with it'}."


def _parents(key: str) -> list[str]:
    """The key itself and the tables around it, the nearest first."""
    parts = key.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def change(parts: RunParts, config: Scenario, key: str, value: Any) -> Scenario:
    """Have a policy decide otherwise from now on.

    Parameters
    ----------
    parts : RunParts
    config : Scenario
        As it is run, with what has been changed so far.
    key : str
        Such as ``policies.dispatch``.
    value : object

    Returns
    -------
    Scenario
        As it now is run.

    Raises
    ------
    ScenarioError
        If the value needs a new start.
    CorridorError
        If it is not as it should be.
    """
    if not changes_while_running(key):
        raise ScenarioError(why_not(key))
    decision = DECISIONS[key.split(".")[1]]
    changed = config.changed({key: value})
    if decision.taken_by == "supply" and parts.supply_side is None:
        raise ScenarioError(f"{key}: this scenario has no supplies")
    sources = fresh_copies(find_sources(changed))
    problems = _new_problems(parts, config, changed) or _without_vehicles(parts, changed, sources)
    if problems:
        raise ScenarioError("\n".join(problems))
    replace_policy(parts, decision, changed, sources)
    return changed


def _without_vehicles(parts: RunParts, changed: Scenario, sources: Sources) -> list[str]:
    if changed.dispatch_centre.when_busy == "lose":
        return []
    dispatch = make_policy(changed, DISPATCH, sources, parts.setup.draw)
    setup = replace(parts.setup, config=changed)
    return districts_without_vehicles(setup, parts.vehicles, [dispatch])


def disrupt(parts: RunParts, config: Scenario, request: Mapping[str, Any]) -> tuple[Scenario, str]:
    """Have something go wrong from now on.

    Parameters
    ----------
    parts : RunParts
    config : Scenario
        As it is run, with what has been added so far.
    request : mapping
        ``kind``, one of `KINDS`, with what `Intervention.entry` of that kind reads.

    Returns
    -------
    Scenario
        With it.
    str
        What it is, in a few words.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    name = str(request.get("kind"))
    if name not in KINDS:
        raise ScenarioError(f"no disruption {name!r} ({suggest(name, list(KINDS))})")
    kind = KINDS[name]
    listed = _listed(config.model_dump(), kind.key)
    changed = _checked(config, {kind.key: [*listed, kind.entry(request, parts)]})
    problems = _new_problems(parts, config, changed)
    if problems:
        raise ScenarioError("\n".join(problems))
    event = kind(_listed(changed, kind.key)[-1], len(listed), parts)
    event.apply_now()
    return changed, event.describe()


def _listed(config: Any, key: str) -> list[Any]:
    """The list under a dotted key of a scenario, or of its plain data."""
    for part in key.split("."):
        config = config[part] if isinstance(config, Mapping) else getattr(config, part)
    return list(config)


def _checked(config: Scenario, values: Mapping[str, Any]) -> Scenario:
    """The scenario with other values; mistakes are told without where they would stand in it."""
    try:
        return config.changed(values)
    except ScenarioError as error:
        raise ScenarioError("\n".join(_plain(line) for line in str(error).splitlines())) from None


def _new_problems(parts: RunParts, before: Scenario, after: Scenario) -> list[str]:
    """What contradicts the city after a change and did not before."""
    city = parts.setup.area.city
    known = set(find_contradictions(before, city))
    return [_plain(line) for line in find_contradictions(after, city) if line not in known]


def _plain(line: str) -> str:
    """A mistake without where it would stand in a scenario, and without the hours: it is now."""
    return _HOURS.sub("", _PREFIX.sub("", line))
