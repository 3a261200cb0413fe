"""A city map as plain arrays, the form in which it is kept on disk."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from environment.places.city import CityMap
from environment.places.sites import Sites
from environment.places.zones import Zones
from environment.roads.cache import Arrays
from environment.roads.network import RoadNetwork

FORMAT_VERSION = 2
"""Raise it when a map's arrays are laid out otherwise or mended otherwise."""

PARTS = {"roads": RoadNetwork, "zones": Zones, "stations": Sites, "hospitals": Sites}
OUTLINES = ("water", "parks")
TEXTS = {"name", "crs"}
TUPLES = {"road_classes", "notes"}


def pack(city_map: CityMap) -> Arrays:
    """All of a map in arrays, each named after its part and field."""
    arrays = {
        f"{kind}.{i}": outline
        for kind in OUTLINES
        for i, outline in enumerate(getattr(city_map, kind))
    }
    for part in PARTS:
        table = getattr(city_map, part)
        for field in fields(table) if table is not None else ():
            if (value := getattr(table, field.name)) is not None:
                arrays[f"{part}.{field.name}"] = np.asarray(value)
    return arrays


def unpack(arrays: Arrays) -> CityMap:
    """The map that was packed.

    Raises
    ------
    KeyError, TypeError
        If the arrays are not those of a map.
    """
    parts: dict[str, Any] = {part: _table(part, arrays) for part in PARTS}
    parts |= {kind: _outlines(kind, arrays) for kind in OUTLINES}
    return CityMap(**parts)


def _outlines(kind: str, arrays: Arrays) -> tuple[Any, ...]:
    count = sum(name.startswith(f"{kind}.") for name in arrays)
    return tuple(arrays[f"{kind}.{i}"] for i in range(count))


def _table(part: str, arrays: Arrays) -> Any:
    """One part of the map; None if the map has none."""
    values: dict[str, Any] = {
        name.removeprefix(f"{part}."): array
        for name, array in arrays.items()
        if name.startswith(f"{part}.")
    }
    if not values:
        return None
    is_road = part == "roads"
    for name in TEXTS & values.keys() if is_road else ():
        values[name] = str(values[name])
    for name in TUPLES & values.keys() if is_road else ():
        values[name] = tuple(str(text) for text in values[name].tolist())
    return PARTS[part](**values)
