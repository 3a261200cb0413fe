"""A station that closes."""

from __future__ import annotations

from typing import ClassVar

from environment.disruptions import StationClosed
from scenarios.scenario import Scenario
from simulation.interventions.base import LastingIntervention, Offer


class StationCloses(LastingIntervention[StationClosed]):
    """The ambulances of a station go to others, and come back later."""

    kind: ClassVar[str] = "station_closed"
    offer: ClassVar[Offer | None] = Offer("Close a station", "Click the station", "station")

    @classmethod
    def can_befall(cls, scenario: Scenario) -> bool:
        """Where there are stations."""
        return scenario.needs_service

    @property
    def _row(self) -> int:
        names = self.parts.setup.area.city.stations.sites.site_id.tolist()
        return names.index(self.parameters.station)

    def apply(self) -> None:
        """Close it."""
        self.parts.centre.close_station(self._row)

    def undo(self) -> None:
        """Open it, unless another closure of it holds."""
        self.parts.centre.reopen_station(self._row)

    def describe(self) -> str:
        """Name it."""
        return f"station {self.parameters.station} closed"
