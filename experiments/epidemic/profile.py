"""Intervals of fitted parameters by the profile of the likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri

from experiments.epidemic.fit import Fit, bounds, maximised
from experiments.epidemic.model import NAMES

FINE = 1e-3
"""To which the logarithm of an end is found."""


class ProfileInterval(NamedTuple):
    """An interval of a parameter.

    Attributes
    ----------
    estimate, low, high : float
        An end that the counts do not tell is 0 or infinite.
    """

    estimate: float
    low: float
    high: float


def profile_interval(fit: Fit, name: str, level: float = 0.95) -> ProfileInterval:
    """The values under which the counts are not much less likely, all others being fitted anew.

    Twice the loss of log-likelihood is chi-squared with one degree of freedom (Venzon and
    Moolgavkar, Applied Statistics 37, 1988).

    Parameters
    ----------
    fit : Fit
    name : str
        Among ``fit.fitted``.
    level : float
    """
    place = NAMES.index(name)
    ends = []
    for side in (-1.0, 1.0):
        loss = _loss_beside(fit, place, float(chdtri(1, 1 - level)))
        ends.append(_end(fit, place, side, loss))
    low, high = ends
    return ProfileInterval(fit[name], low, high)


def covers(fit: Fit, name: str, value: float, level: float = 0.95) -> bool:
    """Whether a value lies in the profile interval, at the price of one more fit."""
    place = NAMES.index(name)
    loss = _loss_beside(fit, place, float(chdtri(1, 1 - level)))
    return loss(float(np.log(value))) <= 0


def _loss_beside(fit: Fit, place: int, most: float) -> Callable[[float], float]:
    """Twice the loss of log-likelihood with a logarithm held, less the most of an interval."""
    others = fit.free[fit.free != place]
    near: list[NDArray[np.float64]] = [fit.values]

    def loss(log_value: float) -> float:
        start = near[-1].copy()
        start[place] = np.exp(log_value)
        found, reached = maximised(fit.model, start, others)
        near.append(found)
        return 2 * (fit.log_likelihood - reached) - most

    return loss


def _end(fit: Fit, place: int, side: float, loss: Callable[[float], float]) -> float:
    """One end of an interval: steps outwards until the loss is too large, then between."""
    low, high = bounds(fit.model.counts)
    limit = float(low[place] if side < 0 else high[place])
    inner = float(np.log(fit.values[place]))
    step = max(_standard_error(fit, place), 0.02)
    while True:
        outer = inner + side * step
        if (outer - limit) * side >= 0:
            outer = limit
        if loss(outer) > 0:
            return float(np.exp(brentq(loss, inner, outer, xtol=FINE)))
        if outer == limit:
            return 0.0 if side < 0 else float("inf")
        inner, step = outer, step * 1.5


def _standard_error(fit: Fit, place: int) -> float:
    """Of a logarithm, at most 1: where the counts do not tell it, information is singular."""
    row = int(np.flatnonzero(fit.free == place)[0])
    variance = float(np.linalg.pinv(fit.information)[row, row])
    return min(np.sqrt(max(variance, 0.0)), 1.0)
