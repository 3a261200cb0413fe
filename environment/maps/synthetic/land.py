"""The lie of the land: where the old centre is, where people settled, where the river runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Point = tuple[float, float]

QUAY_WIDTH_M = 25.0  # from the water to the middle of the street along it
RIVER_OVERHANG_M = 2_000.0  # the river is drawn beyond the map

# Settlements as (east, north) shares of the map, spread in metres, and density (1: old centre).
SETTLEMENTS = (
    (0.49, 0.53, 1_650.0, 0.95),
    (0.51, 0.26, 1_050.0, 0.52),
    (0.28, 0.71, 950.0, 0.46),
    (0.74, 0.73, 1_050.0, 0.44),
    (0.15, 0.40, 800.0, 0.36),
    (0.83, 0.29, 850.0, 0.42),
    (0.27, 0.16, 700.0, 0.30),
    (0.52, 0.88, 750.0, 0.32),
    (0.91, 0.55, 650.0, 0.28),
)
REFERENCE_POPULATION = 600_000  # for which the spreads above are meant


@dataclass(frozen=True)
class Settlement:
    """A density centre: a bell of population about a point."""

    x: float
    y: float
    spread_m: float
    density: float


@dataclass(frozen=True)
class Land:
    """What the city is built on, in metres from the south-western corner.

    Attributes
    ----------
    width_m, height_m : float
    settlements : tuple of Settlement
        The first one is the old centre.
    river_phase : (3,) tuple of float
        Where along its course the river's three bends begin, in radians.
    """

    width_m: float
    height_m: float
    settlements: tuple[Settlement, ...]
    river_phase: tuple[float, float, float]

    @property
    def centre(self) -> Settlement:
        """The old centre."""
        return self.settlements[0]

    @property
    def half_m(self) -> float:
        """Half of the shorter side; ring roads are scaled by it."""
        return min(self.width_m, self.height_m) / 2

    def density(self, x: float, y: float) -> float:
        """How densely the land is built at a point, between 0 (fields) and 1 (old centre)."""
        total = 0.0
        for s in self.settlements:
            r2 = ((x - s.x) ** 2 + (y - s.y) ** 2) / (2 * s.spread_m**2)
            if r2 < 12.0:
                total += s.density * math.exp(-r2)
        return min(total, 1.0)

    def river_y(self, x: float) -> float:
        """Northing of the middle of the river; it passes close to the south of the old centre."""
        h = self.half_m
        first, second, third = self.river_phase
        u = (x - self.centre.x) / h
        bends = 0.23 * math.sin(1.9 * u + first) + 0.07 * math.sin(4.1 * u + second)
        calm = 1 - math.exp(-0.9 * u * u)  # the meanders grow away from the centre
        here = -0.235 - 0.035 * math.cos(1.6 * u)  # the old town lies in a bend
        return self.centre.y + h * (here + calm * bends + 0.004 * math.sin(9 * u + third))

    def river_half_width_m(self, x: float) -> float:
        """Half of the river's width, which grows towards the harbour and the sea in the east."""
        return 70 + 75 / (1 + math.exp(-(x / self.width_m - 0.68) * 9))

    def on_north_bank(self, x: float, y: float) -> bool:
        """Whether a point lies north of the middle of the river."""
        return y > self.river_y(x)


def settle(width_m: float, height_m: float, population: int, rng: np.random.Generator) -> Land:
    """Choose where the settlements lie and how the river runs.

    The built-up area grows with the population, so its radius with the square root.
    """
    reach = math.sqrt(population / REFERENCE_POPULATION)
    settlements = []
    for number, (east, north, spread_m, density) in enumerate(SETTLEMENTS):
        shift = 0.0 if number == 0 else 0.03
        dx, dy = (round(float(v), 4) for v in rng.uniform(-shift, shift, 2))
        x, y = (east + dx) * width_m, (north + dy) * height_m
        settlements.append(Settlement(x, y, spread_m * reach, density))
    first, second, third = (round(float(v), 3) for v in rng.uniform(-0.5, 0.5, 3))
    return Land(width_m, height_m, tuple(settlements), (first, 2.0 + second, third))


def river_outline(land: Land) -> BaseGeometry:
    """The water as a polygon: the river, and two docks cut into its southern bank."""
    import shapely

    start, end = -RIVER_OVERHANG_M, land.width_m + RIVER_OVERHANG_M
    xs = [float(x) for x in np.arange(start, end, 40.0)]
    bank = [_bank_points(land, x) for x in xs]
    river = shapely.Polygon([north for north, _ in bank] + [south for _, south in bank[::-1]])
    docks = [_dock(land, 0.70), _dock(land, 0.745)]
    return shapely.union_all([river.buffer(0), *docks], grid_size=0.1)


def _bank_points(land: Land, x: float) -> tuple[Point, Point]:
    """The points of both banks beside the middle of the river."""
    y = land.river_y(x)
    slope = (land.river_y(x + 1) - land.river_y(x - 1)) / 2
    norm = math.sqrt(1 + slope * slope)
    w = land.river_half_width_m(x)
    dx, dy = -slope / norm * w, 1 / norm * w
    return (x + dx, y + dy), (x - dx, y - dy)


def _dock(land: Land, east: float) -> BaseGeometry:
    """A harbour basin, a slanted rectangle reaching from the river into the southern bank."""
    import shapely

    x = east * land.width_m
    y = land.river_y(x)
    length, half_width, slant = 0.09 * land.half_m, 45.0, 0.35
    corners = [
        (x - half_width, y),
        (x + half_width, y),
        (x + half_width + slant * length, y - 140 - length),
        (x - half_width + slant * length, y - 140 - length),
    ]
    return shapely.Polygon(corners)


def points_on(
    geometry: BaseGeometry, x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Which points lie inside a polygon."""
    import shapely

    return np.asarray(shapely.contains_xy(geometry, x, y), dtype=bool)
