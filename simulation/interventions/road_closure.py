"""Streets that close."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from environment.disruptions import RoadClosure
from simulation.interventions.base import LastingIntervention, Offer, RunParts
from simulation.interventions.map_places import map_place, nearest_street


class StreetsClose(LastingIntervention[RoadClosure]):
    """Nobody drives on some streets; who was about to takes another way."""

    kind: ClassVar[str] = "road_closure"
    offer: ClassVar[Offer | None] = Offer(
        "Close streets", "Click where streets are closed", asks=("place", "radius_m", "hours")
    )

    @classmethod
    def entry(cls, request: Mapping[str, Any], parts: RunParts) -> dict[str, Any]:
        """Close a circle, or without ``radius_m`` the street that is nearest to the place."""
        asked = super().entry(request, parts)
        if "x_m" not in asked or "y_m" not in asked:
            return asked
        roads = parts.setup.area.city.roads
        x_m, y_m = float(asked.pop("x_m")), float(asked.pop("y_m"))
        if "radius_m" not in asked:
            return {**asked, "streets": [nearest_street(roads, x_m, y_m)]}
        x, y = map_place(roads, x_m, y_m)
        return {**asked, "x": x, "y": y}

    @cached_property
    def _pieces(self) -> NDArray[np.bool_]:
        return self.parameters.closed_pieces(self.parts.setup.area.city.roads)

    def schedule(self) -> None:
        """Leave it to the closures of the scenario, which change together."""

    def apply(self) -> None:
        """Close the streets."""
        self.parts.closures.close(self._pieces)

    def undo(self) -> None:
        """Open them."""
        self.parts.closures.open(self._pieces)

    def describe(self) -> str:
        """Say how many pieces are closed."""
        return f"{int(self._pieces.sum())} street pieces closed"
