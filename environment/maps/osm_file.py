"""A map from a file of OpenStreetMap data."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from environment.errors import RoadNetworkError
from environment.maps.emergency import (
    EmergencyAccess,
    ferry_kph,
    leads_both_ways,
    may_be_driven_against,
)
from environment.maps.emergency.accounts import counted
from environment.maps.osm_reader import OsmStreets, Way, read_streets
from environment.maps.osm_tags import direction
from environment.maps.source import MapSource
from environment.places.city import CityMap
from environment.roads.graph import SIGNAL, from_graph
from environment.roads.network import GEOGRAPHIC
from environment.roads.speeds import FERRY, SpeedParameters
from environment.roads.turns import Maneuver, restrict_turns

if TYPE_CHECKING:
    import networkx as nx


class OsmFile(MapSource):
    """The drivable streets of an OpenStreetMap extract.

    A reference to a node outside the file, as in every clipped extract, ends the street there;
    the street goes on at its next node inside.
    """

    version: ClassVar[int] = 3

    source: Literal["osm_file"] = "osm_file"
    file: Annotated[
        Path,
        Field(description="extract: .osm, .osm.xml, either with .bz2 or .gz, .pbf, or .zip of one"),
    ]
    speeds: SpeedParameters = SpeedParameters()
    emergency: EmergencyAccess = EmergencyAccess()
    turn_restrictions: Annotated[
        Literal["siren_exempt", "obey", "ignore"],
        Field(description="obeyed by all but those with siren, by all, or by nobody"),
    ] = "siren_exempt"
    ferries: Annotated[
        bool,
        Field(description="ferries that carry cars are used; waiting for them is not counted"),
    ] = False

    def input_files(self, folder: Path) -> tuple[Path, ...]:
        """The extract."""
        return (folder / self.file,)

    def load(self, folder: Path) -> CityMap:
        """Read the streets, mend and simplify them."""
        path = folder / self.file
        obeyed = self.turn_restrictions != "ignore"
        streets = read_streets(path, self.emergency, ferries=self.ferries, turn_restrictions=obeyed)
        name = path.name.split(".")[0]
        if not streets.ways:
            raise RoadNetworkError(f"{path}: there is no drivable road in it ({streets.told})")
        maneuvers = _maneuvers(streets)
        roads = from_graph(
            _graph(streets), name=name, speeds=self.speeds, notes=tuple(_notes(streets))
        )
        exempt = self.turn_restrictions == "siren_exempt"
        return CityMap(restrict_turns(roads, maneuvers, sirens_exempt=exempt))


def _maneuvers(streets: OsmStreets) -> list[Maneuver]:
    pieces = {number: way.pieces for number, way in streets.ways.items()}
    return streets.turns.maneuvers(pieces, streets.place)


def _graph(streets: OsmStreets) -> nx.MultiDiGraph:
    """The streets as OSMnx would have read them, before simplification."""
    import networkx as nx

    graph = nx.MultiDiGraph(crs=GEOGRAPHIC)
    for node, (lon, lat) in streets.place.items():
        graph.add_node(
            node, x=lon, y=lat, **({"highway": SIGNAL} if node in streets.signals else {})
        )
    for way in streets.ways.values():
        ways = _ways_driven(way.tags, streets.access)
        for direction_ in ways:
            attributes = _attributes(way, direction_, streets.access)
            for nodes in way.pieces:
                steps = pairwise(nodes if direction_ == "forward" else reversed(nodes))
                graph.add_edges_from(list(steps), **attributes)
    return graph


def _ways_driven(tags: dict[str, str], access: EmergencyAccess) -> tuple[str, ...]:
    """The directions in which a way may be driven, as tags call them."""
    if leads_both_ways(tags, access):
        return ("forward", "backward")
    return {
        "along": ("forward",),
        "against": ("backward",),
        "both": ("forward", "backward"),
    }[direction(tags)]


def _attributes(way: Way, direction_: str, access: EmergencyAccess) -> dict[str, object]:
    tags = way.tags
    attributes: dict[str, object] = {"highway": tags["highway"]}
    limit = tags.get(f"maxspeed:{direction_}", tags.get("maxspeed"))
    if limit is not None:
        attributes["maxspeed"] = limit
    if tags["highway"] == FERRY and (kph := ferry_kph(tags, way.length_m)):
        attributes["speed_kph"] = kph
    if access.contraflow_kph is not None:
        against = access.contraflow_kph if may_be_driven_against(tags) else 0.0
        attributes["contraflow_kph"] = against
    return attributes


def _notes(streets: OsmStreets) -> Iterator[str]:
    if streets.deleted:
        yield f"{streets.deleted:,} nodes and ways left out that are marked as deleted"
    for account, tally in streets.tallies.items():
        if tally.count:
            yield f"{account}: {tally}"
    for what, barriers in (
        ("barriers that end streets", streets.blocked),
        ("barriers that ambulances pass, though cars do not", streets.passed),
    ):
        tags = [tag for node, tag in barriers.items() if node in streets.place]
        if tags:
            yield f"{what}: {counted(tags)}"
    for reason, number in streets.turns.left_out.items():
        yield f"turn restrictions left out: {number:,} {reason}"
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
