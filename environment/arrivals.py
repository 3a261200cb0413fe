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

AVAILABLE, RETURNING, HOME, READY_S, ORIGIN, LEFT_S, WAY_S, PATH_SIZE = range(8)
"""Columns of the table of places: whether it can be sent; whether it drives home; the junction of
its station; seconds to leave from there; and of its way home the junction and moment that it began
at, the seconds that it takes, and how many junctions are remembered of it (0: none yet)."""


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
def turn(  # type: ignore[no-untyped-def]
    address, time_ms, edge, far_end, street_s, junctions, passed_s, streets, places, number, now_s
):
    """The next junction of an ambulance's way home, and the seconds until it is reached.

    Between the last junction and its station it turns at once and drives back.

    The labels are those of driving home; ``street_s`` is the expected time on each street piece.
    """
    place = places[number]
    origin, home = int(place[ORIGIN]), int(place[HOME])
    junction, passed = junctions[number], passed_s[number]
    if place[PATH_SIZE] == 0:
        count = path_into(address, time_ms, edge, far_end, origin, home, streets)
        junction[0], passed[0] = origin, 0.0
        for k in range(count):
            junction[k + 1] = far_end[TO_HUB, streets[k]]
            passed[k + 1] = passed[k] + street_s[streets[k]]
        place[PATH_SIZE] = count + 1
    if now_s <= place[LEFT_S]:
        return origin, place[LEFT_S] - now_s
    last = int(place[PATH_SIZE]) - 1
    if last == 0 or now_s >= place[LEFT_S] + place[WAY_S]:
        return home, now_s - place[LEFT_S] - place[WAY_S]
    speed = passed[last] / place[WAY_S]
    done_s = (now_s - place[LEFT_S]) * speed
    k = np.searchsorted(passed[:last], done_s)
    return int(junction[k]), max(passed[k] - done_s, 0.0) / speed


@njit(cache=True)
def soonest(  # type: ignore[no-untyped-def]
    call_time_ms, pace, address, time_ms, edge, far_end, street_s, junctions, passed_s, streets,
    places, candidates, destination, now_s, chosen
):  # fmt: skip
    """Fill `chosen` with the available candidates that are there first; returns how many.

    ``call_time_ms`` are the labels of driving to a call, whose times are multiplied by `pace`; the
    other labels are those of driving home. Ties go to the earlier candidate.
    """
    found = 0
    arrival_s = np.empty(len(chosen))
    for number in candidates:
        place = places[number]
        if not place[AVAILABLE]:
            continue
        node, lead_s = int(place[HOME]), place[READY_S]
        if place[RETURNING]:
            node, lead_s = turn(
                address, time_ms, edge, far_end, street_s, junctions, passed_s, streets,
                places, number, now_s
            )  # fmt: skip
        there_s = lead_s + travel_ms(address, call_time_ms, node, destination) * 1e-3 * pace
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
