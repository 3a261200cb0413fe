"""A hospital that closes."""

from __future__ import annotations

from typing import ClassVar

from environment.disruptions import HospitalClosed
from scenarios.scenario import Scenario
from simulation.interventions.base import LastingIntervention, Offer


class HospitalCloses(LastingIntervention[HospitalClosed]):
    """A hospital takes no more patients; those on their way to it are taken elsewhere."""

    kind: ClassVar[str] = "hospital_closed"
    offer: ClassVar[Offer | None] = Offer("Close a hospital", "Click the hospital", "hospital")

    @classmethod
    def can_befall(cls, scenario: Scenario) -> bool:
        """Where there are hospitals."""
        return scenario.needs_service

    @property
    def _row(self) -> int:
        names = self.parts.setup.area.city.hospitals.sites.site_id.tolist()
        return names.index(self.parameters.hospital)

    def apply(self) -> None:
        """Close it."""
        self.parts.centre.close_hospital(self._row)

    def undo(self) -> None:
        """Open it, unless another closure of it holds."""
        self.parts.centre.reopen_hospital(self._row)

    def describe(self) -> str:
        """Name it."""
        return f"hospital {self.parameters.hospital} closed"
