"""GraphML as it stands in the file: nodes, edges and their values as texts.

NetworkX refuses a whole file for one value that is not of the type its key declares, as ``yes``
under a boolean; so values are taken as texts here, and read by those who need them.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from environment.errors import RoadNetworkError
from environment.maps.graphml_values import number_from


@dataclass(frozen=True)
class GraphElement:
    """A node, or an edge between two.

    Attributes
    ----------
    id : str
        Of a node.
    ends : pair of str
        Of an edge, its source and target.
    is_directed : bool
        Whether the edge leads from source to target only.
    attributes : dict of str to str
    """

    id: str
    ends: tuple[str, str]
    is_directed: bool
    attributes: dict[str, str]


@dataclass
class GraphMlDocument:
    """What a GraphML file holds: its first graph."""

    attributes: dict[str, str] = field(default_factory=dict)
    nodes: list[GraphElement] = field(default_factory=list)
    edges: list[GraphElement] = field(default_factory=list)

    @property
    def undirected(self) -> int:
        """How many edges are not directed."""
        return sum(not edge.is_directed for edge in self.edges)

    @property
    def places(self) -> dict[str, tuple[float, float]]:
        """Where the nodes are that have a place."""
        axes = {
            node.id: tuple(number_from(node.attributes.get(axis)) for axis in "xy")
            for node in self.nodes
        }
        return {
            name: (x, y)
            for name, (x, y) in axes.items()
            if x is not None and y is not None and math.isfinite(x + y)
        }


def read_document(content: bytes, path: Path) -> GraphMlDocument:
    """Read the first graph of a GraphML file.

    Raises
    ------
    RoadNetworkError
        If it is not GraphML.
    """
    try:
        root = ElementTree.parse(io.BytesIO(content)).getroot()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise RoadNetworkError(f"{path}: not a GraphML file that OSMnx saved: {error}") from None
    graph = next((inner for inner in root if _tag(inner) == "graph"), None)
    if _tag(root) != "graphml" or graph is None:
        raise RoadNetworkError(
            f"{path}: not a GraphML file that OSMnx saved: there is no graph in it, "
            f"its outermost element is {_tag(root)[:40]!r}"
        )
    return _document(graph, Keys([key for key in root if _tag(key) == "key"]))


class Keys:
    """The names of the values of a file, and their defaults."""

    def __init__(self, elements: list[Element]) -> None:
        self.names = {key.get("id", ""): _name(key) for key in elements}
        self._defaults: dict[str, dict[str, str]] = {"graph": {}, "node": {}, "edge": {}}
        for key in elements:
            default = next((inner.text for inner in key if _tag(inner) == "default"), None)
            for kind, values in self._defaults.items():
                if default is not None and key.get("for", "all") in {kind, "all"}:
                    values[_name(key)] = default

    def attributes(self, element: Element) -> dict[str, str]:
        """Values by name: those of the element, else the defaults."""
        values = dict(self._defaults.get(_tag(element), {}))
        for data in element:
            if _tag(data) == "data" and data.text is not None:
                key = data.get("key", "")
                values[self.names.get(key, key)] = data.text
        return values


def _name(key: Element) -> str:
    return key.get("attr.name") or key.get("id") or ""


def _document(graph: Element, keys: Keys) -> GraphMlDocument:
    directed_by_default = graph.get("edgedefault", "directed") != "undirected"
    document = GraphMlDocument(keys.attributes(graph))
    for element in graph:
        kind = _tag(element)
        if kind == "node":
            node = GraphElement(element.get("id", ""), ("", ""), False, keys.attributes(element))
            document.nodes.append(node)
        elif kind == "edge":
            is_directed = {"true": True, "false": False}.get(
                element.get("directed", ""), directed_by_default
            )
            ends = (element.get("source", ""), element.get("target", ""))
            document.edges.append(GraphElement("", ends, is_directed, keys.attributes(element)))
    return document


def _tag(element: Element) -> str:
    """The element's name, without its namespace."""
    return str(element.tag).rpartition("}")[2]
