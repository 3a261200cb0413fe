"""How vehicles get along: driving times by hour and siren, lights and their greens, closed streets.

Knows roads and places; computes one trip at a time and keeps no clock.
"""

from __future__ import annotations

from environment.traffic.closures import close_streets
from environment.traffic.driving import Driving, TravelParameters
from environment.traffic.green_waves import CROSS_RED_S, FROM_S, LIGHT, UNTIL_S, ForcedGreens
from environment.traffic.light_plans import MAJOR
from environment.traffic.traffic_lights import (
    SignalParameters,
    TrafficLights,
    draw_lights,
    unlit_junctions,
)
from environment.traffic.ways import (
    BUSY,
    DESTINATION,
    FREE,
    LEFT_S,
    MOVING,
    NODE,
    ORIGIN,
    PATH_SIZE,
    PLACE_COLUMNS,
    RANK,
    READY_S,
    SIREN,
    SKILLS,
    WAY_S,
    Way,
    covered_share,
    follow,
    metres_up_to,
    next_turn,
    note_turns,
    room_for_ways,
    soonest,
)

__all__ = [
    "BUSY",
    "CROSS_RED_S",
    "DESTINATION",
    "FREE",
    "FROM_S",
    "LEFT_S",
    "LIGHT",
    "MAJOR",
    "MOVING",
    "NODE",
    "ORIGIN",
    "PATH_SIZE",
    "PLACE_COLUMNS",
    "RANK",
    "READY_S",
    "SIREN",
    "SKILLS",
    "UNTIL_S",
    "WAY_S",
    "Driving",
    "ForcedGreens",
    "SignalParameters",
    "TrafficLights",
    "TravelParameters",
    "Way",
    "close_streets",
    "covered_share",
    "draw_lights",
    "follow",
    "metres_up_to",
    "next_turn",
    "note_turns",
    "room_for_ways",
    "soonest",
    "unlit_junctions",
]
