"""What is told of a plan: who drives where, who goes without and why, and what it is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import numpy as np

from policies.base import InfeasibleError
from policies.routing.base import Trip
from policies.routing.planning.check import minutes
from policies.routing.planning.deliveries import Deliveries
from policies.routing.planning.timing import Measures, RoutedTrip, measures_of, timed_trips

MOST_NAMED = 18


@dataclass(frozen=True)
class DeliveryPlan:
    """Who drives where, who goes without, and how good it is.

    Attributes
    ----------
    trips : tuple of RoutedTrip
        Those of one vehicle follow one another in the order in which it drives them.
    objective : float
        What is minimised, in its unit: the measure of the trips, and the prizes of stops that are
        not served.
    bound : float
        No plan has a lower objective; NaN where nothing is proven.
    measures : Measures
        The trips by every objective.
    unserved : tuple of int
        Numbers of the stops that go without.
    why : mapping of int to str
        The reason for each of them.
    notes : tuple of str
        What the reader has to know, such as that another method had to take over.
    method : str
        What made it.
    """

    trips: tuple[RoutedTrip, ...]
    objective: float
    bound: float
    measures: Measures
    unserved: tuple[int, ...] = ()
    why: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    method: str = ""


def finished(
    deliveries: Deliveries,
    trips: Sequence[Trip],
    bound: float,
    lost: Mapping[int, str],
    notes: Sequence[str],
    method: str,
) -> DeliveryPlan:
    """Tell times, measures and who goes without.

    Parameters
    ----------
    deliveries : Deliveries
    trips : sequence of Trip
    bound : float
    lost : mapping of int to str
        Stops that nobody can serve, and why.
    notes : sequence of str
    method : str

    Raises
    ------
    InfeasibleError
        If a stop that must be served goes without.
    """
    served = {stop for trip in trips for stop in trip.stops}
    unserved = tuple(n for n in range(len(deliveries.stops)) if n not in served)
    why = {n: lost.get(n) or _why_not(deliveries, trips, n) for n in unserved}
    _refuse_left_out(deliveries, why)
    timed = timed_trips(deliveries, trips)
    measures = measures_of(deliveries, timed)
    prizes = sum(deliveries.stops[n].prize or 0.0 for n in unserved)
    if unserved:
        units = sum(deliveries.stops[n].demand for n in unserved)
        without = f"{len(unserved)} of {len(deliveries.stops)} stops go without"
        notes = [*notes, f"{without}, {units:,} of {deliveries.demand.sum():,} units"]
    return DeliveryPlan(
        timed,
        measures.by(deliveries.objective) + prizes,
        bound,
        measures,
        unserved,
        why,
        tuple(notes),
        method,
    )


def _refuse_left_out(deliveries: Deliveries, why: Mapping[int, str]) -> None:
    stops = deliveries.stops
    left_out = [n for n in why if stops[n].prize is None]
    if not left_out:
        return
    units = sum(stops[n].demand for n in left_out)
    best = f"in the best {len(left_out)} of {len(stops)} are left out, {units:,} units"
    lines = [f"no plan was found that serves every stop; {best}"]
    lines += [f"{stops[n].name}: {why[n]}" for n in left_out[:MOST_NAMED]]
    if len(left_out) > MOST_NAMED:
        lines.append(f"… and {len(left_out) - MOST_NAMED:,} more")
    raise InfeasibleError("\n".join(lines))


def _why_not(deliveries: Deliveries, trips: Sequence[Trip], number: int) -> str:
    """Why a plan has no room for a stop that could be served on its own."""
    stop = deliveries.stops[number]
    room = _most_room(deliveries, trips)
    if room < stop.demand:
        return (
            f"capacity is short by {stop.demand - room:,.0f} units: it needs {stop.demand:,}, and "
            f"the most room left on a vehicle is {room:,.0f}"
        )
    added, late_s = _least_added(deliveries, trips, number)
    if added < inf and stop.prize is not None:
        return f"to serve it adds {added:,.1f} to the objective, and its prize is {stop.prize:,.1f}"
    if late_s < inf:
        return (
            f"the vehicles with room for it come {minutes(late_s)} too late for a window or the "
            "end of a shift, whatever else they keep"
        )
    return "no vehicle with room for it can drive there between its other stops"


def _most_room(deliveries: Deliveries, trips: Sequence[Trip]) -> float:
    """The most units that a trip, or a new one, has room for."""
    most = 0
    for number, vehicle in enumerate(deliveries.vehicles):
        own = [trip for trip in trips if trip.vehicle == number]
        loads = [sum(deliveries.stops[stop].demand for stop in trip.stops) for trip in own]
        if not vehicle.max_trips or len(own) < vehicle.max_trips:
            loads.append(0)
        most = max(most, vehicle.capacity - min(loads))
    return most


def _least_added(deliveries: Deliveries, trips: Sequence[Trip], number: int) -> tuple[float, float]:
    """What it adds at least to put a stop into a plan, and by how much it is late at least."""
    least, late_s = inf, inf
    before = measures_of(deliveries, timed_trips(deliveries, trips)).by(deliveries.objective)
    for changed in _with_stop(deliveries, trips, number):
        timed = timed_trips(deliveries, changed)
        own_s = _latest_s(deliveries, timed)
        late_s = min(late_s, own_s)
        if own_s <= 0:
            after = measures_of(deliveries, timed).by(deliveries.objective)
            least = min(least, after - before)
    return least, late_s


def _with_stop(deliveries: Deliveries, trips: Sequence[Trip], number: int) -> list[list[Trip]]:
    """Plans with a stop put into trips that have room, or on a trip of its own."""
    demand = deliveries.stops[number].demand
    plans = []
    for k, trip in enumerate(trips):
        load = sum(deliveries.stops[stop].demand for stop in trip.stops)
        if load + demand <= deliveries.vehicles[trip.vehicle].capacity:
            for at in range(len(trip.stops) + 1):
                longer = Trip(trip.vehicle, (*trip.stops[:at], number, *trip.stops[at:]))
                plans.append([*trips[:k], longer, *trips[k + 1 :]])
    for v, vehicle in enumerate(deliveries.vehicles):
        used = sum(trip.vehicle == v for trip in trips)
        if demand <= vehicle.capacity and (not vehicle.max_trips or used < vehicle.max_trips):
            plans.append([*trips, Trip(v, (number,))])
    return plans


def _latest_s(deliveries: Deliveries, timed: Sequence[RoutedTrip]) -> float:
    """By how much the worst window or shift is missed; infinite where there is no way."""
    late_s = [0.0]
    for trip in timed:
        late_s.append(trip.back_s - deliveries.vehicles[trip.vehicle].shift_s[1])
        late_s += [
            at_s - deliveries.stops[stop].window_s[1]
            for stop, at_s in zip(trip.stops, trip.arrival_s, strict=True)
        ]
    return float(np.nanmax(late_s)) if max(t.distance_m for t in timed) < inf else inf
