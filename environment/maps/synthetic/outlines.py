"""Outlines of water and parks, for the picture and to keep people off them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from environment.maps.synthetic.planar_map import PlanarMap
from environment.maps.synthetic.warp import Warp

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

PARK_EDGE_M = 14.0  # from the middle of the street to the grass


@dataclass(frozen=True)
class Outlines:
    """Where nobody lives.

    Attributes
    ----------
    water, parks : tuple of (k, 2) float64
        Polygons, the first point repeated at the end.
    empty : shapely geometry
        Both together.
    """

    water: tuple[NDArray[np.float64], ...]
    parks: tuple[NDArray[np.float64], ...]
    empty: BaseGeometry


def outlines(plan: PlanarMap, parks: list[int], river: BaseGeometry, warp: Warp) -> Outlines:
    """Bend the outlines as the streets were bent."""
    import shapely

    bent_river = [
        shapely.Polygon(warp.line(shapely.get_coordinates(part.segmentize(60.0).exterior).tolist()))
        for part in shapely.get_parts(river)
    ]
    bent_parks = [
        shapely.Polygon(warp.line(plan.points(plan.faces[face]))).buffer(-PARK_EDGE_M)
        for face in parks
    ]
    return Outlines(
        water=_rings(bent_river),
        parks=_rings(bent_parks),
        empty=shapely.union_all([*bent_river, *bent_parks]),
    )


def _rings(polygons: list[BaseGeometry]) -> tuple[NDArray[np.float64], ...]:
    import shapely

    parts = shapely.get_parts(np.array(polygons, dtype=object))
    return tuple(
        np.round(shapely.get_coordinates(part.exterior), 2) for part in parts if not part.is_empty
    )
