"""A street network as arrays: what is simulated on, saved and drawn."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from environment.roads.drawn_lines import DrawnLines, NearestPoints
from environment.roads.stops import PARTS, junction_or_point, part_of, piece_of

EARTH_RADIUS_M = 6_371_009.0  # the mean radius that OSMnx uses

GEOGRAPHIC = "epsg:4326"
PLANE = "plane"


@dataclass(frozen=True, eq=False)
class RoadNetwork:
    """Junctions and one-way street pieces, strongly connected, without parallels.

    A junction where turns are restricted is several nodes with one number on one spot, joined by
    pieces of no length; see `environment.roads.turns`.

    Attributes
    ----------
    name : str
    crs : {"epsg:4326", "plane"}
        What ``x`` and ``y`` are: degrees of longitude and latitude, or metres.
    node_id : (n,) int64
        The source's own number of each junction.
    x, y : (n,) float64
    has_signal : (n,) bool
        Whether a traffic light stands at the junction.
    tail, head : (m,) int32
        Junction indices of each street piece, sorted by tail, then head.
    length_m, speed_kph : (m,) float64
        The speed is that of normal driving with free flow.
    road_class : (m,) int16
        Index into ``road_classes`` (OpenStreetMap's ``highway`` values).
    road_classes : tuple of str
    shape_start : (m + 1,) int64
        Where the drawn line of each piece begins in ``shape_x`` and ``shape_y``; a piece without
        points of its own is the straight line between its ends.
    shape_x, shape_y : float64
    notes : tuple of str
        What was mended, one line each.
    siren_only : (m,) bool, or None
        Street pieces that take a siren, whose speed is that with siren; None where there are none.
        Without them the network is strongly connected.
    """

    name: str
    crs: str
    node_id: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    has_signal: NDArray[np.bool_]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    speed_kph: NDArray[np.float64]
    road_class: NDArray[np.int16]
    road_classes: tuple[str, ...]
    shape_start: NDArray[np.int64]
    shape_x: NDArray[np.float64]
    shape_y: NDArray[np.float64]
    notes: tuple[str, ...] = field(default=())
    siren_only: NDArray[np.bool_] | None = None

    @property
    def node_count(self) -> int:
        """Number of junctions."""
        return len(self.x)

    @property
    def edge_count(self) -> int:
        """Number of one-way street pieces."""
        return len(self.tail)

    @cached_property
    def free_flow_s(self) -> NDArray[np.float64]:
        """Seconds of normal driving along each street piece, lights not counted."""
        return self.length_m / (self.speed_kph / 3.6)

    @property
    def takes_siren(self) -> NDArray[np.bool_]:
        """Whether each street piece may be driven on with siren only, (m,); a copy."""
        if self.siren_only is None:
            return np.zeros(self.edge_count, dtype=bool)
        return self.siren_only.copy()

    @cached_property
    def junction(self) -> NDArray[np.int64]:
        """The junction that each node is of, by the first of its nodes, (n,)."""
        _, first, number = np.unique(self.node_id, return_index=True, return_inverse=True)
        junction: NDArray[np.int64] = first[number.ravel()].astype(np.int64)
        return junction

    @cached_property
    def is_split(self) -> NDArray[np.bool_]:
        """Whether each node is one of several of its junction, (n,)."""
        split: NDArray[np.bool_] = np.bincount(self.junction, minlength=self.node_count) > 1
        return split[self.junction]

    @cached_property
    def is_turn(self) -> NDArray[np.bool_]:
        """Whether each piece is no street but a turn within a junction, (m,)."""
        turn: NDArray[np.bool_] = self.junction[self.tail] == self.junction[self.head]
        return turn

    @cached_property
    def is_street(self) -> NDArray[np.bool_]:
        """Whether each piece is a street of its own: no turn, copy, or for sirens only, (m,)."""
        street = ~self.is_turn & ~self.takes_siren
        rows = np.flatnonzero(street)
        street[rows[np.setdiff1d(np.arange(len(rows)), self._first_of_pair(rows))]] = False
        return street

    def _first_of_pair(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Places of the first of each two junctions' pieces among some pieces."""
        tail, head = self.junction[self.tail[rows]], self.junction[self.head[rows]]
        first: NDArray[np.int64] = np.unique(tail * self.node_count + head, return_index=True)[1]
        return first

    @cached_property
    def content_hash(self) -> str:
        """A fingerprint of all that matters to a run (not of name and notes)."""
        digest = hashlib.sha256(self.crs.encode() + "|".join(self.road_classes).encode())
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                digest.update(np.ascontiguousarray(value).tobytes())
        return digest.hexdigest()

    def to_metres(
        self, x: NDArray[np.float64] | float, y: NDArray[np.float64] | float
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Project to local metres (equirectangular about the middle of the map)."""
        if self.crs == PLANE:
            return np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        (x0, y0), (along_x, along_y) = self._origin, self._metres_per_unit
        return (np.asarray(x) - x0) * along_x, (np.asarray(y) - y0) * along_y

    @cached_property
    def _metres_per_unit(self) -> NDArray[np.float64]:
        """Metres of a unit of ``x`` and of ``y``, (2,)."""
        if self.crs == PLANE:
            return np.ones(2)
        metres_per_degree = np.pi / 180 * EARTH_RADIUS_M
        along_x = metres_per_degree * np.cos(np.radians(self._origin[1]))
        return np.array([along_x, metres_per_degree])

    @cached_property
    def xy_m(self) -> NDArray[np.float64]:
        """Junctions in local metres, (n, 2)."""
        return np.column_stack(self.to_metres(self.x, self.y))

    def nearest_node(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The junction nearest to each point, and the distance to it in metres."""
        distance_m, node = self._tree.query(np.column_stack(self.to_metres(x, y)))
        return node, distance_m

    def nearest_stop(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The nearest stop at a street with doors, and the metres to it, to the millimetre.

        A stop is a junction or a point of a street between two; see `environment.roads.stops`.
        Between towns, where no street has doors, stops are junctions.
        """
        if self.is_between_towns:
            return self.nearest_stop_junction(x, y)
        points_m = np.column_stack(self.to_metres(x, y))
        piece, share, distance_m = self._points_with_doors.find(points_m)
        part = np.rint(share * PARTS).astype(np.int64)
        # None of the nodes of a junction with restricted turns is reached from everywhere.
        part = np.maximum(part, self.is_split[self.tail[piece]])
        part = np.minimum(part, PARTS - self.is_split[self.head[piece]])
        number = junction_or_point(self.node_count, self.tail, self.head, piece, part)
        return number, np.round(distance_m, 3)

    def nearest_stop_junction(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The nearest junction of a street with doors, and the distance to it in metres."""
        distance_m, row = self._stop_tree.query(np.column_stack(self.to_metres(x, y)))
        # Where squares overflow, the tree finds none and says how many there are.
        return self.stops[np.minimum(row, len(self.stops) - 1)], distance_m

    def is_stop(self, number: int) -> bool:
        """Whether a number is that of a junction, or of a point between two."""
        point = number - self.node_count
        if point < 0:
            return number >= 0
        return point < self.edge_count * PARTS and point % PARTS > 0

    def stop_xy(self, stops: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where stops lie, in the units of ``x`` and ``y``."""
        numbers = np.atleast_1d(np.asarray(stops, np.int64))
        inner = numbers >= self.node_count
        junction = np.where(inner, 0, numbers)
        x, y = self.x[junction], self.y[junction]
        if inner.any():
            piece, part = (of(self.node_count, numbers[inner]) for of in (piece_of, part_of))
            x[inner], y[inner] = self.lines.at(piece, part / PARTS)
        return x, y

    def stop_xy_m(self, stops: ArrayLike) -> NDArray[np.float64]:
        """Where stops lie in local metres, (k, 2)."""
        return np.column_stack(self.to_metres(*self.stop_xy(stops)))

    @cached_property
    def lines(self) -> DrawnLines:
        """The drawn lines of the street pieces, and which of them are one street."""
        nodes = np.column_stack([self.x, self.y])
        shape_xy = np.column_stack([self.shape_x, self.shape_y])
        return DrawnLines.of(
            nodes[self.tail], nodes[self.head], self.shape_start, shape_xy, self._metres_per_unit
        )

    @cached_property
    def has_doors(self) -> NDArray[np.bool_]:
        """Whether one can stop on each street piece: not on motorways, trunk roads and ramps, (m,).

        Nor on ferries. Where there is nothing else, as between towns, one stops at the ends of all.
        """
        return self._is_slow if self._is_slow.any() else self.is_street

    @cached_property
    def is_between_towns(self) -> bool:
        """Whether no street has doors: nobody stops along one."""
        return not self._is_slow.any()

    @cached_property
    def _is_slow(self) -> NDArray[np.bool_]:
        slow = [not name.startswith(("motorway", "trunk", "ferry")) for name in self.road_classes]
        return np.array(slow, dtype=bool)[self.road_class] & self.is_street

    @cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end of the junctions, in the units of ``x`` and ``y``."""
        return self.x.min(), self.y.min(), self.x.max(), self.y.max()

    @cached_property
    def _origin(self) -> tuple[float, float]:
        west, south, east, north = self.bounds
        return (west + east) / 2, (south + north) / 2

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.xy_m)

    @cached_property
    def stops(self) -> NDArray[np.int64]:
        """Nodes where one can stop: junctions of streets with doors, (s,).

        A junction of several nodes is left out, for none of them is reached from everywhere.
        """
        whole = self.door_junctions[~self.is_split[self.door_junctions]]
        return whole if len(whole) else self.door_junctions

    @cached_property
    def door_junctions(self) -> NDArray[np.int64]:
        """Junctions of streets with doors, each once, (j,)."""
        ends = np.append(self.tail[self.has_doors], self.head[self.has_doors])
        return np.unique(self.junction[ends])

    @cached_property
    def _points_with_doors(self) -> NearestPoints:
        """Finds the nearest point of the streets with doors."""
        lines = self.lines
        own = np.zeros(self.edge_count, dtype=bool)
        own[lines.lead[self.has_doors]] = True
        rows = np.flatnonzero(own[lines.piece])
        first_m, last_m = (
            np.column_stack(self.to_metres(*ends[rows].T)) for ends in (lines.first, lines.last)
        )
        return NearestPoints.on(
            first_m, last_m, lines.piece[rows], lines.begins[rows], lines.ends[rows]
        )

    @cached_property
    def _stop_tree(self) -> cKDTree:
        return cKDTree(self.xy_m[self.stops])


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


def along_grid_m(
    crs: str, x1: ArrayLike, y1: ArrayLike, x2: ArrayLike, y2: ArrayLike
) -> NDArray[np.float64]:
    """Metres east, half way up, and metres north added up: along streets that cross squarely."""
    middle = np.add(y1, y2) / 2
    return distance_m(crs, x1, middle, x2, middle) + distance_m(crs, x1, y1, x1, y2)
