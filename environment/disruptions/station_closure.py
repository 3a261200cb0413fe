"""A station that closes for some hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from environment.disruptions.base import ClosedSite, Lasting, SiteId, Surroundings, unknown_names


class StationClosed(Lasting):
    """A station where no ambulance can stand."""

    kind: Literal["station_closed"] = "station_closed"
    station: SiteId

    @property
    def closed_site(self) -> ClosedSite:
        """The station."""
        return ClosedSite("station", self.station)

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of a station that does not exist."""
        known = surroundings.city.stations.sites.site_id.tolist()
        yield from unknown_names("station", [self.station], known)
        yield from super().mistakes(surroundings)
