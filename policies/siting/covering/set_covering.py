"""The fewest sites that reach every point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.base import LocationView
from policies.mistakes import refuse
from policies.siting.checks import target_mistakes
from policies.siting.limits import SearchLimits
from policies.siting.patterns import patterns_of
from policies.siting.sites import Outcome, Places, Siting, chosen, optimise, staffed


class SetCovering:
    r"""Reach every point with as few sites as can be (LSCP).

    .. math:: \min \sum_j x_j, \quad \sum_{j:\,t_{ij} \le T} x_j \ge 1 \ \ \forall i.

    As a location policy it puts one ambulance at each of these stations and the others where the
    calls are.

    Parameters
    ----------
    target_s : float
        :math:`T`: the longest drive that reaches a point (or metres, as the table of travel).

    References
    ----------
    Toregas, Swain, ReVelle and Bergman, The location of emergency service facilities, Operations
    Research 19 (1971), 1363-1373.
    """

    def __init__(self, target_s: float = 480.0) -> None:
        refuse(target_mistakes(target_s))
        self._target_s = target_s

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose as few stations as reach every zone."""
        places = Places(view.travel_s, view.demand_share)
        return staffed(self.solve(places).units > 0, places, view.ambulances)

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose the sites.

        Raises
        ------
        InfeasibleError
            If a point is out of every site's reach; it names the point.
        """
        units, outcome = fewest_sites(places.require_reach(self._target_s), limits)
        return Siting(
            units,
            np.ones(places.points),
            None,
            outcome.objective,
            float(np.ceil(outcome.bound - 1e-6)),
            outcome.status,
            outcome.seconds,
        )


def fewest_sites(
    reaches: NDArray[np.bool_], limits: SearchLimits | None = None
) -> tuple[NDArray[np.int64], Outcome]:
    """The fewest sites that reach every point, (s,), where each can be reached, (s, z)."""
    import pulp

    patterns = patterns_of(reaches, np.ones(reaches.shape[1]))
    problem = pulp.LpProblem("LSCP", pulp.LpMinimize)
    sites = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(len(reaches))]
    problem += pulp.lpSum(sites)
    for group in range(len(patterns.demand)):
        problem += pulp.lpSum(sites[j] for j in patterns.sites_of(group)) >= 1
    outcome = optimise(problem, limits)
    return chosen(sites), outcome
