"""Stations and fleet safe against demand at its worst, as a location policy."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from environment.apportionment import apportion
from environment.units import DAY_S, HOUR_S, HOURS_A_DAY
from policies.base import LocationView
from policies.hypercube.service_cost import FEWEST_PER_HOUR
from policies.location.demand_share import DemandShare
from policies.mistakes import number_mistakes, refuse
from policies.siting.costs import (
    AMBULANCE_COST_PER_DAY,
    SPEED_KPH,
    STATION_COST_PER_DAY,
    TRANSPORT_COST_PER_KM,
    UNMET_COST,
)
from policies.siting.covering.mexclp import busy_at_once
from policies.siting.limits import SearchLimits
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import Ellipsoid, normal_radius

GAP = 0.01
"""Within which the plan is the best; much less than what an ambulance costs decides nothing."""


class Robust:
    r"""Choose and size stations so that each can serve its calls with a wanted probability.

    How often a zone calls and how long an ambulance is away give its mean number of calls at once.
    They are taken to be Poisson and independent by zone, as they are where nobody has to wait and
    calls come at random: their covariance is diagonal and equal to the mean. A station then needs

    .. math:: n_j = \bar m^\top X_{\cdot j} + \kappa \lVert \Sigma^{1/2} X_{\cdot j} \rVert_2

    ambulances, where :math:`\kappa` is the normal quantile of the protection. What minimises the
    weighted costs of `solve_location` is scaled to the fleet by largest remainders; so where the
    fleet is smaller than the plan, every station is short by the same share.

    Parameters
    ----------
    protection : float
        Probability, from 0.5 to below 1, with which a station of the plan can serve its calls.
    busy_fraction : float, optional
        Mean share of the fleet that is busy at the same time, above 0 and below 1; by default what
        the scenario's calls and jobs let expect, zone by zone.
    target_s : float
        A call from which its station is farther counts as unmet.
    job_s : float, optional
        Mean time of an ambulance with one call, by which calls a day follow from those at once; by
        default the calls of the scenario.
    weight : float
        Of transport against unmet calls, from 0 to 1.
    station_cost_per_day : float
        Of a station that has ambulances.
    time_limit_s : float
        Seconds after which the best plan so far is taken. Where it bites, the answer depends on
        the machine.
    """

    def __init__(
        self,
        protection: float = 0.95,
        busy_fraction: float | None = None,
        target_s: float = 480.0,
        job_s: float | None = None,
        weight: float = 0.5,
        station_cost_per_day: float = STATION_COST_PER_DAY,
        time_limit_s: float = 20.0,
    ) -> None:
        def above_0(value: float) -> bool:
            return 0 < value < np.inf

        refuse(
            [
                *number_mistakes(
                    "protection", protection, lambda p: 0.5 <= p < 1, "from 0.5 to below 1"
                ),
                *_optional_mistakes(
                    "busy_fraction", busy_fraction, lambda q: 0 < q < 1, "above 0 and below 1"
                ),
                *number_mistakes("target_s", target_s, above_0, "above 0"),
                *_optional_mistakes("job_s", job_s, above_0, "above 0"),
                *number_mistakes("weight", weight, lambda w: 0 <= w <= 1, "from 0 to 1"),
                *number_mistakes(
                    "station_cost_per_day", station_cost_per_day, lambda c: 0 <= c < np.inf, ">= 0"
                ),
                *number_mistakes("time_limit_s", time_limit_s, above_0, "above 0"),
            ]
        )
        self._radius = normal_radius(protection)
        self._busy_fraction = busy_fraction
        self._target_s = target_s
        self._job_s = job_s
        self._weight = weight
        self._station_cost_per_day = station_cost_per_day
        self._limits = SearchLimits(GAP, time_limit_s)

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the plan's numbers, scaled to the fleet."""
        if self._busy_fraction is None and view.calls_per_hour <= FEWEST_PER_HOUR:
            return DemandShare().place(view)
        plan = solve_location(self.problem(view), self._weight, self._limits)
        return apportion(view.ambulances, plan.ambulances).tolist()

    def problem(self, view: LocationView) -> LocationProblem:
        """The problem that a view stands for."""
        at_once = busy_at_once(view)
        if self._busy_fraction is not None:
            at_once = view.ambulances * self._busy_fraction * view.demand_share
        calls_per_day = HOURS_A_DAY * view.calls_per_hour * view.demand_share
        if self._job_s is not None:
            calls_per_day = at_once * DAY_S / self._job_s
        stations = len(view.given)
        return LocationProblem(
            distance_km=view.travel_s * SPEED_KPH / HOUR_S,
            travel_s=view.travel_s,
            calls_per_day=calls_per_day,
            simultaneous_calls=at_once,
            station_cost_per_day=np.full(stations, self._station_cost_per_day),
            ambulance_cost_per_day=np.full(stations, AMBULANCE_COST_PER_DAY),
            transport_cost_per_km=TRANSPORT_COST_PER_KM,
            unmet_cost=UNMET_COST,
            time_limit_s=self._target_s,
            calls_set=Ellipsoid(np.diag(calls_per_day), self._radius),
            simultaneous_set=Ellipsoid(np.diag(at_once), self._radius),
        )


def _optional_mistakes(
    name: str, value: float | None, is_fine: Callable[[float], bool], wanted: str
) -> list[str]:
    return [] if value is None else number_mistakes(name, value, is_fine, wanted)
