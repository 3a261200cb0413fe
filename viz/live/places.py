"""Where sites and calls are, in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from viz.live.legs import Point

if TYPE_CHECKING:
    from environment.roads.network import RoadNetwork
    from simulation.model import EmergencyModel


class Places:
    """The places of a run.

    Attributes
    ----------
    stations, hospitals, supply_sites : tuple of Point
        By row; the last by the number of the site in the books.
    """

    def __init__(self, model: EmergencyModel) -> None:
        city, system = model.ground.city, model.config.supplies.sites
        supplies = [*system.suppliers, *system.stores, *system.distributors]
        self.stations = points(city.roads, city.stations.sites.x, city.stations.sites.y)
        self.hospitals = points(city.roads, city.hospitals.sites.x, city.hospitals.sites.y)
        self.supply_sites = points(
            city.roads, np.array([s.x for s in supplies]), np.array([s.y for s in supplies])
        )


def points(roads: RoadNetwork, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Point, ...]:
    """Places on a map in metres."""
    x_m, y_m = roads.to_metres(x, y)
    return tuple(Point(*one) for one in zip(x_m.tolist(), y_m.tolist(), strict=True))
