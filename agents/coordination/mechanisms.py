"""The four mechanisms of a run, each chosen when it is built."""

from __future__ import annotations

from agents.coordination.information import LocalInformation, SharedInformation
from agents.coordination.planning import CentralPlanning, DecentralisedPlanning
from agents.coordination.protocols import Mechanisms
from agents.coordination.risk import MutualAid, OwnResources
from agents.coordination.rules import FirstComeFirstServed, Triage
from agents.supply.context import SupplyContext
from environment.demand.drawn_calls import Streams
from policies.coordination import CoordinationParameters


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
