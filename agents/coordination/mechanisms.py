"""The four mechanisms of a run, each chosen when it is built."""

from __future__ import annotations

from agents.coordination.information import OwnBooks, SharedBooks
from agents.coordination.planning import EachForItself, OnePlan
from agents.coordination.protocols import Mechanisms
from agents.coordination.risk import HelpEachOther, OnItsOwn
from agents.coordination.rules import AsTheyCame, OneRule
from agents.supply.world import SupplyWorld
from environment.demand.drawn_calls import Streams
from policies.coordination_parameters import CoordinationParameters


def choose_mechanisms(
    coordination: CoordinationParameters, supply: SupplyWorld, streams: Streams, days: int
) -> Mechanisms:
    """Take the strategy of each mechanism that is on, or that of one that is off.

    Parameters
    ----------
    coordination : CoordinationParameters
    supply : SupplyWorld
    streams : callable
        Of the run.
    days : int
        Its length.
    """
    on = coordination.of_supplies
    return Mechanisms(
        information=(
            SharedBooks(coordination.information, supply, streams, days)
            if on.information
            else OwnBooks(supply)
        ),
        planning=OnePlan(coordination.planning) if on.planning else EachForItself(),
        rules=OneRule(coordination.rules, supply) if on.rules else AsTheyCame(),
        risk=HelpEachOther(coordination.risk, supply) if on.risk else OnItsOwn(supply),
    )
