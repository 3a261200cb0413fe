"""A map from a file of OpenStreetMap data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.osm_reader import OsmStreets, read_streets
from environment.maps.osm_tags import direction
from environment.maps.source import MapSource
from environment.places.city import CityMap
from environment.roads.graph import SIGNAL, from_graph
from environment.roads.network import GEOGRAPHIC
from environment.roads.speeds import SpeedParameters

if TYPE_CHECKING:
    import networkx as nx


class OsmFile(MapSource):
    """The drivable streets of an OpenStreetMap extract.

    A reference to a node outside the file, as in every clipped extract, ends the street there;
    the street goes on at its next node inside.
    """

    version: ClassVar[int] = 2

    source: Literal["osm_file"] = "osm_file"
    file: Annotated[
        Path,
        Field(description="extract: .osm, .osm.xml, either with .bz2 or .gz, .pbf, or .zip of one"),
    ]
    speeds: SpeedParameters = SpeedParameters()

    def input_files(self, folder: Path) -> tuple[Path, ...]:
        """The extract."""
        return (folder / self.file,)

    def load(self, folder: Path) -> CityMap:
        """Read the streets, mend and simplify them."""
        path = folder / self.file
        streets = read_streets(path)
        name = path.name.split(".")[0]
        if not streets.ways:
            raise RoadNetworkError(f"{path}: there is no drivable road in it ({streets.told})")
        roads = from_graph(
            _graph(streets), name=name, speeds=self.speeds, notes=tuple(_notes(streets))
        )
        return CityMap(roads)


def _graph(streets: OsmStreets) -> nx.MultiDiGraph:
    """The streets as OSMnx would have read them, before simplification."""
    import networkx as nx

    graph = nx.MultiDiGraph(crs=GEOGRAPHIC)
    for node, (lon, lat) in streets.place.items():
        graph.add_node(
            node, x=lon, y=lat, **({"highway": SIGNAL} if node in streets.signals else {})
        )
    for tags, pieces in streets.ways:
        attributes = {key: tags[key] for key in ("highway", "maxspeed") if key in tags}
        for nodes in pieces:
            graph.add_edges_from(_driven(nodes, tags), **attributes)
    return graph


def _driven(nodes: list[int], tags: dict[str, str]) -> list[tuple[int, int]]:
    """The steps from node to node in which a way may be driven."""
    along, against = list(pairwise(nodes)), list(pairwise(reversed(nodes)))
    return {"along": along, "against": against, "both": along + against}[direction(tags)]


def _notes(streets: OsmStreets) -> Iterator[str]:
    if streets.deleted:
        yield f"{streets.deleted:,} nodes and ways left out that are marked as deleted"
    if streets.closed.count:
        yield f"closed to cars and left out: {streets.closed}"
    if streets.open_to_some.count:
        yield f"kept, though open to some cars only: {streets.open_to_some}"
    if streets.changing.count:
        yield f"driven both ways, though their direction changes with the hour: {streets.changing}"
    if streets.dangling:
        yield f"{streets.dangling:,} references to nodes outside the file dropped"
    on_street = len(streets.signals & streets.place.keys())
    if streets.signals:
        yield (
            f"{len(streets.signals):,} nodes are tagged as traffic signals, {on_street:,} of them "
            "on streets that are kept"
        )
    if streets.crossings:
        yield (
            f"{len(streets.crossings):,} signalised pedestrian crossings belong to the lights "
            "beside them and get none of their own"
        )
