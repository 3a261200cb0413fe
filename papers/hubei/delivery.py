"""The paper's sites and deliveries on the rebuilt input: its clusters, and who serves whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from papers.hubei.prefectures import SITE_DOSES, SITES, Prefectures
from policies.highs import solve
from policies.siting.k_means import Clusters, centres_of, k_means, lloyd
from simulation.streams import stream

Array = NDArray[np.float64]

SEED = 1
PRINTED_SITES = np.array([[8.31, 2.28], [21.83, 2.04], [11.54, 9.84]])
"""Coordinates of Yichang, Wuhan and Xiangyang as the paper prints them, in a unit it does not
name."""


class Partition(NamedTuple):
    """The paper's three regions beside the best clusters found.

    Attributes
    ----------
    squares_km2, best_km2 : float
        Sum of squared distances to the middles: of the paper's regions, of the best clusters.
    is_at_rest : bool
        Whether Lloyd's algorithm, begun with the paper's regions, moves nothing.
    nearest : tuple of str
        The prefecture nearest to the middle of each of the paper's regions.
    best : tuple of tuple of str
        The best clusters.
    """

    squares_km2: float
    best_km2: float
    is_at_rest: bool
    nearest: tuple[str, ...]
    best: tuple[tuple[str, ...], ...]

    @property
    def excess(self) -> float:
        """By how much the paper's regions are above the best found, as a share."""
        return self.squares_km2 / self.best_km2 - 1.0


class Deliveries(NamedTuple):
    """Doses that make for the fewest dose-kilometres.

    Attributes
    ----------
    doses : (3, 17) float64
        From each site to each prefecture; demand is shared out by cases.
    dose_km : float
    bound_dose_km : float
        No deliveries have fewer, by the dual of the program.
    between : (3, 3) float64
        Doses from each site to each region.
    """

    doses: Array
    dose_km: float
    bound_dose_km: float
    between: Array


def check_partition(prefectures: Prefectures, starts: int) -> Partition:
    """Begin Lloyd's algorithm with the paper's regions, and look for better ones."""
    points, weight = prefectures.plane_km(), np.ones(len(prefectures.names))
    middles = centres_of(points, prefectures.region, weight, np.zeros((len(SITES), 2)))
    rest = lloyd(points, middles, weight)
    best = k_means(points, len(SITES), stream(SEED, 0, "hubei.k_means"), starts=starts)
    far = np.hypot(*(points[:, None] - middles).T)
    return Partition(
        float(((points - middles[prefectures.region]) ** 2).sum()),
        best.squares,
        bool((rest.label == prefectures.region).all()),
        tuple(prefectures.names[row] for row in far.argmin(axis=1)),
        _members(prefectures, best),
    )


def _members(prefectures: Prefectures, clusters: Clusters) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(name for name, own in zip(prefectures.names, clusters.label, strict=True) if own == k)
        for k in range(len(SITES))
    )


def printed_scale(prefectures: Prefectures) -> tuple[float, float]:
    """How well the printed coordinates of the sites are places on a map.

    Returns
    -------
    float, float
        Kilometres in a unit of theirs, and how far the sites are off in the mean (km), where the
        printed triangle is moved, turned and scaled as fits best.
    """
    real = prefectures.plane_km()[prefectures.sites]
    real_z, printed_z = (
        (xy - xy.mean(axis=0)) @ np.array([1.0, 1.0j]) for xy in (real, PRINTED_SITES)
    )
    turn = np.vdot(printed_z, real_z) / np.vdot(printed_z, printed_z)
    return float(abs(turn)), float(np.abs(real_z - turn * printed_z).mean())


def least_deliveries(prefectures: Prefectures) -> Deliveries:
    r"""Serve every prefecture with the fewest dose-kilometres.

    With supply :math:`S_i` of the paper's sites, demand :math:`D_j` in proportion to the cases and
    as much in all, and great-circle distances :math:`d_{ij}`,

    .. math:: \min \sum_{ij} d_{ij} q_{ij}, \quad \sum_j q_{ij} \le S_i, \quad
              \sum_i q_{ij} \ge D_j, \quad q \ge 0.
    """
    import pulp

    km = prefectures.distance_km()[prefectures.sites]
    supply = np.array(SITE_DOSES, dtype=float)
    demand = supply.sum() * prefectures.confirmed / prefectures.confirmed.sum()
    problem = pulp.LpProblem("Deliveries", pulp.LpMinimize)
    doses = {
        (i, j): pulp.LpVariable(f"doses_{i}_{j}", 0) for i, j in np.ndindex(len(SITES), len(demand))
    }
    problem += pulp.lpSum(float(km[leg]) * doses[leg] for leg in doses)
    # Both sums are the same but for rounding, which must not leave the last dose undelivered.
    loose = 1 + 1e-9
    for i in range(len(SITES)):
        row = pulp.lpSum(doses[i, j] for j in range(len(demand))) <= float(supply[i]) * loose
        problem += row, f"supply_{i}"
    for j in range(len(demand)):
        row = pulp.lpSum(doses[i, j] for i in range(len(SITES))) >= float(demand[j])
        problem += row, f"demand_{j}"
    solve(problem)
    sent = np.array([[doses[i, j].value() for j in range(len(demand))] for i in range(len(SITES))])
    bound = _dual_bound(problem, supply * loose, demand, km)
    between = np.stack([prefectures.by_region(row) for row in sent])
    return Deliveries(sent, float((km * sent).sum()), bound, between)


def _dual_bound(problem: object, supply: Array, demand: Array, km: Array) -> float:
    """What the program's prices prove, whatever they are: prices of sites first, then the best."""
    constraints = problem.constraints  # type: ignore[attr-defined]
    price = np.array([max(0.0, -(constraints[f"supply_{i}"].pi or 0.0)) for i in range(len(km))])
    # With given prices at the sites, no prefecture can be served for less than this.
    return float(demand @ (km + price[:, None]).min(axis=0) - supply @ price)
