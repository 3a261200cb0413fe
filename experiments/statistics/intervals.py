"""Intervals for means of independent replications, and for differences of paired ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit


class Interval(NamedTuple):
    """A mean with its confidence interval.

    Attributes
    ----------
    mean : float
        NaN without any value.
    low, high : float
        NaN with fewer than two values.
    size : int
        How many values there were.
    """

    mean: float
    low: float
    high: float
    size: int


FEWEST = 8
"""Values near to normal from which on t-intervals were seen to hold their mean as they say; see
``docs/how-to/statistics.md``."""


def note_on_few(size: int, of: str) -> str | None:
    """A warning where an interval is over too few values, such as ``replications``, to trust it."""
    if not 1 < size < FEWEST:
        return None
    return (
        f"an interval over {size} {of} may hold less often than it says: from {FEWEST} on it has "
        "been checked"
    )


def t_interval(values: ArrayLike, level: float = 0.95) -> Interval:
    """Mean and Student's t-interval of independent values; those that are NaN are left out.

    Parameters
    ----------
    values : (n,) array_like
        One for each replication.
    level : float
        Probability with which such intervals hold the true mean, between 0 and 1.

    Notes
    -----
    mean ± t(n − 1, (1 + level) / 2) · s / √n (A. M. Law, Simulation Modeling and Analysis, 5th
    ed., 2015, section 4.5).
    """
    known = _known(values)
    size = len(known)
    if size == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    mean = float(known.mean())
    if size == 1:
        return Interval(mean, np.nan, np.nan, 1)
    half = float(stdtrit(size - 1, (1 + level) / 2) * known.std(ddof=1) / np.sqrt(size))
    return Interval(mean, mean - half, mean + half, size)


def paired_interval(values: ArrayLike, base: ArrayLike, level: float = 0.95) -> Interval:
    """Mean of `values` minus `base` and its t-interval, replication by replication.

    Pairs of which one is NaN are left out.

    Parameters
    ----------
    values, base : (n,) array_like
        Of the same replications, in the same order.
    level : float

    Notes
    -----
    Law, section 10.2.1. With common random numbers it is narrower than the interval for
    independent runs, because what both arms have in common cancels.
    """
    return t_interval(np.asarray(values, float) - np.asarray(base, float), level)


def share_interval(is_so: ArrayLike, level: float = 0.95) -> Interval:
    """Share of independent trials in which something is so, with Wilson's interval.

    Parameters
    ----------
    is_so : (n,) array_like of bool
    level : float

    Notes
    -----
    E. B. Wilson, Journal of the American Statistical Association 22 (1927), 209-212. It stays
    between 0 and 1, and has a width where all trials agree.
    """
    trials = np.asarray(is_so, dtype=bool)
    size = len(trials)
    if size == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    share, z = float(trials.mean()), float(ndtri((1 + level) / 2))
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z / (1 + z**2 / size) * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Interval(share, float(low), float(high), size)


def bca_interval(
    values: ArrayLike, level: float = 0.95, resamples: int = 9_999, seed: int = 0
) -> Interval:
    """Mean of independent values with the bias-corrected and accelerated bootstrap interval.

    Parameters
    ----------
    values : (n,) array_like
        Those that are NaN are left out.
    level : float
    resamples, seed : int
        The same seed gives the same interval.

    Notes
    -----
    B. Efron, Better bootstrap confidence intervals, Journal of the American Statistical Association
    82(397), 1987, 171–185; SciPy's. It follows skewness, and is too narrow for few values: see
    `docs/how-to/statistics.md` for what it covers.
    """
    from scipy.stats import bootstrap  # takes a second

    known = _known(values)
    if len(known) < 2 or np.ptp(known) == 0:
        return t_interval(known, level)
    found = bootstrap(
        (known,),
        np.mean,
        confidence_level=level,
        n_resamples=resamples,
        method="BCa",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    return Interval(float(known.mean()), float(found.low), float(found.high), len(known))


def holm_p_values(p_values: ArrayLike) -> NDArray[np.float64]:
    """Probabilities of several tests, adjusted so that all errors together stay below a level.

    Parameters
    ----------
    p_values : (k,) array_like

    Notes
    -----
    S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6(2), 1979, 65–70: the i-th smallest times k − i + 1, none below a smaller one's.
    """
    given = np.asarray(p_values, dtype=float)
    order = np.argsort(given, kind="stable")
    steps = given[order] * np.arange(len(given), 0, -1)
    adjusted = np.empty(len(given))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


SKEWED_ABOVE = 25
"""Replications per squared skewness above which the t-interval of a mean is trusted."""


def is_skewed(values: ArrayLike) -> bool:
    """Whether there are too few values for the t-interval to hold their skewed mean as it says.

    Parameters
    ----------
    values : (n,) array_like
        Those that are NaN are left out.

    Notes
    -----
    Cochran's rule, n > 25 G², G being Fisher's measure of skewness (W. G. Cochran, Sampling
    Techniques, 3rd ed., 1977, section 2.15).
    """
    known = _known(values)
    if len(known) < 3 or np.ptp(known) == 0:
        return False
    centred = known - known.mean()
    skewness = (centred**3).mean() / (centred**2).mean() ** 1.5
    return bool(len(known) <= SKEWED_ABOVE * skewness**2)


def pairing_gain(values: ArrayLike, base: ArrayLike) -> float:
    """How many times as many replications independent runs would need for the same interval.

    The variance that the difference would have without pairing over the one that it has; below 1
    if pairing did harm, NaN with fewer than two pairs or if the difference does not vary.
    """
    value, other = np.asarray(values, float), np.asarray(base, float)
    both = ~(np.isnan(value) | np.isnan(other))
    if both.sum() < 2:
        return np.nan
    varied = (value - other)[both].var(ddof=1)
    apart = value[both].var(ddof=1) + other[both].var(ddof=1)
    return float(apart / varied) if varied > 0 else np.nan


def _known(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=float)
    return array[~np.isnan(array)]
