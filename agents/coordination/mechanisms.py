"""The four mechanisms of a run, each chosen when it is built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agents.coordination.information import Information, OwnBooks, SharedBooks
from agents.coordination.planning import EachForItself, OnePlan, Planning
from agents.coordination.risk import HelpEachOther, OnItsOwn, Risk
from agents.coordination.rules import AsTheyCame, OneRule, Rules
from environment.demand.drawn_calls import Streams
from policies.coordination_parameters import CoordinationParameters

if TYPE_CHECKING:
    from agents.supply.world import SupplyWorld


@dataclass(frozen=True)
class Mechanisms:
    """What agents of the supply side know, over whom they decide, in which order, with whom."""

    information: Information
    planning: Planning
    rules: Rules
    risk: Risk


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
