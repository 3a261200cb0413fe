"""Maneuvers by the points of a map, and the street pieces that they are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from environment.roads.network import RoadNetwork

Point = tuple[float, float]


class Maneuver(NamedTuple):
    """A way through one junction or several, point by point.

    Attributes
    ----------
    points : tuple of (x, y)
        One before the first junction, the junctions and what draws the streets between them, one
        after the last.
    is_only : bool
        Whether who has come so far must go on so; else that is what they must not.
    """

    points: tuple[Point, ...]
    is_only: bool


class Sequence(NamedTuple):
    """A maneuver as street pieces, in the order of driving; two, or more over streets between."""

    pieces: tuple[int, ...]
    is_only: bool


def sequences_of(roads: RoadNetwork, maneuvers: Iterable[Maneuver]) -> list[Sequence]:
    """The maneuvers that can be driven on a network, as its pieces, each once."""
    into, out_of = _by_points(roads)
    place = list(zip(roads.x.tolist(), roads.y.tolist(), strict=True))
    head = [place[node] for node in roads.head.tolist()]

    def goings_on(points: tuple[Point, ...], at: int) -> Iterator[tuple[int, ...]]:
        """Pieces from the point of this number on."""
        last = at == len(points) - 2
        for piece in out_of.get((points[at], points[at + 1]), ()):
            if last:
                yield (piece,)
            elif head[piece] in points[at + 1 : -1]:
                then = points.index(head[piece], at + 1)
                for rest in goings_on(points, then):
                    yield (piece, *rest)

    found: dict[Sequence, None] = {}
    for points, is_only in maneuvers:
        for first in into.get((points[1], points[0]), ()):
            for rest in goings_on(points, 1):
                found[Sequence((first, *rest), is_only)] = None
    return list(found)


Pieces = dict[tuple[Point, Point], list[int]]


def _by_points(roads: RoadNetwork) -> tuple[Pieces, Pieces]:
    """Pieces by their head and the point before it, and by their tail and the point after it."""
    into: Pieces = defaultdict(list)
    out_of: Pieces = defaultdict(list)
    place = list(zip(roads.x.tolist(), roads.y.tolist(), strict=True))
    shape = list(zip(roads.shape_x.tolist(), roads.shape_y.tolist(), strict=True))
    start = roads.shape_start.tolist()
    ends = zip(roads.tail.tolist(), roads.head.tolist(), strict=True)
    for piece, (tail, head) in enumerate(ends):
        first, last = start[piece], start[piece + 1]
        is_drawn = last - first > 1
        into[place[head], shape[last - 2] if is_drawn else place[tail]].append(piece)
        out_of[place[tail], shape[first + 1] if is_drawn else place[head]].append(piece)
    return into, out_of
