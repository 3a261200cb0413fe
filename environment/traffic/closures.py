"""Closed streets: what they cut off, and how one drives around them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from environment.roads.hub_labels import FAR_MS
from environment.roads.network import RoadNetwork
from environment.roads.router import MS_PER_S, Router
from environment.roads.stops import piece_of

WALK_KPH = 4.0
"""A crew with its stretcher and bags; pedestrians walk at 4.8 km/h (1.34 m/s)."""

BARRIER_MS = FAR_MS // 4
BARRIER_S = BARRIER_MS / MS_PER_S
"""Three days: no detour takes so long, and two of them still fit into the labels of a router."""


@dataclass(frozen=True, eq=False)
class OpenStreets:
    """What closed street pieces leave of a map.

    Attributes
    ----------
    roads : RoadNetwork
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
    is_barred : (m,) bool
        Street pieces between junctions within reach that are closed, and those that lead between
        what is within reach and what is cut off.
    has_way : (m,) bool
        Whether any piece of each piece's street is driven on, so that one can stop there.
    """

    roads: RoadNetwork
    closed: NDArray[np.bool_]
    within_reach: NDArray[np.bool_]
    stand_in: NDArray[np.int64]
    walk_s: NDArray[np.float64]
    is_barred: NDArray[np.bool_]
    has_way: NDArray[np.bool_]

    def reaches(self, stops: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether one can drive to and from each of some stops, (k,)."""
        junctions = self.roads.node_count
        inner = stops >= junctions
        reached = self.within_reach[np.where(inner, 0, stops)]
        reached[inner] = self.has_way[piece_of(junctions, stops[inner])]
        return reached

    def stand_ins(self, stops: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Where one drives instead of each of some stops, and the seconds on foot, (k,) each."""
        inner = stops >= self.roads.node_count
        junction = np.where(inner, 0, stops)
        stand_in, walk_s = self.stand_in[junction], self.walk_s[junction]
        stand_in[inner], walk_s[inner] = stops[inner], 0.0
        cut_off = np.flatnonzero(inner & ~self.reaches(stops))
        if len(cut_off):
            at_m = self.roads.stop_xy_m(stops[cut_off])
            stand_in[cut_off], walk_s[cut_off] = self.on_foot(at_m)
        return stand_in, walk_s

    def stand_in_of(self, stop: int) -> tuple[int, float]:
        """Where one drives instead of a stop, and the seconds on foot."""
        if stop < self.roads.node_count:
            return int(self.stand_in[stop]), float(self.walk_s[stop])
        stand_in, walk_s = self.stand_ins(np.array([stop]))
        return int(stand_in[0]), float(walk_s[0])

    def between(self, origin: int, destination: int) -> tuple[int, int, float, float]:
        """Ends of the drive between two stops, and the seconds on foot before and after it."""
        first, out_s = self.stand_in_of(origin)
        if origin == destination:
            return first, first, 0.0, 0.0
        last, in_s = self.stand_in_of(destination)
        return first, last, out_s, in_s

    def on_foot(self, at_m: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The junction within reach that is nearest to each place, and the seconds to it."""
        walk_m, row = self._reached_tree.query(at_m)
        return self._reached[row], walk_m / (WALK_KPH / 3.6)

    @cached_property
    def _reached(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.within_reach)

    @cached_property
    def _reached_tree(self) -> cKDTree:
        return cKDTree(self.roads.xy_m[self._reached])


def close_streets(roads: RoadNetwork, closed: NDArray[np.bool_]) -> OpenStreets:
    """Find what is cut off where some street pieces are closed, and who stands in for it.

    What sirens alone can reach counts as cut off.
    """
    within_reach = _largest_part(roads, closed | roads.takes_siren)
    tail_in, head_in = within_reach[roads.tail], within_reach[roads.head]
    is_barred = (closed & tail_in & head_in) | (tail_in != head_in)
    is_driven = tail_in & head_in & ~closed & ~roads.takes_siren
    lead = roads.lines.lead
    has_way = np.zeros(roads.edge_count, dtype=bool)
    has_way[lead[is_driven]] = True
    everywhere = np.arange(roads.node_count)
    streets = OpenStreets(
        roads, closed, within_reach, everywhere, np.zeros(len(everywhere)), is_barred, has_way[lead]
    )
    cut_off = np.flatnonzero(~within_reach)
    streets.stand_in[cut_off], streets.walk_s[cut_off] = streets.on_foot(roads.xy_m[cut_off])
    return streets


def _largest_part(roads: RoadNetwork, closed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    tail, head = roads.tail[~closed], roads.head[~closed]
    shape = (roads.node_count, roads.node_count)
    streets = coo_array((np.ones(len(tail), np.int8), (tail, head)), shape=shape)
    _, part = connected_components(streets, connection="strong")
    largest: NDArray[np.bool_] = part == np.bincount(part).argmax()
    return largest


def detour_router(
    roads: RoadNetwork,
    streets: OpenStreets,
    edge_time_s: NDArray[np.float64],
    along_s: NDArray[np.float64],
) -> Router:
    """Build a router that is exact between all stops within reach.

    A closed piece between two junctions within reach costs `BARRIER_S` more, and so does every
    piece that crosses between what is within reach and what is cut off. So every junction keeps a
    way to every other, as the labels ask for, over two barriers at most. Nobody stops on such a
    piece; where its street has an open one, that leads there.
    """
    return Router.build(
        roads,
        edge_time_s + BARRIER_S * streets.is_barred,
        np.where(streets.is_barred, np.nan, along_s),
    )
