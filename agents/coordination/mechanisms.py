"""The four mechanisms in supplies and in the ambulance service, chosen when a run is built."""

from __future__ import annotations

from dataclasses import dataclass

from agents.coordination.ambulance_planning import (
    PlansForCity,
    PlansForEachDistrict,
    ServicePlanning,
)
from agents.coordination.information import LocalInformation, SharedInformation
from agents.coordination.planning import CentralPlanning, DecentralisedPlanning
from agents.coordination.protocols import Mechanisms
from agents.coordination.risk import MutualAid, OwnResources
from agents.coordination.rules import FirstComeFirstServed, Triage
from agents.service.dispatch_view import CentreView, DistrictCentreView
from agents.service.mission import StandingOrders
from agents.service.waiting import Queue
from agents.supply.context import SupplyContext
from environment.demand.drawn_calls import Streams
from policies.coordination import Coordination, CoordinationParameters


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
        Whether vehicles are known, and can be sent, wherever they are; else only those that stand
        at a station.
    planning : ServicePlanning
        Whether one decides for the whole city where ambulances wait; else each district.
    rules : {"priority", "first-come"}
        In which order those who wait are served.
    risk : type of CentreView
        Whether ambulances of all districts may be sent to a call; else only those of its own.
    """

    information: StandingOrders
    planning: ServicePlanning
    rules: Queue
    risk: type[CentreView]


def choose_service_mechanisms(
    on: Coordination | None, orders: StandingOrders, queue: Queue
) -> ServiceMechanisms:
    """Take the strategy of each mechanism that is on, or that of one that is off.

    Parameters
    ----------
    on : Coordination or None
        None where the service keeps to its own keys: `orders`, `queue`, and the city as a whole.
    orders : StandingOrders
        Of the scenario; crews are called off for worse calls only where these say so.
    queue : {"priority", "first-come"}
        Of the scenario.
    """
    if on is None:
        return ServiceMechanisms(orders, PlansForCity(), queue, CentreView)
    return ServiceMechanisms(
        information=StandingOrders(
            sent_on_way_home=on.information, called_off=on.information and orders.called_off
        ),
        planning=PlansForCity() if on.planning else PlansForEachDistrict(),
        rules="priority" if on.rules else "first-come",
        risk=CentreView if on.risk else DistrictCentreView,
    )
