"""A hospital that closes for some hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from environment.disruptions.base import ClosedSite, Lasting, SiteId, Surroundings, unknown_names


class HospitalClosed(Lasting):
    """A hospital that takes no more patients; those on their way to it are taken elsewhere."""

    kind: Literal["hospital_closed"] = "hospital_closed"
    hospital: SiteId

    @property
    def closed_site(self) -> ClosedSite:
        """The hospital."""
        return ClosedSite("hospital", self.hospital)

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of a hospital that does not exist."""
        known = surroundings.city.hospitals.sites.site_id.tolist()
        yield from unknown_names("hospital", [self.hospital], known)
        yield from super().mistakes(surroundings)
