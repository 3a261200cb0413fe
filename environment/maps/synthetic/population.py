"""Where people live, and how often they call: demand zones of 500 m."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.maps.synthetic.land import Land, Point, points_on
from environment.maps.synthetic.warp import Warp
from environment.places.zones import Zones
from environment.roads.network import RoadNetwork

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CELL_M = 500.0
SAMPLES = 5  # points across a cell
HIGHER_HOUSES = 1.5
LEAST_DENSITY = 0.022  # a cell less dense than this is fields
FARTHEST_STREET_M = 400.0


def demand_zones(roads: RoadNetwork, land: Land, warp: Warp, empty: BaseGeometry) -> Zones:
    """Cells that people live in, each with its share of the calls.

    A cell's centre is the inhabited point nearest to the middle of its people, so that none lies
    on water or in a park (``empty``).
    """
    x, y = _sample_points(land)
    people = np.array([_density(land, warp, *point) for point in zip(x, y, strict=True)])
    people[points_on(empty, x, y)] = 0.0
    calls = people * np.array([_calls_per_person(land, *p) for p in zip(x, y, strict=True)])
    column, row = (x // CELL_M).astype(int), (y // CELL_M).astype(int)
    cell = row * 1000 + column
    total = np.bincount(cell, people)
    kept = np.flatnonzero(total > LEAST_DENSITY * SAMPLES**2)
    centres = [_inhabited_middle(x, y, people, np.flatnonzero(cell == c)) for c in kept]
    centre_x, centre_y = np.array(centres).T
    _, distance_m = roads.nearest_node(centre_x, centre_y)
    near = distance_m < FARTHEST_STREET_M
    weight = np.bincount(cell, calls)[kept][near]
    return Zones(
        zone_id=np.array([f"R{c // 1000:02d}C{c % 1000:02d}" for c in kept[near]]),
        x=np.round(centre_x[near], 1),
        y=np.round(centre_y[near], 1),
        demand_share=weight / weight.sum(),
        district=districts(land, warp, centre_x[near], centre_y[near]),
    )


def districts(
    land: Land, warp: Warp, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.str_]:
    """The quarter of each point: two on either bank, parted by the old town's axis."""
    return np.array([_district(land, *warp.back(*p)) for p in zip(x, y, strict=True)])


def _district(land: Land, x: float, y: float) -> str:
    west = x < land.centre.x
    if land.on_north_bank(x, y):
        return "north" if west else "east"
    return "south" if west else "harbour"


def _inhabited_middle(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    people: NDArray[np.float64],
    cell: NDArray[np.int64],
) -> Point:
    inhabited = cell[people[cell] > 0]
    weight = people[inhabited] / people[inhabited].sum()
    off_x = x[inhabited] - (weight * x[inhabited]).sum()
    off_y = y[inhabited] - (weight * y[inhabited]).sum()
    nearest = inhabited[np.argmin(np.round(off_x**2 + off_y**2, 3))]
    return float(x[nearest]), float(y[nearest])


def _sample_points(land: Land) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    step = CELL_M / SAMPLES
    xs = np.arange(step / 2, land.width_m, step)
    ys = np.arange(step / 2, land.height_m, step)
    x, y = np.meshgrid(xs, ys)
    return x.ravel(), y.ravel()


def _density(land: Land, warp: Warp, x: float, y: float) -> float:
    """Inhabitants, of those in the middle of the old town; houses are higher where it is dense."""
    return land.density(*warp.back(x, y)) ** HIGHER_HOUSES


def _calls_per_person(land: Land, x: float, y: float) -> float:
    """Relative rate of calls: the young live in the centre, the old further out and in the west."""
    r = math.sqrt((x - land.centre.x) ** 2 + (y - land.centre.y) ** 2) / land.half_m
    return 0.85 + 0.35 * min(r, 1.0) - 0.15 * (x / land.width_m - 0.5)
