"""Trips in compiled code: through the hours of the day, and through traffic lights.

A trip is worked out in one pass when it begins. The arrays are those of `HubLabels` (``address``,
``time_ms``, ``length_dm``, ``edge``), of `RoadNetwork` and of `TrafficLights`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from environment.roads.hub_labels import path_into, travel

HOUR_S = 3600.0
HOURS = 24


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
        factor = hourly_factors[int(hour) % HOURS]
        left_s = (hour + 1) * HOUR_S - now_s
        if work_s <= left_s * factor:
            return now_s + work_s / factor - depart_s
        work_s -= left_s * factor
        now_s = (hour + 1) * HOUR_S


@njit(cache=True)
def open_trip(  # type: ignore[no-untyped-def]
    address, time_ms, length_dm, hourly_factors, origin, destination, depart_s, pace
):
    """Seconds and metres of a trip without lights; `pace` multiplies its free-flow time."""
    ms, dm = travel(address, time_ms, length_dm, origin, destination)
    return through_hours(depart_s, ms * 1e-3 * pace, hourly_factors), dm * 0.1


@njit(cache=True)
def lit_trip(  # type: ignore[no-untyped-def]
    address,
    time_ms,
    edge,
    far_end,
    edge_s,
    length_m,
    cycle_s,
    green_from_s,
    green_s,
    siren_delay_s,
    hourly_factors,
    path,
    origin,
    destination,
    depart_s,
    pace,
):
    """Seconds and metres of a trip that meets each light of its path as it then stands.

    At red a vehicle waits for green; one with a siren (`siren_delay_s` >= 0) loses that delay.
    A light at the junction where the trip ends is not passed. `path` is room for the path.
    """
    count = path_into(address, time_ms, edge, far_end, origin, destination, path)
    now_s = depart_s
    metres = 0.0
    for k in range(count):
        street = path[k]
        now_s += through_hours(now_s, edge_s[street] * pace, hourly_factors)
        metres += length_m[street]
        if cycle_s[street] > 0 and k < count - 1:
            phase_s = (now_s - green_from_s[street]) % cycle_s[street]
            if phase_s >= green_s[street]:
                now_s += cycle_s[street] - phase_s if siren_delay_s < 0 else siren_delay_s
    return now_s - depart_s, metres
