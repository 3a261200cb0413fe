"""Which vehicle drives which route, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from policies.routing.base import RoutingView, Trip
from policies.routing.schedule import trip_times_s, urgency_of


def share_out(view: RoutingView, routes: Sequence[Sequence[int]]) -> list[Trip]:
    """Give routes to vehicles, several to one where vehicles are fewer.

    The route with the most urgency for each second of its duration goes first: Smith's rule
    (Various optimizers for single-stage production, Naval Research Logistics Quarterly 3, 1956).
    It is driven by the vehicle that is free first among those that can carry its load; of
    several, by the smallest.

    Returns
    -------
    list of Trip
        In the order in which they are given out; a vehicle drives its own in this order.
    """
    duration_s = [trip_times_s(view, stops)[1] for stops in routes]
    urgency = urgency_of(view)
    weight = [float(urgency[list(stops)].sum()) for stops in routes]
    # A route within one spot may take no time; it counts as a second.
    rate = [w / max(s, 1.0) for w, s in zip(weight, duration_s, strict=True)]
    free_s = np.array(view.ready_s, dtype=np.float64)
    trips = []
    for route in sorted(range(len(routes)), key=lambda route: -rate[route]):
        load = view.demand[list(routes[route])].sum()
        able = np.flatnonzero(view.capacity >= load)
        vehicle = min(able.tolist(), key=lambda v: (free_s[v], view.capacity[v], v))
        free_s[vehicle] += duration_s[route]
        trips.append(Trip(vehicle, tuple(routes[route])))
    return trips
