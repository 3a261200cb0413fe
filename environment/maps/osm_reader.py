"""Streets, lights and places from the bytes of an OpenStreetMap file, in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any
from xml.parsers import expat

from environment.errors import RoadNetworkError
from environment.maps.osm_tags import (
    changes_direction,
    closed_by,
    has_street_class,
    open_to_some_by,
)
from environment.maps.packed import read_member, unpacked
from environment.maps.source import read_bytes
from environment.roads.graph import SIGNAL
from environment.roads.network import GEOGRAPHIC, distance_m

FORMATS = {
    ".osm": "osm",
    ".osm.bz2": "osm.bz2",
    ".osm.gz": "osm.gz",
    ".osm.pbf": "osm.pbf",
    ".osm.xml": "osm",
    ".osm.xml.bz2": "osm.bz2",
    ".osm.xml.gz": "osm.gz",
    ".pbf": "osm.pbf",
}
"""Osmium's name of a format by the ending of a file's name."""

SHOWN = 4
"""Tags that a note names."""

Place = tuple[float, float]
Deleted = dict[str, set[int]]


@dataclass
class Tally:
    """How many ways, and how many metres of them, by the tag that is told."""

    ways: dict[str, int] = field(default_factory=dict)
    length_m: float = 0.0

    def add(self, tag: str, length_m: float) -> None:
        """Count one more way."""
        self.ways[tag] = self.ways.get(tag, 0) + 1
        self.length_m += length_m

    def __str__(self) -> str:
        """``5 ways (1.2 km; 3 access=private, 2 access=no)``."""
        often = sorted(self.ways.items(), key=lambda item: (-item[1], item[0]))
        named = [f"{count:,} {tag}" for tag, count in often[:SHOWN]]
        if rest := sum(count for _, count in often[SHOWN:]):
            named.append(f"{rest:,} by other tags")
        ways = "1 way" if self.count == 1 else f"{self.count:,} ways"
        return f"{ways} ({self.length_m / 1000:,.1f} km; {', '.join(named)})"

    @property
    def count(self) -> int:
        """All ways."""
        return sum(self.ways.values())


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
    closed, open_to_some, changing : Tally
        Streets that are left out because they are closed to cars; those kept though not every car
        may use them; those whose direction changes with the hour.
    deleted : int
        Nodes and ways that an editor has marked as deleted.
    """

    ways: list[tuple[dict[str, str], list[list[int]]]] = field(default_factory=list)
    place: dict[int, Place] = field(default_factory=dict)
    signals: set[int] = field(default_factory=set)
    crossings: set[int] = field(default_factory=set)
    dangling: int = 0
    highways: int = 0
    closed: Tally = field(default_factory=Tally)
    open_to_some: Tally = field(default_factory=Tally)
    changing: Tally = field(default_factory=Tally)
    deleted: int = 0

    @property
    def told(self) -> str:
        """How many ways were looked through in vain."""
        closed = f"; closed to cars: {self.closed}" if self.closed.count else ""
        return (
            f"ways with a highway tag: {self.highways:,}{closed}; "
            f"references to nodes outside the file: {self.dangling:,}"
        )

    def add_way(self, tags: dict[str, str], refs: list[int], places: list[Place | None]) -> None:
        """Take up a way if it can be driven on."""
        self.highways += 1
        nodes = zip(refs, places, strict=True)
        runs = [
            (inside, list(run)) for inside, run in groupby(nodes, key=lambda node: bool(node[1]))
        ]
        self.dangling += sum(len(run) for inside, run in runs if not inside)
        pieces = [run for inside, run in runs if inside and len(run) > 1]
        if not pieces or not has_street_class(tags):
            return
        length_m = sum(_length_m([place for _, place in piece]) for piece in pieces)
        if tag := closed_by(tags):
            self.closed.add(tag, length_m)
            return
        if tag := open_to_some_by(tags):
            self.open_to_some.add(tag, length_m)
        if changes_direction(tags):
            self.changing.add(f"oneway={tags['oneway']}", length_m)
        self.ways.append((tags, [self._add_places(piece) for piece in pieces]))

    def _add_places(self, nodes: list[tuple[int, Any]]) -> list[int]:
        self.place.update(nodes)
        return [ref for ref, _ in groupby(ref for ref, _ in nodes)]

    def add_node(self, node: Any) -> None:
        """Take up a node of pyosmium's if it is a light."""
        if SIGNAL in node.tags.get("highway", "").split(";"):
            self.signals.add(node.id)
        elif node.tags.get("crossing") == SIGNAL:
            self.crossings.add(node.id)


def _length_m(places: list[Any]) -> float:
    lon, lat = zip(*places, strict=True)
    return float(distance_m(GEOGRAPHIC, lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())


def read_streets(path: Path) -> OsmStreets:
    """Read the drivable streets of an OpenStreetMap file.

    It is read twice, nodes before ways, for they may stand in any order.

    Raises
    ------
    RoadNetworkError
        If the file is missing, or is not OpenStreetMap data.
    """
    from osmium import InvalidLocationError

    content, osm_format = map_content(path)
    deleted = deleted_in(content, osm_format, path)
    try:
        return _read(content, osm_format, deleted)
    # These are all that pyosmium has to say about a wrong file.
    except (RuntimeError, ValueError, OverflowError, InvalidLocationError) as error:
        raise RoadNetworkError(f"{path}: not an OpenStreetMap file: {error}") from None


def _read(content: bytes, osm_format: str, deleted: Deleted) -> OsmStreets:
    import osmium

    streets = OsmStreets(deleted=len(deleted["node"]) + len(deleted["way"]))
    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()

    def items(kind: Any) -> Any:
        return osmium.FileProcessor(osmium.io.FileBuffer(content, osm_format), kind)

    lights = osmium.filter.KeyFilter("highway", "crossing")
    for node in items(osmium.osm.NODE).with_filter(locations).with_filter(lights):
        if node.id not in deleted["node"]:
            streets.add_node(node)
    beside = _places_beside_the_index(items)
    highways = items(osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway"))
    for way in highways.with_filter(locations):
        if way.id not in deleted["way"] and not way.deleted:
            refs = [node.ref for node in way.nodes]
            places = [
                None if node.ref in deleted["node"] else _place(node, beside) for node in way.nodes
            ]
            streets.add_way(dict(way.tags), refs, places)
    return streets


def _places_beside_the_index(items: Callable[[Any], Any]) -> dict[int, Place]:
    """Where nodes are that osmium's index does not find.

    They have a negative number, as an editor gives it to new ones, or stand in the ways alone.
    """
    import osmium

    places: dict[int, Place] = {}
    new: set[int] = set()
    for way in items(osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway")):
        for node in way.nodes:
            if node.location.valid():
                places[node.ref] = (node.lon, node.lat)
            elif node.ref < 0:
                new.add(node.ref)
    for node in items(osmium.osm.NODE) if new else ():
        if node.id in new and node.location.valid():
            places[node.id] = (node.lon, node.lat)
    return places


def _place(node: Any, beside: dict[int, Place]) -> Place | None:
    """Where a node of a way is; None if that is not known."""
    if node.location.valid():
        return (node.lon, node.lat)
    return beside.get(node.ref)


def map_content(path: Path) -> tuple[bytes, str]:
    """The bytes of an OpenStreetMap file, and osmium's name of their format.

    Raises
    ------
    RoadNetworkError
        If it is missing, or is none by its name.
    """
    if path.suffix.lower() != ".zip":
        osm_format = _format(path.name, path)
        return read_bytes(path), osm_format
    member, content = read_member(path, tuple(FORMATS))
    return content, _format(member, path)


def _format(name: str, path: Path) -> str:
    for ending in sorted(FORMATS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return FORMATS[ending]
    raise RoadNetworkError(
        f"{path}: not an OpenStreetMap file by its name; expected {', '.join(FORMATS)} or .zip"
    )


def deleted_in(content: bytes, osm_format: str, path: Path) -> Deleted:
    """Elements that an editor such as JOSM keeps in the file with ``action="delete"``."""
    found: Deleted = {"node": set(), "way": set(), "relation": set()}
    if osm_format == "osm.pbf":
        return found
    packing = osm_format.removeprefix("osm").removeprefix(".")
    if not _holds(b"action=", unpacked(content, packing, path)):
        return found

    def begin(kind: str, attributes: dict[str, str]) -> None:
        number = attributes.get("id", "")
        if kind in found and attributes.get("action") == "delete" and _is_number(number):
            found[kind].add(int(number))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        for chunk in unpacked(content, packing, path):
            parser.Parse(chunk)
    except (expat.ExpatError, LookupError, ValueError):  # osmium will say what is wrong with it
        return found
    return found


def _is_number(text: str) -> bool:
    return text.lstrip("-").isdecimal() and len(text) < 20


def _holds(word: bytes, chunks: Iterator[bytes]) -> bool:
    """Whether a word stands anywhere, also across the border of two pieces."""
    return any(word in before[-len(word) :] + after for before, after in pairwise(_and_end(chunks)))


def _and_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield b""
    yield from chunks
