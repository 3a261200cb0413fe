"""How many replications are enough."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from experiments.statistics.intervals import t_interval

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
