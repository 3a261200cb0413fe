"""Blocks: faces between main roads are cut in two, again and again, until they are blocks."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass

import numpy as np

from environment.maps.synthetic.land import Land
from environment.maps.synthetic.planar_map import PlanarMap, Point, area_m2, centroid

SECONDARY_ABOVE_M2 = 2_400_000.0  # a face as large as this is cut by a secondary road
TERTIARY_ABOVE_M2 = 520_000.0
OPEN_LAND_DENSITY = 0.10  # below it no residential streets are laid
PARK_NEAR = ((0.40, 0.60), (0.60, 0.42), (0.63, 0.66), (0.36, 0.30), (0.22, 0.86))
PARK_M2 = (150_000.0, 620_000.0)
TRIES = 16


@dataclass(frozen=True)
class Cut:
    """Where a cut meets the boundary: the edge from ``u`` to ``v``, and the point on it."""

    u: int
    v: int
    x: float
    y: float
    along_m: float


def cut_into_blocks(
    built: PlanarMap, dry: list[int], land: Land, rng: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Cut every dry face into blocks, the largest first; return the blocks and the parks.

    Cutting the largest face first lays through roads before side streets, so that side streets
    on both sides of a road can meet at one crossing.
    """
    waiting = [(-area_m2(built.points(built.faces[face])), face) for face in dry]
    heapq.heapify(waiting)
    blocks, parks = [], []
    sought = [(east * land.width_m, north * land.height_m) for east, north in PARK_NEAR]
    while waiting:
        negative_area, face = heapq.heappop(waiting)
        points = built.points(built.faces[face])
        middle = centroid(points)
        if _becomes_park(-negative_area, points, sought):
            parks.append(face)
            continue
        road_class = street_class(-negative_area, land.density(*middle))
        halves = _cut(built, face, road_class, land, rng) if road_class else None
        if halves is None:
            blocks.append(face)
            continue
        for half in halves:
            heapq.heappush(waiting, (-area_m2(built.points(built.faces[half])), half))
    return blocks, parks


def street_class(area: float, density: float) -> str:
    """The class of the street that cuts a face of this area, empty if it is a block already."""
    if area > SECONDARY_ABOVE_M2:
        return "secondary"
    if area > (TERTIARY_ABOVE_M2 if density > OPEN_LAND_DENSITY else 2 * TERTIARY_ABOVE_M2):
        return "tertiary"
    if density > OPEN_LAND_DENSITY and area > 2 * block_area_m2(density):
        return "residential"
    return ""


def block_area_m2(density: float) -> float:
    """Usual area of a block: 95 by 95 m in the old centre, 250 by 250 m at the fringe."""
    return 9_000 * (1 / max(density, OPEN_LAND_DENSITY)) ** 0.85


def _becomes_park(area: float, points: list[Point], sought: list[Point]) -> bool:
    """Whether a face of a park's size holds one of the points where a park is still sought."""
    if not PARK_M2[0] < area < PARK_M2[1]:
        return False
    for place in sought:
        if _contains(points, place):
            sought.remove(place)
            return True
    return False


def _contains(points: list[Point], place: Point) -> bool:
    """Even-odd rule."""
    x, y = place
    inside = False
    for (px, py), (qx, qy) in zip(points, [*points[1:], points[0]], strict=True):
        if (py > y) != (qy > y) and x < px + (y - py) * (qx - px) / (qy - py):
            inside = not inside
    return inside


def _cut(
    built: PlanarMap, face: int, road_class: str, land: Land, rng: np.random.Generator
) -> tuple[int, int] | None:
    """Cut a face across its longer side; None if no good cut is found."""
    points = built.points(built.faces[face])
    axis, length, width = long_axis(points)
    middle = centroid(points)
    crooked = 0.03 + 0.05 * (road_class == "residential") * land.density(*middle)
    gap_m = 0.24 * min(width, length / 2)
    for attempt in range(TRIES):
        offset = float(rng.normal(0, 0.06 + 0.015 * attempt)) * length
        turn = float(rng.normal(0, crooked + 0.03 * attempt))
        start = (middle[0] + offset * axis[0], middle[1] + offset * axis[1])
        ends = _crossings(built, face, start, _turned((-axis[1], axis[0]), turn))
        if ends is None:
            continue
        met = [_meeting_vertex(built, face, end, gap_m) for end in ends]
        if any(vertex == CORNER for vertex in met):
            continue
        begin, end = (_vertex_at(built, cut, vertex) for cut, vertex in zip(ends, met, strict=True))
        if _is_clear(built, face, begin, end):
            street = built.add_street(road_class, begin, end)
            bow = float(rng.normal(0, 0.035)) * (road_class != "residential" or width > 150)
            return built.split(face, _bowed(built, begin, end, bow), street)
    return None


def long_axis(points: list[Point]) -> tuple[Point, float, float]:
    """Direction, length and width of the tightest box along one of the longest edges."""
    following = [*points[1:], points[0]]
    edges = [(q[0] - p[0], q[1] - p[1]) for p, q in zip(points, following, strict=True)]
    edges.sort(key=lambda e: -(e[0] ** 2 + e[1] ** 2))
    best: tuple[float, Point, float, float] | None = None
    for dx, dy in edges[:4]:
        norm = math.sqrt(dx * dx + dy * dy)
        ux, uy = dx / norm, dy / norm
        along = [p[0] * ux + p[1] * uy for p in points]
        across = [p[1] * ux - p[0] * uy for p in points]
        a, b = max(along) - min(along), max(across) - min(across)
        if best is None or a * b < best[0] * 0.999:
            best = (a * b, (ux, uy) if a >= b else (-uy, ux), max(a, b), min(a, b))
    assert best is not None  # a face has edges
    return best[1], best[2], best[3]


def _turned(direction: Point, angle: float) -> Point:
    c, s = math.cos(angle), math.sin(angle)
    return direction[0] * c - direction[1] * s, direction[0] * s + direction[1] * c


def _crossings(
    built: PlanarMap, face: int, start: Point, direction: Point
) -> tuple[Cut, Cut] | None:
    """Where a line through a point enters and leaves the face about that point."""
    loop = built.faces[face]
    cuts = []
    side = [
        (built.y[v] - start[1]) * direction[0] - (built.x[v] - start[0]) * direction[1]
        for v in loop
    ]
    for k, u in enumerate(loop):
        s, t = side[k - 1], side[k]
        if (s < 0) != (t < 0):
            v, share = loop[k - 1], s / (s - t)
            x = built.x[v] + share * (built.x[u] - built.x[v])
            y = built.y[v] + share * (built.y[u] - built.y[v])
            along = (x - start[0]) * direction[0] + (y - start[1]) * direction[1]
            cuts.append(Cut(v, u, x, y, along))
    cuts.sort(key=lambda cut: cut.along_m)
    for first, second in zip(cuts[::2], cuts[1::2], strict=False):
        if first.along_m <= 0 <= second.along_m:
            return first, second
    return None


CORNER = -2  # the cut would end too near to a corner of the face
FREE = -1  # there is no vertex to meet


def _meeting_vertex(built: PlanarMap, face: int, cut: Cut, gap_m: float) -> int:
    """The vertex near a cut's end that it should meet: a side street opposite, if there is one."""
    loop = built.faces[face]
    best, best_m = FREE, gap_m
    for k, v in enumerate(loop):
        distance = math.sqrt((built.x[v] - cut.x) ** 2 + (built.y[v] - cut.y) ** 2)
        if distance >= gap_m:
            continue
        if _is_corner(built, loop[k - 1], v, loop[(k + 1) % len(loop)]):
            if distance < 0.6 * gap_m:
                return CORNER
        elif distance < (best_m if built.degree[v] > 2 else min(best_m, 12.0)):
            best, best_m = v, distance
    return best


def _is_corner(built: PlanarMap, before: int, v: int, after: int) -> bool:
    """Whether the boundary turns by more than 30 degrees at a vertex."""
    ax, ay = built.x[v] - built.x[before], built.y[v] - built.y[before]
    bx, by = built.x[after] - built.x[v], built.y[after] - built.y[v]
    return ax * bx + ay * by < 0.866 * math.sqrt((ax * ax + ay * ay) * (bx * bx + by * by))


def _vertex_at(built: PlanarMap, cut: Cut, vertex: int) -> int:
    return vertex if vertex != FREE else built.insert_on_edge(cut.u, cut.v, cut.x, cut.y)


def _is_clear(built: PlanarMap, face: int, begin: int, end: int) -> bool:
    """Whether the straight line between two vertices of a face stays inside it."""
    loop = built.faces[face]
    if begin == end:
        return False
    p, q = (built.x[begin], built.y[begin]), (built.x[end], built.y[end])
    for u, v in zip(loop, loop[1:] + loop[:1], strict=True):
        if {u, v} & {begin, end}:
            if {u, v} == {begin, end}:
                return False
            continue
        a, b = (built.x[u], built.y[u]), (built.x[v], built.y[v])
        if _left(p, q, a) != _left(p, q, b) and _left(a, b, p) != _left(a, b, q):
            return False
    return True


def _left(p: Point, q: Point, r: Point) -> bool:
    return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])


def _bowed(built: PlanarMap, begin: int, end: int, bow: float) -> list[int]:
    """A path between two vertices, with points every hundred metres or so, slightly curved."""
    length = built.distance(begin, end)
    pieces = int(length / 110)
    dx, dy = built.x[end] - built.x[begin], built.y[end] - built.y[begin]
    path = [begin]
    for k in range(1, pieces):
        share = k / pieces
        swing = bow * math.sin(math.pi * share)
        path.append(
            built.add_vertex(
                built.x[begin] + share * dx - swing * dy, built.y[begin] + share * dy + swing * dx
            )
        )
    return [*path, end]
