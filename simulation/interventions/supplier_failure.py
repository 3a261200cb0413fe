"""A supplier that makes less."""

from __future__ import annotations

from typing import ClassVar

from agents.supply.supplier import Supplier
from environment.disruptions import SupplierDisrupted
from scenarios.scenario import Scenario
from simulation.interventions.base import LastingIntervention, Offer


class SupplierFails(LastingIntervention[SupplierDisrupted]):
    """The lines of a supplier reach a share of their rates only."""

    kind: ClassVar[str] = "supplier_disrupted"
    offer: ClassVar[Offer | None] = Offer("Fail a supplier", "Click the supplier", "supplier")
    is_of_supplies: ClassVar[bool] = True

    @classmethod
    def can_befall(cls, scenario: Scenario) -> bool:
        """Where there are suppliers."""
        return scenario.supplies.is_there

    @property
    def _supplier(self) -> Supplier:
        assert self.parts.supply_side is not None  # else the scenario would have been refused
        suppliers = self.parts.supply_side.supply.suppliers
        return next(one for one in suppliers if one.name == self.parameters.supplier)

    def apply(self) -> None:
        """Slow it down from the next lot on."""
        self._supplier.begin_disruption(self.parameters.output_share)

    def undo(self) -> None:
        """Let it get over this, unless another failure holds."""
        self._supplier.end_disruption(self.parameters.output_share)

    def describe(self) -> str:
        """Name it, with what it still makes."""
        one = self.parameters
        return f"supplier {one.supplier} at {one.output_share:.0%} of its output"
