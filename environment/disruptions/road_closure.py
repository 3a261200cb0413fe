"""Streets that close for some hours: which pieces they are, and when that changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.disruptions.base import Coordinate, DisruptionParameters, Lasting, Surroundings
from environment.parameters import Metres
from environment.roads.network import RoadNetwork
from environment.units import HOUR_S


class RoadClosure(Lasting):
    """Streets that nobody can drive on: all around a point, or those named one by one."""

    closes_streets: ClassVar[bool] = True

    kind: Literal["road_closure"] = "road_closure"
    x: Annotated[
        Coordinate | None, Field(description="middle of a closed circle, as the map has it")
    ] = None
    y: Annotated[Coordinate | None, Field(description="as x")] = None
    radius_m: Annotated[
        Metres | None, Field(description="every street that comes so near to the point is closed")
    ] = None
    streets: Annotated[
        tuple[tuple[int, int], ...],
        Field(description="closed streets by the node ids of their ends: [[1, 2], [2, 3]]"),
    ] = ()
    one_way: Annotated[
        bool, Field(description="streets are closed only from their first end to their second")
    ] = False

    @model_validator(mode="after")
    def _either_circle_or_streets(self) -> Self:
        circle = {"x": self.x, "y": self.y, "radius_m": self.radius_m}
        given = [name for name, value in circle.items() if value is not None]
        if (len(given), bool(self.streets)) not in {(3, False), (0, True)}:
            got = ", ".join([*given, *(["streets"] if self.streets else [])]) or "none of them"
            raise ValueError(f"must have either x, y and radius_m, or streets; got {got}")
        if self.one_way and not self.streets:
            raise ValueError("one_way is for streets, not for a circle")
        return self

    @property
    def circle(self) -> tuple[float, float, float] | None:
        """`x`, `y` and `radius_m`; None where streets are named."""
        if self.x is None or self.y is None or self.radius_m is None:
            return None
        return self.x, self.y, self.radius_m

    def closed_pieces(self, roads: RoadNetwork) -> NDArray[np.bool_]:
        """Street pieces that it closes, (m,); streets that do not exist are passed over."""
        if self.circle is not None:
            x, y, radius_m = self.circle
            return _distance_m(roads, x, y) <= radius_m
        closed = np.zeros(roads.edge_count, dtype=bool)
        for one, other in self.streets:
            closed[pieces_between(roads, one, other, one_way=self.one_way)] = True
        return closed

    def mistakes(self, surroundings: Surroundings) -> Iterator[str]:
        """Tell of streets that the map does not have."""
        roads = surroundings.city.roads
        if self.circle is not None and not self.closed_pieces(roads).any():
            x, y, radius_m = self.circle
            yield f"there is no street within {radius_m:g} m of ({x:g}, {y:g})"
        for one, other in self.streets:
            yield from self._missing_street(one, other, roads)
        yield from super().mistakes(surroundings)

    def _missing_street(self, one: int, other: int, roads: RoadNetwork) -> Iterator[str]:
        unknown = [node for node in (one, other) if node not in roads.node_id]
        for node in unknown:
            nearest = roads.node_id[np.abs(roads.node_id - node).argmin()]
            yield f"no node {node} on the map (the nearest number is {nearest})"
        if not unknown and not len(pieces_between(roads, one, other, one_way=self.one_way)):
            ahead = roads.node_id[roads.head[roads.node_id[roads.tail] == one]]
            known = ", ".join(map(str, ahead))
            yield f"no street from node {one} to {other}; from {one} they go to {known}"


def closures_in(disruptions: Sequence[DisruptionParameters]) -> dict[int, DisruptionParameters]:
    """Those that close streets, by their number among all disruptions."""
    return {number: one for number, one in enumerate(disruptions) if one.closes_streets}


def closure_changes(
    closures: Mapping[int, DisruptionParameters],
) -> list[tuple[float, frozenset[int]]]:
    """When the closed streets change, and which closures then hold.

    Returns
    -------
    list of (float, frozenset of int)
        Seconds since the start of the run, ascending, and numbers of closures.
    """
    from_s = {number: one.begins_hour * HOUR_S for number, one in closures.items()}
    until_s = {number: one.ends_hour * HOUR_S for number, one in closures.items()}
    told: list[tuple[float, frozenset[int]]] = []
    before: frozenset[int] = frozenset()
    for now_s in sorted({*from_s.values(), *until_s.values()}):
        active = frozenset(k for k in closures if from_s[k] <= now_s < until_s[k])
        if active != before:
            told.append((now_s, active))
        before = active
    return told


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
