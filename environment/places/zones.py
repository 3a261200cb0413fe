"""Demand zones: where people live, and how often they call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from environment.errors import DataError
from environment.roads.network import RoadNetwork
from environment.tables import X_HEADINGS, Y_HEADINGS, Column, read_table

ZONE_COLUMNS = (
    Column("zone_id", "text"),
    Column("x", aliases=X_HEADINGS),
    Column("y", aliases=Y_HEADINGS),
    Column("demand_share", aliases=("population", "weight"), minimum=0),
    Column("district", "text", required=False),
)


@dataclass(frozen=True, eq=False)
class Zones:
    """Demand zones of a city, each one a point with a share of the calls.

    Attributes
    ----------
    zone_id : (z,) array of str
    x, y : (z,) float64
        Centre, in the units of the map.
    demand_share : (z,) float64
        Share of all calls; sums to one.
    district : (z,) array of str, or None
        The district that each zone belongs to, where districts are given; may be empty.
    """

    zone_id: NDArray[np.str_]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    demand_share: NDArray[np.float64]
    district: NDArray[np.str_] | None = None

    def __len__(self) -> int:
        return len(self.zone_id)

    def rows(self, rows: NDArray[np.int64]) -> Zones:
        """Some of these zones, which then share the demand of all."""
        share = self.demand_share[rows]
        total = share.sum()
        return Zones(
            zone_id=self.zone_id[rows],
            x=self.x[rows],
            y=self.y[rows],
            demand_share=share / total if total > 0 else np.full(len(rows), 1 / len(rows)),
            district=None if self.district is None else self.district[rows],
        )


def read_zones(path: Path) -> Zones:
    """Read zones from a CSV file; weights of any sum become shares.

    Raises
    ------
    DataError
        If the table is not as it should be.
    """
    table = read_table(path, ZONE_COLUMNS)
    weight = table["demand_share"].to_numpy()
    if not weight.sum() > 0:
        raise DataError(f"{path}: demand_share is 0 in every row")
    twice = table["zone_id"][table["zone_id"].duplicated()]
    if len(twice):
        raise DataError(f"{path}: zone_id {twice.iloc[0]!r} stands in more than one row")
    return Zones(
        zone_id=table["zone_id"].to_numpy(dtype=str),
        x=table["x"].to_numpy(),
        y=table["y"].to_numpy(),
        demand_share=weight / weight.sum(),
        district=table["district"].fillna("").to_numpy(dtype=str) if "district" in table else None,
    )


def zones_by_streets(roads: RoadNetwork, cell_m: float) -> Zones:
    """Square zones of `cell_m` over the map, with demand in proportion to their junctions.

    Junctions of streets with doors stand in for people where nobody gives a population.
    """
    stops = roads.door_junctions
    cell = np.floor((roads.xy_m[stops] - roads.xy_m.min(axis=0)) / cell_m)
    _, zone, count = np.unique(cell, axis=0, return_inverse=True, return_counts=True)
    zone = zone.ravel()
    return Zones(
        zone_id=np.arange(1, len(count) + 1).astype(str),
        x=np.bincount(zone, roads.x[stops]) / count,
        y=np.bincount(zone, roads.y[stops]) / count,
        demand_share=count / count.sum(),
    )
