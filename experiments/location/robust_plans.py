"""The robust model asked for a city: one plan for each set of demands, and the front."""

from __future__ import annotations

from functools import cached_property
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from experiments.location.candidates import route_lights
from experiments.location.located import NOTHING, FrontPlan, LocatedPlan, Search
from experiments.location.surveyor import Surveyor
from policies.siting.limits import Watcher
from policies.siting.robust.lights import RouteLights
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.pareto import plans_along_weights
from policies.siting.robust.plan import LocationPlan
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import (
    NOMINAL,
    Box,
    Budgeted,
    Ellipsoid,
    UncertaintySet,
    estimate_covariance,
    normal_radius,
)


class RobustPlans:
    """Plans of one city that stand different sets of demands, all at the same probability.

    Simultaneous calls are those at the busiest moment of each simulated day. The half-width of the
    box is the radius times each zone's standard deviation; the budget is the one by which Bertsimas
    and Sim (2004, section 4) hold a limit of as many entries as there are zones.

    Parameters
    ----------
    surveyor : Surveyor
    """

    def __init__(self, surveyor: Surveyor) -> None:
        self._surveyor = surveyor
        zones = len(surveyor.calls_per_day)
        self._at_once = surveyor.learned.at_busiest(zones)
        self._calls = surveyor.learned.calls_per_day(zones)

    def solve(self, protection: str, tell: Watcher | None = None) -> LocatedPlan:
        """Find the plan that stands a set."""
        question = self._surveyor.question
        problem = self.problem(protection)
        plan = solve_location(problem, question.weight, question.limits, on_progress=tell)
        return self._located(protection, plan)

    def front(self, protection: str, tell: Watcher | None = None) -> tuple[FrontPlan, ...]:
        """Plans that are best for some weight of cost against service, from cheap to good.

        An interruption ends it with the plans so far.
        """
        question = self._surveyor.question
        plans = plans_along_weights(self.problem(protection), question.front, question.limits, tell)
        return tuple(map(_front_plan, plans))

    def problem(self, protection: str) -> LocationProblem:
        """The problem of a set of demands."""
        surveyor, question = self._surveyor, self._surveyor.question
        travel_s, lights = self._ways
        stations = len(surveyor.candidates)
        return LocationProblem(
            distance_km=surveyor.candidates.distance_km,
            travel_s=travel_s,
            calls_per_day=surveyor.calls_per_day,
            simultaneous_calls=self._at_once.mean(axis=0),
            station_cost_per_day=np.full(stations, question.station_cost_per_day),
            ambulance_cost_per_day=np.full(stations, question.ambulance_cost_per_day),
            transport_cost_per_km=question.transport_cost_per_km,
            unmet_cost=question.unmet_cost,
            time_limit_s=surveyor.target_s,
            calls_set=self._set(protection, self._calls),
            simultaneous_set=self._set(protection, self._at_once),
            lights=lights,
        )

    @cached_property
    def _ways(self) -> tuple[NDArray[np.float64], RouteLights | None]:
        candidates, question = self._surveyor.candidates, self._surveyor.question
        if not question.lights:
            return candidates.travel_s, None
        return route_lights(candidates, question.light_cost_per_day)

    def _set(self, protection: str, counts: NDArray[np.float64]) -> UncertaintySet:
        """What demand may be, from counts of days, (days, z)."""
        radius = normal_radius(self._surveyor.question.probability)
        half_width = radius * counts.std(axis=0, ddof=1)
        zones = counts.shape[1]
        if protection == "box":
            return Box(half_width)
        if protection == "budgeted":
            return Budgeted(half_width, min(float(zones), 1 + radius * sqrt(zones)))
        if protection == "ellipsoid":
            return Ellipsoid(estimate_covariance(counts), radius)
        return NOMINAL

    def _located(self, protection: str, plan: LocationPlan) -> LocatedPlan:
        travel_s, lights = self._ways
        is_equipped = NOTHING if lights is None else plan.layout.is_equipped
        drive_s = travel_s if lights is None else travel_s + lights.waits_s(is_equipped)
        search = Search(plan.status, plan.objective, plan.bound, plan.gap, plan.seconds)
        share = plan.layout.share
        return self._surveyor.look(protection, plan.ambulances, share, search, drive_s, is_equipped)


def _front_plan(plan: LocationPlan) -> FrontPlan:
    return FrontPlan(
        plan.costs.cost_per_day,
        plan.costs.service_cost_per_day,
        int((plan.ambulances > 0).sum()),
        int(plan.ambulances.sum()),
        plan.gap,
    )
