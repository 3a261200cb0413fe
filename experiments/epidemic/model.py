"""What daily counts are expected to be, given rates; and how likely those are that were seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from environment.epidemic.contacts import ContactChange, contact_factors
from environment.epidemic.spir import I, P, R, S, SpirParameters, courses_of
from environment.errors import DataError
from experiments.epidemic.counts import DailyCounts

RATES = ("infections_per_day", "ruled_out_per_day", "confirmed_per_day", "removed_per_day")
NAMES = (*RATES, "probable", "contact_factor", "dispersion")
"""What can be fitted: the rates λ N, a, b and h; probable persons in the first morning; the factor
of contacts from `Observation.change_day` on; and the share by which counts scatter beyond Poisson
(variance m + dispersion · m²)."""

LEAST_MEAN = 1e-9
"""No expected count is below, so that one which was seen has a chance."""


@dataclass(frozen=True)
class Observation:
    """How counts come from a course.

    Attributes
    ----------
    kind : str
        ``poisson``, or ``negative_binomial`` where counts scatter more.
    interventions : tuple of ContactChange
        Known changes of contacts, of all districts; the day of the first morning is 0.
    change_day : int, optional
        The first day of the factor that is fitted, where it is.
    """

    kind: Literal["poisson", "negative_binomial"] = "poisson"
    interventions: tuple[ContactChange, ...] = ()
    change_day: int | None = None


@dataclass(frozen=True, eq=False)
class CountModel:
    """Daily counts of a district as a function of its parameters.

    Parameters
    ----------
    counts : DailyCounts
    observation : Observation
    """

    counts: DailyCounts
    observation: Observation

    def mornings(self, values: NDArray[np.float64], days: int) -> NDArray[np.float64]:
        """Persons in each morning of courses, (days + 1, n, 4).

        Parameters
        ----------
        values : (n, 7) float64
            In the order of `NAMES`.
        days : int
        """
        counts = self.counts
        start = np.zeros((len(values), 4))
        start[:, P] = values[:, 4]
        start[:, I] = counts.confirmed[0] - counts.removed[0]
        start[:, R] = counts.removed[0]
        start[:, S] = np.maximum(counts.persons - start.sum(axis=1), 0)
        return courses_of(values[:, :4], start, days, self._factor(values, days))

    def _factor(self, values: NDArray[np.float64], days: int) -> NDArray[np.float64]:
        if self.observation == Observation(self.observation.kind):
            return np.ones((days, len(values)))
        changes, own = self.observation.interventions, [self.counts.district]
        known = np.array([contact_factors(changes, day, own) for day in range(days)])
        factor = np.tile(known.reshape(-1, 1), (1, len(values)))
        if self.observation.change_day is not None:
            factor[self.observation.change_day :] *= values[:, 5]
        return factor

    def means(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected new confirmed and new removed of each day, (n, days, 2)."""
        return new_counts(self.mornings(values, self.counts.days))

    def log_likelihood(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of the counts that were seen, (n,)."""
        means, seen = self.means(values), self.counts.new
        if self.observation.kind == "poisson":
            each = seen * np.log(means) - means - gammaln(seen + 1)
        else:
            each = negative_binomial_log(seen, means, values[:, 6, None, None])
        total: NDArray[np.float64] = each.sum(axis=(1, 2))
        return total


def new_counts(mornings: NDArray[np.float64]) -> NDArray[np.float64]:
    """New confirmed and new removed of each day, (n, days, 2), from mornings (days + 1, n, 4)."""
    so_far = np.stack([mornings[..., I] + mornings[..., R], mornings[..., R]], axis=-1)
    return np.maximum(np.diff(so_far, axis=0).swapaxes(0, 1), LEAST_MEAN)


def negative_binomial_log(
    seen: NDArray[np.float64], means: NDArray[np.float64], dispersion: ArrayLike
) -> NDArray[np.float64]:
    """Log probability of counts with mean m and variance m + dispersion · m²."""
    size = 1 / np.asarray(dispersion, dtype=float)
    at_size, at_mean = np.log1p(means / size), np.log(means / (size + means))
    chosen = gammaln(seen + size) - gammaln(size) - gammaln(seen + 1)
    return chosen - size * at_size + seen * at_mean


def simulated_counts(
    spir: SpirParameters,
    counts: DailyCounts,
    probable: float,
    rng: np.random.Generator,
    observation: Observation | None = None,
    dispersion: float = 0.0,
) -> DailyCounts:
    """Counts as they could be seen in the course of known parameters, begun as `counts` are."""
    model = CountModel(counts, observation or Observation())
    values = np.array([[*spir.rates, probable, 1.0, dispersion]])
    means = model.means(values)[0]
    if dispersion > 0:
        means = means * rng.gamma(1 / dispersion, dispersion, means.shape)
    drawn = np.cumsum(rng.poisson(means), axis=0).astype(float)
    confirmed, removed = (
        np.append(first, first + column)
        for first, column in zip((counts.confirmed[0], counts.removed[0]), drawn.T, strict=True)
    )
    return DailyCounts(counts.district, counts.persons, counts.first_day, confirmed, removed)


def require_names(names: tuple[str, ...], observation: Observation) -> None:
    """Refuse what cannot be fitted.

    Raises
    ------
    DataError
        With a line for each.
    """
    mistakes = [
        f"what is fitted must be among {', '.join(NAMES)}, got {name!r}"
        for name in names
        if name not in NAMES
    ]
    if "contact_factor" in names and observation.change_day is None:
        mistakes.append("contact_factor is fitted from a day on: name change_day")
    if ("dispersion" in names) != (observation.kind == "negative_binomial"):
        mistakes.append("dispersion must be fitted where counts are negative_binomial, and only so")
    if len(set(names)) < len(names):
        mistakes.append(f"each must be named once, got {', '.join(names)}")
    if mistakes:
        raise DataError("\n".join(mistakes))
