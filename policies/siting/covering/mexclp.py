"""The most demand covered when ambulances may be busy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from environment.units import HOUR_S
from policies.base import LocationView
from policies.mistakes import number_mistakes, refuse
from policies.siting.checks import target_mistakes
from policies.siting.limits import SearchLimits
from policies.siting.patterns import patterns_of
from policies.siting.sites import Places, Siting, chosen, optimise

UNKNOWN_BUSY = 0.5
"""Share of the time that an ambulance is busy, where nothing is known of calls."""


class Mexclp:
    r"""Place ambulances where they cover most demand, each being busy part of the time.

    The maximum expected covering location problem: every ambulance is busy with probability
    :math:`q`, independently of the others, so a point with :math:`k` of them in reach is covered
    with probability :math:`1 - q^k`.

    .. math:: \max \sum_i d_i \sum_k (1 - q) q^{k-1} y_{ik}, \quad
        \sum_k y_{ik} \le \sum_{j:\,t_{ij} \le T} n_j, \quad \sum_j n_j = N.

    Parameters
    ----------
    busy_fraction : float, optional
        :math:`q`, from 0 to below 1. By default a location policy takes what the scenario's calls
        and jobs let expect, and a model of sites alone takes 0.5.
    target_s : float
        :math:`T`: the longest drive that reaches a point (or metres, as the table of travel).
    ambulances : int
        :math:`N`; as a location policy it is the fleet's.

    References
    ----------
    Daskin, A maximum expected covering location model, Transportation Science 17 (1983), 48-70.
    """

    def __init__(
        self, busy_fraction: float | None = None, target_s: float = 480.0, ambulances: int = 1
    ) -> None:
        busy = UNKNOWN_BUSY if busy_fraction is None else busy_fraction
        refuse(
            [
                *number_mistakes("busy_fraction", busy, lambda q: 0 <= q < 1, "from 0 to below 1"),
                *target_mistakes(target_s),
                *number_mistakes("ambulances", ambulances, lambda n: n >= 1, ">= 1"),
            ]
        )
        self._ambulances = ambulances
        self._busy_fraction = busy_fraction
        self._target_s = target_s

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose how many ambulances each station has."""
        places = Places(view.travel_s, view.demand_share)
        given = self._busy_fraction
        busy = busy_fraction(view) if given is None else given
        model = Mexclp(busy, self._target_s, view.ambulances)
        return model.solve(places).units.tolist()

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose how many ambulances each site has."""
        import pulp

        ambulances = self._ambulances
        busy = UNKNOWN_BUSY if self._busy_fraction is None else self._busy_fraction
        reaches = places.travel <= self._target_s
        patterns = patterns_of(reaches, places.demand)
        problem = pulp.LpProblem("MEXCLP", pulp.LpMaximize)
        units = [
            pulp.LpVariable(f"units_{j}", 0, ambulances, pulp.LpInteger)
            for j in range(places.sites)
        ]
        problem += pulp.lpSum(units) == ambulances
        gain = []
        for group, demand in enumerate(patterns.demand.tolist()):
            near = patterns.sites_of(group)
            covered = [pulp.LpVariable(f"covered_{group}_{k}", 0, 1) for k in range(ambulances)]
            gain += [demand * (1 - busy) * busy**k * y for k, y in enumerate(covered) if near]
            problem += pulp.lpSum(covered) <= pulp.lpSum(units[j] for j in near)
        problem.setObjective(pulp.lpSum(gain))
        outcome = optimise(problem, limits)
        placed = chosen(units)
        coverage = (1 - busy ** (placed @ reaches)).astype(np.float64)
        objective = float(coverage @ places.demand)
        return Siting(
            placed, coverage, None, objective, outcome.bound, outcome.status, outcome.seconds
        )


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
    return np.asarray(calls_per_hour * away_s / HOUR_S)


def busy_fraction(view: LocationView) -> float:
    """Mean share of the fleet that is busy, if nobody has to wait."""
    return min(float(busy_at_once(view).sum()) / view.ambulances, MOST_BUSY)
