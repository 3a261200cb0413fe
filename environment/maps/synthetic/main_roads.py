"""Main roads: the motorway ring, the ring of the old walls, radial avenues, quays, bridges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from environment.maps.synthetic.land import QUAY_WIDTH_M, Land, Point
from environment.maps.synthetic.planar_map import NO_STREET, PlanarMap

if TYPE_CHECKING:
    from shapely import LineString, Polygon
    from shapely.geometry.base import BaseGeometry

STEP_M = 70.0
SNAP_M = 0.1

# Angles in degrees, counter-clockwise from the east.
NORTHERN_AVENUES_DEG = (14.0, 50.0, 90.0, 128.0, 166.0)
BRIDGE_AVENUES_DEG = (243.0, 273.0, 318.0)
MOTORWAY_SPURS_DEG = (32.0, 147.0, 252.0)
WALLS_SHARE, MIDDLE_RING_SHARE = 0.165, 0.40  # radii, of half the shorter side

Line = tuple[str, "BaseGeometry"]


def main_road_map(
    land: Land, water: BaseGeometry, rng: np.random.Generator
) -> tuple[PlanarMap, list[int]]:
    """Lay out the main roads, and return the map of them with its dry faces."""
    import shapely

    frame = shapely.box(0, 0, land.width_m, land.height_m)
    wet = shapely.intersection(water.buffer(QUAY_WIDTH_M, join_style="mitre"), frame)
    lines: list[Line] = [
        ("motorway", shapely.intersection(line, frame)) for line in _motorways(land, rng)
    ]
    lines += [("primary", shapely.intersection(line, frame)) for line in _primary(land, rng)]
    lines += [("primary", _walls(land).difference(wet))]
    lines += [("secondary", line) for line in _old_main_streets(land)]
    lines += [("secondary", _middle_ring(land, wet))]
    lines += [("", wet.boundary), ("", frame.boundary)]
    return _node(lines, wet, land)


def _motorways(land: Land, rng: np.random.Generator) -> list[LineString]:
    first, second = rng.uniform(0, 2 * math.pi, 2)
    rx, ry = 0.74 * land.half_m * land.width_m / (2 * land.half_m), 0.70 * land.half_m

    def ring_point(angle: float) -> Point:
        r = 1 + 0.04 * math.sin(2 * angle + first) + 0.025 * math.sin(3 * angle + second)
        y_centre = (land.centre.y + land.height_m / 2) / 2
        return (
            land.centre.x + rx * r * math.cos(angle),
            y_centre + ry * r * math.sin(angle),
        )

    import shapely

    turn = [ring_point(2 * math.pi * k / 360) for k in range(360)]
    lines = [shapely.LineString([*turn, turn[0]])]
    for degrees in MOTORWAY_SPURS_DEG:
        angle = math.radians(degrees)
        begin = min(turn, key=lambda point: _off_ray_m(point, land, angle))
        lines.append(_ray(begin, angle, 0.0, land.width_m + land.height_m))
    return lines


def _off_ray_m(point: Point, land: Land, angle: float) -> float:
    """How far a point lies from the ray that leaves the old centre at an angle."""
    dx, dy = point[0] - land.centre.x, point[1] - land.centre.y
    ahead = dx * math.cos(angle) + dy * math.sin(angle)
    return abs(dy * math.cos(angle) - dx * math.sin(angle)) if ahead > 0 else math.inf


def _primary(land: Land, rng: np.random.Generator) -> list[LineString]:
    """Avenues from the old walls to the edge of the map, and the road along the south bank."""
    import shapely

    centre = (land.centre.x, land.centre.y)
    length = land.width_m + land.height_m
    lines = []
    for degrees in NORTHERN_AVENUES_DEG + BRIDGE_AVENUES_DEG:
        wobble, bend = rng.uniform(-3, 3), rng.uniform(-0.06, 0.06)
        avenue = _ray(centre, math.radians(degrees + wobble), bend, length)
        core = shapely.Point(centre).buffer(WALLS_SHARE * land.half_m * 0.9)
        lines.append(avenue.difference(core))
    xs = np.arange(0.0, land.width_m + STEP_M, STEP_M)
    shore = [(float(x), _shore_y(land, float(x))) for x in xs]
    return [*lines, shapely.LineString(shore)]


def _shore_y(land: Land, x: float) -> float:
    """Northing of the southern main road, which follows the river with softer bends."""
    middle = sum(land.river_y(x + k * 250) for k in range(-4, 5)) / 9
    return middle - 0.25 * land.half_m


def _ray(begin: Point, angle: float, bend: float, length_m: float) -> LineString:
    """A line that leaves a point at an angle and slowly turns, radians per kilometre."""
    import shapely

    x, y = begin
    points = [begin]
    for _ in range(int(length_m / STEP_M)):
        x, y = x + STEP_M * math.cos(angle), y + STEP_M * math.sin(angle)
        angle += bend * STEP_M / 1000 * math.exp(-len(points) / 40)
        points.append((x, y))
    return shapely.LineString(points)


def _walls(land: Land) -> LineString:
    """The ring road where the old town's walls stood."""
    return _circle(land, WALLS_SHARE, 0.05, 5)


def _middle_ring(land: Land, wet: BaseGeometry) -> BaseGeometry:
    """The second ring; it crosses the river in the west only and ends at the quays in the east."""
    import shapely

    east = shapely.box(land.centre.x, 0, land.width_m, land.height_m)
    return _circle(land, MIDDLE_RING_SHARE, 0.05, 3).difference(shapely.intersection(wet, east))


def _circle(land: Land, share: float, unevenness: float, lobes: int) -> LineString:
    import shapely

    radius = share * land.half_m
    count = max(24, int(2 * math.pi * radius / STEP_M))
    points = []
    for k in range(count):
        angle = 2 * math.pi * k / count
        r = radius * (1 + unevenness * math.sin(lobes * angle))
        points.append((land.centre.x + r * math.cos(angle), land.centre.y + r * math.sin(angle)))
    return shapely.LineString([*points, points[0]])


def _old_main_streets(land: Land) -> list[LineString]:
    """The two streets that cross at the old market."""
    import shapely

    reach = WALLS_SHARE * land.half_m * 1.1
    lines = []
    for degrees in (8.0, 95.0):
        dx, dy = (reach * f(math.radians(degrees)) for f in (math.cos, math.sin))
        x, y = land.centre.x, land.centre.y
        lines.append(shapely.LineString([(x - dx, y - dy), (x, y), (x + dx, y + dy)]))
    walls = shapely.Polygon(_walls(land).coords)
    return [shapely.intersection(line, walls.buffer(1)) for line in lines]


def _node(lines: list[Line], wet: BaseGeometry, land: Land) -> tuple[PlanarMap, list[int]]:
    """Cut all lines where they meet, and make a planar map of the faces between them."""
    import shapely

    noded = shapely.union_all([line for _, line in lines], grid_size=SNAP_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    built = PlanarMap()
    vertex: dict[Point, int] = {}
    loops = [_loop(face, built, vertex) for face in faces]
    _name_edges(built, loops, lines, land)
    dry = []
    for face, loop in zip(faces, loops, strict=True):
        built.add_face(loop)
        if not wet.contains(face.representative_point()):
            dry.append(len(built.faces) - 1)
    return built, dry


def _loop(face: Polygon, built: PlanarMap, vertex: dict[Point, int]) -> list[int]:
    """The vertices of a face, counter-clockwise, shared with its neighbours."""
    import shapely

    loop = []
    for x, y in shapely.get_coordinates(shapely.orient_polygons(face).exterior)[:-1].tolist():
        key = (round(x, 1), round(y, 1))
        if key not in vertex:
            vertex[key] = built.add_vertex(*key)
        loop.append(vertex[key])
    return loop


def _name_edges(built: PlanarMap, loops: list[list[int]], lines: list[Line], land: Land) -> None:
    """Give each edge the street of the first line that it lies on."""
    import shapely

    pairs = {
        (min(u, v), max(u, v)): None
        for loop in loops
        for u, v in zip(loop, loop[1:] + loop[:1], strict=True)
    }
    edges = np.array(list(pairs))
    x, y = np.array(built.x), np.array(built.y)
    middle = shapely.points(x[edges].mean(axis=1), y[edges].mean(axis=1))
    line_of = np.full(len(edges), len(lines) - 1)
    for number in reversed(range(len(lines))):
        line_of[shapely.distance(middle, lines[number][1]) < 1.0] = number
    for (u, v), number in zip(edges.tolist(), line_of.tolist(), strict=True):
        road_class = lines[number][0] or _quay_class(built, u, number, lines, land)
        street = built.add_street(road_class, u, v) if road_class else NO_STREET
        built.set_edge(u, v, street)


def _quay_class(built: PlanarMap, u: int, number: int, lines: list[Line], land: Land) -> str:
    """A street runs along the water where the city is dense, and nowhere along the frame."""
    is_bank = number == len(lines) - 2
    return "tertiary" if is_bank and land.density(built.x[u], built.y[u]) > 0.3 else ""
