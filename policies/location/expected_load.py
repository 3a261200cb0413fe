"""Ambulances that are busy at the same time, as a location policy may expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from policies.base import LocationView

SECONDS_PER_HOUR = 3600.0
MOST_BUSY = 0.99
"""Share of a fleet; more than all of it cannot be busy."""


def busy_at_once(view: LocationView) -> NDArray[np.float64]:
    """Mean number of ambulances busy with calls of each zone, (z,), all sent from the nearest.

    By Little's law: how often they are asked for, times how long they are away.
    """
    nearest = view.travel_s.argmin(axis=0)
    busy_s = view.busy_s[nearest, np.arange(len(nearest))]
    calls_per_hour = view.calls_per_hour * view.demand_share
    away_s = np.where(calls_per_hour > 0, busy_s, 0.0)  # of no calls it may be infinite
    return np.asarray(calls_per_hour * away_s / SECONDS_PER_HOUR)


def busy_fraction(view: LocationView) -> float:
    """Mean share of the fleet that is busy, if nobody has to wait."""
    return min(float(busy_at_once(view).sum()) / view.ambulances, MOST_BUSY)
