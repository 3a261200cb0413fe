"""The most demand that a number of sites can reach."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.base import LocationView
from policies.mistakes import refuse
from policies.siting.checks import (
    capacity_mistakes,
    site_mistakes,
    sites_or_all,
    target_mistakes,
    wanted_sites,
)
from policies.siting.limits import SearchLimits
from policies.siting.patterns import patterns_of
from policies.siting.sites import Places, Siting, chosen, optimise, share_values, staffed


class MaximalCovering:
    r"""Reach as much demand as a number of sites can (MCLP).

    .. math:: \max \sum_i d_i y_i, \quad y_i \le \sum_{j:\,t_{ij} \le T} x_j, \quad
        \sum_j x_j = p.

    With capacities, each point's demand is shared among sites in reach, and no site serves more
    than it can (Current and Storbeck, Environment and Planning B 15, 1988).

    Parameters
    ----------
    sites : int, optional
        :math:`p`; as a location policy, by default as many as there are ambulances or stations,
        whichever are fewer.
    target_s : float
        :math:`T`: the longest drive that reaches a point (or metres, as the table of travel).

    References
    ----------
    Church and ReVelle, The maximal covering location problem, Papers of the Regional Science
    Association 32 (1974), 101-118.
    """

    def __init__(self, sites: int | None = None, target_s: float = 480.0) -> None:
        refuse(
            [
                *site_mistakes(sites),
                *target_mistakes(target_s),
            ]
        )
        self._sites = sites
        self._target_s = target_s

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the stations that reach most calls."""
        places = Places(view.travel_s, view.demand_share)
        model = MaximalCovering(sites_or_all(self._sites, view), self._target_s)
        return staffed(model.solve(places).units > 0, places, view.ambulances)

    def solve(
        self,
        places: Places,
        limits: SearchLimits | None = None,
        capacity: NDArray[np.float64] | None = None,
    ) -> Siting:
        """Choose the sites.

        Parameters
        ----------
        places : Places
        limits : SearchLimits, optional
        capacity : (s,) float64, optional
            Demand that each site can serve.
        """
        refuse([*site_mistakes(self._sites, places.sites), *capacity_mistakes(capacity, places)])
        number = wanted_sites(self._sites, places)
        reaches = places.travel <= self._target_s
        if capacity is not None:
            return _with_capacity(places, reaches, number, capacity, limits)
        return _without_capacity(places, reaches, number, limits)


def _without_capacity(
    places: Places, reaches: NDArray[np.bool_], number: int, limits: SearchLimits | None
) -> Siting:
    import pulp

    patterns = patterns_of(reaches, places.demand)
    problem = pulp.LpProblem("MCLP", pulp.LpMaximize)
    sites = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(places.sites)]
    covered = [pulp.LpVariable(f"covered_{g}", 0, 1) for g in range(len(patterns.demand))]
    problem += pulp.lpSum(
        float(d) * variable for d, variable in zip(patterns.demand, covered, strict=True)
    )
    problem += pulp.lpSum(sites) == number
    for group, variable in enumerate(covered):
        problem += variable <= pulp.lpSum(sites[j] for j in patterns.sites_of(group))
    outcome = optimise(problem, limits)
    units = chosen(sites)
    coverage = reaches[units > 0].any(axis=0).astype(float)
    objective = float(coverage @ places.demand)
    return Siting(units, coverage, None, objective, outcome.bound, outcome.status, outcome.seconds)


def _with_capacity(
    places: Places,
    reaches: NDArray[np.bool_],
    number: int,
    capacity: NDArray[np.float64],
    limits: SearchLimits | None,
) -> Siting:
    import pulp

    problem = pulp.LpProblem("MCLP", pulp.LpMaximize)
    sites = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(places.sites)]
    pairs = np.argwhere(reaches).tolist()
    shares = {(j, i): pulp.LpVariable(f"share_{j}_{i}", 0, 1) for j, i in pairs}
    problem += pulp.lpSum(float(places.demand[i]) * share for (_, i), share in shares.items())
    problem += pulp.lpSum(sites) == number
    for i in range(places.points):
        problem += pulp.lpSum(shares[j, i] for j in range(places.sites) if reaches[j, i]) <= 1
    for j, site in enumerate(sites):
        served = pulp.lpSum(
            float(places.demand[i]) * shares[j, i] for i in np.flatnonzero(reaches[j]).tolist()
        )
        problem += served <= float(capacity[j]) * site
    outcome = optimise(problem, limits)
    share = share_values(shares, places)
    return Siting(
        chosen(sites),
        share.sum(axis=0),
        share,
        outcome.objective,
        outcome.bound,
        outcome.status,
        outcome.seconds,
    )
