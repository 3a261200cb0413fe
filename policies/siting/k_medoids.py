"""Sites among candidates in the middle of clusters of demand, by road."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import refuse
from policies.siting.checks import site_mistakes
from policies.siting.sites import Places

SAVES_SHARE = 1e-12
"""A move that saves less than this share of the travel is rounding."""


class Medoids(NamedTuple):
    """Points of demand in clusters round candidates.

    Attributes
    ----------
    site : (k,) int64
        The candidate in the middle of each cluster.
    label : (z,) int64
        The cluster of each point.
    travel : float
        All travel, weighted by demand.
    """

    site: NDArray[np.int64]
    label: NDArray[np.int64]
    travel: float


def k_medoids(places: Places, sites: int, rng: np.random.Generator, starts: int = 20) -> Medoids:
    """Find sites among candidates with little weighted travel in a table, such as road distances.

    From each random start, points go to the nearest site, and each site moves to the candidate
    that is best for its points, until nothing is saved. It proves no optimum; `PMedian` does.

    Parameters
    ----------
    places : Places
    sites : int
    rng : numpy.random.Generator
    starts : int
    """
    refuse(site_mistakes(sites, places.sites))
    found = [
        _alternate(places, rng.choice(places.sites, sites, replace=False)) for _ in range(starts)
    ]
    return min(found, key=lambda medoids: medoids.travel)


def _alternate(places: Places, site: NDArray[np.int64]) -> Medoids:
    travel, demand = places.travel, places.demand
    while True:
        label, total = travel[site].argmin(axis=0), float(travel[site].min(axis=0) @ demand)
        cost = np.stack([travel @ (demand * (label == k)) for k in range(len(site))])
        moved = cost.argmin(axis=1)
        if travel[moved].min(axis=0) @ demand >= total * (1 - SAVES_SHARE):
            return Medoids(site, label, total)
        site = moved
