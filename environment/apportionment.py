"""Whole units in proportion to weights, and spread evenly over groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def apportion(total: int, weights: ArrayLike) -> NDArray[np.int64]:
    """Split `total` whole units in proportion to `weights` by the largest remainders.

    The method of Hamilton: each gets its quota rounded down, and the largest fractions one more;
    of equal fractions, the first.
    """
    share = np.asarray(weights, dtype=float)
    quota = total * share / share.sum()
    whole = np.floor(quota).astype(np.int64)
    by_remainder = np.argsort(whole - quota, kind="stable")
    whole[by_remainder[: total - whole.sum()]] += 1
    return whole


def spread_evenly(
    counts: NDArray[np.int64], groupings: Sequence[NDArray[np.int64]]
) -> NDArray[np.int64]:
    """Label units so that every group has its fair share of each label.

    Units are labelled in their order, each with the label that is most behind its share: among
    all units so far, and in the unit's group of every grouping, the deficits added up. This is
    minimisation as in clinical trials (Pocock and Simon, Biometrics 31, 1975), without chance.

    Parameters
    ----------
    counts : (k,) int64
        How many units get each label; met exactly.
    groupings : sequence of (n,) int64
        The group of each unit, one array a grouping; n is the sum of `counts`.

    Returns
    -------
    (n,) int64
    """
    size, share, left = int(counts.sum()), counts / counts.sum(), counts.copy()
    everyone = np.zeros(size, dtype=np.int64)
    groups = np.stack([everyone, *groupings])
    deficit = np.zeros((len(groups), int(groups.max()) + 1, len(counts)))
    labels = np.empty(size, dtype=np.int64)
    grouping = np.arange(len(groups))
    for unit, own in enumerate(groups.T):
        deficit[grouping, own] += share
        behind = np.where(left > 0, deficit[grouping, own].sum(axis=0), -np.inf)
        # Rounded, so that equal deficits are equal on every machine; of those, the first.
        label = labels[unit] = behind.round(9).argmax()
        deficit[grouping, own, label] -= 1
        left[label] -= 1
    return labels
