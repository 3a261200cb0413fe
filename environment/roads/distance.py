"""Distances between points of a map, in metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.roads.network import EARTH_RADIUS_M, PLANE


def distance_m(
    crs: str, x1: ArrayLike, y1: ArrayLike, x2: ArrayLike, y2: ArrayLike
) -> NDArray[np.float64]:
    """Straight-line distance in the plane, great-circle distance (haversine) on the earth."""
    if crs == PLANE:
        return np.hypot(np.subtract(x2, x1), np.subtract(y2, y1))
    lon1, lat1, lon2, lat2 = (np.radians(degrees) for degrees in (x1, y1, x2, y2))
    haversine = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))
