"""What a map tells about a city, and what is guessed where it does not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from environment.maps.graphml import GraphMlFile
from environment.maps.load import load_map
from environment.maps.osm_file import OsmFile
from environment.maps.sites import (
    AMBULANCE_STATION,
    FIRE_STATION,
    HOSPITAL,
    HOSPITAL_WITHOUT_EMERGENCY,
    TaggedSite,
    merge_duplicates,
)
from environment.places.city import PlaceParameters, build_city
from environment.places.population import read_population, zones_of_population
from environment.places.zones import Zones, zones_by_streets
from environment.roads.network import RoadNetwork
from scenarios.new_city.guesses import (
    Load,
    guess_ambulances,
    guess_hospital,
    guess_load,
    guess_stations,
)

ZONE_CELL_M = 500.0
MOST_ZONES = 1500
REACH_M = PlaceParameters().max_access_m
MARGIN = 0.01
"""Degrees beyond the junctions within which somebody still lives on the map."""
LONGEST_NAME = 40


@dataclass(frozen=True)
class DraftSite:
    """A row of the table of sites.

    Attributes
    ----------
    site_id, kind, name : str
    lon, lat : float
    ambulances : int
        Guessed; 0 of a hospital.
    place_is : {"tagged", "guessed"}
    osm : str
        The element of OpenStreetMap; empty where the place is guessed.
    has_ward : bool
        Whether a hospital is tagged as having an emergency ward.
    """

    site_id: str
    kind: str
    name: str
    lon: float
    lat: float
    ambulances: int
    place_is: str
    osm: str = ""
    has_ward: bool = False


@dataclass(frozen=True, eq=False)
class CityDraft:
    """All that a new city's files are made of.

    Attributes
    ----------
    name : str
    source : OsmFile or GraphMlFile
        The map as the scenario names it.
    roads : RoadNetwork
    zones : Zones
    zone_cell_m : float
    sites : list of DraftSite
    with_fire_stations : list of DraftSite
        The same with fire stations as further stations; empty where none is tagged.
    load : Load
    left_out : list of str
        What was found and is not used, a line each.
    population_file : str
        Its name; empty where there is none.
    """

    name: str
    source: OsmFile | GraphMlFile
    roads: RoadNetwork
    zones: Zones
    zone_cell_m: float
    sites: list[DraftSite]
    with_fire_stations: list[DraftSite]
    load: Load
    left_out: list[str]
    population_file: str

    def of(self, kind: str, place_is: str) -> list[DraftSite]:
        """Stations or hospitals that are tagged or guessed."""
        return [site for site in self.sites if (site.kind, site.place_is) == (kind, place_is)]

    @property
    def ambulances(self) -> int:
        """All of them."""
        return sum(site.ambulances for site in self.sites)


def name_of(text: str) -> str:
    """A short name for files: ``krems`` of ``Krems.osm.gz``, ``delft`` of ``Delft, Holland``."""
    first = re.split(r"[,.]", text, maxsplit=1)[0]
    short = re.sub(r"[^\w-]+", "_", first.strip().lower()).strip("_")
    return short[:LONGEST_NAME] or "city"


def draft_city(
    name: str,
    source: OsmFile | GraphMlFile,
    folder: Path,
    tagged: Sequence[TaggedSite],
    population: Path | None,
) -> CityDraft:
    """Find and guess all that a scenario needs.

    Parameters
    ----------
    name : str
    source : OsmFile or GraphMlFile
        The map, in `folder`.
    folder : Path
    tagged : sequence of TaggedSite
        Duplicates included.
    population : Path, optional
        A raster or table as `environment.places.population.read_population` takes it.

    Raises
    ------
    RoadNetworkError
        If there is no map to drive on.
    DataError
        If the population is not as it should be.
    """
    city_map = load_map(source, folder)
    roads = city_map.roads
    merged = merge_duplicates(tagged)
    near, left_out = _on_map(merged, roads)
    if len(merged) < len(tagged):
        again = len(tagged) - len(merged)
        left_out.insert(0, f"a site once more: {again:,} of {len(tagged):,} tagged elements")
    cell_m = _cell_m(roads)
    if population is None:
        parameters = PlaceParameters(zone_cell_m=cell_m)
        zones = build_city(city_map, parameters, folder, needs_sites=False).zones
        load = guess_load(roads, None)
    else:
        west, south, east, north = roads.bounds
        box = west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN
        people = read_population(population, box)
        zones, outside = zones_of_population(people, roads, cell_m, REACH_M)
        load = guess_load(roads, float(people.people.sum()) * (1 - outside))
        if outside > 0.0005:
            left_out.append(f"{outside:.1%} of the population live over {REACH_M:g} m off a street")
    sites, with_fire_stations = _sites(near, load, zones, roads)
    return CityDraft(
        name,
        source,
        roads,
        zones,
        cell_m,
        sites,
        with_fire_stations,
        load,
        left_out,
        "" if population is None else population.name,
    )


def _cell_m(roads: RoadNetwork) -> float:
    """The size of zones: 500 m, or twice that and so on, until they are not too many."""
    cell_m = ZONE_CELL_M
    while len(zones_by_streets(roads, cell_m)) > MOST_ZONES:
        cell_m *= 2
    return cell_m


def _on_map(sites: Sequence[TaggedSite], roads: RoadNetwork) -> tuple[list[TaggedSite], list[str]]:
    """Sites near a street that can be used, and what is left out."""
    far_m = roads.nearest_stop(np.array([s.lon for s in sites]), np.array([s.lat for s in sites]))[
        1
    ]
    near = [site for site, far in zip(sites, far_m, strict=True) if far <= REACH_M]
    told = []
    if len(near) < len(sites):
        told.append(f"farther than {REACH_M:g} m from any street: {len(sites) - len(near):,}")
    usable = [site for site in near if site.kind != HOSPITAL_WITHOUT_EMERGENCY]
    if len(usable) < len(near):
        told.append(f"hospitals tagged emergency=no: {len(near) - len(usable):,}")
    return usable, told


def _sites(
    tagged: Sequence[TaggedSite], load: Load, zones: Zones, roads: RoadNetwork
) -> tuple[list[DraftSite], list[DraftSite]]:
    """The table of sites, and the same with fire stations as stations, too."""
    by_kind = {
        kind: [site for site in tagged if site.kind == kind]
        for kind in (AMBULANCE_STATION, FIRE_STATION, HOSPITAL)
    }
    hospitals = _hospitals(by_kind[HOSPITAL], zones, roads)
    stations = by_kind[AMBULANCE_STATION]
    first = _stations(stations, load, zones, roads) if stations else _guessed(load, zones, roads)
    fire = by_kind[FIRE_STATION]
    second = [*_stations([*stations, *fire], load, zones, roads), *hospitals] if fire else []
    return [*first, *hospitals], second


def _stations(
    tagged: Sequence[TaggedSite], load: Load, zones: Zones, roads: RoadNetwork
) -> list[DraftSite]:
    x, y = np.array([site.lon for site in tagged]), np.array([site.lat for site in tagged])
    ambulances = guess_ambulances(load, x, y, zones, roads).tolist()
    return [
        DraftSite(
            f"S{number}",
            "station",
            site.name or site.kind,
            site.lon,
            site.lat,
            count,
            "tagged",
            site.osm,
        )
        for number, (site, count) in enumerate(zip(tagged, ambulances, strict=True), start=1)
    ]


def _guessed(load: Load, zones: Zones, roads: RoadNetwork) -> list[DraftSite]:
    x, y = guess_stations(load, zones, roads)
    ambulances = guess_ambulances(load, x, y, zones, roads).tolist()
    places = zip(x.tolist(), y.tolist(), ambulances, strict=True)
    return [
        DraftSite(f"S{number}", "station", f"guessed station {number}", lon, lat, count, "guessed")
        for number, (lon, lat, count) in enumerate(places, start=1)
    ]


def _hospitals(tagged: Sequence[TaggedSite], zones: Zones, roads: RoadNetwork) -> list[DraftSite]:
    if not tagged:
        lon, lat = guess_hospital(zones, roads)
        return [DraftSite("H1", "hospital", "guessed hospital", lon, lat, 0, "guessed")]
    return [
        DraftSite(
            f"H{number}",
            "hospital",
            site.name or "hospital",
            site.lon,
            site.lat,
            0,
            "tagged",
            site.osm,
            site.has_ward,
        )
        for number, site in enumerate(tagged, start=1)
    ]
