"""Policies that are replaced while a run goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from policies.decision import Decision
from policies.relocation import RELOCATION
from scenarios.scenario import Scenario
from simulation.build import make_planners
from simulation.interventions.base import RunParts
from simulation.policies import Sources, make_policies


def replace_policy(
    parts: RunParts, decision: Decision[Any], config: Scenario, sources: Sources
) -> None:
    """Have a decision taken from now on as another scenario says."""
    setup = replace(parts.setup, config=config)
    planners = len(setup.mechanisms.planning.names(setup.ground.districts))
    policies = make_policies(config, decision, sources, setup.draw, planners)
    if decision.taken_by == "supply":
        assert parts.supply_side is not None
        parts.supply_side.supply.gate.replace(decision, policies)
        return
    parts.gate.replace(decision, policies)
    if decision is RELOCATION:
        parts.centre.use_planners(
            make_planners(setup, parts.vehicles, parts.gate, parts.world, parts.fleet)
        )
