"""Mend a road graph: what is cut off, doubled, too fine or curved more finely than needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from environment.errors import RoadNetworkError
from environment.roads.lights import LIGHT_REACH_M, light_of_node
from environment.roads.network import RoadNetwork
from environment.roads.parallels import Point, part_loops_and_parallels


def mend(draft: RoadNetwork, number_at: Mapping[Point, int] | None = None) -> RoadNetwork:
    """Make a draft strongly connected, without parallels, with one light a junction.

    Parameters
    ----------
    draft
    number_at
        The source's own number of a node that the draft has not, by its place.

    Raises
    ------
    RoadNetworkError
        If no two junctions can be driven to from each other.
    """
    roads = keep_parallels(draft, number_at or {})
    roads = keep_largest_part(roads)
    roads = merge_lights(roads)
    return take(roads, along_curve(roads.xy_m), np.arange(roads.edge_count))


def keep_parallels(roads: RoadNetwork, number_at: Mapping[Point, int]) -> RoadNetwork:
    """Give loops and slower parallels a junction inside; drop those that have no point for it."""
    parted, parting = part_loops_and_parallels(roads, number_at)
    cut = list(parting.cut)
    is_loop = roads.tail[cut] == roads.head[cut]
    for edges, what in (
        (np.array(cut, dtype=np.int64)[is_loop], KEPT.format("end where they begin")),
        (np.array(cut, dtype=np.int64)[~is_loop], KEPT.format("have a parallel")),
        (np.array(parting.pointless, dtype=np.int64), "end where they begin dropped"),
        (np.array(parting.beaten, dtype=np.int64), "lie on a faster one dropped"),
    ):
        told = f"{len(edges):,} street pieces ({_street_km(roads, edges)}) that {what}"
        parted = _note(parted, len(edges), told)
    return parted


KEPT = "{} kept: a point inside is a junction"


def _street_km(roads: RoadNetwork, edges: NDArray[np.int64]) -> str:
    """Kilometres of street, what is driven both ways counted once."""
    low = np.minimum(roads.tail[edges], roads.head[edges])
    high = np.maximum(roads.tail[edges], roads.head[edges])
    streets = np.column_stack((low, high, roads.length_m[edges].round(1)))
    return f"{np.unique(streets, axis=0)[:, 2].sum() / 1000:,.1f} km"


def keep_largest_part(roads: RoadNetwork) -> RoadNetwork:
    """Keep the largest part in which every junction can be reached from every other."""
    from scipy.sparse.csgraph import connected_components

    open_ = ~roads.takes_siren
    streets = _matrix(roads, roads.tail[open_], roads.head[open_])
    _, part = connected_components(streets, connection="strong")
    inside = part == np.bincount(part).argmax()
    if inside.sum() < 2:
        raise RoadNetworkError(
            f"{roads.name}: no two junctions can be driven to from each other: "
            f"all {roads.edge_count:,} street pieces lead one way"
        )
    left_out = int((~inside).sum())
    lights = int(roads.has_signal[~inside].sum())
    km = _street_km(roads, np.flatnonzero(~(inside[roads.tail] & inside[roads.head])))
    roads = take(roads, np.flatnonzero(inside), np.arange(roads.edge_count))
    return _note(
        roads,
        left_out,
        f"{left_out:,} of {left_out + roads.node_count:,} junctions ({lights:,} of them with "
        f"signals; {km} of street) dropped: they cannot be reached from the rest, or not left "
        "for it",
    )


def merge_lights(roads: RoadNetwork) -> RoadNetwork:
    """Give every signal node near a junction to that junction.

    OpenStreetMap has a signal node at the junction, or one on each approach, or one on each
    carriageway. A signal node between junctions goes to the nearest junction within
    `LIGHT_REACH_M` along the streets; one farther away stays, a light of its own in mid-block.
    Junctions that share a light are told by `light_of_node`.
    """
    tagged = int(roads.has_signal.sum())
    has_signal = roads.has_signal.copy()
    node, junction = _junctions_of_approach_signals(roads)
    has_signal[node] = False
    has_signal[junction] = True
    roads = replace(roads, has_signal=has_signal)
    lights = int(light_of_node(roads).max(initial=-1)) + 1
    return _note(
        roads,
        tagged - lights,
        f"{tagged:,} signal nodes merged into {lights:,} traffic lights, one for each junction",
    )


def _junctions_of_approach_signals(
    roads: RoadNetwork,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Signal nodes on an approach, and the junction that each belongs to."""
    from scipy.sparse.csgraph import dijkstra

    streets = _both_ways(roads)
    is_junction = np.diff(streets.indptr) > 2
    if not is_junction.any():
        return np.array([], dtype=np.int64), np.array([], dtype=np.int64)
    away_m, _, junction = dijkstra(
        streets,
        indices=np.flatnonzero(is_junction),
        limit=LIGHT_REACH_M,
        min_only=True,
        return_predecessors=True,
    )
    node = np.flatnonzero(roads.has_signal & ~is_junction & np.isfinite(away_m))
    return node, junction[node]


def _both_ways(roads: RoadNetwork) -> csr_array:
    """Street lengths between junctions, whichever way they may be driven, (n, n)."""
    lower, upper = np.minimum(roads.tail, roads.head), np.maximum(roads.tail, roads.head)
    order = np.lexsort((roads.length_m, upper, lower))
    lower, upper = lower[order], upper[order]
    first = np.append(True, (np.diff(lower) != 0) | (np.diff(upper) != 0))
    lower, upper, length_m = lower[first], upper[first], roads.length_m[order][first]
    return _matrix(
        roads, np.append(lower, upper), np.append(upper, lower), np.append(length_m, length_m)
    )


def _matrix(
    roads: RoadNetwork,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    value: NDArray[np.float64] | None = None,
) -> csr_array:
    value = np.ones(len(tail)) if value is None else value
    return csr_array((value, (tail, head)), shape=(roads.node_count, roads.node_count))


def take(roads: RoadNetwork, nodes: NDArray[np.int64], edges: NDArray[np.int64]) -> RoadNetwork:
    """The network of these junctions, in this order, and of these street pieces between them."""
    new = np.full(roads.node_count, -1, dtype=np.int32)
    new[nodes] = np.arange(len(nodes), dtype=np.int32)
    edges = edges[(new[roads.tail[edges]] >= 0) & (new[roads.head[edges]] >= 0)]
    edges = edges[np.lexsort((new[roads.head[edges]], new[roads.tail[edges]]))]
    shape_start, points = _shapes_of(roads, edges)
    return replace(
        roads,
        node_id=roads.node_id[nodes],
        x=roads.x[nodes],
        y=roads.y[nodes],
        has_signal=roads.has_signal[nodes],
        tail=new[roads.tail[edges]],
        head=new[roads.head[edges]],
        length_m=roads.length_m[edges],
        speed_kph=roads.speed_kph[edges],
        road_class=roads.road_class[edges],
        shape_start=shape_start,
        shape_x=roads.shape_x[points],
        shape_y=roads.shape_y[points],
        siren_only=None if roads.siren_only is None else roads.siren_only[edges],
    )


def _shapes_of(
    roads: RoadNetwork, edges: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each piece's points begin once only `edges` are kept, and which points those are."""
    size = np.diff(roads.shape_start)[edges]
    start = np.append(0, np.cumsum(size)).astype(np.int64)
    shift = roads.shape_start[:-1][edges] - start[:-1]
    return start, np.repeat(shift, size) + np.arange(start[-1])


def _note(roads: RoadNetwork, count: int, line: str) -> RoadNetwork:
    """Tell what was mended, if anything was."""
    return replace(roads, notes=(*roads.notes, line)) if count else roads


LEVELS = 16


def along_curve(xy_m: NDArray[np.float64]) -> NDArray[np.int64]:
    """The points of `xy_m` (n, 2) in the order in which a Hilbert curve visits them, (n,).

    A route search walks over neighbouring junctions; when these lie close together in memory
    as well, it runs faster. Hilbert (1891); the bit form is that of Warren,
    *Hacker's Delight*, chapter 16.
    """
    low, extent = xy_m.min(axis=0), max(float(np.ptp(xy_m, axis=0).max()), 1e-9)
    cell = ((xy_m - low) / extent * (2**LEVELS - 1)).astype(np.int64)
    x, y = cell[:, 0].copy(), cell[:, 1].copy()
    position = np.zeros(len(cell), dtype=np.int64)
    for level in reversed(range(LEVELS)):
        side = 1 << level
        right, upper = (x & side) > 0, (y & side) > 0
        position += side * side * ((3 * right) ^ upper)
        flipped = right & ~upper
        x[flipped], y[flipped] = side - 1 - x[flipped], side - 1 - y[flipped]
        x, y = np.where(upper, x, y), np.where(upper, y, x)
    return np.argsort(position, kind="stable")
