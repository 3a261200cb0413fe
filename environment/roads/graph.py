"""Between the OSMnx graph that others know and the arrays that a run works on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from environment.errors import RoadNetworkError
from environment.roads.crs import in_known_crs
from environment.roads.mending import mend
from environment.roads.network import RoadNetwork, distance_m
from environment.roads.speed_limits import speed_limit
from environment.roads.speeds import FERRY, SpeedParameters, default_kph, highest_class

if TYPE_CHECKING:
    import networkx as nx

SIGNAL = "traffic_signals"
AGAINST = "contraflow_kph"
"""Attribute of an edge: how fast vehicles with siren drive against it; 0 where none does."""
SHORTEST_M = 0.1  # two nodes on one spot still take a moment to pass


def from_graph(
    graph: nx.MultiDiGraph,
    *,
    name: str,
    speeds: SpeedParameters | None = None,
    notes: tuple[str, ...] = (),
) -> RoadNetwork:
    """Turn an OSMnx-schema graph, simplified or not, into a mended street network.

    Every signal node outlives the simplification and is then given to its junction. Speeds are
    those that `speeds` gives to a road class, else ``speed_kph`` of the edge, else its
    ``maxspeed``, else the default of its class.

    Parameters
    ----------
    graph
        Nodes with ``x``, ``y`` and perhaps ``highway``; edges with ``highway`` and perhaps
        ``length``, ``speed_kph``, ``maxspeed``, ``geometry``; any coordinate system that OSMnx
        can project, or "plane". It is left as it is.
    name
        Of the map, for messages and pictures.
    speeds
        Speeds by road class.
    notes
        What was mended before, one line each.

    Raises
    ------
    RoadNetworkError
        If there is no road, a node has no place, or no two junctions can be driven to from each
        other.
    """
    if graph.number_of_edges() == 0:
        raise RoadNetworkError(f"{name}: there is no drivable road in it")
    streets, told = _streets_only(in_known_crs(graph, name), speeds or SpeedParameters())
    if not graph.graph.get("simplified"):
        streets = _simplify(streets)
    if streets.number_of_edges() == 0:
        raise RoadNetworkError(f"{name}: there is no junction in it, its streets are rings alone")
    _add_contraflow(streets)
    return mend(_draft(streets, name, (*notes, *told)), _numbers_by_place(graph))


def to_graph(roads: RoadNetwork) -> nx.MultiDiGraph:
    """The network as OSMnx has it, for everybody else's tools; lengths in metres, times in s.

    Such a graph knows no turn restrictions, and nothing that only sirens may do.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(crs=roads.crs, name=roads.name, simplified=True)
    node_ids = roads.node_id.tolist()
    for node, x, y, lit in zip(node_ids, roads.x, roads.y, roads.has_signal, strict=True):
        graph.add_node(node, x=float(x), y=float(y), **({"highway": SIGNAL} if lit else {}))
    for edge in np.flatnonzero(roads.is_street).tolist():
        tail, head = node_ids[roads.tail[edge]], node_ids[roads.head[edge]]
        graph.add_edge(tail, head, **_edge_attributes(roads, edge))
    return graph


def _edge_attributes(roads: RoadNetwork, edge: int) -> dict[str, Any]:
    from shapely import LineString

    attributes: dict[str, Any] = {
        "highway": roads.road_classes[roads.road_class[edge]],
        "length": float(roads.length_m[edge]),
        "speed_kph": float(roads.speed_kph[edge]),
        "travel_time": float(roads.free_flow_s[edge]),
    }
    points = slice(roads.shape_start[edge], roads.shape_start[edge + 1])
    if points.start < points.stop:
        line = np.column_stack((roads.shape_x[points], roads.shape_y[points]))
        attributes["geometry"] = LineString(line)
    return attributes


def _streets_only(
    graph: nx.MultiDiGraph, speeds: SpeedParameters
) -> tuple[nx.MultiDiGraph, list[str]]:
    """A copy with what a street network needs and nothing else, and where its speeds are from."""
    import networkx as nx

    crs = graph.graph["crs"]
    streets = nx.MultiDiGraph(crs=crs)
    for node, data in graph.nodes(data=True):
        lit = SIGNAL in str(data.get("highway", "")).split(";")
        streets.add_node(node, x=data["x"], y=data["y"], **({"highway": SIGNAL} if lit else {}))
    origins = SpeedOrigins()
    edges = graph.edges(data=True)
    for (tail, head, data), length_m in zip(edges, _lengths_m(graph, crs), strict=True):
        road_class = highest_class(data.get("highway"))
        kph = _speed_kph(data, road_class, speeds, origins)
        attributes = {
            "highway": road_class,
            "length": length_m,
            "travel_time": length_m / kph * 3.6,
            "is_ferry": road_class == FERRY,
        }
        for key in ("geometry", AGAINST):
            if key in data:
                attributes[key] = data[key]
        streets.add_edge(tail, head, **attributes)
    return streets, origins.told


class SpeedOrigins:
    """Where the speeds of street segments are from, counted."""

    def __init__(self) -> None:
        self.segments: Counter[str] = Counter()
        self.named: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    @property
    def told(self) -> list[str]:
        """A line for all, and one each for limits by name and tags that name none."""
        lines = [f"speeds of street segments: {_counts(self.segments)}"]
        if self.named:
            lines.append(f"maxspeed tags that name a limit, used: {_counts(self.named)}")
        if self.unknown:
            lines.append(
                "maxspeed tags without a known speed, for which the default of the class stands: "
                f"{_counts(self.unknown)}"
            )
        return lines


MOST_NAMED = 6


def _counts(counter: Counter[str]) -> str:
    often = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{count:,} {what[:LONGEST]}" for what, count in often[:MOST_NAMED]]
    rest = sum(count for _, count in often[MOST_NAMED:])
    return ", ".join([*named, *([f"{rest:,} others"] if rest else [])])


LONGEST = 40
"""Characters of a tag that are shown."""


def _speed_kph(
    data: dict[str, Any], road_class: str, speeds: SpeedParameters, origins: SpeedOrigins
) -> float:
    if (given := speeds.given_kph(road_class)) is not None:
        origins.segments["as the scenario gives them"] += 1
        return given
    if _is_positive(own := data.get("speed_kph")):
        origins.segments["as the graph has them"] += 1
        return own
    limit = speed_limit(data.get("maxspeed"))
    if limit.kph is not None:
        origins.segments["by their maxspeed tag"] += 1
        if limit.name is not None:
            origins.named[limit.name] += 1
        return limit.kph
    origins.segments["by the default of their class"] += 1
    if limit.name is not None:
        origins.unknown[limit.name] += 1
    return default_kph(road_class)


def _lengths_m(graph: nx.MultiDiGraph, crs: str) -> list[float]:
    """Length of every edge: its own, else that of its line, else that between its ends."""
    edges = list(graph.edges(data=True))
    place = {node: (data["x"], data["y"]) for node, data in graph.nodes(data=True)}
    tails = np.array([place[tail] for tail, _, _ in edges])
    heads = np.array([place[head] for _, head, _ in edges])
    straight_m = distance_m(crs, *tails.T, *heads.T).tolist()
    lengths_m = [
        float(data["length"])
        if _is_positive(data.get("length"))
        else (_line_m(data["geometry"], crs) if "geometry" in data else between_m)
        for (_, _, data), between_m in zip(edges, straight_m, strict=True)
    ]
    return [max(length_m, SHORTEST_M) for length_m in lengths_m]


def _is_positive(value: object) -> TypeGuard[float]:
    return isinstance(value, float | int) and 0 < value < math.inf


def _line_m(line: Any, crs: str) -> float:
    x, y = np.array(line.coords).T
    return float(distance_m(crs, x[:-1], y[:-1], x[1:], y[1:]).sum())


def _simplify(streets: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """Drop the nodes that only draw a street's bends; lights between junctions are kept."""
    import osmnx as ox

    has_ferry = any(highway == FERRY for *_, highway in streets.edges(data="highway"))
    return ox.simplify_graph(
        streets,
        node_attrs_include=["highway"],
        edge_attrs_differ=["is_ferry"] if has_ferry else None,
        edge_attr_aggs={
            "length": sum,
            "travel_time": sum,
            "highway": highest_class,
            AGAINST: min,
        },
    )


def _add_contraflow(streets: nx.MultiDiGraph) -> None:
    """Add the other direction, for sirens only, of one-way streets that have a speed for it."""
    for tail, head, data in list(streets.edges(data=True)):
        kph = data.get(AGAINST, 0.0)
        if kph > 0 and not streets.has_edge(head, tail):
            travel_time = data["length"] / kph * 3.6
            back = {**data, "travel_time": travel_time, "siren_only": True}
            if "geometry" in data:
                back["geometry"] = data["geometry"].reverse()
            streets.add_edge(head, tail, **back)


def _draft(streets: nx.MultiDiGraph, name: str, notes: tuple[str, ...]) -> RoadNetwork:
    index = {node: i for i, node in enumerate(streets)}
    nodes = [data for _, data in streets.nodes(data=True)]
    edges = [data for _, _, data in streets.edges(data=True)]
    length_m = np.array([data["length"] for data in edges])
    travel_s = np.array([data["travel_time"] for data in edges])
    road_classes = tuple(sorted({data["highway"] for data in edges}))
    class_index = {road_class: i for i, road_class in enumerate(road_classes)}
    shape_start, shape = _shapes([data.get("geometry") for data in edges])
    siren_only = np.array(["siren_only" in data for data in edges])
    return RoadNetwork(
        name=name,
        crs=streets.graph["crs"],
        node_id=_node_numbers(list(index)),
        x=np.array([data["x"] for data in nodes], dtype=float),
        y=np.array([data["y"] for data in nodes], dtype=float),
        has_signal=np.array(["highway" in data for data in nodes]),
        tail=np.array([index[tail] for tail, _ in streets.edges()], dtype=np.int32),
        head=np.array([index[head] for _, head in streets.edges()], dtype=np.int32),
        length_m=length_m,
        speed_kph=np.round(length_m / travel_s * 3.6, 6),  # 11, not 10.999999999999995
        road_class=np.array([class_index[data["highway"]] for data in edges], dtype=np.int16),
        road_classes=road_classes,
        shape_start=shape_start,
        shape_x=shape[:, 0],
        shape_y=shape[:, 1],
        notes=notes,
        siren_only=siren_only if siren_only.any() else None,
    )


def _node_numbers(labels: list[Any]) -> NDArray[np.int64]:
    """The nodes' own numbers; consecutive ones where they are called otherwise."""
    if _are_numbers(labels):
        return np.array(labels, dtype=np.int64)
    return np.arange(len(labels), dtype=np.int64)


def _are_numbers(labels: Iterable[Any]) -> bool:
    return all(isinstance(label, int) and abs(label) < 2**63 for label in labels)


def _numbers_by_place(graph: nx.MultiDiGraph) -> dict[tuple[float, float], int]:
    """The number of the node at each place; none where nodes are called otherwise."""
    if not _are_numbers(graph):
        return {}
    return {(float(data["x"]), float(data["y"])): node for node, data in graph.nodes(data=True)}


def _shapes(lines: list[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where the points of each line begin, and all points; no points where there is no line."""
    import shapely

    points, line = shapely.get_coordinates(np.array(lines, dtype=object), return_index=True)
    size = np.bincount(line, minlength=len(lines))
    return np.append(0, np.cumsum(size)).astype(np.int64), points
