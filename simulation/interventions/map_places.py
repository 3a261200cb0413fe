"""From a click on the map to places and streets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork


def map_place(roads: RoadNetwork, x_m: float, y_m: float) -> tuple[float, float]:
    """A place in the units of the map, from metres."""
    west, south, east, north = roads.bounds
    x0, y0 = (west + east) / 2, (south + north) / 2
    ends_x, ends_y = roads.to_metres(np.array([x0, x0 + 1]), np.array([y0, y0 + 1]))
    per_x, per_y = float(np.diff(ends_x)[0]), float(np.diff(ends_y)[0])
    return float(x0 + (x_m - ends_x[0]) / per_x), float(y0 + (y_m - ends_y[0]) / per_y)


def nearest_street(roads: RoadNetwork, x_m: float, y_m: float) -> tuple[int, int]:
    """Node ids of the ends of the street whose straight line comes nearest to a place."""
    streets = np.flatnonzero(roads.is_street)  # a turn within a junction is none
    first, last = roads.xy_m[roads.tail[streets]], roads.xy_m[roads.head[streets]]
    along = last - first
    place = np.array([x_m, y_m])
    square = np.maximum((along**2).sum(axis=1), 1e-9)
    share = np.clip(((place - first) * along).sum(axis=1) / square, 0.0, 1.0)
    away: NDArray[np.float64] = np.hypot(*(first + share[:, None] * along - place).T)
    piece = int(streets[away.argmin()])
    return int(roads.node_id[roads.tail[piece]]), int(roads.node_id[roads.head[piece]])
