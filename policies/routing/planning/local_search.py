"""Plans made better by local search, by any objective and on any machine alike."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from policies.routing.base import Trip
from policies.routing.planning.days import (
    BREAK,
    LATEST_ARRIVAL,
    Arrays,
    Days,
    copy_days,
    day_cost,
    drive,
    no_days,
    split_day,
)
from policies.routing.planning.search import search, settle

HOT, COLD = 0.1, 0.001
"""Temperatures at the beginning and end, as shares of what a stop adds to the objective."""

HOT_LATEST, COLD_LATEST = 0.05, 0.0005
"""The same for the latest arrival, as shares of it."""

TINY = 1e-12
"""A temperature must not be 0, of which there is no share."""

REACH = 10
"""Near stops that local search looks at after each step; to begin and to end with, at all."""

STEPS_A_ROUND = 200
"""After how many steps the clock is looked at."""


def improved(
    arrays: Arrays,
    starts: Sequence[Sequence[Trip]],
    steps: int,
    seconds: float | None,
    seed: int,
) -> list[Trip]:
    """Improve plans and search on from the best of them.

    Parameters
    ----------
    arrays : Arrays
    starts : sequence of sequence of Trip
        Plans to begin with; trips that break a rule are left out of them.
    steps : int
        How often the plan is torn open and mended.
    seconds : float or None
        How long to search, instead of so many steps.
    seed : int

    Returns
    -------
    list of Trip
        The best plan found, vehicle by vehicle; stops may be left out.
    """
    rng = np.random.default_rng(seed)
    room = np.empty((3, 2 * len(arrays.stop) + 4), np.int64)
    plans = [days_of(arrays, trips) for trips in starts]
    worths = [settle(arrays, days, rng, room) for days in plans]
    now, trial, best = plans[int(np.argmin(worths))], no_days(arrays), no_days(arrays)
    copy_days(now, best)
    values = np.array([min(worths), min(worths)])
    hot, cold = _temperatures(arrays, now)
    began_s, done = perf_counter(), 0.0
    while done < 1.0:
        heat = hot * (cold / hot) ** done
        search(arrays, now, trial, best, values, heat, STEPS_A_ROUND, rng, room, REACH)
        if seconds is None:
            done += STEPS_A_ROUND / steps
        else:
            done = (perf_counter() - began_s) / seconds
    settle(arrays, best, rng, room)
    return trips_of(best)


def _temperatures(arrays: Arrays, days: Days) -> tuple[float, float]:
    served = max(int((days.place[:, 0] >= 0).sum()), 1)
    if arrays.objective == LATEST_ARRIVAL:
        scale = float(days.cost[:, 1].max())
        return HOT_LATEST * scale + TINY, COLD_LATEST * scale + TINY
    scale = float(days.cost[:, 0].sum()) / served
    return HOT * scale + TINY, COLD * scale + TINY


def days_of(arrays: Arrays, trips: Sequence[Trip]) -> Days:
    """Plain arrays of trips; one that breaks a rule is left out."""
    days = no_days(arrays)
    for vehicle in range(len(days.size)):
        row: list[int] = []
        for trip in trips:
            longer = [*row, BREAK, *trip.stops] if row else list(trip.stops)
            a = np.array(longer, dtype=np.int64)
            if trip.vehicle == vehicle and day_cost(arrays, vehicle, a, len(a))[0] < np.inf:
                row = longer
        drive(arrays, days, vehicle, np.array(row, dtype=np.int64), len(row))
    return days


def trips_of(days: Days) -> list[Trip]:
    """Trips of plain arrays, vehicle by vehicle."""
    return [
        trip
        for vehicle, size in enumerate(days.size.tolist())
        for trip in split_day(vehicle, days.row[vehicle, :size].tolist())
    ]
