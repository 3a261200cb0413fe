"""Planning: over whom one decides, and when."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import simpy

from agents.coordination.protocols import RunClock, S
from agents.supply.roles import OfficeRole
from environment.units import HOUR_S
from policies.coordination import PlanningPrice

Life = Generator[simpy.Event, None, None]


class DecentralisedPlanning:
    """One office for each store: it decides at once, over its own store and customers."""

    def parts(self, stores: Sequence[S], own_store: Sequence[int]) -> list[list[S]]:  # noqa: ARG002
        """Each store by itself."""
        return [[store] for store in stores]

    def react(self, office: OfficeRole) -> None:
        """Allocate at once."""
        office.allocate()

    def begin(self, supply: RunClock, offices: Sequence[OfficeRole]) -> None:
        """Have each office order again and again."""
        for office in offices:
            if office.distributors:
                supply.env.process(_order_again(supply, office, 0.0))


class CentralPlanning:
    """One office for all: it decides in cycles, and its plans take a while."""

    def __init__(self, price: PlanningPrice) -> None:
        self._cycle_s = price.cycle_h * HOUR_S
        self._latency_s = price.latency_h * HOUR_S

    def parts(self, stores: Sequence[S], own_store: Sequence[int]) -> list[list[S]]:  # noqa: ARG002
        """All stores together."""
        return [list(stores)]

    def react(self, office: OfficeRole) -> None:
        """Wait for the next plan."""

    def begin(self, supply: RunClock, offices: Sequence[OfficeRole]) -> None:
        """Have the office plan and order again and again."""
        for office in offices:
            supply.env.process(self._plan_again(supply, office))
            supply.env.process(_order_again(supply, office, self._latency_s))

    def _plan_again(self, supply: RunClock, office: OfficeRole) -> Life:
        while True:
            yield supply.env.timeout(self._cycle_s)
            if supply.is_over:
                return
            office.allocate(self._latency_s)


def _order_again(supply: RunClock, office: OfficeRole, latency_s: float) -> Life:
    while True:
        yield supply.env.timeout(office.every_s)
        if supply.is_over:
            return
        office.procure(latency_s)
