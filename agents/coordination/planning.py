"""Planning: over whom one decides, and when."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Protocol

import simpy

from policies.coordination_parameters import PlanningPrice

if TYPE_CHECKING:
    from agents.supply.office import Office
    from agents.supply.store import Store
    from agents.supply.world import SupplyWorld

HOUR_S = 3_600.0
Life = Generator[simpy.Event, None, None]


class Planning(Protocol):
    """How stores and distributors are divided among offices, and when these decide."""

    def parts(self, stores: Sequence[Store], own_store: Sequence[int]) -> list[list[Store]]:
        """The stores of each office."""

    def react(self, office: Office) -> None:
        """Have an office act on what it has just heard, or let it wait for its time."""

    def begin(self, supply: SupplyWorld, offices: Sequence[Office]) -> None:
        """Start what happens again and again."""


class EachForItself:
    """One office for each store: it decides at once, over its own store and customers."""

    def parts(self, stores: Sequence[Store], own_store: Sequence[int]) -> list[list[Store]]:  # noqa: ARG002
        """Each store by itself."""
        return [[store] for store in stores]

    def react(self, office: Office) -> None:
        """Allocate at once."""
        office.allocate()

    def begin(self, supply: SupplyWorld, offices: Sequence[Office]) -> None:
        """Have each office order again and again."""
        for office in offices:
            if office.distributors:
                supply.env.process(_order_again(supply, office, 0.0))


class OnePlan:
    """One office for all: it decides in cycles, and its plans take a while."""

    def __init__(self, price: PlanningPrice) -> None:
        self._cycle_s = price.cycle_h * HOUR_S
        self._latency_s = price.latency_h * HOUR_S

    def parts(self, stores: Sequence[Store], own_store: Sequence[int]) -> list[list[Store]]:  # noqa: ARG002
        """All stores together."""
        return [list(stores)]

    def react(self, office: Office) -> None:
        """Wait for the next plan."""

    def begin(self, supply: SupplyWorld, offices: Sequence[Office]) -> None:
        """Have the office plan and order again and again."""
        for office in offices:
            supply.env.process(self._plan_again(supply, office))
            supply.env.process(_order_again(supply, office, self._latency_s))

    def _plan_again(self, supply: SupplyWorld, office: Office) -> Life:
        while True:
            yield supply.env.timeout(self._cycle_s)
            if supply.is_over:
                return
            office.allocate(self._latency_s)


def _order_again(supply: SupplyWorld, office: Office, latency_s: float) -> Life:
    while True:
        yield supply.env.timeout(office.every_s)
        if supply.is_over:
            return
        office.procure(latency_s)
