"""Ways as lines on the map, with the moments at which a vehicle passes their points.

A vehicle is taken to be on its way in proportion to the expected times, as for whoever turns off
it (`environment.traffic.ways.next_junction`); along one street piece it goes at one speed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from environment.roads.network import RoadNetwork
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
        self.xy_m = roads.xy_m
        self._start, self._points = _points_after_tail(roads)
        self._share = _share_of_length(roads, self._start, self._points)
        count = roads.node_count
        self._junctions = np.empty(count, np.int32)
        self._passed_s = np.empty(count)
        self._streets = np.empty(count, np.int32)

    def path(self, way: Way) -> Path:
        """The line of a way from its first junction to its last, and when each point is passed."""
        labels = way.driving.way_labels(siren=way.siren)
        count = follow(  # type: ignore[call-arg]
            *labels, self._junctions, self._passed_s, self._streets, way.origin, way.destination
        )
        passed_s = self._passed_s[:count]
        first = self.xy_m[way.origin]
        if count == 1 or not passed_s[-1] > 0:
            return np.array([[*first, way.left_s], [*first, way.left_s + way.drive_s]])
        streets = self._streets[: count - 1]
        begin = self._start[streets]
        size = self._start[streets + 1] - begin
        end = np.cumsum(size)
        piece = np.repeat(np.arange(count - 1), size)
        source = np.arange(end[-1]) + (begin - (end - size))[piece]
        at_s = passed_s[:-1][piece] + self._share[source] * np.diff(passed_s)[piece]
        line = np.empty((len(source) + 1, 3))
        line[0] = (*first, way.left_s)
        line[1:, :2] = self._points[source]
        line[1:, 2] = way.left_s + at_s * (way.drive_s / passed_s[-1])
        return line


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
