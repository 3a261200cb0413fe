"""Suburbs: dead ends and crescents inside the larger blocks."""

from __future__ import annotations

import math

import numpy as np

from environment.maps.synthetic.blocks import OPEN_LAND_DENSITY
from environment.maps.synthetic.land import Land
from environment.maps.synthetic.planar_map import (
    NO_STREET,
    PlanarMap,
    Point,
    centroid,
)

SUBURB_DENSITY = 0.55  # where blocks are larger than their houses need
DEAD_END_SHARE, CRESCENT_SHARE = 0.30, 0.11  # of the suburban blocks
LEAST_DEPTH_M = 90.0
# A crescent over an edge: share of the edge, share of the block's depth.
CRESCENT = ((0.2, 0.33), (0.29, 0.5), (0.5, 0.56), (0.71, 0.5), (0.8, 0.33))

Edge = tuple[int, int]


def add_dead_ends_and_crescents(
    built: PlanarMap, blocks: list[int], land: Land, rng: np.random.Generator
) -> None:
    """Give some suburban blocks an inner street, from the longest quiet edge of the block."""
    for block in blocks:
        density = land.density(*centroid(built.points(built.faces[block])))
        kind, bend = rng.random(), float(rng.uniform(-0.25, 0.25))
        if not OPEN_LAND_DENSITY < density < SUBURB_DENSITY:
            continue
        edge = _longest_quiet_edge(built, block)
        if edge is None:
            continue
        depth_m = _depth_m(built, block, edge)
        if depth_m < LEAST_DEPTH_M or depth_m > 600:
            continue
        if kind < DEAD_END_SHARE:
            _add_dead_end(built, edge, depth_m, bend)
        elif kind < DEAD_END_SHARE + CRESCENT_SHARE and built.distance(*edge) > 140:
            _add_crescent(built, block, edge, depth_m)


def _longest_quiet_edge(built: PlanarMap, block: int) -> Edge | None:
    loop = built.faces[block]
    edges = [
        (u, v)
        for u, v in zip(loop, loop[1:] + loop[:1], strict=True)
        if (street := built.street_between(u, v)) != NO_STREET
        and built.streets[street].road_class in ("residential", "tertiary")
        and built.distance(u, v) > 80
    ]
    return max(edges, key=lambda edge: built.distance(*edge), default=None)


def _inside(built: PlanarMap, edge: Edge, share: float, depth_m: float) -> Point:
    """A point beside an edge: so far along it, so deep into the face on its left."""
    u, v = edge
    dx, dy = built.x[v] - built.x[u], built.y[v] - built.y[u]
    norm = math.sqrt(dx * dx + dy * dy)
    return (
        built.x[u] + share * dx - dy / norm * depth_m,
        built.y[u] + share * dy + dx / norm * depth_m,
    )


def _depth_m(built: PlanarMap, block: int, edge: Edge) -> float:
    """How deep the block is behind an edge: the least of three soundings."""
    depths = []
    for share in (0.2, 0.5, 0.8):
        depths.append(_sounding_m(built, block, edge, share))
    return min(depths)


def _sounding_m(built: PlanarMap, block: int, edge: Edge, share: float) -> float:
    """Distance from a point of an edge straight into the block until its far side."""
    ox, oy = _inside(built, edge, share, 0.0)
    px, py = _inside(built, edge, share, 1.0)
    nx, ny = px - ox, py - oy
    loop = built.faces[block]
    nearest = math.inf
    for u, v in zip(loop, loop[1:] + loop[:1], strict=True):
        if (u, v) == edge:
            continue
        s = (built.x[u] - ox) * ny - (built.y[u] - oy) * nx
        t = (built.x[v] - ox) * ny - (built.y[v] - oy) * nx
        if (s < 0) != (t < 0):
            f = s / (s - t)
            hx = built.x[u] + f * (built.x[v] - built.x[u]) - ox
            hy = built.y[u] + f * (built.y[v] - built.y[u]) - oy
            if 0 < hx * nx + hy * ny < nearest:
                nearest = hx * nx + hy * ny
    return nearest


def _add_dead_end(built: PlanarMap, edge: Edge, depth_m: float, bend: float) -> None:
    half = built.add_vertex(*_inside(built, edge, 0.5 + bend / 4, 0.35 * depth_m))
    end = built.add_vertex(*_inside(built, edge, 0.5 + bend, 0.64 * depth_m))
    begin = built.insert_on_edge(*edge, *_inside(built, edge, 0.5, 0.0))
    street = built.add_street("residential", begin, end)
    built.set_edge(begin, half, street)
    built.set_edge(half, end, street)


def _add_crescent(built: PlanarMap, block: int, edge: Edge, depth_m: float) -> None:
    points = [_inside(built, edge, share, depth * depth_m) for share, depth in CRESCENT]
    first, last = _inside(built, edge, 0.2, 0.0), _inside(built, edge, 0.8, 0.0)
    begin = built.insert_on_edge(*edge, *first)
    end = built.insert_on_edge(begin, edge[1], *last)
    path = [begin, *(built.add_vertex(*point) for point in points), end]
    built.split(block, path, built.add_street("residential", begin, end))
