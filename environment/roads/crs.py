"""Coordinate systems of street graphs, in whatever words they are named, brought to degrees."""

from __future__ import annotations

import ast
import math
import warnings
from typing import TYPE_CHECKING, Any

from environment.errors import RoadNetworkError
from environment.roads.network import GEOGRAPHIC, PLANE

if TYPE_CHECKING:
    import networkx as nx

LONGEST = 60
"""Characters of a name that are shown."""
MOST_DEGREES = {"x": 360.0, "y": 90.0}


def in_known_crs(graph: nx.MultiDiGraph, name: str) -> nx.MultiDiGraph:
    """The graph in degrees or on a plane, every node of it with a place.

    Raises
    ------
    RoadNetworkError
        If a node has no place or none on earth, or the coordinate system is unknown.
    """
    _require_places(graph, name)
    crs = graph.graph.get("crs", GEOGRAPHIC)
    if str(crs).strip().lower() == PLANE:
        return _with_crs(graph, PLANE)
    if not _is_geographic(crs, name):
        graph = _projected(graph, crs, name)
    _require_degrees(graph, name)
    return _with_crs(graph, GEOGRAPHIC)


def _require_places(graph: nx.MultiDiGraph, name: str) -> None:
    astray = [node for node, data in graph.nodes(data=True) if not _has_place(data)]
    if astray:
        raise RoadNetworkError(
            f"{name}: {len(astray):,} of {len(graph):,} nodes have no numbers x and y, "
            f"the first of them node {str(astray[0])[:LONGEST]}"
        )


def _has_place(data: dict[str, Any]) -> bool:
    return all(
        isinstance(data.get(axis), float | int) and math.isfinite(data[axis]) for axis in "xy"
    )


def _require_degrees(graph: nx.MultiDiGraph, name: str) -> None:
    for axis, most in MOST_DEGREES.items():
        for node, data in graph.nodes(data=True):
            if not abs(data[axis]) <= most:
                raise RoadNetworkError(
                    f"{name}: {axis} must be degrees within ±{most:g}, got {data[axis]:g} at node "
                    f"{str(node)[:LONGEST]}; if these are metres, the graph's crs must say so"
                )


def _is_geographic(crs: object, name: str) -> bool:
    if str(crs).strip().lower() == GEOGRAPHIC:
        return True
    known = _parse(crs, name)
    return bool(known.equals(_parse(GEOGRAPHIC, name), ignore_axis_order=True))


def _parse(crs: object, name: str) -> Any:
    """Pyproj's system of a name, also of the dictionaries that OSMnx wrote before 0.13."""
    import pyproj

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of pyproj, that "+init=" is old
            return pyproj.CRS.from_user_input(_without_init(crs))
    except (pyproj.exceptions.CRSError, TypeError, ValueError):
        raise RoadNetworkError(
            f"{name}: unknown coordinate system {str(crs)[:LONGEST]!r}; name one as in "
            f"crs = 'epsg:4326', or {PLANE!r} for metres on a plane"
        ) from None


def _without_init(crs: object) -> object:
    """``{'init': 'epsg:4326'}`` and ``+init=epsg:4326 +type=crs`` as ``epsg:4326``."""
    text = str(crs).strip() if isinstance(crs, str) else crs
    if isinstance(text, str) and text.startswith("{"):
        try:
            text = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return crs
    if isinstance(text, dict) and "init" in text:
        return str(text["init"])
    if isinstance(text, str) and text.lower().startswith("+init="):
        return text.split()[0][len("+init=") :]
    return text


def _projected(graph: nx.MultiDiGraph, crs: object, name: str) -> nx.MultiDiGraph:
    """The graph in degrees."""
    import osmnx as ox
    import pyproj

    given = graph.copy()
    given.graph["crs"] = _parse(crs, name)
    try:
        projected = ox.project_graph(given, to_latlong=True)
    except (pyproj.exceptions.ProjError, ValueError) as error:
        raise RoadNetworkError(
            f"{name}: cannot be brought to degrees from {str(crs)[:LONGEST]!r}: {error}"
        ) from None
    _require_places(projected, name)
    return projected


def _with_crs(graph: nx.MultiDiGraph, crs: str) -> nx.MultiDiGraph:
    """The graph, which names its coordinate system as a street network does."""
    if graph.graph.get("crs") == crs:
        return graph
    renamed = graph.copy()
    renamed.graph["crs"] = crs
    return renamed
