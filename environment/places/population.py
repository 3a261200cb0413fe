"""Where people live, from a raster or a table of points: GeoTIFF, ASCII grid or CSV."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from environment.errors import DataError
from environment.places.zones import Zones
from environment.roads.network import RoadNetwork
from environment.tables import X_HEADINGS, Y_HEADINGS, Column, read_table

POPULATION_COLUMNS = (
    Column("x", aliases=X_HEADINGS),
    Column("y", aliases=Y_HEADINGS),
    Column("population", aliases=("inhabitants", "people", "pop", "demand_share"), minimum=0),
)
GRID_KEYS = ("ncols", "nrows", "cellsize")
ENDINGS = (".csv", ".asc", ".tif", ".tiff")
MOST_CELLS = 100_000_000
MISSING_RASTERIO = (
    "reading a GeoTIFF needs rasterio: pip install rasterio (or corridor-sim[raster]); "
    "an ASCII grid (.asc) or a CSV of points is read without it"
)

Box = tuple[float, float, float, float]
"""West, south, east and north."""


@dataclass(frozen=True, eq=False)
class Population:
    """People at points.

    Attributes
    ----------
    x, y : (p,) float64
        In degrees.
    people : (p,) float64
        More than 0.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    people: NDArray[np.float64]

    def within(self, box: Box) -> Population:
        """Those in a box."""
        west, south, east, north = box
        inside = (self.x >= west) & (self.x <= east) & (self.y >= south) & (self.y <= north)
        return Population(self.x[inside], self.y[inside], self.people[inside])


def read_population(path: Path, box: Box) -> Population:
    """Read who lives in a box: the cells of a raster that have their middle in it, or points.

    Parameters
    ----------
    path : Path
        ``.tif`` (people a cell, in any coordinate system that rasterio knows), ``.asc`` (ESRI's
        ASCII grid in degrees), or ``.csv`` with ``lon, lat, population``.
    box : (west, south, east, north)
        In degrees.

    Raises
    ------
    DataError
        If the file cannot be read, or nobody in it lives in the box.
    """
    readers = {".csv": _from_csv, ".asc": _from_grid, ".tif": _from_tiff, ".tiff": _from_tiff}
    if path.suffix.lower() not in readers:
        raise DataError(f"{path}: population must be a file {', '.join(ENDINGS)}")
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    everyone = readers[path.suffix.lower()](path, box)
    inside = everyone.within(box)
    if not inside.people.sum() > 0:
        raise DataError(f"{path}: nobody lives on the map, {_overlap(everyone, box)}")
    return inside


def zones_of_population(
    population: Population, roads: RoadNetwork, cell_m: float, reach_m: float
) -> tuple[Zones, float]:
    """Square zones of `cell_m` with their people as weights, and the share that is left out.

    Left out are people farther than `reach_m` from any street. A zone's centre is where its people
    live on the average; where that is farther from the streets than they, the nearest of them.

    Raises
    ------
    DataError
        If nobody lives near a street.
    """
    _, far_m = roads.nearest_stop(population.x, population.y)
    near = far_m <= reach_m
    people = population.people[near]
    if not people.sum() > 0:
        raise DataError(f"nobody of the population lives within {reach_m:g} m of a street")
    x, y = population.x[near], population.y[near]
    xy_m = np.column_stack(roads.to_metres(x, y))
    cell = np.floor((xy_m - roads.xy_m.min(axis=0)) / cell_m)
    _, first, zone = np.unique(cell, axis=0, return_index=True, return_inverse=True)
    zone = zone.ravel()
    total = np.bincount(zone, people)
    middle_x, middle_y = (np.bincount(zone, people * axis) / total for axis in (x, y))
    off = ~(roads.nearest_stop(middle_x, middle_y)[1] <= reach_m)
    zones = Zones(
        zone_id=np.arange(1, len(total) + 1).astype(str),
        x=np.where(off, x[first], middle_x),
        y=np.where(off, y[first], middle_y),
        demand_share=total / total.sum(),
    )
    return zones, 1 - float(people.sum() / population.people.sum())


def _overlap(everyone: Population, box: Box) -> str:
    """Where the file and the map lie."""
    spans = f"the map spans lon {box[0]:.4g} to {box[2]:.4g}, lat {box[1]:.4g} to {box[3]:.4g}"
    if not len(everyone.x):
        return f"of which the file has no inhabited cell; {spans}"
    return (
        f"the file's people lon {everyone.x.min():.4g} to {everyone.x.max():.4g}, "
        f"lat {everyone.y.min():.4g} to {everyone.y.max():.4g}; {spans}"
    )


def _inhabited(
    x: NDArray[np.float64], y: NDArray[np.float64], people: NDArray[np.float64]
) -> Population:
    lives = np.isfinite(people) & (people > 0)
    return Population(x[lives], y[lives], people[lives])


def _from_csv(path: Path, box: Box) -> Population:  # noqa: ARG001
    table = read_table(path, POPULATION_COLUMNS)
    return _inhabited(*(table[name].to_numpy(dtype=float) for name in ("x", "y", "population")))


def _from_grid(path: Path, box: Box) -> Population:  # noqa: ARG001
    """ESRI's ASCII grid: a header of keys and numbers, then rows from north to south."""
    try:
        words = path.read_text(encoding="ascii").split()
        header: dict[str, float] = {}
        while words and words[2 * len(header)][0].isalpha():
            key, value = words[2 * len(header) : 2 * len(header) + 2]
            header[key.lower()] = float(value)
        cells = np.array(words[2 * len(header) :], dtype=float)
    except (UnicodeDecodeError, ValueError, IndexError):
        raise DataError(f"{path}: is not an ASCII grid of numbers") from None
    missing = [key for key in GRID_KEYS if key not in header]
    corner = next(
        (c for c in ("corner", "center") if {f"xll{c}", f"yll{c}"} <= header.keys()), None
    )
    if missing or corner is None:
        wants = missing or ["xllcorner and yllcorner"]
        raise DataError(f"{path}: the header of the ASCII grid lacks {', '.join(wants)}")
    columns, rows, size = int(header["ncols"]), int(header["nrows"]), header["cellsize"]
    if len(cells) != columns * rows:
        raise DataError(f"{path}: has {len(cells):,} cells, its header says {columns:,} × {rows:,}")
    half = size / 2 if corner == "corner" else 0.0
    lon = header[f"xll{corner}"] + half + size * np.arange(columns)
    lat = header[f"yll{corner}"] + half + size * np.arange(rows)[::-1]
    if len(cells) and (abs(lon).max() > 360 or abs(lat).max() > 90):
        raise DataError(
            f"{path}: an ASCII grid must be in degrees; as a GeoTIFF it may be in metres"
        )
    people = np.where(cells == header.get("nodata_value", -9999.0), np.nan, cells)
    return _inhabited(np.tile(lon, rows), np.repeat(lat, columns), people)


def _from_tiff(path: Path, box: Box) -> Population:
    """The window of a GeoTIFF that covers a box."""
    try:
        import rasterio
        from rasterio.errors import RasterioError, RasterioIOError
    except ImportError:
        raise DataError(f"{path}: {MISSING_RASTERIO}") from None
    from rasterio.warp import transform, transform_bounds
    from rasterio.windows import Window, from_bounds

    try:
        with rasterio.open(path) as raster:
            if raster.crs is None:
                raise DataError(f"{path}: does not say its coordinate system")
            here = from_bounds(*transform_bounds("EPSG:4326", raster.crs, *box), raster.transform)
            whole = Window(0, 0, raster.width, raster.height)
            (top, bottom), (left, right) = here.toranges()
            window = Window.from_slices(
                (floor(top), ceil(bottom)), (floor(left), ceil(right)), boundless=True
            )
            if not rasterio.windows.intersect(window, whole):
                west, south, east, north = transform_bounds(raster.crs, "EPSG:4326", *raster.bounds)
                ends = np.array([west, east]), np.array([south, north])
                return Population(*ends, np.zeros(2))
            window = window.intersection(whole)
            if window.width * window.height > MOST_CELLS:
                raise DataError(f"{path}: more than {MOST_CELLS:,} cells lie on the map")
            people = raster.read(1, window=window, masked=True).astype(float).filled(np.nan)
            rows, columns = np.nonzero(np.isfinite(people) & (people > 0))
            x, y = rasterio.transform.xy(raster.window_transform(window), rows, columns)
            lon, lat = transform(raster.crs, "EPSG:4326", x, y)
    except (RasterioError, RasterioIOError, ValueError) as error:
        raise DataError(f"{path}: not a GeoTIFF that can be read: {error}") from None
    return _inhabited(np.array(lon), np.array(lat), people[rows, columns])
