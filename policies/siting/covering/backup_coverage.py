"""The most demand reached twice, when all is reached once."""

from __future__ import annotations

from collections.abc import Sequence

from policies.base import InfeasibleError, LocationView
from policies.mistakes import refuse
from policies.siting.checks import site_mistakes, sites_or_all, target_mistakes, wanted_sites
from policies.siting.covering.set_covering import fewest_sites
from policies.siting.limits import SearchLimits
from policies.siting.patterns import patterns_of
from policies.siting.sites import Places, Siting, chosen, optimise, staffed


class BackupCoverage:
    r"""Reach every point, and as much demand as can be from a second site too (BACOP1).

    .. math:: \max \sum_i d_i u_i, \quad \sum_{j:\,t_{ij} \le T} x_j \ge 1 + u_i, \quad
        \sum_j x_j = p, \quad 0 \le u_i \le 1.

    Parameters
    ----------
    sites : int, optional
        :math:`p`; as a location policy, by default as many as there are ambulances or stations,
        whichever are fewer.
    target_s : float
        :math:`T`: the longest drive that reaches a point (or metres, as the table of travel).

    References
    ----------
    Hogan and ReVelle, Concepts and applications of backup coverage, Management Science 32 (1986),
    1434-1444.
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
        """Choose the stations that back each other up most."""
        model = BackupCoverage(sites_or_all(self._sites, view), self._target_s)
        places = Places(view.travel_s, view.demand_share)
        return staffed(model.solve(places).units > 0, places, view.ambulances)

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose the sites.

        Raises
        ------
        InfeasibleError
            If a point is out of every site's reach, or the sites are too few to reach all; it
            says which, or how many are missing.
        """
        import pulp

        refuse(site_mistakes(self._sites, places.sites))
        number = wanted_sites(self._sites, places)
        reaches = places.require_reach(self._target_s)
        needed = int(fewest_sites(reaches)[0].sum())
        if needed > number:
            raise InfeasibleError(
                f"{needed} sites are needed to reach every point within {self._target_s:g}, "
                f"got {number}: {needed - number} short"
            )
        patterns = patterns_of(reaches, places.demand)
        problem = pulp.LpProblem("backup-coverage", pulp.LpMaximize)
        sites = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(places.sites)]
        backed = [pulp.LpVariable(f"backed_{g}", 0, 1) for g in range(len(patterns.demand))]
        problem += pulp.lpSum(
            float(d) * variable for d, variable in zip(patterns.demand, backed, strict=True)
        )
        problem += pulp.lpSum(sites) == number
        for group, variable in enumerate(backed):
            problem += 1 + variable <= pulp.lpSum(sites[j] for j in patterns.sites_of(group))
        outcome = optimise(problem, limits)
        units = chosen(sites)
        coverage = (units @ reaches >= 2).astype(float)
        objective = float(coverage @ places.demand)
        return Siting(
            units, coverage, None, objective, outcome.bound, outcome.status, outcome.seconds
        )
