"""Always on to the nearest stop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.routing.base import RoutingView, Trip, stops_of
from policies.routing.schedule import trip_times_s


class NearestNeighbour:
    """Drive on to the nearest stop whose load still fits, and back when there is none.

    The vehicle that is free first begins the next trip, as long as it can carry the load of any
    stop that is left; of stops equally near, the one with the lower number is next.
    """

    def plan(self, view: RoutingView) -> list[Trip]:
        """Plan one trip after the other."""
        left = np.zeros(len(view.demand), dtype=np.bool_)
        left[stops_of(view)] = True
        free_s = np.array(view.ready_s, dtype=np.float64)
        trips = []
        while left.any():
            able = np.flatnonzero(view.capacity >= view.demand[left].min())
            vehicle = int(able[free_s[able].argmin()])
            stops = _next_trip(view, left, int(view.capacity[vehicle]))
            free_s[vehicle] += trip_times_s(view, stops)[1]
            trips.append(Trip(vehicle, stops))
        return trips


def _next_trip(view: RoutingView, left: NDArray[np.bool_], units: int) -> tuple[int, ...]:
    """Take the stops of one trip out of those left; its vehicle carries so many units."""
    here = view.depot
    stops: list[int] = []
    while True:
        distance_s = np.where(left & (view.demand <= units), view.travel_s[here], np.inf)
        here = int(distance_s.argmin())
        if not np.isfinite(distance_s[here]):
            return tuple(stops)
        stops.append(here)
        left[here] = False
        units -= int(view.demand[here])
