"""A map from a GraphML file, as OSMnx saves it, and as others write it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.graphml_reader import GraphElement, GraphMlDocument, read_document
from environment.maps.graphml_values import (
    Line,
    line_from,
    number_from,
    texts_from,
    total_from,
    truth_from,
)
from environment.maps.source import MapSource, read_bytes
from environment.places.city import CityMap
from environment.roads.graph import from_graph, to_graph
from environment.roads.network import GEOGRAPHIC, RoadNetwork
from environment.roads.speeds import SpeedParameters

if TYPE_CHECKING:
    import networkx as nx

    Attributes = dict[str, object]


class GraphMlFile(MapSource):
    """A street graph that OSMnx saved, simplified or not, with or without speeds and lengths.

    One that is not directed is driven both ways, but for edges with ``oneway``. What cannot be
    read of an edge is as if it were not there.
    """

    version: ClassVar[int] = 2

    source: Literal["graphml"] = "graphml"
    file: Annotated[Path, Field(description="GraphML file saved by osmnx.save_graphml")]
    speeds: SpeedParameters = SpeedParameters()

    def input_files(self, folder: Path) -> tuple[Path, ...]:
        """The GraphML file."""
        return (folder / self.file,)

    def load(self, folder: Path) -> CityMap:
        """Read the graph, simplify it if it is not yet, and mend it."""
        path = folder / self.file
        document = read_document(read_bytes(path), path)
        graph, notes = _graph(document, path)
        return CityMap(from_graph(graph, name=path.stem, speeds=self.speeds, notes=notes))


def _graph(document: GraphMlDocument, path: Path) -> tuple[nx.MultiDiGraph, tuple[str, ...]]:
    import networkx as nx

    crs = document.attributes.get("crs", GEOGRAPHIC)
    simplified = truth_from(document.attributes.get("simplified"))
    graph = nx.MultiDiGraph(crs=crs, simplified=simplified)
    numbers, places = _node_numbers(document.nodes), document.places
    for node in document.nodes:
        place = {axis: number_from(node.attributes.get(axis)) for axis in "xy"}
        highway = node.attributes.get("highway")
        graph.add_node(numbers[node.id], **place, **({"highway": highway} if highway else {}))
    strangers = [end for edge in document.edges for end in edge.ends if end not in numbers]
    if strangers:
        raise RoadNetworkError(
            f"{path}: {len(strangers):,} ends of edges are nodes that the file does not have, "
            f"the first of them {strangers[0][:LONGEST]!r}"
        )
    broken = 0
    for edge in document.edges:
        line = line_from(edge.attributes.get("geometry"))
        broken += line is None and bool(edge.attributes.get("geometry"))
        for tail, head in _driven(edge):
            attributes = _attributes(edge)
            if line is not None:
                attributes["geometry"] = _towards(line, places, tail, head)
            graph.add_edge(numbers[tail], numbers[head], **attributes)
    return graph, tuple(_notes(document, broken))


LONGEST = 40
"""Characters of a node's name that are shown."""


def _notes(document: GraphMlDocument, broken: int) -> Iterator[str]:
    if document.undirected:
        yield f"{document.undirected:,} edges are not directed: driven both ways unless oneway"
    if broken:
        yield f"{broken:,} edges with a geometry that is no line are drawn straight"


def _node_numbers(nodes: list[GraphElement]) -> dict[str, int | str]:
    """The nodes as whole numbers where all of them are that, else by their names."""
    try:
        numbers = {node.id: int(node.id) for node in nodes}
    except ValueError:
        return {node.id: node.id for node in nodes}
    fit = all(-(2**63) <= number < 2**62 for number in numbers.values())
    return dict(numbers) if fit and len({*numbers.values()}) == len(numbers) else _names(nodes)


def _names(nodes: list[GraphElement]) -> dict[str, int | str]:
    return {node.id: node.id for node in nodes}


def _driven(edge: GraphElement) -> list[tuple[str, str]]:
    """Tail and head of an edge in every direction in which it may be driven.

    In a graph that OSMnx made undirected, ``from`` and ``to`` tell how a one-way street leads.
    """
    tail, head = edge.ends
    if edge.is_directed:
        return [(tail, head)]
    if truth_from(edge.attributes.get("oneway")):
        leads_back = edge.attributes.get("from") == head and edge.attributes.get("to") == tail
        return [(head, tail) if leads_back else (tail, head)]
    return [(tail, head)] if tail == head else [(tail, head), (head, tail)]


def _attributes(edge: GraphElement) -> Attributes:
    """What a street network needs of an edge, where it can be read."""
    given = edge.attributes
    attributes: Attributes = {"highway": texts_from(given.get("highway"))}
    if limits := texts_from(given.get("maxspeed")):
        attributes["maxspeed"] = limits
    if (length := total_from(given.get("length"))) is not None:
        attributes["length"] = length
    if (speed := number_from(given.get("speed_kph"))) is not None:
        attributes["speed_kph"] = speed
    return attributes


def _towards(line: Line, places: dict[str, tuple[float, float]], tail: str, head: str) -> Line:
    """A line as it is driven: OSMnx keeps only one for both directions of an undirected edge."""
    if tail not in places or head not in places:
        return line
    first, last = line.coords[0], line.coords[-1]
    from_tail = _squared(first, places[tail]) + _squared(last, places[head])
    from_head = _squared(first, places[head]) + _squared(last, places[tail])
    return line.reverse() if from_head < from_tail else line


def _squared(a: tuple[float, ...], b: tuple[float, float]) -> float:
    dx, dy = a[0] - b[0], a[1] - b[1]
    return dx * dx + dy * dy  # infinite where a power would be an error


def write_graphml(roads: RoadNetwork, path: Path) -> None:
    """Write a street network as a file that `GraphMlFile` reads."""
    import osmnx as ox

    ox.save_graphml(to_graph(roads), path)
