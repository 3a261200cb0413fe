"""When each stop is reached, and what a plan is worth."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import RoutingView, Trip


def arrival_times_s(view: RoutingView, trips: Sequence[Trip]) -> NDArray[np.float64]:
    """When the vehicle is at each place, (n,), in seconds; NaN where none comes.

    A vehicle begins its first trip when it is ready and every other when it is back; loading,
    driving and unloading follow one another without a break.
    """
    arrival_s = np.full(len(view.demand), np.nan)
    clock_s = np.array(view.ready_s, dtype=np.float64)
    for vehicle, stops in trips:
        at_stops_s, back_after_s = trip_times_s(view, stops)
        arrival_s[list(stops)] = clock_s[vehicle] + at_stops_s
        clock_s[vehicle] += back_after_s
    return arrival_s


def trip_times_s(view: RoutingView, stops: Sequence[int]) -> tuple[NDArray[np.float64], float]:
    """Seconds from the start of loading to each stop, and to being back at the depot."""
    clock_s, at_stops_s = 0.0, []
    for here, there in pairwise((view.depot, *stops, view.depot)):
        clock_s += float(view.service_s[here] + view.travel_s[here, there])
        at_stops_s.append(clock_s)
    return np.array(at_stops_s[:-1]), clock_s


def total_length(leg: NDArray[np.float64], depot: int, routes: Sequence[Sequence[int]]) -> float:
    """Length of all routes together, from the depot and back.

    Parameters
    ----------
    leg : (n, n) float64
        From each place to each other: metres, seconds or money, and so is the answer.
    depot : int
    routes : sequence of sequence of int
        Stops in the order of the visits, such as a trip's.
    """
    legs = (pair for stops in routes for pair in pairwise((depot, *stops, depot)))
    return float(sum(leg[pair] for pair in legs))


def total_travel_s(view: RoutingView, trips: Sequence[Trip]) -> float:
    """Seconds that all vehicles drive together."""
    return total_length(view.travel_s, view.depot, [trip.stops for trip in trips])


def sum_of_arrivals_s(view: RoutingView, trips: Sequence[Trip]) -> float:
    """Arrival times of all stops, added up."""
    return float(np.nansum(arrival_times_s(view, trips)))


def latest_arrival_s(view: RoutingView, trips: Sequence[Trip]) -> float:
    """When the last stop is reached, in seconds; NaN where there is none."""
    served = [stop for trip in trips for stop in trip.stops]
    return float(np.max(arrival_times_s(view, trips)[served])) if served else np.nan


def weighted_arrival_s(view: RoutingView, trips: Sequence[Trip]) -> float:
    """Arrival times of all stops, each times the urgency of its stop, added up."""
    return float(np.nansum(arrival_times_s(view, trips) * urgency_of(view)))


def urgency_of(view: RoutingView) -> NDArray[np.float64]:
    """Weight of a second of waiting at each place, (n,)."""
    return np.ones(len(view.demand)) if view.urgency is None else view.urgency
