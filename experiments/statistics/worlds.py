"""What holds over several worlds: each has replications of its own, and worlds differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.statistics.intervals import Interval, share_interval, t_interval


@dataclass(frozen=True)
class Worlds:
    """An effect over worlds.

    Attributes
    ----------
    mean : Interval
        Of the mean over worlds; its size is the number of worlds.
    between, within : float
        Standard deviation between worlds, and between replications of one.
    share_positive, share_negative : Interval
        Of worlds in which the effect has this sign beyond doubt, by its own t-interval; the rest
        cannot be told from no effect.
    of_world : (w, 3) float64
        Mean, low and high of each world.
    """

    mean: Interval
    between: float
    within: float
    share_positive: Interval
    share_negative: Interval
    of_world: NDArray[np.float64]


def over_worlds(values: ArrayLike, world: ArrayLike, level: float = 0.95) -> Worlds:
    """The mean of an effect over worlds, with an interval that counts worlds and not replications.

    Parameters
    ----------
    values : (n,) array_like
        The effect in each replication, paired already; those that are NaN are left out.
    world : (n,) array_like
        The world of each. Worlds are taken to be drawn from all that are meant.
    level : float

    Notes
    -----
    The one-way random effects model yᵢⱼ = μ + aᵢ + eᵢⱼ. The mean over worlds is that of their own
    means, whose variance holds both parts, with w − 1 degrees of freedom; the parts are estimated
    by analysis of variance (S. R. Searle, G. Casella and C. E. McCulloch, Variance Components,
    1992, chapter 3), with n₀ = (n − Σnᵢ² / n) / (w − 1) replications to a world. Replications
    taken as independent would make the interval too narrow by the root of 1 + (n₀ − 1) ρ.
    """
    value, label = np.asarray(values, dtype=float), np.asarray(world)
    label, value = label[~np.isnan(value)], value[~np.isnan(value)]
    names, row = np.unique(label, return_inverse=True)
    count = np.bincount(row, minlength=len(names))
    of_world = np.array(
        [t_interval(value[row == k], level)[:3] for k in range(len(names))]
    ).reshape(-1, 3)
    means = of_world[:, 0]
    within = _pooled(value - means[row] if len(names) else value, len(value) - len(names))
    between = _between(value, means, count, within)
    return Worlds(
        mean=t_interval(means, level),
        between=between,
        within=within,
        share_positive=share_interval(of_world[:, 1] > 0, level),
        share_negative=share_interval(of_world[:, 2] < 0, level),
        of_world=of_world,
    )


def _pooled(residual: NDArray[np.float64], degrees: int) -> float:
    return float(np.sqrt((residual**2).sum() / degrees)) if degrees > 0 else np.nan


def _between(
    value: NDArray[np.float64], means: NDArray[np.float64], count: NDArray[np.int64], within: float
) -> float:
    """Standard deviation between worlds; 0 where their means differ by less than chance does."""
    worlds, size = len(means), len(value)
    if worlds < 2 or np.isnan(within):
        return np.nan
    usual = (size - (count**2).sum() / size) / (worlds - 1)
    mean_square = (count * (means - value.mean()) ** 2).sum() / (worlds - 1)
    return float(np.sqrt(max((mean_square - within**2) / usual, 0.0)))
