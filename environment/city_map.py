"""What a source of maps gives: streets, and where it knows them zones, sites and water."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
from environment.sites import Sites
from environment.zones import Zones


@dataclass(frozen=True, eq=False)
class CityMap:
    """A map, before a scenario puts its own zones and sites on it.

    Attributes
    ----------
    roads : RoadNetwork
    zones : Zones or None
    stations, hospitals : Sites or None
    water, parks : tuples of (k, 2) float64
        Outlines of rivers and lakes, and of parks, for the picture.
    """

    roads: RoadNetwork
    zones: Zones | None = None
    stations: Sites | None = None
    hospitals: Sites | None = None
    water: tuple[NDArray[np.float64], ...] = ()
    parks: tuple[NDArray[np.float64], ...] = ()
