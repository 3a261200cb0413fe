"""A supplier whose output falls for some hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from environment.disruptions.base import Lasting, SiteId, Surroundings, unknown_names
from environment.parameters import Share


class SupplierDisrupted(Lasting):
    """A supplier that makes less than it could, or nothing at all."""

    kind: Literal["supplier_disrupted"] = "supplier_disrupted"
    supplier: SiteId
    output_share: Annotated[
        Share, Field(description="of its rates that it still reaches; what is on its way comes")
    ] = 0.0

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of a supplier that does not exist."""
        yield from unknown_names("supplier", [self.supplier], surroundings.suppliers)
        yield from super().mistakes(surroundings)
