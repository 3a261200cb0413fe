"""Every rule that a plan breaks, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite

from policies.routing.planning.deliveries import Deliveries
from policies.routing.planning.timing import OneTrip, RoutedTrip, timed_trips

TOLERANCE_S = 1e-3
"""What sums of times may differ by; plans are made in whole milliseconds."""


def check_plan(deliveries: Deliveries, trips: Sequence[OneTrip]) -> list[str]:
    """Tell every rule that trips break, a line each; none where a plan can be driven.

    Parameters
    ----------
    deliveries : Deliveries
    trips : sequence of RoutedTrip or Trip
        Their vehicles and stops are looked at; times and loads are worked out anew. A vehicle
        drives its trips in their order.

    Returns
    -------
    list of str
    """
    unknown = [line for trip in trips for line in _unknown(deliveries, trip)]
    if unknown:
        return unknown
    broken = [*_visits(deliveries, trips)]
    timed = timed_trips(deliveries, trips)
    for number in range(len(deliveries.vehicles)):
        own = [trip for trip in timed if trip.vehicle == number]
        if own:
            broken += _vehicle_lines(deliveries, own)
    return broken


def _unknown(deliveries: Deliveries, trip: OneTrip) -> Iterator[str]:
    vehicles, stops = len(deliveries.vehicles), len(deliveries.stops)
    if not 0 <= trip.vehicle < vehicles:
        yield f"there is no vehicle number {trip.vehicle}; their numbers are 0 to {vehicles - 1}"
    for stop in trip.stops:
        if not 0 <= stop < stops:
            yield f"there is no stop number {stop}; their numbers are 0 to {stops - 1}"


def _visits(deliveries: Deliveries, trips: Sequence[OneTrip]) -> Iterator[str]:
    """What is wrong with who is visited."""
    by: dict[int, list[str]] = {}
    for trip in trips:
        for number in trip.stops:
            by.setdefault(number, []).append(deliveries.vehicles[trip.vehicle].name)
    for number, stop in enumerate(deliveries.stops):
        visitors = by.get(number, [])
        if len(visitors) > 1:
            yield f"{stop.name} is served {len(visitors)} times, by {', '.join(visitors)}"
        if not visitors and stop.prize is None:
            yield f"{stop.name} is not served"


def _vehicle_lines(deliveries: Deliveries, own: Sequence[RoutedTrip]) -> Iterator[str]:
    """What is wrong with the trips of one vehicle."""
    vehicle = deliveries.vehicles[own[0].vehicle]
    if 0 < vehicle.max_trips < len(own):
        yield f"{vehicle.name} makes {len(own)} trips; allowed {vehicle.max_trips}"
    for number, trip in enumerate(own, 1):
        which = f"{vehicle.name}, trip {number}," if len(own) > 1 else vehicle.name
        if not trip.stops:
            yield f"{which} has no stops"
        if trip.load > vehicle.capacity:
            over = trip.load - vehicle.capacity
            yield f"{which} carries {trip.load:,} units, {over:,} more than {vehicle.capacity:,}"
        yield from _missing_ways(deliveries, trip, which)
        yield from _late_arrivals(deliveries, trip, which)
    late_s = own[-1].back_s - vehicle.shift_s[1]
    if late_s > TOLERANCE_S and isfinite(own[-1].back_s):
        yield (
            f"{vehicle.name} is back at {clock(own[-1].back_s)}, {minutes(late_s)} after its "
            f"shift ends at {clock(vehicle.shift_s[1])}"
        )


def _missing_ways(deliveries: Deliveries, trip: RoutedTrip, which: str) -> Iterator[str]:
    names = deliveries.names
    for leg in pairwise((trip.depot, *map(deliveries.place, trip.stops), trip.end_depot)):
        if not isfinite(deliveries.travel_s[leg] + deliveries.distance_m[leg]):
            yield f"{which} has no way from {names[leg[0]]} to {names[leg[1]]}"


def _late_arrivals(deliveries: Deliveries, trip: RoutedTrip, which: str) -> Iterator[str]:
    for number, at_s in zip(trip.stops, trip.arrival_s, strict=True):
        stop = deliveries.stops[number]
        late_s = at_s - stop.window_s[1]
        if late_s > TOLERANCE_S and isfinite(at_s):
            yield (
                f"{which} reaches {stop.name} at {clock(at_s)}, {minutes(late_s)} after its "
                f"window closes at {clock(stop.window_s[1])}"
            )


def clock(seconds: float) -> str:
    """A time as hours and minutes, such as ``9:05``; seconds where they are not whole minutes."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    text = f"{hours}:{rest // 60:02}"
    return text if rest % 60 == 0 else f"{text}:{rest % 60:02}"


def minutes(seconds: float) -> str:
    """A duration, such as ``12 min``, or ``8 s`` below a minute."""
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:,.1f}".removesuffix(".0") + " min"
