"""Which of several arms is best: with a stated probability, or as well as a budget allows.

Greater is better throughout; turn the sign of what should be small.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FIRST_STAGE = 20
"""Replications of every arm before the first is left out."""


@dataclass(frozen=True)
class Selection:
    """What a procedure chose.

    Attributes
    ----------
    best : int
        The arm.
    replications : (k,) int64
        That each arm was given.
    mean : (k,) float64
        Over its own.
    left_out_at : (k,) int64
        Replications after which an arm was left out; 0 for those that stayed to the end.
    """

    best: int
    replications: NDArray[np.int64]
    mean: NDArray[np.float64]
    left_out_at: NDArray[np.int64]


def kim_nelson(
    observe: Callable[[int, NDArray[np.int64]], NDArray[np.float64]],
    arms: int,
    indifference: float,
    *,
    level: float = 0.95,
    first_stage: int = FIRST_STAGE,
) -> Selection:
    """Select the best of some arms, replication by replication, on paired samples.

    Parameters
    ----------
    observe : callable
        Given the number of a replication, from 0 on, and the arms that are still in, it returns
        their values in that replication. All arms are meant to meet the same chance in it.
    arms : int
        At least 2.
    indifference : float
        Above 0. If the best arm is better than all others by this or more, it is selected with
        probability `level`; else one that is worse by less than this is, with about that.
    level : float
        Above 1 / `arms`.
    first_stage : int
        At least 2.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Notes
    -----
    S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in
    simulation, ACM Transactions on Modeling and Computer Simulation 11(3), 2001, 251–273, with
    c = 1: η = ((2α / (k − 1))^(−2 / (n₀ − 1)) − 1) / 2 and h² = 2η (n₀ − 1). S²ᵢₗ is the variance
    of the *differences* of two arms in the first stage. After r replications an arm i is left out
    if another is ahead of it by more than max(0, δ / 2r (h² S²ᵢₗ / δ² − r)). It ends at
    max ⌊h² S²ᵢₗ / δ²⌋ + 1 replications at the latest.
    """
    if arms < 2 or not indifference > 0 or not 1 / arms < level < 1 or first_stage < 2:
        raise ValueError(
            "at least 2 arms and a first stage of 2 are required, an indifference above 0, and a "
            f"level from {1 / max(arms, 1):g} to 1; got {arms}, {first_stage}, {indifference} and "
            f"{level}"
        )
    everyone = np.arange(arms)
    first = np.array([observe(number, everyone) for number in range(first_stage)])
    deviation = first[:, :, None] - first[:, None, :]
    variance = deviation.var(axis=0, ddof=1)
    growth = ((2 * (1 - level) / (arms - 1)) ** (-2 / (first_stage - 1)) - 1) / 2
    longest = 2 * growth * (first_stage - 1) * variance / indifference**2
    total, stayed, left_out_at = first.sum(axis=0), everyone, np.zeros(arms, np.int64)
    done = first_stage
    while True:
        mean = total[stayed] / done
        pairs = np.ix_(stayed, stayed)
        margin = np.maximum(0.0, indifference / (2 * done) * (longest[pairs] - done))
        behind = (mean[:, None] < mean[None, :] - margin).any(axis=1)
        left_out_at[stayed[behind]] = done
        stayed = stayed[~behind]
        if len(stayed) == 1 or done > np.floor(longest).max():
            break
        total[stayed] += observe(done, stayed)
        done += 1
    replications = np.where(left_out_at == 0, done, left_out_at)
    means = total / replications
    best = int(stayed[np.argmax(means[stayed])])
    return Selection(best, replications, means, left_out_at)


def next_allocation(
    mean: ArrayLike, deviation: ArrayLike, replications: ArrayLike, more: int
) -> NDArray[np.int64]:
    """How to spend the next replications so that the best of some arms is told as well as can be.

    Parameters
    ----------
    mean, deviation : (k,) array_like
        Of each arm, so far.
    replications : (k,) array_like of int
        That each arm has had.
    more : int
        To be given out.

    Returns
    -------
    (k,) int64
        For each arm; they add up to `more`.

    Notes
    -----
    Optimal computing budget allocation (C.-H. Chen et al., Simulation budget allocation for further
    enhancing the efficiency of ordinal optimization, Discrete Event Dynamic Systems 10, 2000,
    251–270): shares of the whole budget are (σᵢ / (ȳ_b − ȳᵢ))², and σ_b √Σ(Nᵢ / σᵢ)² for the best.
    It promises nothing; arms that have more than their share keep it. Independent samples are
    assumed.
    """
    means = np.asarray(mean, dtype=float)
    deviations = np.maximum(np.asarray(deviation, dtype=float), 1e-12)
    had = np.asarray(replications, dtype=np.int64)
    best = int(np.argmax(means))
    gap = np.maximum(means[best] - means, 1e-9 * max(float(np.abs(means).max()), 1e-300))
    share = (deviations / gap) ** 2
    share[best] = 0.0
    share[best] = deviations[best] * np.sqrt(((share / deviations) ** 2).sum())
    wanted = _up_to(share, had, int(had.sum()) + more) - had
    given = np.floor(wanted).astype(np.int64)
    rest = more - int(given.sum())
    given[np.argsort(given - wanted, kind="stable")[:rest]] += 1
    return given


def _up_to(share: NDArray[np.float64], had: NDArray[np.int64], budget: int) -> NDArray[np.float64]:
    """The budget by shares, nobody getting less than it has had already."""
    fixed = np.zeros(len(had), dtype=bool)
    while True:
        left = budget - had[fixed].sum()
        wanted = np.where(fixed, had, left * share / share[~fixed].sum())
        short = ~fixed & (wanted < had)
        if not short.any():
            return wanted
        fixed |= short
