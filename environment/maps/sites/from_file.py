"""Sites that are tagged in an OpenStreetMap file: nodes, ways and multipolygons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from environment.errors import RoadNetworkError
from environment.maps.osm_reader import deleted_in, map_content
from environment.maps.sites.tagged import SITE_KEYS, TaggedSite, kind_of, tagged_site

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Tags = dict[str, str]
Place = tuple[float, float]

OUTER = {"outer", ""}
"""Roles of a multipolygon's members that draw its outline."""


def read_sites_of_file(path: Path) -> list[TaggedSite]:
    """Read the stations and hospitals of an OpenStreetMap file, duplicates included.

    The file is read three times, since elements may stand in any order: the tagged elements, the
    ways of their outlines, the nodes of these. What lies outside a clipped extract is left out of
    an outline.

    Raises
    ------
    RoadNetworkError
        If the file is missing, or is not OpenStreetMap data.
    """
    content, osm_format = map_content(path)
    deleted = deleted_in(content, osm_format, path)
    try:
        elements = [
            element
            for element in _tagged_elements(content, osm_format)
            if element[1] not in deleted[element[0]]
        ]
        ways = dict(_ways(content, osm_format, _members(elements)))
        ways |= {number: refs for kind, number, _, refs in elements if kind == "way"}
        wanted = {ref for refs in ways.values() for ref in refs}
        wanted |= {number for kind, number, _, _ in elements if kind == "node"}
        places = dict(_places(content, osm_format, wanted))
    except (RuntimeError, ValueError, OverflowError) as error:
        raise RoadNetworkError(f"{path}: not an OpenStreetMap file: {error}") from None
    found = []
    for kind, number, tags, refs in elements:
        lines = [ways.get(ref, []) for ref in refs] if kind == "relation" else [refs]
        drawn = [[places[ref] for ref in line if ref in places] for line in lines]
        site = tagged_site(f"{kind}/{number}", tags, _outline(drawn))
        if site is not None:
            found.append(site)
    return found


def _processor(content: bytes, osm_format: str, kind: Any) -> Any:
    import osmium

    return osmium.FileProcessor(osmium.io.FileBuffer(content, osm_format), kind)


def _tagged_elements(content: bytes, osm_format: str) -> list[tuple[str, int, Tags, list[int]]]:
    """Kind, number and tags of every site, and its nodes, or the outer ways of a multipolygon."""
    import osmium

    elements: list[tuple[str, int, Tags, list[int]]] = []
    every = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
    tagged = osmium.filter.KeyFilter(*SITE_KEYS)
    for item in _processor(content, osm_format, every).with_filter(tagged):
        tags = dict(item.tags)
        if item.deleted or kind_of(tags) is None:
            continue
        if item.is_node():
            elements.append(("node", item.id, tags, [item.id]))
        elif item.is_way():
            elements.append(("way", item.id, tags, [node.ref for node in item.nodes]))
        else:
            outer = [part.ref for part in item.members if part.type == "w" and part.role in OUTER]
            elements.append(("relation", item.id, tags, outer))
    return elements


def _members(elements: list[tuple[str, int, Tags, list[int]]]) -> set[int]:
    return {ref for kind, _, _, refs in elements if kind == "relation" for ref in refs}


def _ways(content: bytes, osm_format: str, wanted: set[int]) -> Iterator[tuple[int, list[int]]]:
    """The nodes of some ways."""
    import osmium

    for way in _those(content, osm_format, osmium.osm.WAY, wanted):
        yield way.id, [node.ref for node in way.nodes]


def _places(content: bytes, osm_format: str, wanted: set[int]) -> Iterator[tuple[int, Place]]:
    """Where some nodes are."""
    import osmium

    for node in _those(content, osm_format, osmium.osm.NODE, wanted):
        if node.location.valid():
            yield node.id, (node.lon, node.lat)


def _those(content: bytes, osm_format: str, kind: Any, wanted: set[int]) -> Iterator[Any]:
    """Elements of a kind by their numbers."""
    import osmium

    if not wanted:
        return
    items = _processor(content, osm_format, kind)
    if min(wanted) >= 0:  # else an editor's new ones are among them, which the filter does not take
        items = items.with_filter(osmium.filter.IdFilter(wanted))
    yield from (item for item in items if item.id in wanted)


def _outline(lines: list[list[Place]]) -> BaseGeometry:
    """The area within some lines that close, else the lines, else the points."""
    import shapely
    from shapely.ops import polygonize, unary_union

    drawn = [shapely.LineString(line) for line in lines if len(line) > 1]
    # Joined first, so that lines which cross each other are noded where they cross.
    areas = unary_union(list(polygonize(unary_union(drawn)))) if drawn else shapely.Point()
    if not areas.is_empty:
        return areas
    return shapely.MultiPoint([point for line in lines for point in line])
