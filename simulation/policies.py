"""The policies of a run, made from a scenario's choices."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from environment.demand import Streams
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
        If a policy cannot be found.
    """
    folders = [Path(), scenario.folder]
    sources = {
        decision: resolve_source(decision, _choice(scenario, decision).use, folders)
        for decision in METHODS
    }
    return {decision: source for decision, source in sources.items() if source is not None}


def make_policy(scenario: Scenario, decision: str, sources: Sources, draw: Streams) -> Any:
    """Make the policy that a scenario chooses for a decision.

    Raises
    ------
    PolicyError
        If it cannot be made with the scenario's parameters.
    """
    choice = _choice(scenario, decision)
    rng = draw(f"policy.{decision}")
    return build_policy(decision, choice.use, choice.parameters, sources.get(decision), rng)


def _choice(scenario: Scenario, decision: str) -> PolicyChoice:
    choice: PolicyChoice = getattr(scenario.policies, decision)
    return choice
