"""A planar map: faces, the edges between them, and the one operation of cutting a face in two."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]

NO_STREET = -1


@dataclass(frozen=True)
class Street:
    """A street as it was laid out; its pieces between junctions share it.

    Attributes
    ----------
    road_class : str
    dx, dy : float
        From its beginning to its end; one-way traffic runs along it or against it.
    """

    road_class: str
    dx: float
    dy: float


@dataclass
class PlanarMap:
    """Faces as counter-clockwise loops of vertices; neighbours share their edges.

    A vertex put on an edge appears in the loops of both faces, so that a street that is cut
    later on the other side can meet it there: this is what makes crossings.
    """

    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    faces: list[list[int]] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)
    face_left_of: dict[tuple[int, int], int] = field(default_factory=dict)
    street_of: dict[tuple[int, int], int] = field(default_factory=dict)
    degree: list[int] = field(default_factory=list)

    def add_vertex(self, x: float, y: float) -> int:
        """Add a vertex, rounded to the centimetre.

        Rounding at birth keeps the city the same where the last digit of a sine is not.
        """
        self.x.append(round(x, 2))
        self.y.append(round(y, 2))
        self.degree.append(0)
        return len(self.x) - 1

    def add_street(self, road_class: str, begin: int, end: int) -> int:
        """Register a street that runs from one vertex to another."""
        dx, dy = self.x[end] - self.x[begin], self.y[end] - self.y[begin]
        self.streets.append(Street(road_class, dx, dy))
        return len(self.streets) - 1

    def set_edge(self, u: int, v: int, street: int) -> None:
        """Say which street runs between two neighbouring vertices."""
        key = (min(u, v), max(u, v))
        if key not in self.street_of:
            self.degree[u] += 1
            self.degree[v] += 1
        self.street_of[key] = street

    def street_between(self, u: int, v: int) -> int:
        """The street between two neighbouring vertices, or ``NO_STREET``."""
        return self.street_of[(min(u, v), max(u, v))]

    def add_face(self, loop: list[int]) -> int:
        """Add a face whose edges are already set."""
        self.faces.append(loop)
        self._own(len(self.faces) - 1)
        return len(self.faces) - 1

    def insert_on_edge(self, u: int, v: int, x: float, y: float) -> int:
        """Put a new vertex on the edge from u to v, in the loops of both its faces."""
        w = self.add_vertex(x, y)
        street = self.street_of.pop((min(u, v), max(u, v)))
        self.degree[u] -= 1
        self.degree[v] -= 1
        self.set_edge(u, w, street)
        self.set_edge(w, v, street)
        for a, b in ((u, v), (v, u)):
            face = self.face_left_of.pop((a, b), None)
            if face is not None:
                loop = self.faces[face]
                loop.insert(_edge_end(loop, a, b), w)
                self.face_left_of[(a, w)] = self.face_left_of[(w, b)] = face
        return w

    def split(self, face: int, path: Sequence[int], street: int) -> tuple[int, int]:
        """Cut a face along a path from one of its vertices to another."""
        loop = self.faces[face]
        i, j = loop.index(path[0]), loop.index(path[-1])
        first_side = _walk(loop, j, i)  # from the path's end back to its beginning
        second_side = _walk(loop, i, j)
        inner = list(path[1:-1])
        for u, v in pairwise(path):
            self.set_edge(u, v, street)
        self.faces[face] = first_side + inner
        self._own(face)
        return face, self.add_face(second_side + inner[::-1])

    def points(self, loop: Iterable[int]) -> list[Point]:
        """Coordinates of vertices."""
        return [(self.x[v], self.y[v]) for v in loop]

    def distance(self, u: int, v: int) -> float:
        """Metres between two vertices, as the crow flies."""
        return math.sqrt((self.x[u] - self.x[v]) ** 2 + (self.y[u] - self.y[v]) ** 2)

    def _own(self, face: int) -> None:
        loop = self.faces[face]
        for u, v in zip(loop, loop[1:] + loop[:1], strict=True):
            self.face_left_of[(u, v)] = face


def _edge_end(loop: list[int], u: int, v: int) -> int:
    """Where in the loop the end of the edge from u to v stands."""
    at = -1
    while True:
        at = loop.index(u, at + 1)
        if loop[(at + 1) % len(loop)] == v:
            return at + 1


def _walk(loop: list[int], begin: int, end: int) -> list[int]:
    """The vertices from one position of a loop to another, both included."""
    return loop[begin : end + 1] if begin <= end else loop[begin:] + loop[: end + 1]


def area_m2(points: Sequence[Point]) -> float:
    """Area of a polygon given counter-clockwise."""
    return (
        sum(
            p[0] * q[1] - q[0] * p[1] for p, q in zip(points, [*points[1:], points[0]], strict=True)
        )
        / 2
    )


def centroid(points: Sequence[Point]) -> Point:
    """Centre of gravity of a polygon."""
    x0, y0 = points[0]  # relative to a corner, so that no digits are lost
    total = cx = cy = 0.0
    for (px, py), (qx, qy) in zip(points, [*points[1:], points[0]], strict=True):
        cross = (px - x0) * (qy - y0) - (qx - x0) * (py - y0)
        total += cross
        cx += (px + qx - 2 * x0) * cross
        cy += (py + qy - 2 * y0) * cross
    if total == 0:
        return x0, y0
    return x0 + cx / (3 * total), y0 + cy / (3 * total)
