"""The 17 prefectures of Hubei: the input that the paper's lost tables held, rebuilt.

Inhabitants are those of the census of 2020, which add up to the official 57,752,557; cases are
those confirmed by the end of 1 February 2020, as the province published them; coordinates are those
of the central cities. The region is the paper's own, of its section 4.2.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import GEOGRAPHIC, distance_m
from environment.tables import Column, read_table
from scenarios.loader import CASES

FILE = CASES / "hubei-prefectures.csv"
COLUMNS = (
    Column("prefecture", kind="text"),
    *(Column(name) for name in ("persons", "lon", "lat", "confirmed", "region")),
)

SITES = ("Yichang", "Wuhan", "Xiangyang")
"""The paper's delivery sites, of its regions 1 to 3."""
SITE_DOSES = (2_560, 27_160, 4_520)
"""Doses that these deliver, as the paper prints them."""
NATION = 14_380
"""Cases confirmed in China's mainland by the end of 1 February 2020, as the National Health
Commission told on the next day (Global Times, 2 February 2020)."""

CASES_PER_GROUP, GROUP_PERSONS = 15, 8


class Prefectures(NamedTuple):
    """The rebuilt input, one row a prefecture.

    Attributes
    ----------
    names : tuple of str
    persons, confirmed : (17,) float64
    lon, lat : (17,) float64
        Degrees.
    region : (17,) int64
        The paper's, from 0.
    """

    names: tuple[str, ...]
    persons: NDArray[np.float64]
    confirmed: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    region: NDArray[np.int64]

    @property
    def sites(self) -> NDArray[np.int64]:
        """Rows of the paper's sites."""
        return np.array([self.names.index(site) for site in SITES])

    @property
    def groups(self) -> NDArray[np.int64]:
        """Groups of staff: one for every 15 infected, rounded up, (17,)."""
        return np.ceil(self.confirmed / CASES_PER_GROUP).astype(np.int64)

    def by_region(self, values: NDArray[np.float64] | NDArray[np.int64]) -> NDArray[np.float64]:
        """Sums over each region's prefectures, (3,)."""
        return np.bincount(self.region, values, minlength=len(SITES)).astype(np.float64)

    def distance_km(self) -> NDArray[np.float64]:
        """Great-circle distances between the prefectures, (17, 17)."""
        lon, lat = self.lon[:, None], self.lat[:, None]
        return distance_m(GEOGRAPHIC, lon, lat, self.lon, self.lat) / 1000.0

    def plane_km(self) -> NDArray[np.float64]:
        """Coordinates in a plane that is true at the mean latitude, (17, 2)."""
        km_per_degree = float(distance_m(GEOGRAPHIC, 0.0, 0.0, 0.0, 1.0)) / 1000.0
        east = np.cos(np.radians(self.lat.mean())) * self.lon
        return km_per_degree * np.column_stack([east, self.lat])


def load_prefectures() -> Prefectures:
    """Read the table that ships."""
    table = read_table(FILE, COLUMNS)
    persons, confirmed, lon, lat = (
        table[name].to_numpy(dtype=float) for name in ("persons", "confirmed", "lon", "lat")
    )
    region = table["region"].to_numpy(dtype=np.int64) - 1
    return Prefectures(tuple(table["prefecture"]), persons, confirmed, lon, lat, region)
