"""Closed streets: what they cut off, and how one drives around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from environment.roads.hub_labels import FAR_MS
from environment.roads.network import RoadNetwork
from environment.roads.router import MS_PER_S, Router

WALK_KPH = 4.0
"""A crew with its stretcher and bags; pedestrians walk at 4.8 km/h (1.34 m/s)."""

BARRIER_S = FAR_MS // 4 / MS_PER_S
"""Three days: no detour takes so long, and two of them still fit into the labels of a router."""


@dataclass(frozen=True, eq=False)
class OpenStreets:
    """What closed street pieces leave of a map.

    Attributes
    ----------
    closed : (m,) bool
        Street pieces that nobody can drive on.
    within_reach : (n,) bool
        Junctions of the largest part whose junctions can all be driven to from each other; all
        others are cut off.
    stand_in : (n,) int64
        Where one drives instead of each junction: itself, or for one that is cut off the junction
        within reach that is nearest to it by straight line.
    walk_s : (n,) float64
        Seconds on foot between a junction and its stand-in, at `WALK_KPH`.
    """

    closed: NDArray[np.bool_]
    within_reach: NDArray[np.bool_]
    stand_in: NDArray[np.int64]
    walk_s: NDArray[np.float64]

    def between(self, origin: int, destination: int) -> tuple[int, int, float, float]:
        """Ends of the drive between two junctions, and the seconds on foot before and after it."""
        first, last = int(self.stand_in[origin]), int(self.stand_in[destination])
        if origin == destination:
            return first, last, 0.0, 0.0
        return first, last, float(self.walk_s[origin]), float(self.walk_s[destination])


def close_streets(roads: RoadNetwork, closed: NDArray[np.bool_]) -> OpenStreets:
    """Find what is cut off where some street pieces are closed, and who stands in for it.

    What sirens alone can reach counts as cut off.
    """
    within_reach = _largest_part(roads, closed | roads.takes_siren)
    stand_in, walk_s = np.arange(roads.node_count), np.zeros(roads.node_count)
    reached, cut_off = np.flatnonzero(within_reach), np.flatnonzero(~within_reach)
    walk_m, nearest = cKDTree(roads.xy_m[reached]).query(roads.xy_m[cut_off])
    stand_in[cut_off], walk_s[cut_off] = reached[nearest], walk_m / (WALK_KPH / 3.6)
    return OpenStreets(closed, within_reach, stand_in, walk_s)


def _largest_part(roads: RoadNetwork, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    tail, head = roads.tail[~closed], roads.head[~closed]
    shape = (roads.node_count, roads.node_count)
    streets = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=shape)
    _, part = connected_components(streets, connection="strong")
    largest: NDArray[np.bool_] = part == np.bincount(part).argmax()
    return largest


def detour_router(
    roads: RoadNetwork, streets: OpenStreets, edge_time_s: NDArray[np.float64]
) -> Router:
    """Build a router that is exact between all junctions within reach.

    A closed piece between two of them costs `BARRIER_S` more, and so does every piece that crosses
    between what is within reach and what is cut off. So every junction keeps a way to every other,
    as the labels ask for, over two barriers at most.
    """
    tail_in, head_in = streets.within_reach[roads.tail], streets.within_reach[roads.head]
    barred = (streets.closed & tail_in & head_in) | (tail_in != head_in)
    return Router.build(roads, edge_time_s + BARRIER_S * barred)
