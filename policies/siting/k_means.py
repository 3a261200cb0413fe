"""Sites in the middle of clusters of demand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.base import PolicyError
from policies.mistakes import refuse
from policies.siting.checks import site_mistakes

MOST_ROUNDS = 1000
"""Rounds of Lloyd's algorithm; it comes to rest long before."""


@dataclass(frozen=True, eq=False)
class Clusters:
    """Points of demand in clusters.

    Attributes
    ----------
    centre : (k, 2) float64
        Weighted mean of the points of each cluster.
    label : (z,) int64
        The cluster of each point.
    squares : float
        Weighted sum of squared distances to the centres (weight times squared unit).
    """

    centre: NDArray[np.float64]
    label: NDArray[np.int64]
    squares: float


def k_means(
    points: NDArray[np.float64],
    sites: int,
    rng: np.random.Generator,
    weight: NDArray[np.float64] | None = None,
    starts: int = 50,
) -> Clusters:
    r"""Find sites with the least weighted sum of squared distances, :math:`\sum_i w_i|r_i - m|^2`.

    Lloyd's algorithm from several starts, each drawn as Arthur and Vassilvitskii do (k-means++,
    2007); the best is kept. It proves no optimum.

    Parameters
    ----------
    points : (z, 2) float64
        In any unit of length.
    sites : int
    rng : numpy.random.Generator
    weight : (z,) float64, optional
        Demand of each point; by default all are alike.
    starts : int
    """
    weight = np.ones(len(points)) if weight is None else weight
    _require_points(points, sites, weight)
    centres = (_draw_centres(points, sites, weight, rng) for _ in range(starts))
    found = [lloyd(points, centre, weight) for centre in centres]
    return min(found, key=lambda clusters: clusters.squares)


def lloyd(
    points: NDArray[np.float64], centre: NDArray[np.float64], weight: NDArray[np.float64]
) -> Clusters:
    """Assign points to the nearest centre and move centres to the middle, until nothing moves.

    Parameters
    ----------
    points : (z, 2) float64
    centre : (k, 2) float64
        To begin with. One that loses all its points stays where it is.
    weight : (z,) float64
    """
    label = np.full(len(points), len(centre))
    for _ in range(MOST_ROUNDS):
        nearest = _squares(points, centre).argmin(axis=1)
        if (nearest == label).all():
            break
        label = nearest
        centre = centres_of(points, label, weight, centre)
    squares = _squares(points, centre)[np.arange(len(points)), label]
    return Clusters(centre, label, float(weight @ squares))


def centres_of(
    points: NDArray[np.float64],
    label: NDArray[np.int64],
    weight: NDArray[np.float64],
    before: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Weighted mean of the points of each cluster, (k, 2); where there are none, as before."""
    total = np.bincount(label, weight, minlength=len(before))[:, None]
    sums = [np.bincount(label, weight * column, minlength=len(before)) for column in points.T]
    return np.where(total > 0, np.stack(sums, axis=1) / np.where(total > 0, total, 1), before)


def _draw_centres(
    points: NDArray[np.float64],
    sites: int,
    weight: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Draw each next centre among the points by weight and squared distance to those before."""
    chosen = [int(rng.choice(len(points), p=weight / weight.sum()))]
    while len(chosen) < sites:
        far = weight * _squares(points, points[chosen]).min(axis=1)
        chance = far if far.sum() > 0 else weight
        chosen.append(int(rng.choice(len(points), p=chance / chance.sum())))
    return points[chosen]


def _squares(points: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared distance of each point to each centre, (z, k)."""
    squares: NDArray[np.float64] = ((points[:, None] - centre) ** 2).sum(axis=2)
    return squares


def _require_points(points: NDArray[np.float64], sites: int, weight: NDArray[np.float64]) -> None:
    refuse(site_mistakes(sites, len(points)))
    if weight.shape != (len(points),) or not (weight >= 0).all() or weight.sum() <= 0:
        raise PolicyError(
            f"weight must be >= 0 for each of {len(points)} points and not all 0, "
            f"got shape {weight.shape}"
        )
