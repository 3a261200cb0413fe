"""What one long run says of the long run: intervals by batch means, and the warm-up by MSER-5.

Values that follow each other are not independent, so that the interval of independent ones would
be too narrow. Means of long batches of them nearly are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtrit

from environment.units import HOUR_S
from simulation.measures.service import call_values, counted_calls
from simulation.tables.result import Result

BATCHES = 6
"""Batches of the interval. Calls that wait for each other stay alike over hours, so that batches
must be long: with more of them the interval misses the mean more often than it says, always on the
side of a mean that is higher (`docs/validation/index.md`)."""
TEST_BATCHES = 30
"""Shorter batches that show whether the run is long for what its calls have in common: six are too
few to tell."""
LEAST_VALUES = 100
REJECTED_BELOW = 0.05
"""Probability below which the shorter batches count as alike."""
MOST_ALIKE = 0.9
"""The greatest autocorrelation of batch means that is allowed for."""
MSER_BATCH = 5


class BatchMeans(NamedTuple):
    """A mean with its interval from the batches of one run.

    Attributes
    ----------
    mean : float
        NaN without any value.
    low, high : float
        NaN with fewer than `LEAST_VALUES` values.
    batches : int
        How many there are; 0 where there is no interval.
    size : int
        Values in each batch, the last ones having one less if they do not all fit.
    lag_1 : float
        Autocorrelation of neighbouring batches out of `TEST_BATCHES`, near 0 if they are
        independent.
    p_value : float
        Probability of such a `lag_1`, or a greater one, if they are.
    """

    mean: float
    low: float
    high: float
    batches: int
    size: int
    lag_1: float
    p_value: float

    @property
    def independent(self) -> bool:
        """Whether the run is long enough for the interval to hold the mean as often as it says."""
        return self.p_value >= REJECTED_BELOW


class WarmUp(NamedTuple):
    """How much of a series to leave out.

    Attributes
    ----------
    length : float
        Values, or seconds, to leave out at the beginning.
    long_enough : bool
        Whether it ends within the first half. If it does not, the series is too short to tell.
    """

    length: float
    long_enough: bool


def batch_means(result: Result, measure: str, level: float = 0.95) -> BatchMeans:
    """Interval of a measure from one long run, over its counted calls in the order of their coming.

    Parameters
    ----------
    result : Result
    measure : str
        One that is a mean over calls (see `simulation.measures.service.call_values`), such as
        ``response_s``, or that of one priority, ``response_s[high]``.
    level : float
        Probability with which such intervals hold the true mean, between 0 and 1.

    Raises
    ------
    KeyError
        If the measure is no mean over calls.
    """
    name, _, priority = measure.removesuffix("]").partition("[")
    calls = counted_calls(result).sort_values("called_s")
    if priority:
        calls = calls[calls["priority"] == priority]
    return batch_interval(call_values(calls)[name], level)


def batch_interval(series: ArrayLike, level: float = 0.95) -> BatchMeans:
    """Interval of the mean of a series from its batches, where it is long enough for them.

    Parameters
    ----------
    series : (n,) array_like
        In the order of time, with nothing of the warm-up.
    level : float
    """
    values = np.asarray(series, dtype=float)
    if len(values) < LEAST_VALUES:
        mean = float(values.mean()) if len(values) else np.nan
        return BatchMeans(mean, np.nan, np.nan, 0, 0, np.nan, np.nan)
    found = interval_of_batches(values, BATCHES, level)
    lag_1, p_value = von_neumann(_means_of_batches(values, TEST_BATCHES))
    return found._replace(lag_1=lag_1, p_value=p_value)


def interval_of_batches(series: ArrayLike, batches: int, level: float = 0.95) -> BatchMeans:
    """Interval of the mean of a series from a number of batches.

    Parameters
    ----------
    series : (n,) array_like
    batches : int
        At least 3, and at most n.
    level : float

    Notes
    -----
    The standard error of the mean is s / √b · √((1 + r) / (1 − r)), s² being the variance of the b
    batch means (A. M. Law, Simulation Modeling and Analysis, 5th ed., 2015, section 9.5.3) and r
    their lag-1 autocorrelation, as if they followed an AR(1) process (the adjustment of A.
    Tafazzoli, N. M. Steiger and J. R. Wilson, N-Skart, IEEE Transactions on Automatic Control
    56(2), 2011, 254–264); 1 / b is added to its estimate, which is that much too low if they are
    independent, and it is taken to be between 0 and `MOST_ALIKE`.

    The interval is Student's t-interval on the scale on which such means are about symmetrical, by
    the delta method: the cube root of what is never negative, as waits, which are skewed (E. B.
    Wilson and M. M. Hilferty, Proceedings of the National Academy of Sciences 17, 1931, 684–688);
    the log odds of what is 0 or 1; else the values themselves. Where all are 0, or all 1, it is
    Clopper's and Pearson's for independent values (Biometrika 26, 1934, 404–413).
    """
    values = np.asarray(series, dtype=float)
    means = _means_of_batches(values, batches)
    mean = float(values.mean())
    lag_1, p_value = von_neumann(means)
    alike = min(max(lag_1 + 1 / batches, 0.0), MOST_ALIKE)
    error = means.std(ddof=1) / np.sqrt(batches) * np.sqrt((1 + alike) / (1 - alike))
    half = float(stdtrit(batches - 1, (1 + level) / 2) * error)
    low, high = _around(mean, half, values)
    if half == 0 and mean in (0, 1):
        low, high = _of_one_kind(mean, len(values), level)
    return BatchMeans(mean, low, high, batches, -(-len(values) // batches), lag_1, p_value)


def _means_of_batches(values: NDArray[np.float64], batches: int) -> NDArray[np.float64]:
    return np.array([batch.mean() for batch in np.array_split(values, batches)])


def _around(mean: float, half: float, values: NDArray[np.float64]) -> tuple[float, float]:
    """The interval of half width `half` round a mean, on the scale of its values."""
    if half == 0 or mean == 0 or values.min() < 0:
        return mean - half, mean + half
    if values.max() <= 1 and np.isin(values, (0, 1)).all():
        odds, factor = mean / (1 - mean), np.exp(half / (mean * (1 - mean)))
        return float(odds / (odds + factor)), float(odds * factor / (1 + odds * factor))
    step = half / mean / 3
    return mean * max(1 - step, 0.0) ** 3, mean * (1 + step) ** 3


def _of_one_kind(share: float, size: int, level: float) -> tuple[float, float]:
    """The interval of a share that is 0 or 1 in all of `size` values."""
    missed = 1 - ((1 - level) / 2) ** (1 / size)
    return (0.0, missed) if share == 0 else (1 - missed, 1.0)


def von_neumann(values: ArrayLike) -> tuple[float, float]:
    """Lag-1 autocorrelation of some values, and how probable it is if they are independent.

    Parameters
    ----------
    values : (n,) array_like
        At least 3; about normal, as means of batches are.

    Returns
    -------
    lag_1, p_value : float
        One-sided: small if neighbours are alike. Values that are all the same pass, with 0 and 1.

    Notes
    -----
    lag_1 = 1 − Σ(yᵢ − yᵢ₊₁)² / 2Σ(yᵢ − ȳ)², whose variance is (n − 2) / (n² − 1) under
    independence (J. von Neumann, Annals of Mathematical Statistics 12(4), 1941, 367–395; G. S.
    Fishman, Grouping observations in digital simulation, Management Science 24(5), 1978, 510–521).
    """
    value = np.asarray(values, dtype=float)
    size, spread = len(value), ((value - value.mean()) ** 2).sum()
    if spread <= 1e-24 * (value**2).sum():
        return 0.0, 1.0
    lag_1 = 1 - (np.diff(value) ** 2).sum() / (2 * spread)
    return float(lag_1), float(ndtr(-lag_1 / np.sqrt((size - 2) / (size**2 - 1))))


def mser_5(series: ArrayLike) -> WarmUp:
    """How many values of a series to leave out, so that its mean has the least squared error.

    Parameters
    ----------
    series : (n,) array_like
        From the start of the run on.

    Notes
    -----
    Of the means zⱼ of every five values, the first d are left out where
    Σ(zⱼ − z̄)² / (m − d)² over the m − d that stay is least; the last five are never asked (K. P.
    White, An effective truncation heuristic for bias reduction in simulation output, Simulation
    69(6), 1997, 323–334; W. W. Franklin and K. P. White, Stationarity tests and MSER-5, Winter
    Simulation Conference 2008, 541–546).
    """
    values = np.asarray(series, dtype=float)
    blocks = len(values) // MSER_BATCH
    if blocks <= 2 * MSER_BATCH:
        return WarmUp(0.0, long_enough=False)
    means = values[: blocks * MSER_BATCH].reshape(blocks, MSER_BATCH).mean(axis=1)
    errors = _squared_errors(means)[:-MSER_BATCH]
    rounding = 1e-13 * (means**2).mean() / blocks
    dropped = int(np.argmax(errors <= errors.min() + rounding))
    return WarmUp(float(dropped * MSER_BATCH), long_enough=dropped <= blocks / 2)


def warm_up_s(result: Result) -> WarmUp:
    """The warm-up that a run's response times ask for by MSER-5, in seconds from its start.

    Response times follow the hours of the day, which is no warm-up: from each, the mean of its
    hour over the second half of the run is taken off.
    """
    calls = result.calls.dropna(subset="response_s").sort_values("called_s", ignore_index=True)
    found = mser_5(calls["response_s"] - _usual_response_s(calls))
    first = int(found.length)
    return found._replace(length=float(calls["called_s"].iloc[first]) if first else 0.0)


def _squared_errors(means: NDArray[np.float64]) -> NDArray[np.float64]:
    """MSER's estimate for leaving out the first 0, 1, 2, ... of some means."""
    centred = means - means.mean()  # keeps digits where the mean is far from zero
    stay = np.arange(len(means), 0, -1)
    total = np.cumsum(centred[::-1])[::-1]
    squares = np.cumsum(centred[::-1] ** 2)[::-1]
    return (squares - total**2 / stay) / stay**2


def _usual_response_s(calls: pd.DataFrame) -> pd.Series:
    """For each call the mean response of its hour of the day over the run's second half."""
    hour = calls["called_s"] // HOUR_S % 24
    later = calls["response_s"].iloc[len(calls) // 2 :]
    by_hour = later.groupby(hour).mean()
    return hour.map(by_hour).fillna(later.mean())
