"""How many replications are enough, and what is known beforehand that saves some."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from experiments.statistics.intervals import Interval, t_interval

FEWEST = 10
"""Replications before a sequential rule may stop: fewer estimate the variance too badly."""


def precise_enough(
    values: ArrayLike, relative: float, level: float = 0.95, fewest: int = FEWEST
) -> bool:
    """Whether the mean of independent values is known to a relative error; to be asked repeatedly.

    Parameters
    ----------
    values : (n,) array_like
        One for each replication so far.
    relative : float
        Greatest error, as a share of the true mean; above 0.
    level : float
    fewest : int
        It is never enough before.

    Notes
    -----
    The half-width is at most γ / (1 + γ) of the mean found, so that the error is at most γ of the
    true one (A. M. Law, Simulation Modeling and Analysis, 5th ed., 2015, section 9.4.1).
    """
    found = t_interval(values, level)
    if found.size < max(fewest, 2):
        return False
    return found.high - found.mean <= relative / (1 + relative) * abs(found.mean)


def replications_needed(values: ArrayLike, half_width: float, level: float = 0.95) -> int:
    """How many replications in all give an interval of a half-width, judged by those there are.

    Parameters
    ----------
    values : (n,) array_like
        At least two.
    half_width : float
        Above 0, in the unit of the values.
    level : float

    Notes
    -----
    The least n with t(n − 1) s / √n no greater (Law, section 9.4.1).
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    deviation = float(known.std(ddof=1))
    if deviation == 0:
        return 2
    share = (1 + level) / 2
    count = max(2, ceil((stdtrit(1e9, share) * deviation / half_width) ** 2))
    while stdtrit(count - 1, share) * deviation / np.sqrt(count) > half_width:
        count += 1  # Student's t asks for a few more than the normal law
    return count


def control_variate_interval(
    values: ArrayLike, control: ArrayLike, expected: float, level: float = 0.95
) -> Interval:
    """Mean of a measure, corrected by something drawn whose expectation is known.

    The number of calls, say: a replication that happened to have many has longer waits.

    Parameters
    ----------
    values, control : (n,) array_like
        Of the same replications; at least 3, else there is no interval.
    expected : float
        Of the control.
    level : float

    Notes
    -----
    The regression of the values on the control, at its expectation, with n − 2 degrees of freedom
    (S. S. Lavenberg and P. D. Welch, A perspective on the use of control variables to increase the
    efficiency of Monte Carlo simulations, Management Science 27(3), 1981, 322–335). It is exact
    where the two are jointly normal.
    """
    value, drawn = np.asarray(values, dtype=float), np.asarray(control, dtype=float)
    both = ~(np.isnan(value) | np.isnan(drawn))
    value, drawn = value[both], drawn[both]
    size, away = len(value), drawn - drawn.mean() if both.any() else drawn
    if size < 3 or not (away**2).sum() > 0:
        return t_interval(value, level)
    slope = float((away * value).sum() / (away**2).sum())
    off = float(expected - drawn.mean())
    mean = float(value.mean() + slope * off)
    residual = value - value.mean() - slope * away
    variance = (residual**2).sum() / (size - 2) * (1 / size + off**2 / (away**2).sum())
    half = float(stdtrit(size - 2, (1 + level) / 2) * np.sqrt(variance))
    return Interval(mean, mean - half, mean + half, size)
