"""The sites from which the mean drive is shortest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError, LocationView
from policies.mistakes import refuse
from policies.siting.checks import capacity_mistakes, site_mistakes, sites_or_all, wanted_sites
from policies.siting.limits import SearchLimits
from policies.siting.robust.problem import named_points
from policies.siting.sites import Places, Siting, chosen, optimise, share_values, staffed

if TYPE_CHECKING:
    import pulp


class PMedian:
    r"""Serve all demand from a number of sites with the least driving.

    .. math:: \min \sum_{ij} d_i t_{ij} X_{ij}, \quad \sum_j X_{ij} = 1, \quad X_{ij} \le x_j,
        \quad \sum_j x_j = p.

    With capacities, :math:`\sum_i d_i X_{ij} \le C_j x_j`, and a point may be served by several.

    Parameters
    ----------
    sites : int, optional
        :math:`p`; as a location policy, by default as many as there are ambulances or stations,
        whichever are fewer.

    References
    ----------
    Hakimi, Optimum locations of switching centers and the absolute centers and medians of a
    graph, Operations Research 12 (1964), 450-459; ReVelle and Swain, Central facilities location,
    Geographical Analysis 2 (1970), 30-42.
    """

    def __init__(self, sites: int | None = None) -> None:
        refuse(site_mistakes(sites))
        self._sites = sites

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose the stations with the shortest mean drive."""
        places = Places(view.travel_s, view.demand_share)
        siting = PMedian(sites_or_all(self._sites, view)).solve(places)
        return staffed(siting.units > 0, places, view.ambulances)

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

        Raises
        ------
        InfeasibleError
            If no site reaches a point, or the capacities are short; it names which, and how much.
        """
        refuse([*site_mistakes(self._sites, places.sites), *capacity_mistakes(capacity, places)])
        number = wanted_sites(self._sites, places)
        _require_way(places)
        if capacity is not None:
            _require_capacity(places, number, capacity)
        return _solve(places, number, capacity, limits)


def _require_way(places: Places) -> None:
    missed = np.flatnonzero(~np.isfinite(places.travel).any(axis=0))
    if len(missed):
        raise InfeasibleError(f"no site reaches {named_points(missed)}")


def _require_capacity(places: Places, number: int, capacity: NDArray[np.float64]) -> None:
    most, wanted = float(np.sort(capacity)[-number:].sum()), float(places.demand.sum())
    if most < wanted * (1 - 1e-9):
        raise InfeasibleError(
            f"capacity: the {number} largest sites serve {most:g} together, demand is "
            f"{wanted:g}: {wanted - most:g} short"
        )


def _solve(
    places: Places,
    number: int,
    capacity: NDArray[np.float64] | None,
    limits: SearchLimits | None,
) -> Siting:
    import pulp

    problem = pulp.LpProblem("p-median", pulp.LpMinimize)
    sites = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(places.sites)]
    pairs = np.argwhere(np.isfinite(places.travel)).tolist()
    shares = {(j, i): pulp.LpVariable(f"share_{j}_{i}", 0, 1) for j, i in pairs}
    drive = places.travel * places.demand
    problem += pulp.LpAffineExpression([(v, float(drive[pair])) for pair, v in shares.items()])
    problem += pulp.lpSum(sites) == number
    for i in range(places.points):
        ways = (shares[j, i] for j in range(places.sites) if (j, i) in shares)
        problem += pulp.lpSum(ways) == 1
    for (j, _), share in shares.items():
        problem += share <= sites[j]
    if capacity is not None:
        for j, site in enumerate(sites):
            problem += _served(shares, places, j) <= float(capacity[j]) * site
    outcome = optimise(problem, limits)
    share = share_values(shares, places)
    return Siting(
        chosen(sites),
        np.ones(places.points),
        share,
        outcome.objective,
        outcome.bound,
        outcome.status,
        outcome.seconds,
    )


def _served(
    shares: dict[tuple[int, int], pulp.LpVariable], places: Places, site: int
) -> pulp.LpAffineExpression:
    """Demand that a site serves."""
    import pulp

    ways = (i for i in range(places.points) if (site, i) in shares)
    return pulp.lpSum(float(places.demand[i]) * shares[site, i] for i in ways)
