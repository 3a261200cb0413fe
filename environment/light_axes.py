"""The two axes of a light: its major road, and whatever crosses it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from environment.roads.lights import NO_LIGHT
from environment.roads.network import RoadNetwork

MAJOR, CROSSING = 0, 1
"""Axes."""

# From the road that keeps its green longest to the one that waits for it.
CLASS_RANK = ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified")
OTHER_AXIS_DEGREES = 45.0


def axis_of_approach(roads: RoadNetwork, light: NDArray[np.int64]) -> NDArray[np.int8]:
    """The axis along which each street piece comes to its light, (m,).

    The major axis is that of the highest road class that runs into the light.

    Parameters
    ----------
    roads : RoadNetwork
    light : (m,) int64
        The light that each street piece runs into, or `NO_LIGHT`; such a piece is `MAJOR`.
    """
    approach = np.flatnonzero(light != NO_LIGHT)
    order = approach[np.lexsort((approach, class_rank(roads)[approach], light[approach]))]
    numbers, first = np.unique(light[order], return_index=True)
    leader = np.zeros(numbers.max(initial=NO_LIGHT) + 1, np.int64)
    leader[numbers] = order[first]
    degrees = heading_degrees(roads) % 180
    apart = np.abs(degrees[approach] - degrees[leader[light[approach]]])
    axis = np.full(roads.edge_count, MAJOR, np.int8)
    axis[approach[np.minimum(apart, 180 - apart) > OTHER_AXIS_DEGREES]] = CROSSING
    return axis


def heading_degrees(roads: RoadNetwork) -> NDArray[np.float64]:
    """Direction of each street piece, 0 (east) to 360, (m,)."""
    along = roads.xy_m[roads.head] - roads.xy_m[roads.tail]
    return np.degrees(np.arctan2(along[:, 1], along[:, 0])) % 360


def class_rank(roads: RoadNetwork) -> NDArray[np.int64]:
    """Place of each street piece's class in `CLASS_RANK`, ramps with their roads, (m,)."""
    names = [name.removesuffix("_link") for name in roads.road_classes]
    ranks = [CLASS_RANK.index(n) if n in CLASS_RANK else len(CLASS_RANK) for n in names]
    return np.array(ranks)[roads.road_class]
