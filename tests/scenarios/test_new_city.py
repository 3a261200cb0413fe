"""A city of one's own: what is guessed, the folder that is written, and what is refused."""

from __future__ import annotations

import csv
from html import escape
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import corridor
from environment.maps.plane_grid import PlaneGrid
from environment.places.zones import Zones
from run import app
from scenarios.new_city import name_of
from scenarios.new_city.guesses import Load, guess_ambulances, guess_load

ROOT = Path(__file__).parents[2]
CELL = 0.004  # degrees: streets of a grid 6 by 6 around 50° N, 10° E


def town(*sites: str) -> str:
    """A grid of streets as OpenStreetMap text, with more elements after it."""
    nodes = [
        f'<node id="{1 + 6 * row + column}" lon="{10 + CELL * column:.4f}" '
        f'lat="{50 + CELL * row:.4f}" version="1"/>'
        for row in range(6)
        for column in range(6)
    ]
    lines = [[1 + 6 * k + i for i in range(6)] for k in range(6)]
    lines += [[1 + 6 * i + k for i in range(6)] for k in range(6)]
    ways = [
        f'<way id="{100 + k}" version="1">'
        + "".join(f'<nd ref="{ref}"/>' for ref in line)
        + '<tag k="highway" v="residential"/></way>'
        for k, line in enumerate(lines)
    ]
    return f'<osm version="0.6">{"".join([*nodes, *sites, *ways])}</osm>'


def site(number: int, lon: float, lat: float, tags: dict[str, str]) -> str:
    inside = "".join(f'<tag k="{key}" v="{escape(value)}"/>' for key, value in tags.items())
    return f'<node id="{number}" lon="{lon}" lat="{lat}" version="1">{inside}</node>'


STATION, FIRE = {"emergency": "ambulance_station"}, {"amenity": "fire_station"}
SITES = (
    site(901, 10.001, 50.001, STATION | {"name": "Südwache"}),
    site(902, 10.0011, 50.001, STATION),  # the same once more
    site(903, 10.019, 50.019, STATION | {"name": 'Nord, "neu"'}),
    site(904, 10.01, 50.01, {"amenity": "hospital", "name": "Clinic", "emergency": "yes"}),
    site(905, 10.012, 50.004, {"amenity": "hospital", "emergency": "no"}),
    site(906, 10.016, 50.012, FIRE),
    site(907, 10.9, 50.9, STATION),  # off the map
)


@pytest.fixture
def write(tmp_path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


def refused(*arguments: object) -> str:
    """The one line with which the command ends."""
    with pytest.raises(corridor.CorridorError) as caught:
        CliRunner().invoke(app, ["new", *map(str, arguments)], catch_exceptions=False)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_is_written_that_can_be_run(write, tmp_path) -> None:
    made = corridor.new_city(write("My Town.osm", town(*SITES)), tmp_path / "mine")
    folder = tmp_path / "mine"
    assert sorted(path.name for path in folder.iterdir()) == [
        "My Town.osm", "map.png", "my_town.toml", "sites.csv", "sites_with_fire_stations.csv",
        "zones.csv",
    ]  # fmt: skip
    sites = {row["osm_element"]: row for row in rows(folder / "sites.csv")}
    told = {
        name: (row["kind"], row["name"], row["place_is"], row["ambulances_are"])
        for name, row in sites.items()
    }
    assert told == {
        "node/901+node/902": ("station", "Südwache", "tagged", "guessed"),
        "node/903": ("station", 'Nord, "neu"', "tagged", "guessed"),
        "node/904": ("hospital", "Clinic", "tagged", ""),
    }
    assert len(rows(folder / "sites_with_fire_stations.csv")) == 4
    assert sum(float(row["demand_share"]) for row in rows(folder / "zones.csv")) == pytest.approx(1)
    # 12 streets of 5 × 445 m or 286 m make 21.9 km, with 300 people on each: 1.4 calls a day.
    assert made.draft.load.street_km == pytest.approx(30 * (0.4448 + 0.2859), rel=0.001)
    assert made.scenario.demand.calls_per_day == 1.4
    assert made.draft.left_out == [
        "a site once more: 1 of 7 tagged elements",
        "farther than 1000 m from any street: 1",
        "hospitals tagged emergency=no: 1",
    ]
    lines = str(made).splitlines()
    assert len(lines) <= 20
    assert "  2 ambulance stations, 1 hospital (1 tagged as having an emergency ward)" in lines
    again = corridor.simulate(folder / "my_town.toml")
    assert again.summary == made.result.summary
    fire = {"places.sites": "sites_with_fire_stations.csv"}
    assert len(corridor.simulate(corridor.load(folder / "my_town.toml", fire)).vehicles) == 3
    assert "nothing is overwritten" in refused(tmp_path / "My Town.osm", "--out", folder)


def test_a_map_without_sites_gets_guessed_ones_and_says_so(write, tmp_path) -> None:
    people = write("a\nb.csv", "lon,lat,population\n10.0,50.0,30000\n10.02,50.02,60000\n")
    (tmp_path / "town").mkdir()  # an empty folder may be there
    path = write("town.osm", town())
    asked = ["new", str(path), "--out", str(tmp_path / "town"), "--population", str(people)]
    shown = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert shown.exit_code == 0
    assert "no ambulance stations, no hospitals" in shown.output
    assert "1 hospital, placed in the middle of demand" in shown.output
    sites = rows(tmp_path / "town" / "sites.csv")
    assert {row["place_is"] for row in sites} == {"guessed"}
    # 90,000 people call 20 times a day; 0.65 ambulances are busy, a quarter of three.
    assert sum(int(row["ambulances"]) for row in sites) == 3
    assert len([row for row in sites if row["kind"] == "station"]) == 2
    text = (tmp_path / "town" / "town.toml").read_text()
    assert "# MEASURED: 90,000 people, of a?b.csv" in text
    assert "GUESSED: 2 stations, since nothing on the map is tagged" in text


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("town.osm", "no map", "not an OpenStreetMap file"),
        ("town.osm", '<osm version="0.6"></osm>', "there is no drivable road in it"),
        ("town.txt", "no map", "not an OpenStreetMap file by its name"),
    ],
)
def test_what_is_no_map_ends_in_a_line_and_leaves_nothing(
    write, tmp_path, name, text, told
) -> None:
    path = write(name, text)
    assert told in refused(path, "--out", tmp_path / "new")
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_population_elsewhere_and_files_that_are_not_there_are_refused(write, tmp_path) -> None:
    path = write("town.osm", town())
    people = write("people.csv", "lon,lat,population\n20.0,50.0,9\n")
    told = refused(path, "--out", tmp_path / "new", "--population", people)
    assert "nobody lives on the map" in told
    assert "no such file" in refused(path, "--population", tmp_path / "no.csv")
    assert "no such file" in refused(tmp_path / "no.osm.pbf")
    assert "got an empty text" in refused("")
    assert not (tmp_path / "new").exists()


def test_a_place_by_name_is_kept_as_a_file(tmp_path, monkeypatch) -> None:
    """With a stand-in for OSMnx's downloads; it was never tried online."""
    import geopandas
    import osmnx
    import shapely

    graph = osmnx.graph_from_xml(_written(tmp_path / "town.osm", town()), simplify=False)
    tags = {
        "emergency": ["ambulance_station", None],
        "amenity": [None, "hospital"],
        "name": ["A", 1.5],
    }
    index = [("node", 7), ("way", 8)]
    outlines = [shapely.Point(10.001, 50.001), shapely.box(10.009, 50.009, 10.011, 50.011)]
    features = geopandas.GeoDataFrame(tags, index=index, geometry=outlines, crs="epsg:4326")
    outline = geopandas.GeoDataFrame(geometry=[shapely.box(9, 49, 11, 51)], crs="epsg:4326")
    monkeypatch.setattr(osmnx, "geocode_to_gdf", lambda place: outline)
    monkeypatch.setattr(osmnx, "graph_from_polygon", lambda polygon, **_: graph)
    monkeypatch.setattr(osmnx, "features_from_polygon", lambda polygon, tags: features)
    made = corridor.new_city("Bad Town, Country", tmp_path / "bad_town")
    assert made.scenario_file.name == "bad_town.toml"
    found = [(one.osm, one.name, round(one.lon, 6)) for one in made.draft.sites]
    assert found == [("node/7", "A", 10.001), ("way/8", "hospital", 10.01)]
    assert made.scenario.roads.source == "graphml"
    assert made.draft.roads.node_count == 32  # the four corners are bends


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_without_internet_a_name_ends_in_one_line(tmp_path, monkeypatch) -> None:
    import osmnx
    import requests

    def refuse(place):
        raise requests.exceptions.ConnectionError

    monkeypatch.setattr(osmnx, "geocode_to_gdf", refuse)
    told = refused("Nowhere, Atlantis", "--out", tmp_path / "new")
    assert told.startswith("'Nowhere, Atlantis': looking a place up needs the internet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_output_in_the_documentation_is_that_of_the_map(tmp_path, monkeypatch) -> None:
    path = ROOT.parent / "shared" / "data" / "maps" / "krems.osm.gz"
    if not path.is_file():
        pytest.skip("../shared/data/maps is not there")
    monkeypatch.chdir(tmp_path)
    told = str(corridor.new_city(path)).splitlines()
    page = (ROOT / "docs" / "how-to" / "your_own_city.md").read_text()
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    assert [line for line in told if "First run" not in line] == [
        line for line in shown if "First run" not in line
    ]


def test_names_of_folders() -> None:
    names = ["Krems.osm.gz", "Delft, Netherlands", "Frankfurt am Main", "東京, 日本", "…"]
    assert [name_of(name) for name in names] == [
        "krems", "delft", "frankfurt_am_main", "東京", "city",
    ]  # fmt: skip


def test_ambulances_by_load_and_by_the_demand_nearest_to_each_station() -> None:
    load = Load(100_000, population_given=True, street_km=1, calls_per_day=240)
    assert load.busy == pytest.approx(240 * 47.6 / 1440)
    assert load.ambulances == 32
    assert load.range_of_ambulances == (27, 50)
    roads = PlaneGrid(rows=2, columns=3, spacing_m=500).load(Path()).roads
    assert guess_load(roads, 1000.0).calls_per_day == 0.2
    zones = Zones(np.array(["1", "2"]), np.array([0.0, 1000.0]), np.zeros(2), np.array([0.9, 0.1]))
    stations = np.array([0.0, 900.0, 1000.0])
    assert guess_ambulances(load, stations, np.zeros(3), zones, roads).tolist() == [27, 1, 4]
