"""Who lives where: from points, an ASCII grid and a GeoTIFF, and the zones that come of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from environment.errors import DataError
from environment.maps.plane_grid import PlaneGrid
from environment.places.population import Population, read_population, zones_of_population

BOX = (10.0, 50.0, 10.04, 50.02)
GRID = """\
ncols 4
nrows 2
xllcorner 10.00
yllcorner 50.00
cellsize 0.01
NODATA_value -9999
1 2 -9999 0
3 4 5 600
"""


@pytest.fixture
def write(tmp_path):
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def listed(population: Population) -> list[tuple[float, float, float]]:
    columns = (population.x.round(6), population.y.round(6), population.people)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


IN_GRID = [
    (10.005, 50.005, 3), (10.005, 50.015, 1), (10.015, 50.005, 4), (10.015, 50.015, 2),
    (10.025, 50.005, 5), (10.035, 50.005, 600),
]  # fmt: skip


def test_an_ascii_grid_begins_in_the_north_and_its_cells_have_a_middle(write) -> None:
    assert listed(read_population(write("p.asc", GRID), BOX)) == IN_GRID


def test_a_geotiff_in_metres_gives_the_cells_that_lie_on_the_map(tmp_path) -> None:
    rasterio = pytest.importorskip("rasterio")
    people = np.zeros((40, 60), dtype="float32")
    people[10:30, 20:40] = 2  # 20 × 20 cells of 100 m in the middle
    people[0, 0] = 900  # outside of the box
    west, north = 500_000 - 3000, 5_540_000 + 2000  # UTM 32: 9° E is at 500 km
    transform = rasterio.transform.from_origin(west, north, 100, 100)
    with rasterio.open(
        tmp_path / "p.tif", "w", driver="GTiff", width=60, height=40, count=1, dtype="float32",
        crs="EPSG:32632", nodata=-200, transform=transform,
    ) as raster:  # fmt: skip
        raster.write(people, 1)
    found = read_population(tmp_path / "p.tif", (8.98, 49.99, 9.02, 50.03))
    assert found.people.sum() == 800
    assert found.x.mean() == pytest.approx(9.0, abs=1e-6)
    assert np.ptp(found.x) == pytest.approx(1900 / 71_700, rel=0.01)  # metres a degree at 50° N
    with pytest.raises(DataError, match=r"p\.tif: nobody lives on the map"):
        read_population(tmp_path / "p.tif", (20.0, 49.99, 20.02, 50.03))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("p.csv", "lon,lat,population\n10.01,50.01,0\n", "nobody lives on the map"),
        ("p.csv", "lon,lat,population\n20.01,50.01,9\n", "the file's people lon 20.01 to 20.01"),
        ("p.csv", "lon,lat,population\n10,50,-1\n", "row 2: population must be a number >= 0"),
        ("p.asc", GRID.replace("600", ""), "has 7 cells, its header says 4 × 2"),
        ("p.asc", GRID.replace("cellsize", "size"), "lacks cellsize"),
        ("p.asc", GRID.replace("10.00", "450000"), "must be in degrees"),
        ("p.asc", "no grid", "is not an ASCII grid"),
        ("p.tif", "no raster", "not a GeoTIFF"),
        ("p.shp", "", "population must be a file .csv, .asc, .tif, .tiff"),
    ],
)
def test_what_is_no_population_of_this_map_is_told(write, name, text, told) -> None:
    with pytest.raises(DataError) as caught:
        read_population(write(name, text), BOX)
    assert told in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_zones_stand_where_their_people_live_and_those_without_a_street_are_counted() -> None:
    roads = PlaneGrid(rows=2, columns=3, spacing_m=500).load(Path()).roads
    people = Population(
        np.array([100.0, 300.0, 900.0, 9000.0]), np.array([0.0, 0.0, 500.0, 0.0]),
        np.array([10.0, 30.0, 40.0, 20.0]),
    )  # fmt: skip
    zones, outside = zones_of_population(people, roads, 500.0, 1000.0)
    assert outside == pytest.approx(0.2)
    rows = zip(zones.x.tolist(), zones.y.tolist(), zones.demand_share.tolist(), strict=True)
    assert list(rows) == [(250.0, 0.0, 0.5), (900.0, 500.0, 0.5)]
