"""What somebody who steps in while a run goes on can change, from now on.

Nothing here is checked: see `viz.live.interventions`. A run that nobody steps into is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from agents.service.incident import Incident
from environment.demand.calls import Calls
from environment.demand.drawn_calls import streams_of
from environment.demand.mass_casualty import draw_casualties
from environment.disruptions import (
    Disruption,
    HospitalClosed,
    MassCasualty,
    RoadClosure,
    StationClosed,
    SupplierDisrupted,
)
from environment.traffic.closures import closed_pieces
from policies.decision import Decision
from policies.relocation import RELOCATION
from scenarios.scenario import Scenario
from simulation.happenings import closing
from simulation.policies import Sources, make_policies
from simulation.settling import make_planners

if TYPE_CHECKING:
    from simulation.model import EmergencyModel


def disrupt(model: EmergencyModel, disruption: Disruption) -> None:
    """Have something go wrong that is not before now."""
    if isinstance(disruption, RoadClosure):
        closed = closed_pieces(disruption, model.ground.city.roads)
        model.env.process(model.closures.close(closed, disruption.until_s))
    elif isinstance(disruption, StationClosed | HospitalClosed):
        happening = closing(model, model.events, disruption)
        assert happening is not None
        model.env.process(happening)
    elif isinstance(disruption, SupplierDisrupted):
        assert model.supply_side is not None
        model.supply_side.disrupt(disruption)
    elif isinstance(disruption, MassCasualty):
        _bring_casualties(model, disruption)


def _bring_casualties(model: EmergencyModel, event: MassCasualty) -> None:
    """Let the casualties of an event call, numbered after all calls so far."""
    config, city, books = model.config, model.ground.city, model.recorder
    incidents = [calls.table["incident"].max() for calls in (model.calls, *model.later_calls)]
    row, first = 1 + int(np.nanmax([-1, *incidents])), len(books.states)
    own = streams_of(f"demand.incident.{row}", model.draw)
    drawn = draw_casualties(
        event, row, config.demand, city.addresses, config.places, own, config.hospitals
    )
    table = drawn.table.set_axis(first + np.arange(len(drawn)))
    calls = Calls(table, drawn.trip_noise)
    true = dict(zip(table.index.tolist(), table["triage_priority"].tolist(), strict=True))
    model.centre.expect_casualties(row, Incident(model.env, event.triage_s, true))
    model.later_calls.append(calls)
    books.calls_came(table["priority"].to_numpy())
    model.world.calls_came(calls.trip_noise)
    model.centre.take_calls(calls.by_readiness())


def replace_policy(
    model: EmergencyModel, decision: Decision[Any], config: Scenario, sources: Sources
) -> None:
    """Have a decision taken from now on as another scenario says."""
    planners = len(model.service_mechanisms.planning.names(model.ground.districts))
    policies = make_policies(config, decision, sources, model.draw, planners)
    if decision.taken_by == "supply":
        assert model.supply_side is not None
        model.supply_side.supply.gate.replace(decision, policies)
        return
    model.gate.replace(decision, policies)
    if decision is RELOCATION:
        model.centre.use_planners(make_planners(model))
