"""When each vehicle of a plan is where, and what the plan is worth by each objective."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf
from typing import NamedTuple, Protocol

from environment.units import HOUR_S
from policies.routing.planning.deliveries import Deliveries, Objective, Vehicle


class OneTrip(Protocol):
    """A vehicle and its stops in their order, by their numbers."""

    @property
    def vehicle(self) -> int:
        """Number of the vehicle."""

    @property
    def stops(self) -> Sequence[int]:
        """Numbers of the stops in the order of the visits."""


class RoutedTrip(NamedTuple):
    """One trip with its times.

    Attributes
    ----------
    vehicle : int
    depot, end_depot : int
        Where it begins and ends.
    stops : tuple of int
        Numbers among ``Deliveries.stops``, in the order of the visits.
    start_s : float
        When the vehicle sets out.
    arrival_s : tuple of float
        When service begins at each stop: the vehicle is there, and the window is open.
    load : int
        Units on board when it sets out.
    back_s : float
    distance_m : float
    """

    vehicle: int
    depot: int
    end_depot: int
    stops: tuple[int, ...]
    start_s: float
    arrival_s: tuple[float, ...]
    load: int
    back_s: float
    distance_m: float


class Measures(NamedTuple):
    """A plan by each objective; prizes do not count.

    Attributes
    ----------
    distance : float
        Metres driven by all vehicles together.
    time : float
        Seconds driven by all vehicles together.
    cost : float
    sum_of_arrivals : float
        Seconds until service begins at each stop, times its urgency, added up.
    latest_arrival : float
        Seconds until service begins at the last of the stops; 0 if there is none.
    """

    distance: float
    time: float
    cost: float
    sum_of_arrivals: float
    latest_arrival: float

    def by(self, objective: Objective) -> float:
        """The measure that an objective minimises."""
        return float(getattr(self, objective))


def timed_trips(deliveries: Deliveries, trips: Iterable[OneTrip]) -> tuple[RoutedTrip, ...]:
    """Work out times and loads of trips; a vehicle drives its own in their order.

    It sets out for its first trip as late as it can without being later at any stop; where the
    objective is cost, as late as its windows allow, which makes it be away least (the forward
    slack of Savelsbergh, ORSA Journal on Computing 4, 1992). Rules are not looked at:
    `policies.routing.planning.check_plan` does.
    """
    own: dict[int, list[tuple[int, ...]]] = {}
    for trip in trips:
        own.setdefault(trip.vehicle, []).append(tuple(trip.stops))
    return tuple(
        timed for vehicle in sorted(own) for timed in _day(deliveries, vehicle, own[vehicle])
    )


def _day(deliveries: Deliveries, number: int, trips: Sequence[tuple[int, ...]]) -> list[RoutedTrip]:
    """All trips of one vehicle."""
    vehicle = deliveries.vehicles[number]
    ends = [*[vehicle.depot] * (len(trips) - 1), vehicle.home]
    clock_s = vehicle.shift_s[0] + _late_start_s(deliveries, vehicle, trips, ends)
    timed = []
    for stops, end in zip(trips, ends, strict=True):
        places = [vehicle.depot, *map(deliveries.place, stops), end]
        start_s, arrival_s = clock_s, []
        for stop, (here, there) in zip(stops, pairwise(places[:-1]), strict=True):
            clock_s += float(deliveries.travel_s[here, there])
            clock_s = max(clock_s, deliveries.stops[stop].window_s[0])
            arrival_s.append(clock_s)
            clock_s += deliveries.stops[stop].service_s
        clock_s += float(deliveries.travel_s[places[-2], end])
        metres = float(sum(deliveries.distance_m[leg] for leg in pairwise(places)))
        load = sum(deliveries.stops[stop].demand for stop in stops)
        timed.append(
            RoutedTrip(
                number, vehicle.depot, end, stops, start_s, tuple(arrival_s), load, clock_s, metres
            )
        )
        clock_s += vehicle.reload_s
    return timed


def _late_start_s(
    deliveries: Deliveries,
    vehicle: Vehicle,
    trips: Sequence[tuple[int, ...]],
    ends: Sequence[int],
) -> float:
    """How much later than its shift begins a vehicle sets out; see `timed_trips`."""
    clock_s, waited_s, slack_s = vehicle.shift_s[0], 0.0, inf
    for stops, end in zip(trips, ends, strict=True):
        here = vehicle.depot
        for stop in stops:
            clock_s += float(deliveries.travel_s[here, deliveries.place(stop)])
            opens_s, closes_s = deliveries.stops[stop].window_s
            wait_s = max(opens_s - clock_s, 0.0)
            waited_s += wait_s
            clock_s += wait_s
            if deliveries.objective != "cost":
                return waited_s if waited_s < inf else 0.0
            slack_s = min(slack_s, waited_s + max(closes_s - clock_s, 0.0))
            clock_s += deliveries.stops[stop].service_s
            here = deliveries.place(stop)
        clock_s += float(deliveries.travel_s[here, end]) + vehicle.reload_s
    return min(waited_s, slack_s) if waited_s < inf else 0.0


def measures_of(deliveries: Deliveries, trips: Sequence[RoutedTrip]) -> Measures:
    """What timed trips are worth by each objective."""
    arrivals = [pair for trip in trips for pair in zip(trip.stops, trip.arrival_s, strict=True)]
    return Measures(
        distance=float(sum(trip.distance_m for trip in trips)),
        time=sum(_driving_s(deliveries, trip) for trip in trips),
        cost=cost_of(deliveries, trips),
        sum_of_arrivals=sum(deliveries.stops[stop].urgency * at_s for stop, at_s in arrivals),
        latest_arrival=max((at_s for _, at_s in arrivals), default=0.0),
    )


def _driving_s(deliveries: Deliveries, trip: RoutedTrip) -> float:
    places = [trip.depot, *map(deliveries.place, trip.stops), trip.end_depot]
    return float(sum(deliveries.travel_s[leg] for leg in pairwise(places)))


def cost_of(deliveries: Deliveries, trips: Sequence[RoutedTrip]) -> float:
    """Money for all vehicles that are used."""
    money = 0.0
    for number in {trip.vehicle for trip in trips}:
        own, vehicle = [t for t in trips if t.vehicle == number], deliveries.vehicles[number]
        hours = (max(t.back_s for t in own) - min(t.start_s for t in own)) / HOUR_S
        metres = sum(trip.distance_m for trip in own)
        money += vehicle.fixed_cost + vehicle.cost_per_km * metres / 1000
        money += vehicle.cost_per_h * hours
    return money
