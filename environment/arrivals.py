"""How soon each ambulance could be somewhere, in compiled code.

An ambulance on its way home turns at the next junction of its path. The path is followed once for
each way home and remembered, since every call asks for it again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.hub_labels import path_into, travel_ms

UNKNOWN = -1


class WaysHome(NamedTuple):
    """The remembered paths of ambulances on their way home.

    Attributes
    ----------
    junctions : (v, n) int32
    passed_s : (v, n) float64
        Expected time from the beginning of the way to each of its junctions.
    size : (v,) int32
        How many junctions the path has, or `UNKNOWN`.
    streets : (n,) int32
        Room for one path.
    """

    junctions: NDArray[np.int32]
    passed_s: NDArray[np.float64]
    size: NDArray[np.int32]
    streets: NDArray[np.int32]


def room_for_ways_home(ambulances: int, junctions: int) -> WaysHome:
    """Make room; memory that no path needs is never touched and costs nothing."""
    return WaysHome(
        np.empty((ambulances, junctions), np.int32),
        np.empty((ambulances, junctions), np.float64),
        np.full(ambulances, UNKNOWN, np.int32),
        np.empty(junctions, np.int32),
    )


@njit(cache=True)
def turn(  # type: ignore[no-untyped-def]
    address, time_ms, edge, far_end, head, street_s, junctions, passed_s, size, streets,
    number, origin, home, left_s, drive_s, now_s,
):
    """The next junction of a way home, and the seconds until it is reached.

    Between the last junction and the station, a crew turns at once and drives back.
    """
    if size[number] == UNKNOWN:
        count = path_into(address, time_ms, edge, far_end, origin, home, streets)
        junctions[number, 0] = origin
        passed_s[number, 0] = 0
        for k in range(count):
            junctions[number, k + 1] = head[streets[k]]
            passed_s[number, k + 1] = passed_s[number, k] + street_s[streets[k]]
        size[number] = count + 1
    if now_s <= left_s:
        return origin, left_s - now_s
    last = size[number] - 1
    if now_s >= left_s + drive_s or last == 0:
        return home, now_s - left_s - drive_s
    speed = passed_s[number, last] / drive_s
    done_s = (now_s - left_s) * speed
    next_one = np.searchsorted(passed_s[number, : last + 1], done_s)
    return (
        np.int64(junctions[number, next_one]),
        (passed_s[number, next_one] - done_s) / speed,
    )


@njit(cache=True)
def soonest(  # type: ignore[no-untyped-def]
    address, time_ms, pace,
    home_address, home_time_ms, home_edge, far_end, head, street_s, junctions, passed_s, size, streets,
    available, returning, origin, home, left_s, way_s, ready_s,
    candidates, destination, now_s, speed_factor, chosen, chosen_s,
):
    """Fill `chosen` with the available candidates that are there first; returns how many.

    ``address`` and ``time_ms`` are the labels of driving to a call, the arrays with ``home_`` in
    their names those of driving home; ``way_s`` is the time of a whole way home. Ties go to the lower place among the candidates.
    """
    found = 0
    for number in candidates:
        if not available[number]:
            continue
        node, lead_s = home[number], ready_s[number]
        if returning[number]:
            node, lead_s = turn(
                home_address, home_time_ms, home_edge, far_end, head, street_s,
                junctions, passed_s, size, streets,
                number, origin[number], home[number], left_s[number], way_s[number], now_s,
            )
        drive_s = travel_ms(address, time_ms, node, destination) * 1e-3 * pace / speed_factor
        arrival_s = lead_s + drive_s
        if found < len(chosen):
            found += 1
        elif arrival_s >= chosen_s[found - 1]:
            continue
        place = found - 1
        while place > 0 and chosen_s[place - 1] > arrival_s:
            chosen[place], chosen_s[place] = chosen[place - 1], chosen_s[place - 1]
            place -= 1
        chosen[place], chosen_s[place] = number, arrival_s
    return found
