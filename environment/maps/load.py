"""The map of a scenario, from whatever source, and from disk the second time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from pydantic import Field

from environment.maps.archive import FORMAT_VERSION, pack, unpack
from environment.maps.graphml import GraphMlFile
from environment.maps.inter_city import InterCityTable
from environment.maps.osm_file import OsmFile
from environment.maps.place import Place
from environment.maps.plane_grid import PlaneGrid
from environment.maps.synthetic_city import SyntheticCity
from environment.places.city import CityMap
from environment.roads import cache

RoadSource = Annotated[
    OsmFile | GraphMlFile | Place | PlaneGrid | InterCityTable | SyntheticCity,
    Field(discriminator="source"),
]


def load_map(source: RoadSource, folder: Path) -> CityMap:
    """Load the map of a source, relative files being looked up in `folder`.

    Raises
    ------
    RoadNetworkError
        If there is no map to drive on.
    DataError
        If a table of the user's is not as it should be.
    """
    key = f"{source.source}-{source.fingerprint(folder)}-{FORMAT_VERSION}"
    stored = _stored(key)
    return _make_and_store(source, folder, key) if stored is None else stored


def _stored(key: str) -> CityMap | None:
    """The map on disk; None if there is none, or if it is of no use."""
    arrays = cache.fetch("map", key)
    if arrays is None:
        return None
    try:
        return unpack(arrays)
    except (KeyError, TypeError):
        return None


def _make_and_store(source: RoadSource, folder: Path, key: str) -> CityMap:
    city_map = source.load(folder)
    problem = cache.store("map", key, pack(city_map))
    if problem is None:
        return city_map
    roads = city_map.roads
    return replace(city_map, roads=replace(roads, notes=(*roads.notes, problem)))
