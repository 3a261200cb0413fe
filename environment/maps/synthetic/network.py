"""The street pieces as a road network: speeds, one-way streets, traffic lights."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from environment.maps.synthetic.land import Land
from environment.maps.synthetic.streets import Piece, StreetLines, pieces
from environment.roads.network import PLANE, RoadNetwork

SPEED_KPH = {
    "motorway": 80.0,
    "primary": 50.0,
    "secondary": 45.0,
    "tertiary": 40.0,
    "residential": 30.0,
}
ROAD_CLASSES = tuple(SPEED_KPH)
ONE_WAY_DENSITY = 0.72  # side streets of the old centre are one-way
SIGNAL_DENSITY = 0.06  # crossings of arterials in the fields have no lights
DENSE_SIGNAL_DENSITY = 0.33  # from here on collector roads that cross each other have lights

Way = tuple[int, int, Piece, bool]  # junctions from and to, and whether the piece is run backwards


def road_network(
    name: str, lines: StreetLines, land: Land, rng: np.random.Generator
) -> RoadNetwork:
    """Make the network: junctions numbered from south-west to north-east."""
    found = pieces(lines)
    vertices = sorted(
        {end for piece in found for end in piece.ends}, key=lambda v: (lines.y[v], lines.x[v])
    )
    number = {vertex: k for k, vertex in enumerate(vertices)}
    ways = _ways(found, number, _one_way_directions(found, lines, land, rng), len(vertices))
    shapes = [_shape(lines, piece, backwards) for _, _, piece, backwards in ways]
    classes = [lines.streets[piece.street].road_class for _, _, piece, _ in ways]
    return RoadNetwork(
        name=name,
        crs=PLANE,
        node_id=np.arange(len(vertices), dtype=np.int64),
        x=np.array([lines.x[v] for v in vertices]),
        y=np.array([lines.y[v] for v in vertices]),
        has_signal=_signals(found, number, lines, land),
        tail=np.array([way[0] for way in ways], dtype=np.int32),
        head=np.array([way[1] for way in ways], dtype=np.int32),
        length_m=np.array([round(lines.length_m(piece.path), 2) for _, _, piece, _ in ways]),
        speed_kph=np.array([SPEED_KPH[c] for c in classes]),
        road_class=np.array([ROAD_CLASSES.index(c) for c in classes], dtype=np.int16),
        road_classes=ROAD_CLASSES,
        shape_start=np.cumsum([0] + [len(shape) for shape in shapes], dtype=np.int64),
        shape_x=np.array([point[0] for shape in shapes for point in shape]),
        shape_y=np.array([point[1] for shape in shapes for point in shape]),
    )


def _shape(lines: StreetLines, piece: Piece, backwards: bool) -> list[tuple[float, float]]:
    """The drawn line from end to end, empty where it is straight."""
    if len(piece.path) == 2:
        return []
    path = piece.path[::-1] if backwards else piece.path
    return [(lines.x[v], lines.y[v]) for v in path]


def _one_way_directions(
    found: list[Piece], lines: StreetLines, land: Land, rng: np.random.Generator
) -> dict[Piece, bool]:
    """Which pieces are one-way, and whether they are run backwards; a whole street runs one way."""
    against = rng.random(len(lines.streets)) < 0.5
    directions = {}
    for piece in found:
        street = lines.streets[piece.street]
        u, v = piece.ends
        middle = (lines.x[u] + lines.x[v]) / 2, (lines.y[u] + lines.y[v]) / 2
        if street.road_class == "residential" and land.density(*middle) > ONE_WAY_DENSITY:
            along = (lines.x[v] - lines.x[u]) * street.dx + (lines.y[v] - lines.y[u]) * street.dy
            directions[piece] = bool((along < 0) != against[piece.street])
    return directions


def _ways(
    found: list[Piece], number: dict[int, int], one_way: dict[Piece, bool], node_count: int
) -> list[Way]:
    """Directed pieces sorted by junctions; one-way streets that would be traps become two-way."""
    one_way = dict(one_way)
    while True:
        ways = []
        for piece in found:
            u, v = (number[end] for end in piece.ends)
            if one_way.get(piece) is not True:
                ways.append((u, v, piece, False))
            if one_way.get(piece) is not False:
                ways.append((v, u, piece, True))
        part = _strong_parts(ways, node_count)
        traps = [p for p in one_way if len({part[number[end]] for end in p.ends}) == 2]
        if not traps:
            return sorted(ways, key=lambda way: way[:2])
        for piece in traps:
            del one_way[piece]


def _strong_parts(ways: list[Way], node_count: int) -> NDArray[np.int32]:
    tail, head = (np.array([way[k] for way in ways]) for k in (0, 1))
    graph = csr_array((np.ones(len(ways)), (tail, head)), shape=(node_count, node_count))
    part: NDArray[np.int32] = connected_components(graph, connection="strong")[1]
    return part


def _signals(
    found: list[Piece], number: dict[int, int], lines: StreetLines, land: Land
) -> NDArray[np.bool_]:
    """Lights where arterials cross each other or a collector, and where dense collectors cross."""
    classes = defaultdict(list)
    for piece in found:
        for end in piece.ends:
            classes[end].append(lines.streets[piece.street].road_class)
    signals = np.zeros(len(number), dtype=bool)
    for vertex, around in classes.items():
        arterials = sum(c in ("primary", "secondary") for c in around)
        collectors = around.count("tertiary")
        density = land.density(lines.x[vertex], lines.y[vertex])
        main = density > SIGNAL_DENSITY and arterials >= 2 and arterials + collectors >= 3
        dense = density > DENSE_SIGNAL_DENSITY and collectors >= 3
        signals[number[vertex]] = "motorway" not in around and (main or dense)
    return signals
