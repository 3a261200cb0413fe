"""The city of a scenario: its streets, and the zones, stations and hospitals on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, isfinite
from pathlib import Path
from typing import Annotated, Literal

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
        Metres, Field(ge=1, description="size of zones where neither file nor map has any")
    ] = 500.0
    access_kph: Annotated[
        Kph, Field(ge=0.1, description="speed between a place and the street nearest to it")
    ] = 10.0
    siren_access_kph: Annotated[
        Kph | None,
        Field(ge=0.1, description="the same with lights and sirens; without it, access_kph"),
    ] = None
    max_access_m: Annotated[
        Metres, Field(description="a place farther from the streets is off the map")
    ] = 1000.0
    off_map: Annotated[
        Literal["refuse", "drop"],
        Field(description="zones and sites off the map are a mistake, or are left out"),
    ] = "refuse"

    @property
    def siren_access_share(self) -> float:
        """Time between a place and the street with siren, over that without."""
        kph = self.siren_access_kph
        return 1.0 if kph is None else self.access_kph / kph


@dataclass(frozen=True, eq=False)
class Stops:
    """Sites joined to the streets.

    Attributes
    ----------
    sites : Sites
    node : (s,) int64
        Nearest stop at a street with doors (`environment.roads.stops`).
    access_s : (s,) float64
        Seconds between that stop and the site.
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
    siren_access_share: float = 1.0

    @property
    def roads(self) -> RoadNetwork:
        """The streets."""
        return self.map.roads

    def access_share(self, *, siren: bool) -> float:
        """What the seconds between a place and the street are multiplied by."""
        return self.siren_access_share if siren else 1.0


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
    stations, hospitals = _sites(city_map, parameters, folder)
    if parameters.off_map == "drop":
        zones, stations, hospitals, notes = _on_map(zones, stations, hospitals, roads, parameters)
        roads = replace(roads, notes=(*roads.notes, *notes))
        city_map = replace(city_map, roads=roads)
    if needs_sites:
        _require_sites(stations, hospitals, parameters, folder, roads.name)
    problems: list[str] = []
    zone_node, zone_access_s = join_to_streets(
        "zone", zones.zone_id, zones.x, zones.y, roads, parameters, problems, zones.demand_share
    )
    station_stops = _stops("station", stations, roads, parameters, problems)
    hospital_stops = _stops("hospital", hospitals, roads, parameters, problems)
    if problems:
        raise DataError("\n".join(problems))
    addresses = AddressBook(roads, zones, zone_node, zone_access_s, parameters.access_kph)
    share = parameters.siren_access_share
    return City(city_map, zones, zone_node, addresses, station_stops, hospital_stops, share)


def _zones(city_map: CityMap, parameters: PlaceParameters, folder: Path) -> Zones:
    """The zones of the table, of the map, or made from its streets.

    Those that nobody gave are never off the map: the centre of one that is stands at the street.
    """
    if parameters.zones is not None:
        return read_zones(folder / parameters.zones)
    roads = city_map.roads
    zones = city_map.zones or zones_by_streets(roads, parameters.zone_cell_m)
    node, _ = roads.nearest_stop(zones.x, zones.y)
    far = _is_off_map(zones.x, zones.y, roads, parameters)
    x, y = roads.stop_xy(node)
    return replace(zones, x=np.where(far, x, zones.x), y=np.where(far, y, zones.y))


def _sites(city_map: CityMap, parameters: PlaceParameters, folder: Path) -> tuple[Sites, Sites]:
    """Stations and hospitals of the table, else of the map, else none."""
    if parameters.sites is not None:
        return read_sites(folder / parameters.sites)
    if city_map.stations is not None and city_map.hospitals is not None:
        return city_map.stations, city_map.hospitals
    return no_sites(), no_sites()


def _require_sites(
    stations: Sites, hospitals: Sites, parameters: PlaceParameters, folder: Path, name: str
) -> None:
    if parameters.sites is None and not len(stations) and not len(hospitals):
        raise DataError(
            "places.sites: this map brings no stations of its own; name a CSV file with the "
            "columns site_id, kind (station or hospital), x or lon, y or lat, ambulances"
        )
    place = name if parameters.sites is None else str(folder / parameters.sites)
    on_map = " on the map" if parameters.off_map == "drop" else ""
    for kind, sites in (("station", stations), ("hospital", hospitals)):
        if len(sites) == 0:
            raise DataError(f"{place}: no site of kind {kind!r}{on_map}")


def _on_map(
    zones: Zones,
    stations: Sites,
    hospitals: Sites,
    roads: RoadNetwork,
    parameters: PlaceParameters,
) -> tuple[Zones, Sites, Sites, list[str]]:
    """Zones and sites without those off the map, and what was left out."""
    notes = []
    far = _is_off_map(zones.x, zones.y, roads, parameters)
    if far.all():
        raise DataError(
            f"all {len(zones):,} zones lie farther than {parameters.max_access_m / 1000:g} km from "
            f"any street (places.max_access_m); the map spans {_span(roads)}"
        )
    if far.any():
        share = zones.demand_share[far].sum()
        notes.append(f"zones off the map left out: {far.sum():,} with {share:.1%} of demand")
        zones = zones.rows(np.flatnonzero(~far))
    on_map = []
    for kind, sites in (("stations", stations), ("hospitals", hospitals)):
        far = _is_off_map(sites.x, sites.y, roads, parameters)
        if far.any():
            fleet = (
                f" with {sites.ambulances[far].sum():,} ambulances" if kind == "stations" else ""
            )
            named = ", ".join(sites.site_id[far][:MOST_NAMED])
            more = ", …" if far.sum() > MOST_NAMED else ""
            notes.append(f"{kind} off the map left out: {far.sum():,}{fleet} ({named}{more})")
            sites = sites.rows(np.flatnonzero(~far))  # noqa: PLW2901
        on_map.append(sites)
    return zones, on_map[0], on_map[1], notes


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


MOST_NAMED = 3
"""Places off the map that are named."""
LEFT_OUT_BY = {
    "zone": "places.off_map",
    "station": "places.off_map",
    "hospital": "places.off_map",
    "call": "demand.faulty_calls",
}
"""The key that leaves out places off the map, by kind; others cannot be done without."""


def join_to_streets(
    kind: str,
    names: NDArray[np.str_],
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    roads: RoadNetwork,
    parameters: PlaceParameters,
    problems: list[str],
    demand_share: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nearest stops and the seconds to them; places off the map are told in `problems`.

    The three farthest are named, all are counted, with their share of demand where it is given.
    """
    node, distance_m = roads.nearest_stop(x, y)
    far = np.flatnonzero(~(distance_m <= parameters.max_access_m))
    worst = far[np.argsort(-distance_m[far], kind="stable")]
    problems += [
        f"{kind} {names[row]} at ({x[row]:g}, {y[row]:g}) lies {distance_m[row] / 1000:,.1f} km "
        "from the nearest street"
        for row in worst[:MOST_NAMED]
    ]
    if len(far):
        share = "" if demand_share is None else f" ({demand_share[far].sum():.1%} of demand)"
        what = kind.removesuffix(":") if kind.endswith(":") else f"{kind}s"
        problems.append(
            f"{len(far):,} of {len(x):,} {what}{share} farther than the allowed "
            f"{parameters.max_access_m / 1000:g} km from any street: "
            f"{_ways_out(kind, distance_m[worst[0]])}; the map spans {_span(roads)}"
        )
    return node, distance_m / (parameters.access_kph / 3.6)


def _ways_out(kind: str, farthest_m: float) -> str:
    """The keys that accept places off the map, or leave them out."""
    enough = f" = {ceil(farthest_m)}" if isfinite(farthest_m) else ""
    accept = f"places.max_access_m{enough} accepts them"
    drop = f", {LEFT_OUT_BY[kind]} = 'drop' leaves them out" if kind in LEFT_OUT_BY else ""
    return accept + drop


def _is_off_map(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    roads: RoadNetwork,
    parameters: PlaceParameters,
) -> NDArray[np.bool_]:
    return ~(roads.nearest_stop(x, y)[1] <= parameters.max_access_m)


def _span(roads: RoadNetwork) -> str:
    west, south, east, north = roads.bounds
    return f"x {west:g} to {east:g}, y {south:g} to {north:g}"
