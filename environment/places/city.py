"""The city of a scenario: its streets, and the zones, stations and hospitals on them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from environment.errors import DataError
from environment.parameters import Kph, Metres, Parameters
from environment.places.addresses import AddressBook
from environment.places.sites import Sites, no_sites, read_sites
from environment.places.zones import Zones, read_zones, zones_by_streets
from environment.roads.network import RoadNetwork


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


class PlaceParameters(Parameters):
    """Which zones and sites stand on the map, and how they are joined to its streets."""

    zones: Annotated[
        Path | None, Field(description="CSV of demand zones; without it, those of the map")
    ] = None
    sites: Annotated[
        Path | None, Field(description="CSV of stations and hospitals; else those of the map")
    ] = None
    zone_cell_m: Annotated[
        Metres, Field(description="size of zones where neither file nor map has any")
    ] = 500.0
    access_kph: Annotated[
        Kph, Field(ge=0.1, description="speed between a place and the junction nearest to it")
    ] = 10.0
    max_access_m: Annotated[
        Metres, Field(description="a place farther from the streets is a mistake")
    ] = 1000.0


@dataclass(frozen=True, eq=False)
class Stops:
    """Sites joined to the streets.

    Attributes
    ----------
    sites : Sites
    node : (s,) int64
        Nearest junction of a street with doors.
    access_s : (s,) float64
        Seconds between that junction and the site.
    """

    sites: Sites
    node: NDArray[np.int64]
    access_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.sites)


@dataclass(frozen=True, eq=False)
class City:
    """All that stands still during a run."""

    map: CityMap
    zones: Zones
    zone_node: NDArray[np.int64]
    addresses: AddressBook
    stations: Stops
    hospitals: Stops

    @property
    def roads(self) -> RoadNetwork:
        """The streets."""
        return self.map.roads


def build_city(
    city_map: CityMap, parameters: PlaceParameters, folder: Path, *, needs_sites: bool = True
) -> City:
    """Put zones and sites on a map, relative files being looked up in `folder`.

    Parameters
    ----------
    city_map : CityMap
    parameters : PlaceParameters
    folder : Path
    needs_sites : bool
        Whether there must be stations and hospitals; where nobody calls, there need not.

    Raises
    ------
    DataError
        If a file is not as it should be, a place lies off the map, or a site is missing that there
        must be.
    """
    roads = city_map.roads
    zones = _zones(city_map, parameters, folder)
    stations, hospitals = _sites(city_map, parameters, folder, needs_sites=needs_sites)
    problems: list[str] = []
    zone_node, zone_access_s = join_to_streets(
        "zone", zones.zone_id, zones.x, zones.y, roads, parameters, problems
    )
    station_stops = _stops("station", stations, roads, parameters, problems)
    hospital_stops = _stops("hospital", hospitals, roads, parameters, problems)
    if problems:
        raise DataError("\n".join(problems))
    addresses = AddressBook(roads, zones, zone_node, zone_access_s)
    return City(city_map, zones, zone_node, addresses, station_stops, hospital_stops)


def _zones(city_map: CityMap, parameters: PlaceParameters, folder: Path) -> Zones:
    if parameters.zones is not None:
        return read_zones(folder / parameters.zones)
    return city_map.zones or zones_by_streets(city_map.roads, parameters.zone_cell_m)


def _sites(
    city_map: CityMap, parameters: PlaceParameters, folder: Path, *, needs_sites: bool
) -> tuple[Sites, Sites]:
    if parameters.sites is not None:
        stations, hospitals = read_sites(folder / parameters.sites)
        place = str(folder / parameters.sites)
    elif city_map.stations is not None and city_map.hospitals is not None:
        stations, hospitals = city_map.stations, city_map.hospitals
        place = city_map.roads.name
    elif not needs_sites:
        return no_sites(), no_sites()
    else:
        raise DataError(
            "places.sites: this map brings no stations of its own; name a CSV file with the "
            "columns site_id, kind (station or hospital), x or lon, y or lat, ambulances"
        )
    for kind, sites in (("station", stations), ("hospital", hospitals)):
        if needs_sites and len(sites) == 0:
            raise DataError(f"{place}: no site of kind {kind!r}")
    return stations, hospitals


def _stops(
    kind: str,
    sites: Sites,
    roads: RoadNetwork,
    parameters: PlaceParameters,
    problems: list[str],
) -> Stops:
    node, access_s = join_to_streets(
        kind, sites.site_id, sites.x, sites.y, roads, parameters, problems
    )
    return Stops(sites, node, access_s)


def join_to_streets(
    kind: str,
    names: NDArray[np.str_],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    roads: RoadNetwork,
    parameters: PlaceParameters,
    problems: list[str],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nearest stops and the seconds to them; places off the map are added to `problems`."""
    node, distance_m = roads.nearest_stop(x, y)
    for row in np.flatnonzero(~(distance_m <= parameters.max_access_m)):
        problems.append(
            f"{kind} {names[row]} at ({x[row]:g}, {y[row]:g}) lies {distance_m[row] / 1000:,.1f} "
            f"km from the nearest street; allowed are {parameters.max_access_m / 1000:g} km "
            f"(places.max_access_m); the map spans {_span(roads)}"
        )
    return node, distance_m / (parameters.access_kph / 3.6)


def _span(roads: RoadNetwork) -> str:
    west, south, east, north = roads.bounds
    return f"x {west:g} to {east:g}, y {south:g} to {north:g}"
