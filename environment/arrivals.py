"""How soon each ambulance could be somewhere, in compiled code.

Where the ambulances are stands in one table, so that asking passes few arrays: numba takes longer
to unpack its arguments than to answer. One on its way home turns at the next junction of its path;
the path is followed once for each way home and remembered, since every call asks for it again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.hub_labels import TO_HUB, path_into, travel_ms

AVAILABLE, RETURNING, NODE, READY_S, HOME, ORIGIN, LEFT_S, WAY_S, PATH_SIZE = range(9)
"""Columns of the table of places: whether an ambulance can be sent; whether it drives home; the
junction that it would leave from, and the expected seconds until then; the junction of its
station; and of its way home the junction and moment that it began at, the seconds that it takes,
and how many junctions are remembered of it (0: none yet)."""


class WaysHome(NamedTuple):
    """The remembered paths of ambulances on their way home.

    Attributes
    ----------
    junctions : (v, n) int32
    passed_s : (v, n) float64
        Expected time from the beginning of the way to each of its junctions.
    streets : (n,) int32
        Room for one path.
    """

    junctions: NDArray[np.int32]
    passed_s: NDArray[np.float64]
    streets: NDArray[np.int32]


def room_for_ways_home(ambulances: int, junctions: int) -> WaysHome:
    """Make room; memory that no path needs is never touched and costs nothing."""
    return WaysHome(
        np.empty((ambulances, junctions), np.int32),
        np.empty((ambulances, junctions), np.float64),
        np.empty(junctions, np.int32),
    )


@njit(cache=True)
def note_turns(  # type: ignore[no-untyped-def]
    address, time_ms, edge, far_end, street_s, junctions, passed_s, streets, places, now_s
):
    """Note where, and how soon, each ambulance on its way home can turn.

    The labels are those of driving home; ``street_s`` is the expected time on each street piece.
    """
    for number in range(len(places)):
        place = places[number]
        if not place[RETURNING]:
            continue
        if place[PATH_SIZE] == 0:
            origin, home = int(place[ORIGIN]), int(place[HOME])
            count = path_into(address, time_ms, edge, far_end, origin, home, streets)
            junctions[number, 0], passed_s[number, 0] = origin, 0.0
            for k in range(count):
                junctions[number, k + 1] = far_end[TO_HUB, streets[k]]
                passed_s[number, k + 1] = passed_s[number, k] + street_s[streets[k]]
            place[PATH_SIZE] = count + 1
        path = slice(0, int(place[PATH_SIZE]))
        place[NODE], place[READY_S] = _turn(
            junctions[number, path], passed_s[number, path], place[LEFT_S], place[WAY_S], now_s
        )


@njit(cache=True)
def _turn(junctions, passed_s, left_s, way_s, now_s):  # type: ignore[no-untyped-def]
    """The next junction of a way, and the seconds until it is reached.

    Between the last junction and the station it turns at once and drives back.
    """
    if now_s <= left_s:
        return junctions[0], left_s - now_s
    if now_s >= left_s + way_s or len(junctions) == 1:
        return junctions[-1], now_s - left_s - way_s
    speed = passed_s[-1] / way_s
    done_s = (now_s - left_s) * speed
    k = np.searchsorted(passed_s[:-1], done_s)  # rounding never leads beyond the last
    return junctions[k], max(passed_s[k] - done_s, 0.0) / speed


@njit(cache=True)
def soonest(  # type: ignore[no-untyped-def]
    address, time_ms, pace, places, candidates, destination, chosen
):
    """Fill `chosen` with the available candidates that are there first; returns how many.

    The labels are those of driving to a call, whose times are multiplied by `pace`. Ties go to the
    earlier candidate.
    """
    found = 0
    arrival_s = np.empty(len(chosen))
    for number in candidates:
        place = places[number]
        if not place[AVAILABLE]:
            continue
        drive_s = travel_ms(address, time_ms, int(place[NODE]), destination) * 1e-3 * pace
        there_s = place[READY_S] + drive_s
        if found < len(chosen):
            found += 1
        elif there_s >= arrival_s[found - 1]:
            continue
        k = found - 1
        while k > 0 and arrival_s[k - 1] > there_s:
            chosen[k], arrival_s[k] = chosen[k - 1], arrival_s[k - 1]
            k -= 1
        chosen[k], arrival_s[k] = number, there_s
    return found
