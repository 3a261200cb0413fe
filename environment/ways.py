"""A way that a vehicle is driving, and where it could turn off it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from environment.arrivals import follow, turn
from environment.driving import Driving


class Way(NamedTuple):
    """One drive from junction to junction.

    Attributes
    ----------
    origin, destination : int
    left_s : float
        When the vehicle leaves the origin; until then it can turn there.
    drive_s : float
    siren : bool
    driving : Driving
        On the streets that were open when the vehicle set out: those that it drives on.
    """

    origin: int
    destination: int
    left_s: float
    drive_s: float
    siren: bool
    driving: Driving


make_way = partial(tuple.__new__, Way)
"""A way from a tuple of its fields, in half the time that the class takes."""


def next_junction(way: Way, now_s: float) -> tuple[int, float]:
    """The junction of a way where a vehicle can turn next, and the seconds until it is there.

    It is taken to be on its way in proportion to the expected times.
    """
    driving = way.driving
    labels = driving.way_labels(siren=way.siren)
    junctions = np.empty(driving.roads.node_count, np.int32)
    passed_s = np.empty(driving.roads.node_count)
    count = follow(  # type: ignore[call-arg]
        *labels, junctions, passed_s, np.empty_like(junctions), way.origin, way.destination
    )
    node, in_s = turn(junctions[:count], passed_s[:count], way.left_s, way.drive_s, now_s)
    return int(node), float(in_s)


def metres_up_to(way: Way, node: int, now_s: float) -> float:
    """Metres of a way up to the junction where a vehicle turns off it."""
    if now_s <= way.left_s:
        return 0.0
    return way.driving.metres(way.origin, node, siren=way.siren)
