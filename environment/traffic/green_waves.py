"""Greens that the traffic control forces for vehicles with siren, and what they cost.

A forced green is an interval in which a light shows green to one of its axes, whatever its cycle
says; outside of it the cycle goes on as if nothing had been. Intervals of one light never overlap:
who asks first is served first, and what is green already for the same axis is not forced again.

A vehicle's forced greens are entered when it leaves, for its whole way (`trips.green_trip`). Who
leaves later meets them; who left before is not held up any more, though it may come to the light
after. A vehicle that turns off its way gives back what it has not used. What this approximation
costs, `benchmarks/validation/one_pass.py` measures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.roads.lights import NO_LIGHT
from environment.traffic.traffic_lights import TrafficLights
from environment.units import HOUR_S

NEVER = -np.inf

KEPT = 16
"""Forced greens that are remembered of each light; a further one takes the place of the one that
ends first, which nearly always is long over."""

ROW_COLUMNS = 6
LIGHT, FROM_S, UNTIL_S, CROSS_RED_S, HELD_VEHICLES, AXIS = range(ROW_COLUMNS)
"""Columns of the rows in which forced greens are handed out."""

LEAST_RED_S = 1e-6
"""Less is rounding."""


class Intervals(NamedTuple):
    """The latest forced greens of each light, in no order; void ones begin and end at `NEVER`.

    Attributes
    ----------
    from_s, until_s : (l, KEPT) float64
    axis : (l, KEPT) int8
    """

    from_s: NDArray[np.float64]
    until_s: NDArray[np.float64]
    axis: NDArray[np.int8]


class ForcedGreens:
    """The forced greens of one run.

    Parameters
    ----------
    lights : TrafficLights

    Attributes
    ----------
    intervals : Intervals
        For compiled code.
    """

    def __init__(self, lights: TrafficLights) -> None:
        shape = (len(lights.equipped), KEPT)
        self.intervals = Intervals(
            np.full(shape, NEVER), np.full(shape, NEVER), np.zeros(shape, np.int8)
        )
        self._lights = lights
        into = np.flatnonzero(lights.light != NO_LIGHT)
        self._approach = np.full((len(lights.equipped), 2), NO_LIGHT)
        self._approach[lights.light[into], lights.axis[into]] = into

    def cancel(self, rows: NDArray[np.float64], now_s: float) -> NDArray[np.float64]:
        """Give back what a vehicle has not used of its forced greens.

        Parameters
        ----------
        rows : (k, 6) float64
            As `Driving.green_trip` answers them.
        now_s : float
            When the vehicle turns off its way.

        Returns
        -------
        (k', 6) float64
            Those that had begun, none lasting longer than until now.
        """
        kept = []
        for row in rows:
            if row[FROM_S] >= now_s:
                self._forget(row)
            else:
                kept.append(self._cut(row, now_s) if row[UNTIL_S] > now_s else row)
        return np.array(kept).reshape(-1, ROW_COLUMNS)

    def _forget(self, row: NDArray[np.float64]) -> None:
        light, place = self._find(row)
        self.intervals.from_s[light, place] = self.intervals.until_s[light, place] = NEVER

    def _cut(self, row: NDArray[np.float64], now_s: float) -> NDArray[np.float64]:
        """End a forced green now, and count its red anew unless it was pushed out."""
        light, place = self._find(row)
        cut = row.copy()
        cut[UNTIL_S] = now_s
        if len(place):
            self.intervals.until_s[light, place] = now_s
            axis = self.intervals.axis[light, place[0]]
            red_s = red_within_s(self._cycle(light, axis), row[FROM_S], now_s)
            cut[CROSS_RED_S] = red_s
            cut[HELD_VEHICLES] = red_s * self._lights.cross_flow_per_hour[light, axis] / HOUR_S
        return cut

    def _cycle(self, light: int, axis: int) -> tuple[float, float, float]:
        lights, approach = self._lights, self._approach[light, axis]
        return lights.cycle_s[approach], lights.green_from_s[approach], lights.green_s[approach]

    def _find(self, row: NDArray[np.float64]) -> tuple[int, NDArray[np.int64]]:
        """Light and places of an interval; those of one light all begin at other moments."""
        light = int(row[LIGHT])
        return light, np.flatnonzero(self.intervals.from_s[light] == row[FROM_S])


# In what follows, `cycle` is when an approach has green without forced ones: the seconds of the
# cycle, when green begins in it, and how long it lasts. `approach` is its light, axis and cycle.


@njit(cache=True)
def red_left_s(cycle, moment_s):  # type: ignore[no-untyped-def]
    """Seconds until the cycle shows green; none at green."""
    cycle_s, green_from_s, green_s = cycle
    phase_s = (moment_s - green_from_s) % cycle_s
    return cycle_s - phase_s if phase_s >= green_s else 0.0


@njit(cache=True)
def red_within_s(cycle, from_s, until_s):  # type: ignore[no-untyped-def]
    """Seconds between two moments in which the cycle shows red."""
    cycle_s, green_from_s, green_s = cycle
    red_s = 0.0
    for moment_s, sign in ((from_s, -1.0), (until_s, 1.0)):
        cycles = np.floor((moment_s - green_from_s) / cycle_s)
        phase_s = (moment_s - green_from_s) - cycles * cycle_s
        red_s += sign * (cycles * (cycle_s - green_s) + max(phase_s - green_s, 0.0))
    return red_s


@njit(cache=True)
def forced_at(intervals, light, moment_s):  # type: ignore[no-untyped-def]
    """The place of the forced green that a light shows at a moment; -1 if its cycle runs."""
    for k in range(KEPT):
        if intervals.from_s[light, k] <= moment_s < intervals.until_s[light, k]:
            return k
    return -1


@njit(cache=True)
def next_forced(intervals, light, after_s, until_s):  # type: ignore[no-untyped-def]
    """The place of a light's first forced green to begin within a time; -1 if none does."""
    first = -1
    for k in range(KEPT):
        from_s = intervals.from_s[light, k]
        if after_s < from_s <= until_s and (first < 0 or from_s < intervals.from_s[light, first]):
            first = k
    return first


@njit(cache=True)
def wait_s(intervals, approach, moment_s):  # type: ignore[no-untyped-def]
    """Seconds until a light shows green to an approach, forced or by its cycle."""
    light, axis, cycle = approach
    now_s = moment_s
    while True:
        forced = forced_at(intervals, light, now_s)
        if forced >= 0:
            if intervals.axis[light, forced] == axis:
                return now_s - moment_s
            now_s = intervals.until_s[light, forced]
            continue
        red_s = red_left_s(cycle, now_s)
        forced = next_forced(intervals, light, now_s, now_s + red_s) if red_s > 0 else -1
        if forced < 0:
            return now_s - moment_s + red_s
        now_s = intervals.from_s[light, forced]


@njit(cache=True)
def switched_s(intervals, approach, switch_s, request_s, arrival_s):  # type: ignore[no-untyped-def]
    """When a light can be green for an approach, and stay so until a vehicle has come.

    Forced greens of the other axis stand: it is switched after the last one that is in the way.
    """
    light, axis, _ = approach
    begin_s = request_s
    while True:
        green_s = begin_s + min(switch_s, wait_s(intervals, approach, begin_s))
        in_the_way_s = NEVER
        for k in range(KEPT):
            if (
                intervals.axis[light, k] != axis
                and intervals.from_s[light, k] <= max(green_s, arrival_s)
                and intervals.until_s[light, k] > begin_s
            ):
                in_the_way_s = max(in_the_way_s, intervals.until_s[light, k])
        if in_the_way_s == NEVER:
            return green_s
        begin_s = in_the_way_s


@njit(cache=True)
def force(  # type: ignore[no-untyped-def]
    intervals, approach, from_s, until_s, cross_flow_per_hour, rows, count
):
    """Enter a forced green, without what is forced for its axis already; return the next row."""
    light, axis, cycle = approach
    while from_s < until_s:
        forced = forced_at(intervals, light, from_s)
        if forced >= 0:
            from_s = intervals.until_s[light, forced]
            continue
        forced = next_forced(intervals, light, from_s, until_s)
        end_s = intervals.from_s[light, forced] if forced >= 0 else until_s
        red_s = red_within_s(cycle, from_s, end_s)
        if red_s > LEAST_RED_S:
            place = np.argmin(intervals.until_s[light])
            intervals.from_s[light, place] = from_s
            intervals.until_s[light, place] = end_s
            intervals.axis[light, place] = axis
            rows[count, LIGHT] = light
            rows[count, FROM_S] = from_s
            rows[count, UNTIL_S] = end_s
            rows[count, CROSS_RED_S] = red_s
            rows[count, HELD_VEHICLES] = red_s * cross_flow_per_hour / HOUR_S
            rows[count, AXIS] = axis
            count += 1
        from_s = end_s
    return count
