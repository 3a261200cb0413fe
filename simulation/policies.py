"""The policies of a run, made from a scenario's choices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environment.demand.drawn_calls import Streams
from policies.base import PolicyError
from policies.decision import Decision, System
from policies.gate import Gate
from policies.registry import DECISIONS, build_policy, resolve_source, taken_during_run
from policies.source import PolicySource
from policies.watch import Watch
from scenarios.scenario import PolicyChoice, Scenario

Sources = Mapping[str, PolicySource]
"""Sources of the user's own policies by decision; built-in ones have none."""


def find_sources(scenario: Scenario) -> dict[str, PolicySource]:
    """Read the sources of a scenario's own policies: from here, or beside the scenario's file.

    Raises
    ------
    PolicyError
        If policies cannot be found, with a line for each.
    """
    folders, sources, problems = [Path(), scenario.folder], {}, []
    for decision in DECISIONS.values():
        try:
            source = resolve_source(decision, _choice(scenario, decision).use, folders)
        except PolicyError as error:
            problems.append(str(error))
            continue
        if source is not None:
            sources[decision.name] = source
    if problems:
        raise PolicyError("\n".join(problems))
    return sources


def open_gate(
    scenario: Scenario,
    system: System,
    sources: Sources,
    draw: Streams,
    watch: Watch,
    planners: int = 1,
) -> Gate:
    """Make all policies that decide during a run for the agents of a system.

    Raises
    ------
    PolicyError
        If one cannot be made with the scenario's parameters.
    """
    policies = {
        decision: make_policies(scenario, decision, sources, draw, planners)
        for decision in taken_during_run(system)
    }
    return Gate(policies, watch)


def make_policies(
    scenario: Scenario, decision: Decision[Any], sources: Sources, draw: Streams, planners: int
) -> list[Any]:
    """Make the policies that take a decision: one for each planner, or a single one for all."""
    count = planners if decision.per_planner else 1
    return [make_policy(scenario, decision, sources, draw, planner) for planner in range(count)]


def make_policy(
    scenario: Scenario, decision: Decision[Any], sources: Sources, draw: Streams, planner: int = 0
) -> Any:
    """Make the policy that a scenario chooses for a decision.

    Where several planners take it, each has its own, which draws from a stream of its own.

    Raises
    ------
    PolicyError
        If it cannot be made with the scenario's parameters.
    """
    choice = _choice(scenario, decision)
    name = f"policy.{decision.name}"
    rng = draw(f"{name}.{planner}" if planner else name)
    return build_policy(decision, choice.use, choice.parameters, sources.get(decision.name), rng)


def _choice(scenario: Scenario, decision: Decision[Any]) -> PolicyChoice:
    choice: PolicyChoice = getattr(scenario.policies, decision.name)
    return choice
