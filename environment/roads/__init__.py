"""Streets as sorted arrays, how a road graph is mended, and exact travel times on it.

Knows junctions, street pieces and lights at junctions; no places, vehicles or hours.
"""

from __future__ import annotations

from environment.roads.cache import Arrays, cache_folder
from environment.roads.graph import SIGNAL, from_graph
from environment.roads.hub_labels import (
    FAR_MS,
    TO_HUB,
    HubLabels,
    build_labels,
)
from environment.roads.lights import NO_LIGHT, enters_light, light_of_node
from environment.roads.mending import mend, take
from environment.roads.nested_dissection import dissect
from environment.roads.network import EARTH_RADIUS_M, GEOGRAPHIC, PLANE, RoadNetwork, distance_m
from environment.roads.router import MS_PER_S, Router
from environment.roads.speeds import DEFAULT_KPH, SpeedParameters
from environment.roads.stops import PARTS, driven, path_into, path_room, travel, travel_ms

__all__ = [
    "DEFAULT_KPH",
    "EARTH_RADIUS_M",
    "FAR_MS",
    "GEOGRAPHIC",
    "MS_PER_S",
    "NO_LIGHT",
    "PARTS",
    "PLANE",
    "SIGNAL",
    "TO_HUB",
    "Arrays",
    "HubLabels",
    "RoadNetwork",
    "Router",
    "SpeedParameters",
    "build_labels",
    "cache_folder",
    "dissect",
    "distance_m",
    "driven",
    "enters_light",
    "from_graph",
    "light_of_node",
    "mend",
    "path_into",
    "path_room",
    "take",
    "travel",
    "travel_ms",
]
