"""Streets: from the lines of the planar map to junctions and the street pieces between them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from environment.maps.synthetic.planar_map import NO_STREET, PlanarMap, Street
from environment.maps.synthetic.warp import Warp

MINOR = ("tertiary", "residential")
MERGE_M = 14.0
SET_BACK_M = 60.0  # minor streets end so far before a motorway


@dataclass(frozen=True)
class Piece:
    """A street between two junctions, with the vertices on the way (both ends included)."""

    path: tuple[int, ...]
    street: int

    @property
    def ends(self) -> tuple[int, int]:
        """Its two junctions."""
        return self.path[0], self.path[-1]


@dataclass
class StreetLines:
    """Vertices and the street lines between them; the faces are no longer needed."""

    x: list[float]
    y: list[float]
    streets: list[Street]
    neighbours: list[dict[int, int]] = field(default_factory=list)
    """The street to each neighbour, of each vertex."""

    def road_class(self, u: int, v: int) -> str:
        """Class of the street between two neighbours."""
        return self.streets[self.neighbours[u][v]].road_class

    def join(self, u: int, v: int, street: int) -> None:
        """Draw a line."""
        self.neighbours[u][v] = self.neighbours[v][u] = street

    def part(self, u: int, v: int) -> int:
        """Erase a line and return its street."""
        del self.neighbours[v][u]
        return self.neighbours[u].pop(v)

    def add_vertex(self, x: float, y: float) -> int:
        """Add a vertex without lines."""
        self.x.append(round(x, 2))
        self.y.append(round(y, 2))
        self.neighbours.append({})
        return len(self.x) - 1

    def distance(self, u: int, v: int) -> float:
        """Metres between two vertices, as the crow flies."""
        return math.sqrt((self.x[u] - self.x[v]) ** 2 + (self.y[u] - self.y[v]) ** 2)

    def length_m(self, path: tuple[int, ...]) -> float:
        """Metres along a path."""
        return sum(self.distance(u, v) for u, v in pairwise(path))


def street_lines(built: PlanarMap, warp: Warp) -> StreetLines:
    """Bend the plan, lift the motorways off the minor streets, and drop streets to nowhere."""
    places = [warp(x, y) for x, y in zip(built.x, built.y, strict=True)]
    lines = StreetLines([p[0] for p in places], [p[1] for p in places], built.streets)
    lines.neighbours = [{} for _ in places]
    for (u, v), street in built.street_of.items():
        if street != NO_STREET:
            lines.join(u, v, street)
    _separate_motorways(lines)
    loose = [v for v in range(len(built.x)) if built.degree[v] > 1]
    for vertex in loose:
        _drop_street_to_nowhere(lines, vertex)
    _merge_close_vertices(lines)
    _keep_largest_part(lines)
    return lines


def _separate_motorways(lines: StreetLines) -> None:
    """Let collector roads pass beneath motorways, and other minor streets end before them."""
    for u in range(len(lines.x)):
        classes = {v: lines.road_class(u, v) for v in lines.neighbours[u]}
        if "motorway" not in classes.values():
            continue
        minor = [v for v, road_class in classes.items() if road_class in MINOR]
        if len(minor) == 2 and "tertiary" in {classes[v] for v in minor}:
            beneath = lines.add_vertex(lines.x[u], lines.y[u])
            for v in minor:
                lines.join(beneath, v, lines.part(u, v))
            continue
        for v in minor:
            _set_back(lines, v, u)


def _set_back(lines: StreetLines, v: int, motorway: int) -> None:
    """End the street from a vertex to a motorway before it."""
    length = lines.distance(v, motorway)
    street = lines.part(v, motorway)
    if length > 2 * SET_BACK_M:
        share = 1 - SET_BACK_M / length
        end = lines.add_vertex(
            lines.x[v] + share * (lines.x[motorway] - lines.x[v]),
            lines.y[v] + share * (lines.y[motorway] - lines.y[v]),
        )
        lines.join(v, end, street)


def _drop_street_to_nowhere(lines: StreetLines, vertex: int) -> None:
    """Erase a minor street that ends at the water or at the edge of the map."""
    while len(lines.neighbours[vertex]) == 1:
        (before,) = lines.neighbours[vertex]
        if lines.road_class(vertex, before) not in MINOR:
            return
        lines.part(vertex, before)
        vertex = before


def _merge_close_vertices(lines: StreetLines) -> None:
    """Make one vertex of two that are a few steps apart, where three lines met too closely."""
    for u in range(len(lines.x)):
        for v in sorted(lines.neighbours[u]):
            if v in lines.neighbours[u] and lines.distance(u, v) < MERGE_M:
                lines.part(u, v)
                for w in sorted(lines.neighbours[v]):
                    street = lines.part(v, w)
                    if w not in lines.neighbours[u]:
                        lines.join(u, w, street)


def _keep_largest_part(lines: StreetLines) -> None:
    part_of: dict[int, int] = {}
    for start in range(len(lines.x)):
        if start in part_of or not lines.neighbours[start]:
            continue
        part_of[start] = start
        waiting = [start]
        while waiting:
            for v in lines.neighbours[waiting.pop()]:
                if v not in part_of:
                    part_of[v] = start
                    waiting.append(v)
    largest = Counter(part_of.values()).most_common(1)[0][0]
    for u, part in part_of.items():
        if part != largest:
            lines.neighbours[u].clear()


def pieces(lines: StreetLines) -> list[Piece]:
    """Street pieces from junction to junction, at most one between any two junctions."""
    found: list[Piece] = []
    taken: set[tuple[int, int]] = set()
    for piece in sorted(_chains(lines), key=lambda piece: len(piece.path)):  # straight ones first
        for part in _without_parallel(piece, taken):
            taken.add((min(part.ends), max(part.ends)))
            found.append(part)
    return found


def _chains(lines: StreetLines) -> Iterator[Piece]:
    """Every line between two junctions once."""
    for u in range(len(lines.x)):
        if not _is_junction(lines, u):
            continue
        for v in lines.neighbours[u]:
            path = [u, v]
            while not _is_junction(lines, path[-1]):
                a, b = lines.neighbours[path[-1]]
                path.append(b if a == path[-2] else a)
            if (u, v) <= (path[-1], path[-2]):  # met from both ends, kept from one
                yield Piece(tuple(path), lines.neighbours[u][v])


def _is_junction(lines: StreetLines, u: int) -> bool:
    """Whether lines meet, end or change their class at a vertex."""
    around = lines.neighbours[u]
    return len(around) != 2 or len({lines.streets[s].road_class for s in around.values()}) == 2


def _without_parallel(piece: Piece, taken: set[tuple[int, int]]) -> list[Piece]:
    """Break a piece whose two junctions are joined already (a crescent), or are the same."""
    path = piece.path
    key = (min(piece.ends), max(piece.ends))
    if path[0] == path[-1]:
        third = max(1, len(path) // 3)
        cuts = [0, third, len(path) - 1 - third, len(path) - 1]
    elif key in taken:
        cuts = [0, len(path) // 2, len(path) - 1]
    else:
        return [piece]
    return [Piece(path[a : b + 1], piece.street) for a, b in pairwise(cuts) if b > a]
