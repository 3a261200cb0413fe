"""Trips in compiled code: through the hours of the day, and through traffic lights.

A trip is worked out in one pass when it begins. The arrays are those of `HubLabels` (``address``,
``time_ms``, ``length_dm``, ``edge``), of `RoadNetwork` and of `TrafficLights`.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.hub_labels import path_into, travel
from environment.traffic_lights import TrafficLights

HOUR_S = 3600.0
HOURS = 24

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
    most.
    A light at the junction where the trip ends is not passed. `streets` is the table that
    `street_table` makes, `path` room for the path.
    """
    count = path_into(address, time_ms, edge, far_end, origin, destination, path)
    now_s = depart_s
    metres = 0.0
    for k in range(count):
        street = streets[path[k]]
        now_s += through_hours(now_s, street[FREE_FLOW_S] * pace, hourly_factors)
        metres += street[LENGTH_M]
        if street[CYCLE_S] > 0 and k < count - 1:
            phase_s = (now_s - street[GREEN_FROM_S]) % street[CYCLE_S]
            if phase_s >= street[GREEN_S]:
                green_in_s = street[CYCLE_S] - phase_s
                now_s += green_in_s if siren_delay_s < 0 else min(siren_delay_s, green_in_s)
    return now_s - depart_s, metres
