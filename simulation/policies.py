"""The policies of a run, made from a scenario's choices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environment.demand.drawn_calls import Streams
from policies.base import PolicyError
from policies.registry import METHODS, build_policy, resolve_source
from policies.source import PolicySource
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
    for decision in METHODS:
        try:
            source = resolve_source(decision, _choice(scenario, decision).use, folders)
        except PolicyError as error:
            problems.append(str(error))
            continue
        if source is not None:
            sources[decision] = source
    if problems:
        raise PolicyError("\n".join(problems))
    return sources


def make_policy(
    scenario: Scenario, decision: str, sources: Sources, draw: Streams, planner: int = 0
) -> Any:
    """Make the policy that a scenario chooses for a decision.

    Where several planners take it, each has its own, which draws from a stream of its own.

    Raises
    ------
    PolicyError
        If it cannot be made with the scenario's parameters.
    """
    choice = _choice(scenario, decision)
    rng = draw(f"policy.{decision}.{planner}" if planner else f"policy.{decision}")
    return build_policy(decision, choice.use, choice.parameters, sources.get(decision), rng)


def _choice(scenario: Scenario, decision: str) -> PolicyChoice:
    choice: PolicyChoice = getattr(scenario.policies, decision)
    return choice
