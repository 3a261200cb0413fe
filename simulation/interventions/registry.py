"""Every kind of intervention, by its name in a scenario's file: the one list of them."""

from __future__ import annotations

from typing import Any

from scenarios.scenario import Scenario
from simulation.interventions.base import Intervention, Offer, RunParts
from simulation.interventions.hospital_closure import HospitalCloses
from simulation.interventions.mass_casualty import CasualtiesCall
from simulation.interventions.outbreak import OutbreakBegins
from simulation.interventions.road_closure import StreetsClose
from simulation.interventions.station_closure import StationCloses
from simulation.interventions.supplier_failure import SupplierFails
from simulation.interventions.surge import CallsSurge

KINDS: dict[str, type[Intervention[Any]]] = {
    one.kind: one
    for one in (
        StreetsClose,
        HospitalCloses,
        StationCloses,
        SupplierFails,
        OutbreakBegins,
        CasualtiesCall,
        CallsSurge,
    )
}
"""In the order in which they are offered."""


def offers(scenario: Scenario | None = None) -> dict[str, Offer]:
    """What is offered to who looks on, by kind; of a scenario, what can happen in it."""
    return {
        kind: one.offer
        for kind, one in KINDS.items()
        if one.offer is not None and (scenario is None or one.can_befall(scenario))
    }


def schedule(parts: RunParts, *, of_supplies: bool) -> None:
    """Have the scenario's disruptions happen: those of the supplies, or all others."""
    for number, disruption in enumerate(parts.setup.config.disruptions):
        kind = KINDS[disruption.kind]
        if kind.is_of_supplies == of_supplies:
            kind(disruption, number, parts).schedule()
    if not of_supplies:
        parts.closures.schedule(parts.setup.config.disruptions)
