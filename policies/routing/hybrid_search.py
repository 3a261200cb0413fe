"""Trips by PyVRP, and by local search where it counts when goods arrive."""

from __future__ import annotations

import numpy as np

from policies.base import PolicyError
from policies.mistakes import number_mistakes, refuse
from policies.routing.base import RoutingView, Trip, stops_of
from policies.routing.planning.deliveries import Deliveries, Objective, Stop, Vehicle
from policies.routing.planning.plan import plan_deliveries
from policies.routing.planning.pyvrp_search import MISSING, has_pyvrp
from policies.routing.sharing_out import share_out

OBJECTIVES = ("sum_of_arrivals", "latest_arrival", "time")


class PyVRP:
    """Plan with the engine of `plan_deliveries`, each vehicle making any number of trips.

    Arrivals are planned with every vehicle's size and when it is ready, weighed by urgency. For
    ``time``, routes of the least driving are shared out as those of `Savings` are.

    Parameters
    ----------
    objective : {"sum_of_arrivals", "latest_arrival", "time"}
        What is minimised: the times until the goods arrive, each weighed by the urgency of its
        stop, the last of them, or the time driven.
    iterations : int
        Of each search; the answer is the same on every machine.

    Raises
    ------
    PolicyError
        If PyVRP is not installed, or a parameter is none.
    """

    def __init__(self, objective: Objective = "sum_of_arrivals", iterations: int = 500) -> None:
        mistakes = number_mistakes("iterations", iterations, lambda n: n >= 1, ">= 1")
        if objective not in OBJECTIVES:
            known = ", ".join(OBJECTIVES)
            mistakes.append(f"objective must be one of {known}, got {objective!r}")
        refuse(mistakes)
        if not has_pyvrp():
            raise PolicyError(MISSING)
        self._objective = objective
        self._iterations = iterations

    def plan(self, view: RoutingView) -> list[Trip]:
        """Plan all trips together."""
        stops = stops_of(view)
        if not stops:
            return []
        deliveries = _deliveries(view, stops, self._objective)
        plan = plan_deliveries(deliveries, "pyvrp", iterations=self._iterations)
        trips = [Trip(trip.vehicle, tuple(stops[k] for k in trip.stops)) for trip in plan.trips]
        return (
            share_out(view, [trip.stops for trip in trips]) if self._objective == "time" else trips
        )


def _deliveries(view: RoutingView, stops: list[int], objective: Objective) -> Deliveries:
    """A view as deliveries, counted from when the first vehicle is ready."""
    places = [view.depot, *stops]
    travel_s = np.asarray(view.travel_s)[np.ix_(places, places)]
    load_s, first_s = float(view.service_s[view.depot]), float(np.min(view.ready_s))
    urgency = np.ones(len(view.demand)) if view.urgency is None else view.urgency
    return Deliveries(
        ("depot",),
        tuple(
            Stop(
                f"stop {stop}",
                int(view.demand[stop]),
                float(view.service_s[stop]),
                urgency=float(urgency[stop]),
            )
            for stop in stops
        ),
        tuple(
            Vehicle(
                f"vehicle {number}",
                int(capacity),
                shift_s=(float(ready_s) - first_s + load_s, np.inf),
                max_trips=0,
                reload_s=load_s,
            )
            for number, (capacity, ready_s) in enumerate(
                zip(view.capacity, view.ready_s, strict=True)
            )
        ),
        travel_s,
        travel_s,
        objective,
    )
