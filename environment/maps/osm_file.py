"""A map from a file of OpenStreetMap data."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.source import MapSource, read_bytes
from environment.places.city import CityMap
from environment.roads.graph import SIGNAL, from_graph
from environment.roads.network import GEOGRAPHIC
from environment.roads.speeds import DEFAULT_KPH, SpeedParameters

if TYPE_CHECKING:
    import networkx as nx

FORMATS = {
    ".osm": "osm",
    ".osm.bz2": "osm.bz2",
    ".osm.gz": "osm.gz",
    ".osm.pbf": "osm.pbf",
    ".pbf": "osm.pbf",
}

# OSMnx's filter "drive": streets that are open to every car. A value that matches excludes.
EXCLUDED = {
    "area": re.compile("yes"),
    "access": re.compile("private"),
    "motor_vehicle": re.compile("no"),
    "motorcar": re.compile("no"),
    "service": re.compile("alley|driveway|emergency_access|parking|parking_aisle|private"),
}
ALONG = {"yes", "true", "1"}
AGAINST = {"-1", "reverse"}


class OsmFile(MapSource):
    """The drivable streets of an OpenStreetMap extract.

    A reference to a node outside the file, as in every clipped extract, ends the street there;
    the street goes on at its next node inside.
    """

    source: Literal["osm_file"] = "osm_file"
    file: Annotated[
        Path, Field(description="extract: .osm, .osm.bz2, .osm.gz, .osm.pbf, or .zip with one")
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


@dataclass
class OsmStreets:
    """What is read from an extract.

    Attributes
    ----------
    ways : list of (tags, pieces)
        Drivable ways, each in one or more pieces of consecutive node numbers.
    place : dict of node number to (longitude, latitude)
    signals, crossings : set of node numbers
        Traffic signals, and signalised pedestrian crossings that are not tagged as such.
    dangling : int
        References of ways with a ``highway`` tag to nodes outside the file.
    highways : int
        All ways with a ``highway`` tag, drivable or not.
    """

    ways: list[tuple[dict[str, str], list[list[int]]]] = field(default_factory=list)
    place: dict[int, tuple[float, float]] = field(default_factory=dict)
    signals: set[int] = field(default_factory=set)
    crossings: set[int] = field(default_factory=set)
    dangling: int = 0
    highways: int = 0

    @property
    def told(self) -> str:
        """How many ways were looked through in vain."""
        return (
            f"ways with a highway tag: {self.highways:,}; "
            f"references to nodes outside the file: {self.dangling:,}"
        )

    def add_way(self, way: Any) -> None:
        """Take up a way of pyosmium's if it can be driven on."""
        self.highways += 1
        runs = [
            (inside, list(nodes))
            for inside, nodes in groupby(way.nodes, key=lambda node: node.location.valid())
        ]
        self.dangling += sum(len(nodes) for inside, nodes in runs if not inside)
        tags = dict(way.tags)
        pieces = [nodes for inside, nodes in runs if inside and len(nodes) > 1]
        if pieces and is_drivable(tags):
            self.ways.append((tags, [self._add_places(nodes) for nodes in pieces]))

    def _add_places(self, nodes: list[Any]) -> list[int]:
        self.place.update((node.ref, (node.lon, node.lat)) for node in nodes)
        return [ref for ref, _ in groupby(node.ref for node in nodes)]

    def add_node(self, node: Any) -> None:
        """Take up a node of pyosmium's if it is a light."""
        if SIGNAL in node.tags.get("highway", "").split(";"):
            self.signals.add(node.id)
        elif node.tags.get("crossing") == SIGNAL:
            self.crossings.add(node.id)


def is_drivable(tags: dict[str, str]) -> bool:
    """Whether a way is a street that is open to every car, as OSMnx's filter "drive" has it."""
    return tags.get("highway") in DEFAULT_KPH and not any(
        pattern.search(tags.get(key, "")) for key, pattern in EXCLUDED.items()
    )


def read_streets(path: Path) -> OsmStreets:
    """Read the drivable streets of an OpenStreetMap file.

    Raises
    ------
    RoadNetworkError
        If the file is missing, or is not OpenStreetMap data.
    """
    import osmium

    content, osm_format = _content(path)
    streets = OsmStreets()
    try:
        buffer = osmium.io.FileBuffer(content, osm_format)
        items: Any = osmium.FileProcessor(buffer, osmium.osm.NODE | osmium.osm.WAY)
        wanted = osmium.filter.KeyFilter("highway", "crossing")
        for item in items.with_locations().with_filter(wanted):
            if item.is_node():
                streets.add_node(item)
            elif "highway" in item.tags:
                streets.add_way(item)
    except RuntimeError as error:  # all that pyosmium has to say about a wrong file
        raise RoadNetworkError(f"{path}: not an OpenStreetMap file: {error}") from None
    return streets


def _content(path: Path) -> tuple[bytes, str]:
    """The bytes of the file, and osmium's name of their format."""
    if path.suffix.lower() != ".zip":
        return read_bytes(path), _format(path.name, path)
    try:
        with zipfile.ZipFile(io.BytesIO(read_bytes(path))) as archive:
            member = _only_member(archive.namelist(), path)
            return archive.read(member), _format(member, path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise RoadNetworkError(f"{path}: not a zip file that can be read: {error}") from None


def _only_member(members: list[str], path: Path) -> str:
    extracts = [name for name in members if name.lower().endswith(tuple(FORMATS))]
    if len(extracts) == 1:
        return extracts[0]
    raise RoadNetworkError(
        f"{path}: must hold one file {' or '.join(FORMATS)}, "
        f"holds {len(extracts)} (all its files: {', '.join(members) or 'none'})"
    )


def _format(name: str, path: Path) -> str:
    for ending in sorted(FORMATS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return FORMATS[ending]
    raise RoadNetworkError(
        f"{path}: not an OpenStreetMap file by its name; expected {', '.join(FORMATS)} or .zip"
    )


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
    """The steps from node to node in which a way may be driven.

    https://wiki.openstreetmap.org/wiki/Key:oneway: motorways and roundabouts lead one way
    unless they are tagged otherwise.
    """
    along, against = list(pairwise(nodes)), list(pairwise(reversed(nodes)))
    implied = tags.get("junction") == "roundabout" or tags["highway"] == "motorway"
    oneway = tags.get("oneway", "yes" if implied else "no")
    if oneway in ALONG:
        return along
    return against if oneway in AGAINST else along + against


def _notes(streets: OsmStreets) -> Iterator[str]:
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
