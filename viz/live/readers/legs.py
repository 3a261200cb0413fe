"""Ways as lines on the map, with the moments at which a vehicle passes their points.

A vehicle is taken to be on its way in proportion to the expected times, as for whoever turns off
it (`environment.traffic.ways.next_turn`); along one street piece it goes at one speed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
from environment.roads.stops import PARTS, driven, path_room
from environment.traffic.ways import Way, follow

Path = NDArray[np.float64]
"""Metres east, metres north and seconds of the clock, (k, 3)."""


class Point(NamedTuple):
    """A place off the streets, in metres."""

    x_m: float
    y_m: float


class StreetLines:
    """The drawn lines of a city's street pieces, ready to be joined into the line of a way.

    It has room for one way at a time, so that a leg takes no memory of the size of the map.

    Parameters
    ----------
    roads : RoadNetwork
    """

    def __init__(self, roads: RoadNetwork) -> None:
        self._start, self._points = _points_after_tail(roads)
        self._share = _share_of_length(roads, self._start, self._points)
        self._roads = roads
        size = path_room(roads.node_count)
        self._turns = np.empty(size + 1, np.int64)
        self._passed_s = np.empty(size + 1)
        self._streets = np.empty(size, np.int32)

    def path(self, way: Way) -> Path:
        """The line of a way from its first stop to its last, and when each point is passed."""
        labels = way.driving.way_labels(siren=way.siren)
        count = follow(  # type: ignore[call-arg]
            *labels, self._turns, self._passed_s, self._streets, way.origin, way.destination
        )
        passed_s = self._passed_s[:count]
        first, last = self._roads.stop_xy_m([way.origin, way.destination])
        if count == 1 or not passed_s[-1] > 0:
            return np.array([[*first, way.left_s], [*first, way.left_s + way.drive_s]])
        streets = self._streets[: count - 1]
        begin = self._start[streets]
        size = self._start[streets + 1] - begin
        end = np.cumsum(size)
        piece = np.repeat(np.arange(count - 1), size)
        source = np.arange(end[-1]) + (begin - (end - size))[piece]
        low, high = self._driven(labels[-1], streets, way)
        share = self._share[source]
        on_way = (share > low[piece]) & (share < high[piece])
        on_way[end[high == 1.0] - 1] = True
        piece, source = piece[on_way], source[on_way]
        along = (share[on_way] - low[piece]) / (high - low)[piece]
        at_s = passed_s[:-1][piece] + along * np.diff(passed_s)[piece]
        clock_s = way.left_s + at_s * (way.drive_s / passed_s[-1])
        line = np.column_stack([self._points[source], clock_s])
        start = [[*first, way.left_s]]
        if high[-1] == 1.0:
            return np.concatenate([start, line])
        return np.concatenate([start, line, [[*last, way.left_s + way.drive_s]]])

    def _driven(
        self, pieces: NDArray[np.int32], streets: NDArray[np.int32], way: Way
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """From where to where each piece of a way is driven, as shares of it."""
        low, high, count = np.zeros(len(streets)), np.ones(len(streets)), len(streets)
        for k in {0, count - 1}:
            begin, end = driven(
                pieces, self._roads.node_count, streets, count, k, way.origin, way.destination
            )
            low[k], high[k] = begin / PARTS, end / PARTS
        return low, high


def place_at(path: Path, moment_s: float) -> Point:
    """Where a vehicle on a path is at a moment."""
    x_m, y_m = (float(np.interp(moment_s, path[:, 2], path[:, axis])) for axis in (0, 1))
    return Point(x_m, y_m)


def standing(place: Point, since_s: float) -> Path:
    """The path of what stands."""
    return np.array([[place.x_m, place.y_m, since_s]])


def joined(before: Point | None, begin_s: float, road: Path, after: Point, end_s: float) -> Path:
    """A road with what is driven off it at its ends; without `before` it begins on the road."""
    rows = [road, np.array([[after.x_m, after.y_m, max(end_s, road[-1, 2])]])]
    if before is not None:
        rows.insert(0, np.array([[before.x_m, before.y_m, min(begin_s, road[0, 2])]]))
    return np.concatenate(rows)


def _points_after_tail(roads: RoadNetwork) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Points of each piece but its tail, in metres, and where those of each piece begin."""
    inner = np.diff(roads.shape_start)
    start = np.concatenate([[0], np.cumsum(inner + 1)])
    points = np.empty((int(start[-1]), 2))
    heads = start[1:] - 1
    is_inner = np.ones(len(points), dtype=bool)
    is_inner[heads] = False
    points[is_inner] = np.column_stack(roads.to_metres(roads.shape_x, roads.shape_y))
    points[heads] = roads.xy_m[roads.head]
    return start, points


def _share_of_length(
    roads: RoadNetwork, start: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Which share of its piece's drawn line ends at each point; 1 at the head."""
    before = np.roll(points, 1, axis=0)
    before[start[:-1]] = roads.xy_m[roads.tail]
    step_m = np.hypot(*(points - before).T)
    along_m = np.cumsum(step_m)
    piece = np.repeat(np.arange(roads.edge_count), np.diff(start))
    base_m = (along_m - step_m)[start[:-1]]
    whole_m = along_m[start[1:] - 1] - base_m
    share = (along_m - base_m[piece]) / np.maximum(whole_m[piece], 1e-9)
    share[start[1:] - 1] = 1.0
    clipped: NDArray[np.float64] = np.clip(share, 0.0, 1.0)
    return clipped
