"""Where a gain turns into harm, along an axis at some points of which it was simulated."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]


class TurningPoint(NamedTuple):
    """Where a mean gain changes its sign.

    Attributes
    ----------
    at : float
    low, high : float
        The stretch round it in which gain and harm cannot be told apart; an end of the axis where
        it goes on beyond that, NaN with fewer than two replications.
    to : {"harm", "gain"}
        What the gain becomes as one goes along the axis.
    """

    at: float
    low: float
    high: float
    to: Literal["harm", "gain"]


def turning_points(points: ArrayLike, gains: ArrayLike, level: float = 0.95) -> list[TurningPoint]:
    """Every change of sign of a mean gain; none where there is none.

    Parameters
    ----------
    points : (m,) array_like
        Along the axis, rising.
    gains : (n, m) array_like
        Of each replication at each point; positive is better.
    level : float
        Of the intervals, between 0 and 1.

    Notes
    -----
    Between two points each replication's gain is taken to be linear. The interval holds the places
    p at which ``|mean(p)| <= t · s(p) / √n``, that is, those where the t-interval of the gain has
    zero in it, as far as they hang together (E. C. Fieller, Some problems in interval estimation,
    J. R. Stat. Soc. B 16, 1954). If the gains are linear and normal, it holds the true place with
    the probability `level`.
    """
    places, values = np.asarray(points, float), np.asarray(gains, float)
    if not len(values):
        return []
    known = len(values) > 1
    doubtful = _doubtful_stretches(places, values, level) if known else []
    return [
        TurningPoint(at, *(_round(at, doubtful) if known else (np.nan, np.nan)), to)
        for at, to in _sign_changes(places, values.mean(axis=0))
    ]


def _sign_changes(places: Array, means: Array) -> Iterator[tuple[float, Literal["harm", "gain"]]]:
    """Where a line through the means crosses zero, and what comes after."""
    (nonzero,) = np.nonzero(means)
    for i, j in pairwise(nonzero):
        if means[i] * means[j] < 0:
            step = means[i] / (means[i] - means[i + 1])
            at = places[i] + step * (places[i + 1] - places[i])
            yield float(at), "harm" if means[j] < 0 else "gain"


def _doubtful_stretches(places: Array, values: Array, level: float) -> list[tuple[float, float]]:
    """Where the t-interval of the gain has zero in it: stretches that do not touch, rising."""
    stretches: list[tuple[float, float]] = []
    for i in range(len(places) - 1):
        doubt = _doubt(values[:, i], values[:, i + 1], level)
        roots = np.roots(doubt)
        inside = [float(r.real) for r in roots if abs(r.imag) == 0 and 0 < r.real < 1]
        steps = [0.0, *sorted(inside), 1.0]
        for begin, end in pairwise(steps):
            if np.polyval(doubt, (begin + end) / 2) <= 0:
                low, high = (places[i] + s * (places[i + 1] - places[i]) for s in (begin, end))
                joins = bool(stretches) and stretches[-1][1] == low
                low = stretches.pop()[0] if joins else low
                stretches.append((float(low), float(high)))
    return stretches


def _doubt(first: Array, second: Array, level: float) -> Array:
    """``mean² - t² s² / n`` on the way from one point to the next, as a polynomial of the step.

    Highest power first. It is not above zero where gain and harm cannot be told apart.
    """
    size, change = len(first), second - first
    t = stdtrit(size - 1, (1 + level) / 2)
    spread = np.cov(first, change) * t**2 / size
    mean, slope = first.mean(), change.mean()
    return np.array(
        [
            slope**2 - spread[1, 1],
            2 * (mean * slope - spread[0, 1]),
            mean**2 - spread[0, 0],
        ]
    )


def _round(at: float, stretches: list[tuple[float, float]]) -> tuple[float, float]:
    """The stretch that a place lies in; the place alone where there is no doubt at all."""
    return next(((low, high) for low, high in stretches if low <= at <= high), (at, at))
