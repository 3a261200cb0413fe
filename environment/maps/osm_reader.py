"""Streets, lights and places from the bytes of an OpenStreetMap file, in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from itertools import count, groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.parsers import expat

from environment.errors import RoadNetworkError
from environment.maps.emergency import (
    OFF_STREET,
    EmergencyAccess,
    TurnRelations,
    blocked_by,
    carries_cars,
    is_ferry,
    leads_both_ways,
    use_of_way,
)
from environment.maps.emergency.accounts import Account, Tally
from environment.maps.emergency.turn_relations import Member
from environment.maps.osm_tags import changes_direction, has_street_class, open_to_some_by
from environment.maps.packed import read_member, unpacked
from environment.maps.source import read_bytes
from environment.roads.graph import SIGNAL
from environment.roads.network import GEOGRAPHIC, distance_m
from environment.roads.speeds import FERRY

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

NO_ACCESS = EmergencyAccess(tagged=False)

Place = tuple[float, float]
Deleted = dict[str, set[int]]


class Way(NamedTuple):
    """A way that is driven on, in pieces of consecutive node numbers.

    What carries cars over water has the class `FERRY` as its ``highway``.
    """

    tags: dict[str, str]
    pieces: list[list[int]]
    length_m: float


@dataclass
class OsmStreets:
    """What is read from an extract.

    Attributes
    ----------
    access : EmergencyAccess
        Where ambulances drive though cars may not.
    ferries : bool
        Whether ferries that carry cars are taken up.
    ways : dict of way number to Way
    place : dict of node number to (longitude, latitude)
    signals, crossings : set of node numbers
        Traffic signals, and signalised pedestrian crossings that are not tagged as such.
    blocked, passed : dict of node number to tag
        Barriers that end a street for ambulances, and those that end it for cars only.
    turns : TurnRelations
    dangling : int
        References of ways with a ``highway`` tag to nodes outside the file.
    highways : int
        All ways with a ``highway`` tag, drivable or not.
    tallies : dict of `Account` to Tally
        Ways that are told.
    deleted : int
        Nodes and ways that an editor has marked as deleted.
    """

    access: EmergencyAccess = field(default_factory=EmergencyAccess)
    ferries: bool = False
    ways: dict[int, Way] = field(default_factory=dict)
    place: dict[int, Place] = field(default_factory=dict)
    signals: set[int] = field(default_factory=set)
    crossings: set[int] = field(default_factory=set)
    blocked: dict[int, str] = field(default_factory=dict)
    passed: dict[int, str] = field(default_factory=dict)
    turns: TurnRelations = field(default_factory=TurnRelations)
    dangling: int = 0
    highways: int = 0
    tallies: dict[Account, Tally] = field(
        default_factory=lambda: {account: Tally() for account in Account}
    )
    deleted: int = 0

    @property
    def told(self) -> str:
        """How many ways were looked through in vain."""
        closed = self.tallies[Account.CLOSED]
        closed_too = f"; {Account.CLOSED}: {closed}" if closed.count else ""
        return (
            f"ways with a highway tag: {self.highways:,}{closed_too}; "
            f"references to nodes outside the file: {self.dangling:,}"
        )

    def add_way(
        self, number: int, tags: dict[str, str], refs: list[int], places: list[Place | None]
    ) -> None:
        """Take up a way if an ambulance drives on it."""
        self.highways += "highway" in tags
        nodes = zip(refs, places, strict=True)
        runs = [
            (inside, list(run)) for inside, run in groupby(nodes, key=lambda node: bool(node[1]))
        ]
        if "highway" in tags:
            self.dangling += sum(len(run) for inside, run in runs if not inside)
        pieces = [run for inside, run in runs if inside and len(run) > 1]
        if not pieces:
            return
        length_m = sum(_length_m([place for _, place in piece]) for piece in pieces)
        if self._is_used(tags, length_m):
            kept = tags if "highway" in tags else {**tags, "highway": FERRY}
            self.ways[number] = Way(kept, [self._add_places(piece) for piece in pieces], length_m)

    def _is_used(self, tags: dict[str, str], length_m: float) -> bool:
        """Whether a way is taken up; what is to be told of it is counted."""
        if "highway" not in tags:
            return self._is_ferry_used(tags, length_m)
        use = use_of_way(tags, self.access)
        if use is None:
            return False
        is_street = has_street_class(tags)
        if not use.is_used:
            left_out = Account.CLOSED if is_street else Account.BESIDE
            if is_street or OFF_STREET[tags["highway"]] is not None:
                self._count(left_out, use.tag, length_m)
            return False
        if use.tag is not None:
            self._count(Account.FOR_EMERGENCY, use.tag, length_m)
        elif tag := open_to_some_by(tags):
            self._count(Account.OPEN_TO_SOME, tag, length_m)
        if changes_direction(tags):
            self._count(Account.CHANGING, f"oneway={tags['oneway']}", length_m)
        if tag := leads_both_ways(tags, self.access):
            self._count(Account.BOTH_WAYS, tag, length_m)
        if "maxspeed:conditional" in tags:
            self._count(Account.CONDITIONAL, "maxspeed:conditional", length_m)
        return True

    def _is_ferry_used(self, tags: dict[str, str], length_m: float) -> bool:
        if not is_ferry(tags) or not carries_cars(tags):
            return False
        account = Account.FERRIES if self.ferries else Account.FERRIES_LEFT_OUT
        self._count(account, "route=ferry", length_m)
        return self.ferries

    def _count(self, account: Account, tag: str | None, length_m: float) -> None:
        self.tallies[account].add(tag or "", length_m)

    def _add_places(self, nodes: list[tuple[int, Any]]) -> list[int]:
        self.place.update(nodes)
        return [ref for ref, _ in groupby(ref for ref, _ in nodes)]

    def add_node(self, node: Any) -> None:
        """Take up a node of pyosmium's if it is a light, or a barrier."""
        if SIGNAL in node.tags.get("highway", "").split(";"):
            self.signals.add(node.id)
        elif node.tags.get("crossing") == SIGNAL:
            self.crossings.add(node.id)
        if "barrier" not in node.tags:
            return
        tags = dict(node.tags)
        if tag := blocked_by(tags, self.access):
            self.blocked[node.id] = tag
        elif tag := blocked_by(tags, NO_ACCESS):
            self.passed[node.id] = tag

    def cut_at_barriers(self) -> None:
        """End streets at barriers: whatever meets there gets an end of its own."""
        reached: set[int] = set()
        numbers = count(max(self.place, default=0) + 1)

        def end(node: int) -> int:
            if node not in self.blocked:
                return node
            if node in reached:
                self.place[number := next(numbers)] = self.place[node]
                return number
            reached.add(node)
            return node

        for way in self.ways.values():
            way.pieces[:] = [
                [end(part[0]), *part[1:-1], end(part[-1])]
                for piece in way.pieces
                for part in _parts(piece, self.blocked)
            ]


def _parts(piece: list[int], blocked: Container[int]) -> Iterator[list[int]]:
    """The parts of a piece between nodes that are blocked."""
    begin = 0
    for at, node in enumerate(piece):
        if node in blocked and begin < at < len(piece) - 1:
            yield piece[begin : at + 1]
            begin = at
    yield piece[begin:]


def _length_m(places: list[Any]) -> float:
    lon, lat = zip(*places, strict=True)
    return float(distance_m(GEOGRAPHIC, lon[:-1], lat[:-1], lon[1:], lat[1:]).sum())


def read_streets(
    path: Path, access: EmergencyAccess, *, ferries: bool, turn_restrictions: bool
) -> OsmStreets:
    """Read the streets of an OpenStreetMap file on which ambulances drive.

    Nodes are read before ways and ways before relations, for they may stand in any order.

    Raises
    ------
    RoadNetworkError
        If the file is missing, or is not OpenStreetMap data.
    """
    from osmium import InvalidLocationError

    content, osm_format = map_content(path)
    deleted = deleted_in(content, osm_format, path)
    streets = OsmStreets(access, ferries, deleted=len(deleted["node"]) + len(deleted["way"]))
    try:
        _read(content, osm_format, deleted, streets)
        if turn_restrictions:
            _read_turns(content, osm_format, deleted, streets)
    # These are all that pyosmium has to say about a wrong file.
    except (RuntimeError, ValueError, OverflowError, InvalidLocationError) as error:
        raise RoadNetworkError(f"{path}: not an OpenStreetMap file: {error}") from None
    streets.cut_at_barriers()
    return streets


def _read(content: bytes, osm_format: str, deleted: Deleted, streets: OsmStreets) -> None:
    import osmium

    locations = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    locations.ignore_errors()

    def items(kind: Any) -> Any:
        return osmium.FileProcessor(osmium.io.FileBuffer(content, osm_format), kind)

    lights = osmium.filter.KeyFilter("highway", "crossing", "barrier")
    for node in items(osmium.osm.NODE).with_filter(locations).with_filter(lights):
        if node.id not in deleted["node"]:
            streets.add_node(node)
    beside = _places_beside_the_index(items)
    highways = items(osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway", "route"))
    for way in highways.with_filter(locations):
        if way.id not in deleted["way"] and not way.deleted:
            refs = [node.ref for node in way.nodes]
            places = [
                None if node.ref in deleted["node"] else _place(node, beside) for node in way.nodes
            ]
            streets.add_way(way.id, dict(way.tags), refs, places)


def _read_turns(content: bytes, osm_format: str, deleted: Deleted, streets: OsmStreets) -> None:
    import osmium

    buffer = osmium.io.FileBuffer(content, osm_format)
    relations: Any = osmium.FileProcessor(buffer, osmium.osm.RELATION)
    for relation in relations.with_filter(osmium.filter.TagFilter(("type", "restriction"))):
        if relation.id not in deleted["relation"] and not relation.deleted:
            members = [Member(one.type, one.ref, one.role) for one in relation.members]
            bus_roads = streets.access.bus_roads
            streets.turns.add(dict(relation.tags), members, bus_roads=bus_roads)


def _places_beside_the_index(items: Callable[[Any], Any]) -> dict[int, Place]:
    """Where nodes are that osmium's index does not find.

    They have a negative number, as an editor gives it to new ones, or stand in the ways alone.
    """
    import osmium

    places: dict[int, Place] = {}
    new: set[int] = set()
    for way in items(osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("highway", "route")):
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
