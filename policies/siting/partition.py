"""How good a given partition of points into regions is, beside the best that is found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from policies.base import PolicyError
from policies.siting.k_means import Clusters, centres_of, k_means, lloyd


@dataclass(frozen=True, eq=False)
class PartitionCheck:
    """A partition, judged by the sum of squared distances to the middles of its regions.

    Attributes
    ----------
    squares : float
        Weighted sum of squared distances.
    rests : bool
        Whether it is a fixed point of Lloyd's algorithm: every point is nearest to the middle of
        its own region.
    best : Clusters
        The best partition that was found, into as many regions; not worse than the given one.
    """

    squares: float
    rests: bool
    best: Clusters

    @property
    def above_best_share(self) -> float:
        """By how much its sum of squares is above the best one, as a share of that."""
        return self.squares / self.best.squares - 1 if self.best.squares > 0 else 0.0

    def lines(self, names: Sequence[str]) -> list[str]:
        """What is to be said of it, with the points' names: three lines and one a region."""
        fixed = "a fixed point" if self.rests else "no fixed point"
        above = f"{self.above_best_share:.1%} above the best found ({self.best.squares:,.0f})"
        told = [
            f"the partition is {fixed} of Lloyd's algorithm",
            f"its sum of squares is {self.squares:,.0f}, {above}",
        ]
        if self.above_best_share <= 0:
            return [*told, "no better one was found"]
        groups = [
            ", ".join(name for name, own in zip(names, self.best.label, strict=True) if own == k)
            for k in range(len(self.best.centre))
        ]
        return [*told, "better:", *(f"  {group}" for group in groups)]


def check_partition(
    points: NDArray[np.float64],
    label: NDArray[np.int64],
    rng: np.random.Generator,
    weight: NDArray[np.float64] | None = None,
    starts: int = 200,
) -> PartitionCheck:
    """Judge a partition of points.

    The best is looked for by k-means from many starts, the given partition being one of them. It
    is no proof that there is no better one.

    Parameters
    ----------
    points : (z, 2) float64
        On a plane, in any unit of length.
    label : (z,) int64
        The region of each point, from 0 on.
    rng : numpy.random.Generator
    weight : (z,) float64, optional
        By default all points are alike.
    starts : int

    Raises
    ------
    PolicyError
        If there is not a label from 0 on for each point, or a region is empty.
    """
    _require_labels(points, label)
    weight = np.ones(len(points)) if weight is None else weight
    count = int(label.max()) + 1
    middle = centres_of(points, label, weight, np.zeros((count, 2)))
    squares = float(weight @ ((points - middle[label]) ** 2).sum(axis=1))
    own = lloyd(points, middle, weight)
    found = k_means(points, count, rng, weight, starts)
    best = min((found, own), key=lambda clusters: clusters.squares)
    return PartitionCheck(squares, bool((own.label == label).all()), best)


def _require_labels(points: NDArray[np.float64], label: NDArray[np.int64]) -> None:
    if label.shape != (len(points),) or not np.issubdtype(label.dtype, np.integer):
        raise PolicyError(f"label must be whole for each of {len(points)} points, got {label!r}")
    empty = [] if label.min() < 0 else np.flatnonzero(np.bincount(label) == 0).tolist()
    if label.min() < 0 or empty:
        raise PolicyError(
            "labels must be 0, 1, … without a gap, got "
            + ", ".join(str(one) for one in np.unique(label).tolist())
        )
