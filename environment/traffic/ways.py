"""A way that a vehicle is driving, and where it could turn off it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.hub_labels import ALONG_MS, HEAD, NO_STOP, TIME_MS
from environment.roads.stops import PARTS, driven, path_into, path_room, share_of, travel_ms
from environment.traffic.closures import BARRIER_MS
from environment.traffic.driving import Driving
from environment.traffic.redirects import NEAREST_PLACE, with_places

PLACE_COLUMNS = 11
(
    RANK, MOVING, NODE, READY_S, SKILLS, ORIGIN, DESTINATION, LEFT_S, WAY_S, SIREN, PATH_SIZE,
) = range(PLACE_COLUMNS)  # fmt: skip
"""Columns of the table of places: who may be answered (below); whether the ambulance is on the
road; the stop that it would leave from, and the expected seconds until then; its skills, one a bit;
its `Way`; and how many places are remembered of that (0: none yet)."""

BUSY, FREE = -1, 1_000
"""Ranks. An ambulance may be sent to a call whose priority is a smaller number than its rank: one
that is free to any, one that drives to a patient to those more urgent, a busy one to none."""

HALFWAY_S = 1e-6
"""So near to the middle between two places a vehicle is in the middle."""


class Ways(NamedTuple):
    """The remembered paths of ambulances on the road.

    Attributes
    ----------
    turns : (v, n + 2) int64
        The stop where each begins, the junctions on the way, and the stop where it ends.
    passed_s : (v, n + 2) float64
        Expected time from the beginning of the way to each of them.
    streets : (n + 1,) int32
        Room for one path.
    """

    turns: NDArray[np.int64]
    passed_s: NDArray[np.float64]
    streets: NDArray[np.int32]


def room_for_ways(ambulances: int, junctions: int) -> Ways:
    """Make room; memory that no path needs is never touched and costs nothing."""
    size = path_room(junctions)
    return Ways(
        np.empty((ambulances, size + 1), np.int64),
        np.empty((ambulances, size + 1), np.float64),
        np.empty(size, np.int32),
    )


@njit(cache=True)
def note_turns(  # type: ignore[no-untyped-def]
    address, time_ms, edge, pieces, turns, passed_s, streets, xy_m, rule, places, siren, now_s
):
    """Note where, and how soon, each ambulance on the road that may be sent can turn.

    It notes those that drive with `siren`, or those that drive without; the labels are those of
    this way of driving. Junctions stand at ``xy_m``, and `rule` says where one turns between them:
    `environment.traffic.redirects`.
    """
    for number in range(len(places)):
        place = places[number]
        if place[MOVING] == 0 or place[RANK] == BUSY or place[SIREN] != siren:
            continue
        if place[PATH_SIZE] == 0:
            origin, destination = int(place[ORIGIN]), int(place[DESTINATION])
            place[PATH_SIZE] = follow(
                address, time_ms, edge, pieces,
                turns[number], passed_s[number], streets, origin, destination,
            )  # fmt: skip
            place[PATH_SIZE] = with_places(
                address, time_ms, xy_m, rule,
                turns[number], passed_s[number], int(place[PATH_SIZE]),
            )  # fmt: skip
        if place[RANK] != FREE and now_s >= place[LEFT_S] + place[WAY_S]:
            place[RANK] = BUSY  # it is with the patient, and stays
            continue
        path = slice(0, int(place[PATH_SIZE]))
        place[NODE], place[READY_S] = turn(
            turns[number, path], passed_s[number, path],
            place[LEFT_S], place[WAY_S], rule, now_s,
        )  # fmt: skip


@njit(cache=True)
def follow(  # type: ignore[no-untyped-def]
    address, time_ms, edge, pieces, turns, passed_s, streets, origin, destination
):
    """Fill in where one can turn on a way, and when each is passed; returns how many there are.

    It fills in the streets of the way, too, one less.
    """
    count = path_into(address, time_ms, edge, pieces, origin, destination, streets)
    turns[0], passed_s[0] = origin, 0.0
    for k in range(count):
        piece = streets[k]
        begin, end = driven(pieces, len(address), streets, count, k, origin, destination)
        upto_ms = along_ms = np.int64(pieces[piece, ALONG_MS])
        if along_ms == NO_STOP:
            upto_ms = along_ms = pieces[piece, TIME_MS] - BARRIER_MS
        elif end == PARTS:  # else the light at its end is not passed
            upto_ms = np.int64(pieces[piece, TIME_MS])
        if end < PARTS:
            upto_ms = share_of(along_ms, end)
        turns[k + 1] = pieces[piece, HEAD]
        passed_s[k + 1] = passed_s[k] + (upto_ms - share_of(along_ms, begin)) * 1e-3
    turns[count] = destination
    return count + 1


@njit(cache=True)
def turn(turns, passed_s, left_s, way_s, rule, now_s):  # type: ignore[no-untyped-def]
    """The next place of a way where one can turn, and the seconds until it is reached.

    Off the street, between the end of the way and where it leads to, it turns at once and drives
    back. By the rule of the nearest place it is there already; halfway between two places that is
    the one behind, to the microsecond, so that rounding does not decide.
    """
    if now_s <= left_s:
        return turns[0], left_s - now_s
    if now_s >= left_s + way_s or len(turns) == 1:
        return turns[-1], now_s - left_s - way_s
    speed = passed_s[-1] / way_s
    done_s = (now_s - left_s) * speed
    if rule == NEAREST_PLACE:
        return turns[np.searchsorted(passed_s[:-1], done_s - HALFWAY_S)], 0.0
    k = np.searchsorted(passed_s[:-1], done_s)  # rounding never leads beyond the last
    return turns[k], max(passed_s[k] - done_s, 0.0) / speed


@njit(cache=True)
def soonest(  # type: ignore[no-untyped-def]
    address, time_ms, pieces, pace, places, candidates, destination, priority, skills, chosen
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
        drive_ms = travel_ms(address, time_ms, pieces, int(place[NODE]), destination)
        there_s = place[READY_S] + drive_ms * 1e-3 * pace
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
    address, time_ms, pieces, pace, slowness, places, station, station_s,
    destinations, shares, within_s,
):  # fmt: skip
    """Share of the demand at some stops that a free ambulance reaches within a time.

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
                drive_ms = travel_ms(address, time_ms, pieces, int(place[NODE]), destinations[k])
                drive_s = drive_ms * 1e-3 * pace
            else:
                drive_s = station_s[station[number], k]
            if place[READY_S] + drive_s * slowness <= within_s:
                covered += shares[k]
                break
    return covered


class Way(NamedTuple):
    """One drive from stop to stop.

    Attributes
    ----------
    origin, destination : int
        Stops: junctions, or points between two (`environment.roads.stops`).
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


def next_turn(way: Way, now_s: float) -> tuple[int, float]:
    """The stop of a way where a vehicle can turn next, and the seconds until it is there.

    That is where it begins, a junction, or where it ends. The vehicle is taken to be on its way in
    proportion to the expected times.
    """
    driving = way.driving
    labels = driving.way_labels(siren=way.siren)
    size = path_room(driving.roads.node_count)
    turns, passed_s = np.empty(size + 1, np.int64), np.empty(size + 1)
    count = follow(  # type: ignore[call-arg]
        *labels, turns, passed_s, np.empty(size, np.int32), way.origin, way.destination
    )
    rule = driving.redirect
    count = with_places(*labels[:2], driving.roads.xy_m, rule, turns, passed_s, count)  # type: ignore[call-arg]
    path = slice(0, count)
    node, in_s = turn(turns[path], passed_s[path], way.left_s, way.drive_s, rule, now_s)
    return int(node), float(in_s)


def metres_up_to(way: Way, node: int, now_s: float) -> float:
    """Metres of a way up to the stop where a vehicle turns off it."""
    if now_s <= way.left_s:
        return 0.0
    return way.driving.metres(way.origin, node, siren=way.siren)
