"""How an epidemic goes on after its last count, with bands, and how good such bands were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from environment.epidemic.spir import I, P
from experiments.epidemic.fit import Fit, bounds
from experiments.epidemic.model import NAMES, new_counts

CANDIDATES = 4000
"""Values that are drawn, of which the likely ones are kept."""
WIDER = 1.3
"""The draws' standard deviations over those of Fisher's information, so that tails are there."""
WEEK_DAYS = 7
DISPERSION = NAMES.index("dispersion")


@dataclass(frozen=True, eq=False)
class Projection:
    """Courses that the counts leave possible, from the last counted morning on.

    Attributes
    ----------
    district : str
    last_day : datetime.date
        The last morning with a count.
    mornings : (days + 1, n, 4) float64
        Persons S, P, I and R; the first morning is the last with a count.
    new : (n, days, 2) float64
        New confirmed and new removed of each day as they would be counted.
    """

    district: str
    last_day: date
    mornings: NDArray[np.float64]
    new: NDArray[np.float64]

    def band(self, level: float = 0.95) -> NDArray[np.float64]:
        """Lower end, median and upper end of the new counts, (3, days, 2)."""
        ends = [(1 - level) / 2, 0.5, (1 + level) / 2]
        return np.quantile(self.new, ends, axis=0)


class Score(NamedTuple):
    """How good bands were on days that the fit had not seen.

    Attributes
    ----------
    interval_score : float
        Mean over days and both counts; less is better (Gneiting and Raftery, JASA 102, 2007).
    coverage : float
        Share of the counts within the band.
    error : float
        Mean absolute difference from the median.
    """

    interval_score: float
    coverage: float
    error: float


def project(fit: Fit, days: int, rng: np.random.Generator, draws: int = 1000) -> Projection:
    """Go on with the courses that the counts leave possible, for some days.

    Parameters are drawn from the normal distribution that Fisher's information tells, in
    logarithms, and resampled by their likelihood (Rubin, 1988); each gives a course and counts
    about it. The chance of infection itself is not in the bands: where cases are few, they are too
    narrow.

    Parameters
    ----------
    fit : Fit
    days : int
    rng : numpy.random.Generator
    draws : int
        Courses that are kept.
    """
    values, counted = _likely_values(fit, rng, draws), fit.model.counts.days
    mornings = fit.model.mornings(values, counted + days)[counted:]
    means = new_counts(mornings)
    if fit.model.observation.kind == "negative_binomial":
        spread = values[:, DISPERSION, None, None]
        means = means * rng.gamma(1 / spread, spread, means.shape)
    counts = fit.model.counts
    last_day = counts.first_day + timedelta(days=counted)
    return Projection(counts.district, last_day, mornings, rng.poisson(means).astype(float))


def _likely_values(fit: Fit, rng: np.random.Generator, draws: int) -> NDArray[np.float64]:
    """Values of all parameters by how likely they are, (draws, 7)."""
    low, high = (bound[fit.free] for bound in bounds(fit.model.counts))
    middle = np.log(fit.values[fit.free])
    size, turned = np.linalg.eigh(fit.information)
    deviation = WIDER / np.sqrt(np.maximum(size, 1.0))
    standard = rng.standard_normal((CANDIDATES, len(middle)))
    tried = middle + (standard * deviation) @ turned.T
    values = np.tile(fit.values, (CANDIDATES, 1))
    values[:, fit.free] = np.exp(np.clip(tried, low, high))
    weight = fit.model.log_likelihood(values) + (standard**2).sum(axis=1) / 2
    weight[((tried < low) | (tried > high)).any(axis=1)] = -np.inf
    if not np.isfinite(weight).any():
        weight = np.zeros(CANDIDATES)
    chance = np.exp(weight - weight.max())
    return values[rng.choice(CANDIDATES, draws, p=chance / chance.sum())]


def interval_score(
    low: ArrayLike, high: ArrayLike, seen: ArrayLike, level: float = 0.95
) -> NDArray[np.float64]:
    """Width of an interval, and 2 / (1 - level) times by how much it was missed."""
    lowest, highest, value = (np.asarray(one, dtype=float) for one in (low, high, seen))
    missed = np.maximum(lowest - value, 0) + np.maximum(value - highest, 0)
    score: NDArray[np.float64] = highest - lowest + 2 / (1 - level) * missed
    return score


def score(projection: Projection, seen: NDArray[np.float64], level: float = 0.95) -> Score:
    """Score a projection on the new counts that came, (days, 2); further days are not looked at."""
    low, middle, high = projection.band(level)[:, : len(seen)]
    return Score(
        float(interval_score(low, high, seen, level).mean()),
        float(((low <= seen) & (seen <= high)).mean()),
        float(np.abs(middle - seen).mean()),
    )


def weekly_table(
    projections: Mapping[str, Projection], weeks: int = 4, level: float = 0.95
) -> pd.DataFrame:
    """The next weeks by district, as Tables 3 and 4 of the Hubei paper have them.

    Its tables are of confirmed and of probable cases; here both are in one, with bands.

    Returns
    -------
    DataFrame
        A row for each district and week: ``district``, ``week``, ``until`` (the morning after it),
        ``new_confirmed`` of the week, and ``active`` and ``probable`` on that morning, each with
        ``_low`` and ``_high``; medians rounded to whole persons.
    """
    rows = []
    for name, projection in projections.items():
        for week in range(1, weeks + 1):
            days = slice((week - 1) * WEEK_DAYS, week * WEEK_DAYS)
            morning = projection.mornings[week * WEEK_DAYS]
            columns = {
                "new_confirmed": projection.new[:, days, 0].sum(axis=1),
                "active": morning[:, I],
                "probable": morning[:, P],
            }
            until = projection.last_day + timedelta(days=week * WEEK_DAYS)
            rows.append({"district": name, "week": week, "until": until, **_told(columns, level)})
    return pd.DataFrame(rows)


def _told(columns: Mapping[str, NDArray[np.float64]], level: float) -> dict[str, int]:
    """Median and band of each column."""
    ends = {"": 0.5, "_low": (1 - level) / 2, "_high": (1 + level) / 2}
    return {
        f"{name}{end}": int(np.rint(np.quantile(values, share)))
        for name, values in columns.items()
        for end, share in ends.items()
    }
