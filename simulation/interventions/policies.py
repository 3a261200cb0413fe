"""Policies that are replaced while a run goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scenarios.scenario import Scenario
from simulation.build import make_planners, policy_maker
from simulation.interventions.base import RunParts
from simulation.policies import Sources

SERVICE, SUPPLY = (
    ("dispatch", "hospital", "relocation", "signals"),
    ("ordering", "allocation", "routing", "sourcing"),
)
"""Decisions that are taken again and again, by who takes them."""
PER_PLANNER = ("dispatch", "relocation")


def replace_policy(parts: RunParts, decision: str, config: Scenario, sources: Sources) -> None:
    """Have a decision taken from now on as another scenario says."""
    make = policy_maker(config, sources, parts.setup.draw)
    if decision in SUPPLY:
        assert parts.supply_side is not None
        parts.supply_side.supply.desk.replace(**{decision: make(decision)})
        return
    setup = replace(parts.setup, config=config)
    planners = setup.mechanisms.planning.names(setup.ground.districts)
    each = range(len(planners)) if decision in PER_PLANNER else range(1)
    policies: list[Any] = [make(decision, planner) for planner in each]
    policy: Any = policies if decision in PER_PLANNER else policies[0]
    parts.desk.replace(**{decision: policy})
    if decision == "relocation":
        parts.centre.use_planners(
            make_planners(setup, parts.vehicles, parts.desk, parts.world, parts.fleet)
        )
