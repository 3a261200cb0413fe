"""Trips in compiled code: through the hours of the day, and through traffic lights.

A trip is worked out in one pass when it begins, from stop to stop. The arrays are those of
`HubLabels` (``address``, ``time_ms``, ``length_dm``, ``edge``, ``pieces``), of `RoadNetwork` and
of `TrafficLights`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.stops import PARTS, driven, path_into, path_room, travel
from environment.traffic.green_waves import KEPT, ROW_COLUMNS, force, switched_s, wait_s
from environment.traffic.traffic_lights import TrafficLights
from environment.units import HOUR_S, HOURS_A_DAY

FREE_FLOW_S, LENGTH_M, CYCLE_S, GREEN_FROM_S, GREEN_S = range(5)
"""Columns of the table of street pieces."""


def street_table(
    free_flow_s: NDArray[np.float64], length_m: NDArray[np.float64], lights: TrafficLights
) -> NDArray[np.float64]:
    """All that a trip has to know of each street piece, side by side in memory, (m, 5)."""
    columns = (free_flow_s, length_m, lights.cycle_s, lights.green_from_s, lights.green_s)
    return np.column_stack(columns)


@njit(cache=True)
def through_hours(depart_s, work_s, hourly_factors):  # type: ignore[no-untyped-def]
    """Seconds that `work_s` of free-flow driving takes from `depart_s` on.

    `hourly_factors` are speeds over free flow by hour of the day; an empty array means always one.
    """
    if len(hourly_factors) == 0:
        return work_s
    now_s = depart_s
    while True:
        hour = np.floor(now_s / HOUR_S)
        factor = hourly_factors[int(hour) % HOURS_A_DAY]
        left_s = (hour + 1) * HOUR_S - now_s
        if work_s <= left_s * factor:
            return now_s + work_s / factor - depart_s
        work_s -= left_s * factor
        now_s = (hour + 1) * HOUR_S


@njit(cache=True)
def open_trip(  # type: ignore[no-untyped-def]
    address, time_ms, length_dm, pieces, hourly_factors, origin, destination, depart_s, pace
):
    """Seconds and metres of a trip without lights; `pace` multiplies its free-flow time."""
    ms, dm = travel(address, time_ms, length_dm, pieces, origin, destination)
    return through_hours(depart_s, ms * 1e-3 * pace, hourly_factors), dm * 0.1


@njit(cache=True)
def lit_trip(  # type: ignore[no-untyped-def]
    address,
    time_ms,
    edge,
    pieces,
    streets,
    siren_delay_s,
    hourly_factors,
    path,
    origin,
    destination,
    depart_s,
    pace,
):
    """Seconds and metres of a trip that meets each light of its path as it then stands.

    At red a vehicle waits for green; one with a siren (`siren_delay_s` >= 0) loses that delay at
    most. A light at the end of the trip is not passed. `streets` is the table that `street_table`
    makes, `path` room for the path.
    """
    count = path_into(address, time_ms, edge, pieces, origin, destination, path)
    now_s = depart_s
    metres = 0.0
    for k in range(count):
        street = streets[path[k]]
        begin, end = driven(pieces, len(address), path, count, k, origin, destination)
        share = (end - begin) / PARTS
        now_s += through_hours(now_s, street[FREE_FLOW_S] * share * pace, hourly_factors)
        metres += street[LENGTH_M] * share
        if street[CYCLE_S] > 0 and k < count - 1:
            phase_s = (now_s - street[GREEN_FROM_S]) % street[CYCLE_S]
            if phase_s >= street[GREEN_S]:
                green_in_s = street[CYCLE_S] - phase_s
                now_s += green_in_s if siren_delay_s < 0 else min(siren_delay_s, green_in_s)
    return now_s - depart_s, metres


class Switches(NamedTuple):
    """What a trip that may switch lights has to know of them; see `TrafficLights`.

    Attributes
    ----------
    light : (m,) int64
    axis : (m,) int8
    equipped : (l,) bool
    cross_flow_per_hour : (l, 2) float64
    switch_s : float
    """

    light: NDArray[np.int64]
    axis: NDArray[np.int8]
    equipped: NDArray[np.bool_]
    cross_flow_per_hour: NDArray[np.float64]
    switch_s: float


class Room(NamedTuple):
    """Memory for one trip: its streets, when and where each begins, its forced greens."""

    path: NDArray[np.int32]
    begins_s: NDArray[np.float64]
    begins_m: NDArray[np.float64]
    rows: NDArray[np.float64]


def make_room(junctions: int) -> Room:
    """Make room; memory that no trip needs is never touched and costs nothing."""
    size = path_room(junctions)
    return Room(
        np.empty(size, np.int32),
        np.empty(size),
        np.empty(size),
        np.empty((size * (KEPT + 1), ROW_COLUMNS)),
    )


@njit(cache=True)
def green_trip(  # type: ignore[no-untyped-def]
    labels,
    streets,
    switches,
    siren_delay_s,
    hourly_factors,
    room,
    intervals,
    origin,
    destination,
    depart_s,
    pace,
    give_way_m,
):
    """Seconds and metres of a trip among forced greens, and the number of its own in `room`.

    As `lit_trip`; and each equipped light is asked for green where the way left to it falls to
    `give_way_m`, which has one element for all of them or one for each. At 0 nothing is asked.
    """
    address, time_ms, edge, pieces = labels
    path, begins_s, begins_m = room.path, room.begins_s, room.begins_m
    count = path_into(address, time_ms, edge, pieces, origin, destination, path)
    now_s = depart_s
    metres = 0.0
    equipped = rows = 0
    for k in range(count):
        street = streets[path[k]]
        begins_s[k], begins_m[k] = now_s, metres
        begin, end = driven(pieces, len(address), path, count, k, origin, destination)
        share = (end - begin) / PARTS
        now_s += through_hours(now_s, street[FREE_FLOW_S] * share * pace, hourly_factors)
        metres += street[LENGTH_M] * share
        if street[CYCLE_S] <= 0 or k == count - 1:
            continue
        light, axis = switches.light[path[k]], switches.axis[path[k]]
        cycle = (street[CYCLE_S], street[GREEN_FROM_S], street[GREEN_S])
        approach = (light, axis, cycle)
        loss_s = wait_s(intervals, approach, now_s)
        if siren_delay_s >= 0:
            loss_s = min(siren_delay_s, loss_s)
        if switches.equipped[light]:
            ahead_m = give_way_m[min(equipped, len(give_way_m) - 1)]
            equipped += 1
            if ahead_m > 0:
                asked_s = passed_s(
                    streets, path, begins_s, begins_m, hourly_factors, pace, k, metres - ahead_m
                )
                green_s = switched_s(intervals, approach, switches.switch_s, asked_s, now_s)
                loss_s = min(loss_s, max(green_s - now_s, 0.0))
                flow = switches.cross_flow_per_hour[light, axis]
                rows = force(intervals, approach, green_s, now_s, flow, room.rows, rows)
        now_s += loss_s
    return now_s - depart_s, metres, rows


@njit(cache=True)
def passed_s(  # type: ignore[no-untyped-def]
    streets, path, begins_s, begins_m, hourly_factors, pace, last, place_m
):
    """When a trip passes a place before the end of its `last` street, or leaves if that is later.

    At a light it is there when it arrives, not when it goes on.
    """
    k = last
    while k > 0 and begins_m[k] >= place_m:
        k -= 1
    way_m = place_m - begins_m[k]
    if way_m <= 0:
        return begins_s[k]
    work_s = streets[path[k], FREE_FLOW_S] * pace * way_m / streets[path[k], LENGTH_M]
    return begins_s[k] + through_hours(begins_s[k], work_s, hourly_factors)
