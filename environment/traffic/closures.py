"""Closed streets: which pieces they are, what they cut off, and who was about to drive there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from environment.disruptions import Disruption, RoadClosure
from environment.roads.hub_labels import FAR_MS
from environment.roads.network import RoadNetwork
from environment.roads.router import MS_PER_S, Router

if TYPE_CHECKING:
    from environment.traffic.driving import Driving

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
    """Find what is cut off where some street pieces are closed, and who stands in for it."""
    within_reach = _largest_part(roads, closed)
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


def closed_pieces(closure: RoadClosure, roads: RoadNetwork) -> NDArray[np.bool_]:
    """Which street pieces a closure closes, (m,); streets that do not exist are passed over."""
    if closure.circle is not None:
        x, y, radius_m = closure.circle
        return _distance_m(roads, x, y) <= radius_m
    closed = np.zeros(roads.edge_count, dtype=bool)
    for one, other in closure.streets:
        closed[pieces_between(roads, one, other, one_way=closure.one_way)] = True
    return closed


def pieces_between(
    roads: RoadNetwork, one: int, other: int, *, one_way: bool = False
) -> NDArray[np.int64]:
    """The street pieces from one node to another, and unless `one_way` also those back."""
    tail, head = roads.node_id[roads.tail], roads.node_id[roads.head]
    there, back = (tail == one) & (head == other), (tail == other) & (head == one)
    return np.flatnonzero(there if one_way else there | back)


def _distance_m(roads: RoadNetwork, x: float, y: float) -> NDArray[np.float64]:
    """Distance from a point to the drawn line of each street piece, (m,)."""
    first_m, last_m, piece = _drawn_segments_m(roads)
    point_m = np.array(roads.to_metres(x, y))
    along_m = last_m - first_m
    square = np.maximum((along_m**2).sum(axis=1), np.finfo(float).tiny)
    share = np.clip(((point_m - first_m) * along_m).sum(axis=1) / square, 0, 1)
    nearest_m = first_m + share[:, None] * along_m
    first_of_piece = np.searchsorted(piece, np.arange(roads.edge_count))
    return np.minimum.reduceat(np.hypot(*(nearest_m - point_m).T), first_of_piece)


def _drawn_segments_m(
    roads: RoadNetwork,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Straight segments of all street pieces: their ends, (k, 2) each, and whose they are, (k,)."""
    every = np.arange(roads.edge_count)
    piece = np.concatenate([every, np.repeat(every, np.diff(roads.shape_start)), every])
    drawn = np.column_stack(roads.to_metres(roads.shape_x, roads.shape_y))
    points_m = np.concatenate([roads.xy_m[roads.tail], drawn, roads.xy_m[roads.head]])
    order = np.argsort(piece, kind="stable")
    piece, points_m = piece[order], points_m[order]
    within = piece[:-1] == piece[1:]
    return points_m[:-1][within], points_m[1:][within], piece[:-1][within]


def changes(disruptions: Sequence[Disruption]) -> list[tuple[float, frozenset[int]]]:
    """When the closed streets change, and which closures then hold.

    Returns
    -------
    list of (float, frozenset of int)
        Seconds since the start of the run, ascending, and numbers of disruptions.
    """
    closures = {k: d for k, d in enumerate(disruptions) if isinstance(d, RoadClosure)}
    moments = {moment for d in closures.values() for moment in (d.from_s, d.until_s)}
    told: list[tuple[float, frozenset[int]]] = []
    before: frozenset[int] = frozenset()
    for now_s in sorted(moments):
        active = frozenset(k for k, d in closures.items() if d.from_s <= now_s < d.until_s)
        if active != before:
            told.append((now_s, active))
        before = active
    return told


def uses(
    driving: Driving, origin: int, destination: int, siren: bool, closed: NDArray[np.bool_]
) -> bool:
    """Whether the way that is now driven between two junctions goes over any of some pieces."""
    return bool(closed[driving.path(origin, destination, siren=siren)].any())
