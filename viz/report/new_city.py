"""A city of one's own: its folder, with a first run and a picture of the map."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from environment.errors import DataError, RoadNetworkError
from environment.maps.graphml import GraphMlFile, write_graphml
from environment.maps.osm_file import OsmFile
from environment.maps.osm_reader import FORMATS
from environment.maps.place import Place
from environment.maps.sites import TaggedSite, download_sites_of_place, read_sites_of_file
from scenarios.loader import is_file, load_scenario
from scenarios.new_city import CityDraft, draft_city, name_of, scenario_files
from scenarios.new_city.files import WITH_FIRE_STATIONS, counted
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.preparation import prepare
from simulation.tables.files import unfinished_folder
from simulation.tables.result import Result
from viz.maps.city_map import draw_map

PICTURE = "map.png"
GRAPH = "streets.graphml"
BUSY = 0.5
"""Utilisation from which the first run is called overloaded."""


@dataclass(frozen=True, eq=False)
class NewCity:
    """A folder that has been written, and what it holds.

    Attributes
    ----------
    folder : Path
    scenario_file : Path
    scenario : Scenario
    draft : CityDraft
        What was found in the map, and what was guessed.
    result : Result
        Of the first run.
    """

    folder: Path
    scenario_file: Path
    scenario: Scenario
    draft: CityDraft
    result: Result

    def __str__(self) -> str:
        """What was found, what was guessed, and what to check next, in at most 20 lines."""
        return "\n".join(_told(self))


def new_city(city: str | Path, out: Path | None = None, population: Path | None = None) -> NewCity:
    """Make the folder of a scenario from a map, run it once and draw it.

    The map is copied, so that the folder can be moved and sent, and its figures stay what they are
    when the map outside is brought up to date.

    Parameters
    ----------
    city : str or Path
        An OpenStreetMap file, or the name of a place to be downloaded.
    out : Path, optional
        The folder; by default one of the map's name in the current folder. It must be empty, or
        not exist.
    population : Path, optional
        A raster or table; see `environment.places.population.read_population`.

    Raises
    ------
    CorridorError
        If the folder is not empty, there is no map to drive on, or the population does not fit;
        nothing is written then.
    """
    if not str(city).strip():
        raise DataError("a map file or the name of a place is required, got an empty text")
    path = Path(city)
    is_map = is_file(path) or str(city).lower().endswith((*FORMATS, ".zip", ".osm.zip"))
    name = name_of(path.name if is_map else str(city))
    folder = Path(name) if out is None else out
    _require_empty(folder)
    if population is not None and not is_file(population):
        raise DataError(f"{population}: no such file")
    with unfinished_folder(folder) as part:
        source, tagged = _copied(path, part) if is_map else _downloaded(str(city), part)
        draft = draft_city(name, source, part, tagged, population)
        for file, content in scenario_files(draft).items():
            (part / file).write_bytes(content)
        scenario = load_scenario(part / f"{name}.toml")
        result = simulate(scenario)
        _draw(scenario, part / PICTURE)
    scenario_file = folder / f"{name}.toml"
    return NewCity(folder, scenario_file, load_scenario(scenario_file), draft, result)


def _require_empty(folder: Path) -> None:
    try:
        taken = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise DataError(f"{folder}: cannot be looked into: {error.strerror}") from None
    if taken:
        what = "is there and not empty" if folder.is_dir() else "is a file"
        raise DataError(f"{folder}: {what}; nothing is overwritten: choose another with --out")


def _copied(path: Path, part: Path) -> tuple[OsmFile, list[TaggedSite]]:
    """A map file, copied, and the sites in it."""
    tagged = read_sites_of_file(path)
    name = path.name.encode(errors="replace").decode()  # what UTF-8 does not take, TOML does not
    shutil.copyfile(path, part / name)
    return OsmFile(file=Path(name)), tagged


def _downloaded(place: str, part: Path) -> tuple[GraphMlFile, list[TaggedSite]]:
    """The streets of a place, kept as a file, and the sites in it."""
    try:
        roads = Place(place=place).load(part).roads
    except RoadNetworkError as error:
        raise RoadNetworkError(f"{error} (no file is called {place!r} either)") from None
    write_graphml(roads, part / GRAPH)
    return GraphMlFile(file=Path(GRAPH)), download_sites_of_place(place)


def _draw(scenario: Scenario, path: Path) -> None:
    """The map with its sites, zones and lights."""
    city = prepare(scenario).city
    with_sites = replace(
        city.map, zones=city.zones, stations=city.stations.sites, hospitals=city.hospitals.sites
    )
    subtitle = "© OpenStreetMap contributors; what is guessed stands in the scenario's file"
    draw_map(with_sites, path, title=scenario.name, subtitle=subtitle, show_demand=True)


def _told(city: NewCity) -> Iterator[str]:
    draft, name = city.draft, city.scenario_file.name
    yield f"In {city.folder}: {name}, its map, sites.csv, zones.csv and {PICTURE}"
    yield "Found in the map:"
    yield from (f"  {line}" for line in _found(draft))
    yield f"Guessed, and marked so in {name}:"
    yield from (f"  {line}" for line in _guessed(draft))
    yield _first_run(city)
    yield "Check next:"
    yield from (f"  {line}" for line in _to_check(city))


def _found(draft: CityDraft) -> Iterator[str]:
    roads = draft.roads
    yield (
        f"{draft.load.street_km:,.0f} km of streets with doors, {roads.node_count:,} junctions, "
        f"{int(roads.has_signal.sum()):,} traffic lights"
    )
    hospitals = draft.of("hospital", "tagged")
    stations = draft.of("station", "tagged")
    wards = sum(site.has_ward for site in hospitals)
    fire = len(draft.with_fire_stations) - len(hospitals or [0]) - len(stations)
    tagged = f" ({wards} tagged as having an emergency ward)" if hospitals else ""
    counts = counted(len(stations), "ambulance station"), counted(len(hospitals), "hospital")
    yield ", ".join(counts) + tagged
    if draft.with_fire_stations:
        yield f"{counted(fire, 'fire station')}, not used: see {WITH_FIRE_STATIONS}"
    if draft.left_out:
        yield f"left out: {'; '.join(draft.left_out)}"


def _guessed(draft: CityDraft) -> Iterator[str]:
    load = draft.load
    range_told = " to ".join(f"{number}" for number in sorted({*load.range_of_ambulances}))
    people = f"{load.population:,.0f} people"
    if load.population_given:
        yield f"{load.calls_per_day:g} calls a day, for the {people} of {draft.population_file}"
    else:
        yield f"{people} by the length of the streets, {load.calls_per_day:g} calls a day"
    yield f"{draft.ambulances} ambulances ({range_told} by the load; one a station at least)"
    for kind in ("station", "hospital"):
        if sites := draft.of(kind, "guessed"):
            yield f"{counted(len(sites), kind)}, placed in the middle of demand"
    yield "speeds without a tag, durations, priorities and targets"


def _first_run(city: NewCity) -> str:
    found = city.result.summary
    return (
        f"First run, {city.scenario.run.days:g} days: {found['calls']:,.0f} calls, mean response "
        f"{found['response_s'] / 60:.1f} min, utilisation {found['utilisation']:.0%}"
    )


def _to_check(city: NewCity) -> Iterator[str]:
    draft = city.draft
    if draft.of("station", "guessed"):
        yield "sites.csv: put your stations and their ambulances in place of those that are guessed"
    else:
        yield "sites.csv: is every station there, and how many ambulances has it?"
    if city.result.summary["utilisation"] > BUSY:
        yield "the ambulances are overloaded: fleet.ambulances, or demand.calls_per_day"
    wish = "calls_per_day" if draft.load.population_given else "calls_per_day, or --population FILE"
    yield f"demand: {wish}, or recorded calls of your own"
    yield f"corridor simulate {city.scenario_file}; corridor view {city.scenario_file}"
