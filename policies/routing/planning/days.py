"""What the day of one vehicle costs, in compiled code; a broken rule costs infinitely much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.routing.base import Trip
from policies.routing.planning.deliveries import OBJECTIVES, Deliveries

DISTANCE, TIME, COST, SUM_OF_ARRIVALS, LATEST_ARRIVAL = range(5)
"""Objectives, in the order of `OBJECTIVES`."""

BREAK = -1
"""Stands between two trips of a day: the vehicle is back at its depot and loads again."""

SLACK_S = 1e-6
"""By how much a window or a shift may be missed: rounding of sums."""

TIE = 1e-6
"""Weight of what decides between plans of the same objective; see `day_cost`."""

NEAREST = 30
"""Stops beside which a stop is tried."""

STOP_COLUMNS = 7
DEMAND, SERVICE_S, OPENS_S, CLOSES_S, URGENCY, PRIZE, IS_OPTIONAL = range(STOP_COLUMNS)
"""Columns of the table of stops."""

VEHICLE_COLUMNS = 11
(
    CAPACITY, DEPOT, HOME, FROM_S, UNTIL_S, MAX_TRIPS, RELOAD_S, FIXED, PER_M, PER_S, ALIKE,
) = range(VEHICLE_COLUMNS)  # fmt: skip
"""Columns of the table of vehicles; `ALIKE` is the first vehicle that is the same but for its
name."""


class Arrays(NamedTuple):
    """`Deliveries` as few plain arrays: s stops, v vehicles, n places with the depots first.

    Attributes
    ----------
    objective, depots : int
    travel_s, distance_m : (n, n) float64
    stop : (s, STOP_COLUMNS) float64
        The prize of a stop that must be served is above anything that there is to save.
    vehicle : (v, VEHICLE_COLUMNS) float64
    near : (s, k) int64
        The other stops, the nearest first.
    """

    objective: int
    depots: int
    travel_s: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    stop: NDArray[np.float64]
    vehicle: NDArray[np.float64]
    near: NDArray[np.int64]


class Days(NamedTuple):
    """A plan: the day of each vehicle, its stops with a `BREAK` between two trips.

    Attributes
    ----------
    row : (v, room) int64
    size : (v,) int64
        How much of each row is in use.
    cost : (v, 2) float64
        `day_cost` of each.
    place : (s, 2) int64
        The row of each stop, -1 if it is not served, and its place there.
    """

    row: NDArray[np.int64]
    size: NDArray[np.int64]
    cost: NDArray[np.float64]
    place: NDArray[np.int64]


def arrays_of(deliveries: Deliveries) -> Arrays:
    """Make plain arrays of deliveries."""
    travel_s = np.ascontiguousarray(deliveries.travel_s, dtype=np.float64)
    distance_m = np.ascontiguousarray(deliveries.distance_m, dtype=np.float64)
    by, first = (
        (distance_m if deliveries.objective == "distance" else travel_s),
        len(deliveries.depots),
    )
    stops = [
        (stop.demand, stop.service_s, *stop.window_s, stop.urgency, prize, stop.prize is not None)
        for stop, prize in zip(deliveries.stops, _prizes(deliveries), strict=True)
    ]
    return Arrays(
        objective=OBJECTIVES.index(deliveries.objective),
        depots=first,
        travel_s=travel_s,
        distance_m=distance_m,
        stop=np.array(stops, dtype=np.float64).reshape(-1, STOP_COLUMNS),
        vehicle=_vehicle_table(deliveries),
        near=_near(by[first:, first:]),
    )


def _vehicle_table(deliveries: Deliveries) -> NDArray[np.float64]:
    first: dict[tuple[float, ...], int] = {}
    rows = []
    for number, v in enumerate(deliveries.vehicles):
        row = (
            v.capacity, v.depot, v.home, *v.shift_s, v.max_trips or np.inf, v.reload_s,
            v.fixed_cost, v.cost_per_km / 1000, v.cost_per_h / HOUR_S,
        )  # fmt: skip
        rows.append((*row, first.setdefault(row, number)))
    return np.array(rows, dtype=np.float64)


def _prizes(deliveries: Deliveries) -> list[float]:
    prizes = [stop.prize for stop in deliveries.stops]
    above_all = 1.0 + 2 * sum(prize or 0.0 for prize in prizes) + _most(deliveries)
    return [above_all if prize is None else prize for prize in prizes]


def _most(deliveries: Deliveries) -> float:
    """More than any plan that a search keeps is worth by the objective."""
    tables = {"distance": deliveries.distance_m}
    table = np.asarray(tables.get(deliveries.objective, deliveries.travel_s))
    legs = 2 * len(deliveries.names) * float(np.max(table, where=np.isfinite(table), initial=1.0))
    if deliveries.objective in {"distance", "time"}:
        return legs
    last_s = (
        legs
        + max(vehicle.shift_s[0] for vehicle in deliveries.vehicles)
        + sum(stop.service_s + stop.window_s[0] for stop in deliveries.stops)
        + sum(vehicle.reload_s for vehicle in deliveries.vehicles) * len(deliveries.stops)
    )
    if deliveries.objective == "latest_arrival":
        return last_s
    if deliveries.objective == "sum_of_arrivals":
        return last_s * (1 + sum(stop.urgency for stop in deliveries.stops))
    metres = np.asarray(deliveries.distance_m)
    far = float(np.max(metres, where=np.isfinite(metres), initial=0.0)) * 2 * len(deliveries.names)
    return sum(
        vehicle.fixed_cost + vehicle.cost_per_km * far / 1000 + vehicle.cost_per_h * last_s / HOUR_S
        for vehicle in deliveries.vehicles
    )


def _near(between: NDArray[np.float64]) -> NDArray[np.int64]:
    """For each stop the others, the nearest in the better direction first, (s, k)."""
    stops = len(between)
    nearness = np.minimum(between, between.T)
    np.fill_diagonal(nearness, -1.0)  # itself comes first, and is left out
    order = np.argsort(nearness, axis=1, kind="stable")
    return np.ascontiguousarray(order[:, 1 : min(NEAREST, stops - 1) + 1], dtype=np.int64)


def no_days(arrays: Arrays) -> Days:
    """A plan in which nobody drives."""
    stops, vehicles = len(arrays.stop), len(arrays.vehicle)
    return Days(
        np.empty((vehicles, 2 * stops + 2), np.int64),
        np.zeros(vehicles, np.int64),
        np.zeros((vehicles, 2)),
        np.full((stops, 2), -1, np.int64),
    )


def split_day(vehicle: int, row: Sequence[int]) -> Iterator[Trip]:
    """The trips of a vehicle's day."""
    stops: list[int] = []
    for item in [*row, BREAK]:
        if item != BREAK:
            stops.append(item)
        elif stops:
            yield Trip(vehicle, tuple(stops))
            stops = []


@njit(cache=True)
def day_cost(p, v, row, size):  # type: ignore[no-untyped-def]
    """What a day adds to the objective, and its latest arrival where that is the objective.

    Where plans are equal, less driving decides among those with the same sum of arrivals, and
    the sum of arrivals among those with the same latest one: they count a millionth.
    """
    if size == 0:
        return 0.0, 0.0
    vehicle = p.vehicle[v]
    depot, home = int(vehicle[DEPOT]), int(vehicle[HOME])
    here, room, trips = depot, vehicle[CAPACITY], 1
    clock_s, waited_s, slack_s = vehicle[FROM_S], 0.0, np.inf
    metres, driving_s, arrivals_s, latest_s = 0.0, 0.0, 0.0, 0.0
    for k in range(size):
        number = row[k]
        there = depot if number == BREAK else p.depots + number
        leg_s = p.travel_s[here, there]
        clock_s += leg_s
        driving_s += leg_s
        metres += p.distance_m[here, there]
        here = there
        if number == BREAK:
            clock_s += vehicle[RELOAD_S]
            room = vehicle[CAPACITY]
            trips += 1
            continue
        stop = p.stop[number]
        room -= stop[DEMAND]
        if room < 0 or clock_s > stop[CLOSES_S] + SLACK_S:
            return np.inf, np.inf
        if clock_s < stop[OPENS_S]:
            waited_s += stop[OPENS_S] - clock_s
            clock_s = stop[OPENS_S]
        slack_s = min(slack_s, waited_s + stop[CLOSES_S] - clock_s)
        arrivals_s += stop[URGENCY] * clock_s
        latest_s = clock_s
        clock_s += stop[SERVICE_S]
    leg_s = p.travel_s[here, home]
    clock_s += leg_s
    driving_s += leg_s
    metres += p.distance_m[here, home]
    is_late = clock_s > vehicle[UNTIL_S] + SLACK_S
    if trips > vehicle[MAX_TRIPS] or is_late or not driving_s + metres < np.inf:
        return np.inf, np.inf
    away_s = clock_s - vehicle[FROM_S] - max(min(waited_s, slack_s), 0.0)
    if p.objective == COST:
        return vehicle[FIXED] + vehicle[PER_M] * metres + vehicle[PER_S] * away_s, 0.0
    return _by_objective(p, metres, driving_s, arrivals_s, latest_s)


@njit(cache=True)
def _by_objective(p, metres, driving_s, arrivals_s, latest_s):  # type: ignore[no-untyped-def]
    if p.objective == DISTANCE:
        return metres, 0.0
    if p.objective == TIME:
        return driving_s, 0.0
    if p.objective == SUM_OF_ARRIVALS:
        return arrivals_s + TIE * driving_s, 0.0
    return TIE * arrivals_s / len(p.stop), latest_s


@njit(cache=True)
def change(p, days, v, a, size):  # type: ignore[no-untyped-def]
    """What is added to the objective if `v` drives `a`; negative where it helps."""
    cost, latest_s = day_cost(p, v, a, size)
    if p.objective == LATEST_ARRIVAL and cost < np.inf:
        return cost - days.cost[v, 0] + _later(days, v, v, latest_s)
    return cost - days.cost[v, 0]


@njit(cache=True)
def change_of_two(p, days, v, a, size_a, w, b, size_b):  # type: ignore[no-untyped-def]
    """What is added to the objective if `v` drives `a` and `w` drives `b`."""
    cost, latest_s = day_cost(p, v, a, size_a)
    if not cost < np.inf:
        return np.inf
    other, other_s = day_cost(p, w, b, size_b)
    added = cost + other - days.cost[v, 0] - days.cost[w, 0]
    if p.objective == LATEST_ARRIVAL and added < np.inf:
        return added + _later(days, v, w, max(latest_s, other_s))
    return added


@njit(cache=True)
def _later(days, v, w, latest_s):  # type: ignore[no-untyped-def]
    """By how much the latest arrival of all is later with a new one of `v` and `w`."""
    before_s = 0.0
    for k in range(len(days.size)):
        before_s = max(before_s, days.cost[k, 1])
        if k not in (v, w):
            latest_s = max(latest_s, days.cost[k, 1])
    return latest_s - before_s


@njit(cache=True)
def drive(p, days, v, a, size):  # type: ignore[no-untyped-def]
    """Let a vehicle drive `a`; stops that it leaves out are not marked so."""
    days.size[v] = size
    days.cost[v, 0], days.cost[v, 1] = day_cost(p, v, a, size)
    for k in range(size):
        days.row[v, k] = a[k]
        if a[k] != BREAK:
            days.place[a[k], 0] = v
            days.place[a[k], 1] = k


@njit(cache=True)
def worth(p, days):  # type: ignore[no-untyped-def]
    """The objective of a plan, with prizes of stops that are not served."""
    total, latest_s = 0.0, 0.0
    for v in range(len(days.size)):
        total += days.cost[v, 0]
        latest_s = max(latest_s, days.cost[v, 1])
    for stop in range(len(p.stop)):
        if days.place[stop, 0] < 0:
            total += p.stop[stop, PRIZE]
    return total + latest_s


@njit(cache=True)
def copy_days(source, target):  # type: ignore[no-untyped-def]
    """Make one plan the same as another."""
    for v in range(len(source.size)):
        for k in range(source.size[v]):
            target.row[v, k] = source.row[v, k]
        target.size[v] = source.size[v]
        target.cost[v, 0], target.cost[v, 1] = source.cost[v, 0], source.cost[v, 1]
    for stop in range(len(source.place)):
        target.place[stop, 0] = source.place[stop, 0]
        target.place[stop, 1] = source.place[stop, 1]
