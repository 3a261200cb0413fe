"""Clusters round sites of which none serves more than it can, and each point has one site."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.mistakes import refuse
from policies.siting.checks import capacity_mistakes, site_mistakes
from policies.siting.limits import SearchLimits
from policies.siting.robust.problem import named_points
from policies.siting.sites import Places, chosen, optimise

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)
class CapacitatedClusters:
    """Points of demand in clusters that their sites can serve.

    Attributes
    ----------
    site : (k,) int64
        The candidate of each cluster, in their order.
    label : (z,) int64
        The cluster of each point.
    travel, bound : float
        All travel, weighted by demand, and what no answer goes below.
    served : (k,) float64
        Demand of each cluster.
    status : str
        ``optimal`` (within the gap asked for), ``time limit`` or ``interrupted``.
    """

    site: NDArray[np.int64]
    label: NDArray[np.int64]
    travel: float
    bound: float
    served: NDArray[np.float64]
    status: str


def capacitated_clusters(
    places: Places,
    sites: int,
    capacity: NDArray[np.float64],
    given: Collection[int] = (),
    limits: SearchLimits | None = None,
) -> CapacitatedClusters:
    r"""Find sites among candidates, and one of them for each point, with the least travel.

    .. math:: \min\sum_{ij}d_it_{ij}x_{ij},\quad\sum_jx_{ij}=1,\quad\sum_id_ix_{ij}\le C_jy_j,
        \quad x_{ij}\le y_j,\quad\sum_jy_j=p,\quad x_{ij},y_j\in\{0,1\}.

    It is the capacitated p-median problem with single sourcing (Mulvey and Beck, European Journal
    of Operational Research 18, 1984), solved exactly. `PMedian` lets several sites share a point.

    Parameters
    ----------
    places : Places
        Candidates, such as cities or airports, and points of demand; `travel` by road or on a great
        circle.
    sites : int
    capacity : (s,) float64
        Demand that each candidate can serve.
    given : collection of int
        Candidates that are sites in any case.
    limits : SearchLimits, optional

    Raises
    ------
    InfeasibleError
        If a point has no way to any site, the capacities are short, or no assignment of whole
        points fits them.
    """
    refuse(
        [
            *site_mistakes(sites, places.sites),
            *capacity_mistakes(capacity, places),
            *_given_mistakes(given, sites, places),
        ]
    )
    _require_enough(places, sites, capacity, given)
    return _solve(places, sites, capacity, given, limits)


def _given_mistakes(given: Collection[int], sites: int, places: Places) -> list[str]:
    mistakes = [
        f"given sites must be from 0 to {places.sites - 1}, got {site}"
        for site in given
        if not 0 <= site < places.sites
    ]
    if len(set(given)) > sites:
        mistakes.append(f"given sites must be at most {sites}, the number of sites, got {given}")
    return mistakes


def _require_enough(
    places: Places, sites: int, capacity: NDArray[np.float64], given: Collection[int]
) -> None:
    missed = np.flatnonzero(~np.isfinite(places.travel).any(axis=0))
    if len(missed):
        raise InfeasibleError(f"no site reaches {named_points(missed)}")
    kept = sorted(set(given))
    others = np.sort(np.delete(capacity, kept))[::-1]
    most = float(capacity[kept].sum() + others[: sites - len(kept)].sum())
    wanted = float(places.demand.sum())
    if most < wanted * (1 - 1e-9):
        raise InfeasibleError(
            f"capacity: {sites} sites serve {most:g} together at most, demand is {wanted:g}: "
            f"{wanted - most:g} short"
        )
    large = np.flatnonzero(places.demand > capacity.max())
    if len(large):
        raise InfeasibleError(
            f"capacity: no candidate serves {named_points(large)} alone; the largest serves "
            f"{capacity.max():g}"
        )


def _solve(
    places: Places,
    sites: int,
    capacity: NDArray[np.float64],
    given: Collection[int],
    limits: SearchLimits | None,
) -> CapacitatedClusters:
    import pulp

    problem = pulp.LpProblem("capacitated-clusters", pulp.LpMinimize)
    is_site = [pulp.LpVariable(f"site_{j}", cat=pulp.LpBinary) for j in range(places.sites)]
    pairs = [tuple(pair) for pair in np.argwhere(np.isfinite(places.travel)).tolist()]
    serves = {pair: pulp.LpVariable("serves_{}_{}".format(*pair), cat=pulp.LpBinary)
              for pair in pairs}  # fmt: skip
    drive = places.travel * places.demand
    problem += pulp.LpAffineExpression([(v, float(drive[pair])) for pair, v in serves.items()])
    problem += pulp.lpSum(is_site) == sites
    for i in range(places.points):
        problem += pulp.lpSum(v for (_, point), v in serves.items() if point == i) == 1
    for (j, _), share in serves.items():
        problem += share <= is_site[j]
    for j, site in enumerate(is_site):
        own = pulp.lpSum(float(places.demand[i]) * v for (k, i), v in serves.items() if k == j)
        problem += own <= float(capacity[j]) * site
        if j in given:
            problem += site == 1
    outcome = optimise(problem, limits)
    site = np.flatnonzero(chosen(is_site))
    row = {int(j): number for number, j in enumerate(site)}
    label = np.zeros(places.points, dtype=np.int64)
    for (j, i), share in serves.items():
        if share.value() > 1 / 2:
            label[i] = row[j]
    served = np.bincount(label, places.demand, minlength=len(site)).astype(float)
    return CapacitatedClusters(
        site, label, outcome.objective, outcome.bound, served, outcome.status
    )
