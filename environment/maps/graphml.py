"""A map from a GraphML file, as OSMnx saves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from xml.etree.ElementTree import ParseError

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.source import MapSource, read_bytes
from environment.places.city import CityMap
from environment.roads.graph import from_graph
from environment.roads.speeds import SpeedParameters

if TYPE_CHECKING:
    import networkx as nx


class GraphMlFile(MapSource):
    """A street graph that OSMnx saved, simplified or not, with or without speeds and lengths."""

    source: Literal["graphml"] = "graphml"
    file: Annotated[Path, Field(description="GraphML file saved by osmnx.save_graphml")]
    speeds: SpeedParameters = SpeedParameters()

    def input_files(self, folder: Path) -> tuple[Path, ...]:
        """The GraphML file."""
        return (folder / self.file,)

    def load(self, folder: Path) -> CityMap:
        """Read the graph, simplify it if it is not yet, and mend it."""
        path = folder / self.file
        return CityMap(from_graph(_read(path), name=path.stem, speeds=self.speeds))


def _read(path: Path) -> nx.MultiDiGraph:
    import networkx as nx
    import osmnx as ox

    try:
        return ox.load_graphml(graphml_str=read_bytes(path).decode())
    except (ParseError, ValueError, KeyError, TypeError, nx.NetworkXError) as error:
        raise RoadNetworkError(f"{path}: not a GraphML file that OSMnx saved: {error}") from None
