"""Where vehicles stand: at sites, at patients and beside junctions, in metres."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.places.city import Stops
from environment.roads.network import RoadNetwork
from scenarios.scenario import Scenario
from simulation.preparation import ServiceArea
from viz.live.readers.legs import Point


class Spot(NamedTuple):
    """A place beside the streets, with its stop and the seconds between the two."""

    place: Point
    node: int
    access_s: float


class Places:
    """The places of a run.

    Attributes
    ----------
    stations, hospitals, supply_sites : tuple of Spot
        By row; the last by the number of the site in the event log.
    """

    def __init__(self, area: ServiceArea, scenario: Scenario) -> None:
        self._roads = area.city.roads
        city, system = area.city, scenario.supplies.sites
        self.stations = _stops(city.roads, city.stations)
        self.hospitals = _stops(city.roads, city.hospitals)
        sites = [*system.suppliers, *system.stores, *system.distributors]
        self.supply_sites: tuple[Spot, ...] = ()
        if area.supply_places is not None:
            x, y = (np.array([getattr(site, axis) for site in sites]) for axis in "xy")
            joined = area.supply_places
            self.supply_sites = _spots(city.roads, x, y, joined.node, joined.access_s)

    def beside(self, node: int) -> Spot:
        """A place beside a street."""
        return Spot(Point(*self._roads.stop_xy_m(node)[0].tolist()), node, 0.0)


def _stops(roads: RoadNetwork, stops: Stops) -> tuple[Spot, ...]:
    return _spots(roads, stops.sites.x, stops.sites.y, stops.node, stops.access_s)


def _spots(
    roads: RoadNetwork,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    node: NDArray[np.int64],
    access_s: NDArray[np.float64],
) -> tuple[Spot, ...]:
    x_m, y_m = roads.to_metres(x, y)
    each = zip(x_m.tolist(), y_m.tolist(), node.tolist(), access_s.tolist(), strict=True)
    return tuple(Spot(Point(*one[:2]), *one[2:]) for one in each)
