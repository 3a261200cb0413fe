"""The four mechanisms in supplies and in the ambulance service, chosen when a run is built."""

from __future__ import annotations

from dataclasses import dataclass

from agents.coordination.ambulance_planning import (
    PlansForCity,
    PlansForEachDistrict,
    ServicePlanning,
)
from agents.coordination.ambulance_risk import (
    ONE_FLEET,
    OWN_FLEET,
    ServiceRisk,
    own_fleet_first,
)
from agents.coordination.information import LocalInformation, SharedInformation
from agents.coordination.planning import CentralPlanning, DecentralisedPlanning
from agents.coordination.protocols import Mechanisms
from agents.coordination.risk import MutualAid, OwnResources
from agents.coordination.rules import FirstComeFirstServed, Triage
from agents.service.mission import StandingOrders
from agents.service.mutual_aid import Agreement
from agents.service.waiting import Queue
from agents.supply.context import SupplyContext
from environment.demand.drawn_calls import Streams
from policies.coordination import CoordinationParameters, ServiceOrganisation


def choose_mechanisms(
    coordination: CoordinationParameters, supply: SupplyContext, streams: Streams, days: int
) -> Mechanisms:
    """Take the strategy of each mechanism that is on, or that of one that is off.

    Parameters
    ----------
    coordination : CoordinationParameters
    supply : SupplyContext
    streams : callable
        Of the run.
    days : int
        Its length.
    """
    on = coordination.of_supplies
    return Mechanisms(
        information=(
            SharedInformation(coordination.information, supply, streams, days)
            if on.information
            else LocalInformation(supply)
        ),
        planning=CentralPlanning(coordination.planning) if on.planning else DecentralisedPlanning(),
        rules=Triage(coordination.rules, supply) if on.rules else FirstComeFirstServed(),
        risk=MutualAid(coordination.risk, supply) if on.risk else OwnResources(supply),
    )


@dataclass(frozen=True)
class ServiceMechanisms:
    """How the ambulance service works together.

    Attributes
    ----------
    information : StandingOrders
        Whether vehicles are known, and can be sent, wherever they are; else those at a station,
        and with radio those on their way home.
    planning : ServicePlanning
        Whether one decides for the whole city where ambulances wait; else each district.
    rules : {"priority", "first-come"}
        In which order those who wait are served.
    risk : ServiceRisk
        Whether ambulances of all districts may be sent to a call; else those of its own, and by
        agreement those that neighbours can spare.
    """

    information: StandingOrders
    planning: ServicePlanning
    rules: Queue
    risk: ServiceRisk


def choose_service_mechanisms(
    parameters: CoordinationParameters,
    orders: StandingOrders,
    queue: Queue,
    draw: Streams,
    *,
    calls_wait: bool,
) -> ServiceMechanisms:
    """Take the strategy of each mechanism that is on, or that of one that is off.

    Where a mechanism is off, the service does what its organisation does; where the coordination
    says nothing, it keeps to its own keys: `orders`, `queue`, and the city as a whole.

    Parameters
    ----------
    parameters : CoordinationParameters
    orders : StandingOrders
        Those of `coordinated_orders`.
    queue : {"priority", "first-come"}
        Of the scenario.
    draw : callable
        Of the run; ``policy.mutual_aid`` is used.
    calls_wait : bool
        Else they are lost where nobody can be sent at once, and neighbours are asked at once.
    """
    on, without = parameters.of_ambulances, parameters.organisation
    if on is None:
        return ServiceMechanisms(orders, PlansForCity(), queue, ONE_FLEET)
    return ServiceMechanisms(
        information=orders,
        planning=PlansForCity() if on.planning else PlansForEachDistrict(),
        rules="priority" if on.rules or without.has("triage") else "first-come",
        risk=ONE_FLEET if on.risk else _fleet_without_risk(without, draw, calls_wait),
    )


def coordinated_orders(
    parameters: CoordinationParameters, orders: StandingOrders
) -> StandingOrders:
    """What every crew may be told: by the coordination if it says anything, else by `orders`.

    Crews are called off for worse calls only where these say so.
    """
    on = parameters.of_ambulances
    if on is None:
        return orders
    return StandingOrders(
        sent_on_way_home=on.information or parameters.organisation.has("radio"),
        called_off=on.information and orders.called_off,
    )


def _fleet_without_risk(
    without: ServiceOrganisation, draw: Streams, calls_wait: bool
) -> ServiceRisk:
    if not without.has("mutual_aid"):
        return OWN_FLEET
    request_s = without.request_s if calls_wait else 0.0
    rng = draw("policy.mutual_aid")
    return own_fleet_first(Agreement(request_s, without.reserve, without.refusal_share, rng))
