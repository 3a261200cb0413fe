"""Means with a control variate: what is known of the patients of a run, and should have been."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from experiments.statistics.intervals import Interval, t_interval

LEAST = 4
"""Values below which no coefficient is estimated."""


def controlled_interval(values: ArrayLike, control: ArrayLike, level: float = 0.95) -> Interval:
    """Mean and interval of independent values, with a control whose true mean is 0.

    Parameters
    ----------
    values : (n,) array_like
        One for each replication; those that are NaN are left out.
    control : (n,) array_like
        Of the same replications, less its expectation.
    level : float

    Returns
    -------
    Interval
        Student's t-interval without the control where it or the value does not vary, or with
        fewer than four values.

    Notes
    -----
    Where the line of least squares stands at a control of 0: mean(y) - b mean(c) ± t(n - 2) s √(1/n
    + mean(c)² / S), with b = Σ (c - mean(c)) y / S, S = Σ (c - mean(c))² and s the deviation from
    the line with n - 2 degrees of freedom. Exact if y depends on c by a straight line with normal
    deviations of one size; else biased by as much as the line is wrong, which goes as 1/n.
    """
    known, centred, mean = _known(values, control)
    size = len(known)
    spread = float((centred**2).sum())
    if size < LEAST or spread == 0 or np.ptp(known) == 0:
        return t_interval(values, level)
    slope = float((centred * known).sum() / spread)
    rest = known - known.mean() - slope * centred
    deviation = np.sqrt((rest**2).sum() / (size - 2))
    middle = float(known.mean()) - slope * mean
    error = deviation * np.sqrt(1 / size + mean**2 / spread)
    half = float(stdtrit(size - 2, (1 + level) / 2) * error)
    return Interval(middle, middle - half, middle + half, size)


def control_gain(values: ArrayLike, control: ArrayLike) -> float:
    """How many times as many replications the same interval would need without the control.

    The variance of the values over that about the line of least squares, degrees of freedom
    allowed for: about 1 - 1 / n where the control says nothing. NaN where `controlled_interval`
    does without.
    """
    known, centred, _ = _known(values, control)
    spread = float((centred**2).sum())
    if len(known) < LEAST or spread == 0 or np.ptp(known) == 0:
        return np.nan
    slope = float((centred * known).sum() / spread)
    rest = float(((known - known.mean() - slope * centred) ** 2).sum()) / (len(known) - 2)
    return float(known.var(ddof=1) / rest) if rest > 0 else np.nan


def _known(
    values: ArrayLike, control: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Values, the control about its mean over them, and that mean."""
    value, beside = np.asarray(values, float), np.asarray(control, float)
    both = ~(np.isnan(value) | np.isnan(beside))
    mean = float(beside[both].mean()) if both.any() else np.nan
    return value[both], beside[both] - mean, mean
