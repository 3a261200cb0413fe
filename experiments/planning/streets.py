"""The streets of a map, to drive on between the places of a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.places.city import CityMap
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.traffic_lights import no_lights
from environment.units import HOUR_S

if TYPE_CHECKING:
    from environment.maps.load import RoadSource
    from scenarios.scenario import Scenario

MAP_FILES = (".osm", ".xml", ".pbf", ".bz2", ".gz", ".zip")


@dataclass(frozen=True, eq=False)
class Streets:
    """A map, and how one drives on it.

    Attributes
    ----------
    city_map : CityMap
    driving : Driving
    """

    city_map: CityMap
    driving: Driving

    @property
    def name(self) -> str:
        """The map's name."""
        return self.city_map.roads.name

    @property
    def crs(self) -> str:
        """What coordinates on the map are, as `RoadNetwork` has it."""
        return self.city_map.roads.crs

    def stops_at(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The stop nearest to each place, and the metres to it."""
        return self.city_map.roads.nearest_stop(x, y)

    def tables(
        self, stops: NDArray[np.int64], departure_s: float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds, at the speeds of an hour of the day, and metres between stops, (n, n) each."""
        travel_s = self.driving.table_s(stops, stops, siren=False)
        metres = np.array(
            [[self.driving.metres(a, b) for b in stops.tolist()] for a in stops.tolist()]
        )
        np.fill_diagonal(travel_s, 0.0)
        np.fill_diagonal(metres, 0.0)
        return travel_s / self.driving.speed_factor(departure_s), metres

    def path_xy(self, origin: int, destination: int) -> NDArray[np.float64]:
        """Junctions on the way between two stops, in the map's coordinates, (k, 2)."""
        roads = self.city_map.roads
        pieces = self.driving.path(origin, destination, siren=False)
        ends = np.column_stack(roads.stop_xy([origin, destination]))
        inner = np.column_stack(
            [roads.x[roads.head[pieces[:-1]]], roads.y[roads.head[pieces[:-1]]]]
        )
        return np.vstack([ends[:1], inner, ends[1:]])

    def told(self, departure_s: float) -> str:
        """At which speeds one drives, in words."""
        factor = self.driving.speed_factor(departure_s)
        hour = int(departure_s // HOUR_S) % 24
        return f"at {factor:.0%} of free flow, as at {hour}:00" if factor != 1 else "at free flow"


def load_streets(name: str) -> Streets:
    """The map of a case, of a scenario file, or in an OpenStreetMap or GraphML file.

    Raises
    ------
    CorridorError
        If there is none of that name, or nobody can drive on it.
    """
    path = Path(name)
    if path.suffix == ".graphml":
        from environment.maps.graphml import GraphMlFile

        return _streets_of(GraphMlFile(file=path.absolute()))
    if path.suffix in MAP_FILES:
        from environment.maps.osm_file import OsmFile

        return _streets_of(OsmFile(file=path.absolute()))
    from scenarios.loader import load_scenario

    return streets_of_case(load_scenario(name))


def streets_of_case(scenario: Scenario) -> Streets:
    """The map of a scenario, with its traffic."""
    from simulation.preparation import prepare

    area = prepare(scenario)
    return Streets(area.city.map, area.driving)


def _streets_of(source: RoadSource) -> Streets:
    """A map without a scenario: no lights, and free flow at all hours."""
    from environment.maps.load import load_map

    city_map = load_map(source, Path())
    roads = city_map.roads
    nowhere = np.zeros(0, np.int64)
    return Streets(city_map, Driving(roads, TravelParameters(), no_lights(roads), nowhere))
