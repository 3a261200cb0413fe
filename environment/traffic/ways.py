"""A way that a vehicle is driving, and where it could turn off it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.hub_labels import TO_HUB, path_into, travel_ms
from environment.traffic.driving import Driving
from environment.traffic.redirects import NEAREST_PLACE, with_places

PLACE_COLUMNS = 11
(
    RANK, MOVING, NODE, READY_S, SKILLS, ORIGIN, DESTINATION, LEFT_S, WAY_S, SIREN, PATH_SIZE,
) = range(PLACE_COLUMNS)  # fmt: skip
"""Columns of the table of places: who may be answered (below); whether the ambulance is on the
road; the junction that it would leave from, and the expected seconds until then; its skills, one a
bit; its `Way`; and how many junctions are remembered of that (0: none yet)."""

BUSY, FREE = -1, 1_000
"""Ranks. An ambulance may be sent to a call whose priority is a smaller number than its rank: one
that is free to any, one that drives to a patient to those more urgent, a busy one to none."""


class Ways(NamedTuple):
    """The remembered paths of ambulances on the road.

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


def room_for_ways(ambulances: int, junctions: int) -> Ways:
    """Make room; memory that no path needs is never touched and costs nothing."""
    return Ways(
        np.empty((ambulances, junctions), np.int32),
        np.empty((ambulances, junctions), np.float64),
        np.empty(junctions, np.int32),
    )


@njit(cache=True)
def note_turns(  # type: ignore[no-untyped-def]
    address, time_ms, edge, far_end, street_s, junctions, passed_s, streets,
    xy_m, rule, places, siren, now_s,
):  # fmt: skip
    """Note where, and how soon, each ambulance on the road that may be sent can turn.

    It notes those that drive with `siren`, or those that drive without; the labels are those of
    this way of driving, and ``street_s`` its expected time on each street piece. Junctions stand at
    ``xy_m``, and `rule` says where one turns between them: `environment.traffic.redirects`.
    """
    for number in range(len(places)):
        place = places[number]
        if place[MOVING] == 0 or place[RANK] == BUSY or place[SIREN] != siren:
            continue
        if place[PATH_SIZE] == 0:
            origin, destination = int(place[ORIGIN]), int(place[DESTINATION])
            place[PATH_SIZE] = follow(
                address, time_ms, edge, far_end, street_s,
                junctions[number], passed_s[number], streets, origin, destination,
            )  # fmt: skip
            place[PATH_SIZE] = with_places(
                address, time_ms, xy_m, rule,
                junctions[number], passed_s[number], int(place[PATH_SIZE]),
            )  # fmt: skip
        if place[RANK] != FREE and now_s >= place[LEFT_S] + place[WAY_S]:
            place[RANK] = BUSY  # it is with the patient, and stays
            continue
        path = slice(0, int(place[PATH_SIZE]))
        place[NODE], place[READY_S] = turn(
            junctions[number, path], passed_s[number, path],
            place[LEFT_S], place[WAY_S], rule, now_s,
        )  # fmt: skip


@njit(cache=True)
def follow(  # type: ignore[no-untyped-def]
    address, time_ms, edge, far_end, street_s, junctions, passed_s, streets, origin, destination
):
    """Fill in the junctions of a way and when each is passed; returns how many there are."""
    count = path_into(address, time_ms, edge, far_end, origin, destination, streets)
    junctions[0], passed_s[0] = origin, 0.0
    for k in range(count):
        junctions[k + 1] = far_end[TO_HUB, streets[k]]
        passed_s[k + 1] = passed_s[k] + street_s[streets[k]]
    return count + 1


@njit(cache=True)
def turn(junctions, passed_s, left_s, way_s, rule, now_s):  # type: ignore[no-untyped-def]
    """The next junction of a way, and the seconds until it is reached.

    Between the last junction and where it goes it turns at once and drives back. By the rule of
    the nearest place it is there already.
    """
    if now_s <= left_s:
        return junctions[0], left_s - now_s
    if now_s >= left_s + way_s or len(junctions) == 1:
        return junctions[-1], now_s - left_s - way_s
    speed = passed_s[-1] / way_s
    done_s = (now_s - left_s) * speed
    k = np.searchsorted(passed_s[:-1], done_s)  # rounding never leads beyond the last
    if rule == NEAREST_PLACE:
        return junctions[k], 0.0
    return junctions[k], max(passed_s[k] - done_s, 0.0) / speed


@njit(cache=True)
def soonest(  # type: ignore[no-untyped-def]
    address, time_ms, pace, places, candidates, destination, priority, skills, chosen
):
    """Fill `chosen` with the candidates that are there first; returns how many.

    Candidates are those that may be sent to a call of `priority` and have all its `skills`. The
    labels are those of driving to a call, whose times are multiplied by `pace`. Ties go to the
    earlier candidate.
    """
    found = 0
    arrival_s = np.empty(len(chosen))
    for number in candidates:
        place = places[number]
        if place[RANK] <= priority or int(place[SKILLS]) & skills != skills:
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


@njit(cache=True)
def covered_share(  # type: ignore[no-untyped-def]
    address, time_ms, pace, slowness, places, station, station_s, destinations, shares, within_s
):
    """Share of the demand at some junctions that a free ambulance reaches within a time.

    The labels are those of driving to a call, whose times are multiplied by `pace`; `station_s`
    are the free-flow seconds from each station, (s, k), for those that stand at one, named by
    `station`. All take `slowness` times as long as in free flow.
    """
    covered = 0.0
    for k in range(len(destinations)):
        for number in range(len(places)):
            place = places[number]
            if place[RANK] != FREE:
                continue
            if place[MOVING]:
                drive_s = travel_ms(address, time_ms, int(place[NODE]), destinations[k])
                drive_s *= 1e-3 * pace
            else:
                drive_s = station_s[station[number], k]
            if place[READY_S] + drive_s * slowness <= within_s:
                covered += shares[k]
                break
    return covered


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
    rule = driving.redirect
    count = with_places(*labels[:2], driving.roads.xy_m, rule, junctions, passed_s, count)  # type: ignore[call-arg]
    path = slice(0, count)
    node, in_s = turn(junctions[path], passed_s[path], way.left_s, way.drive_s, rule, now_s)
    return int(node), float(in_s)


def metres_up_to(way: Way, node: int, now_s: float) -> float:
    """Metres of a way up to the junction where a vehicle turns off it."""
    if now_s <= way.left_s:
        return 0.0
    return way.driving.metres(way.origin, node, siren=way.siren)
