"""A map of straight streets that cross at right angles, on a plane."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.maps.source import MapSource
from environment.parameters import Kph, Metres
from environment.places.city import CityMap
from environment.roads.mending import take
from environment.roads.network import PLANE, RoadNetwork

MOST_JUNCTIONS = 1_000_000

Lines = Annotated[int, Field(ge=2, le=MOST_JUNCTIONS // 2)]


class PlaneGrid(MapSource):
    """Rows and columns of two-way streets; the south-west crossing is the origin."""

    source: Literal["plane_grid"] = "plane_grid"
    rows: Annotated[Lines, Field(description="streets from west to east")] = 10
    columns: Annotated[Lines, Field(description="streets from south to north")] = 10
    spacing_m: Annotated[Metres, Field(le=1e6, description="between neighbouring junctions")] = (
        200.0
    )
    speed_kph: Annotated[Kph, Field(description="on every street")] = 40.0
    signal_every: Annotated[
        int | None,
        Field(ge=1, description="a light where every k-th row crosses every k-th column"),
    ] = None

    @model_validator(mode="after")
    def _is_not_too_large(self) -> Self:
        if self.rows * self.columns > MOST_JUNCTIONS:
            raise ValueError(
                f"rows times columns must be <= {MOST_JUNCTIONS:,}, "
                f"got {self.rows:,} × {self.columns:,}"
            )
        return self

    def load(self, folder: Path) -> CityMap:  # noqa: ARG002
        """Lay the grid out."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        tail, head = _two_way_streets(self.rows, self.columns)
        every = self.signal_every
        lit = (row % every + column % every == 0) if every else np.zeros(len(row), dtype=bool)
        grid = RoadNetwork(
            name=f"grid of {self.rows} × {self.columns}",
            crs=PLANE,
            node_id=np.arange(len(row), dtype=np.int64),
            x=column * self.spacing_m,
            y=row * self.spacing_m,
            has_signal=lit,
            tail=tail,
            head=head,
            length_m=np.full(len(tail), self.spacing_m),
            speed_kph=np.full(len(tail), self.speed_kph),
            road_class=np.zeros(len(tail), dtype=np.int16),
            road_classes=("unclassified",),
            shape_start=np.zeros(len(tail) + 1, dtype=np.int64),
            shape_x=np.array([]),
            shape_y=np.array([]),
        )
        return CityMap(take(grid, grid.node_id, np.arange(len(tail))))


def _two_way_streets(rows: int, columns: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Tails and heads of all street pieces, both ways."""
    crossing = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    here = np.append(crossing[:, :-1].ravel(), crossing[:-1, :].ravel())
    next_one = np.append(crossing[:, 1:].ravel(), crossing[1:, :].ravel())
    return np.append(here, next_one), np.append(next_one, here)
