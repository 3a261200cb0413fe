"""Laws of demands that are counted: Poisson, negative binomial."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, ndtri, pdtr, pdtrc

from policies.mistakes import number_mistakes, refuse
from policies.ordering.laws.base import TIE, ParametricLaw, is_above_0, require_periods

FARTHEST = 40.0
"""Deviations from the mean within which quantiles are guessed."""


@dataclass(frozen=True)
class PoissonDemand(ParametricLaw):
    """Demand of single units, independent of each other.

    Parameters
    ----------
    mean : float
        Units, >= 0.
    """

    mean: float

    def __post_init__(self) -> None:
        refuse(number_mistakes("mean", self.mean, lambda m: 0 <= m < math.inf, ">= 0 and finite"))

    @staticmethod
    def met(level: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
        """P(D <= level) of each."""
        level = np.asarray(level, float)
        return np.where(level >= 0, pdtr(np.floor(np.maximum(level, 0)), mean), 0.0)

    @staticmethod
    def inverse(probability: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
        """The quantile of each, a whole number."""
        sd = np.sqrt(mean)
        skewness = 1 / np.maximum(sd, 1 / FARTHEST)
        guess = _guess(probability, mean, sd, skewness, skewness**2)
        return _first_whole(guess, probability, lambda level: PoissonDemand.met(level, mean))

    @staticmethod
    def unmet(level: ArrayLike, mean: ArrayLike) -> NDArray[np.float64]:
        """E (D - level)⁺ of each."""
        level = np.asarray(level, float)
        whole = np.floor(np.maximum(level, 0))
        # d P(d) = mean P(d - 1), summed over all d above the level
        at_least_whole = np.where(whole > 0, pdtrc(np.maximum(whole - 1, 0), mean), 1.0)
        unmet = np.maximum(mean * at_least_whole - level * pdtrc(whole, mean), 0.0)
        return np.where(level >= 0, unmet, np.subtract(mean, level))

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods: Poisson again."""
        require_periods(periods)
        return type(self)(self.mean * periods)


@dataclass(frozen=True)
class NegativeBinomialDemand(ParametricLaw):
    r"""Demand of whole units that scatters more than Poisson's, as where it comes in clusters.

    A Poisson demand whose mean is itself gamma distributed; with :math:`r = \mu^2/(\sigma^2-\mu)`
    and :math:`p = \mu/\sigma^2`, :math:`P(D\le k) = I_p(r, k + 1)`, the regularised incomplete
    beta function. Since :math:`d\,P_r(d) = \mu P_{r+1}(d-1)`, the shortage of a whole level
    :math:`k` is :math:`\mu P_{r+1}(D\ge k) - k P_r(D > k)`.

    Parameters
    ----------
    mean, sd : float
        Units; above 0, and the variance above the mean.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        mistakes = [
            *number_mistakes("mean", self.mean, is_above_0, "above 0 and finite"),
            *number_mistakes("sd", self.sd, is_above_0, "above 0 and finite"),
        ]
        if not mistakes and not self.sd**2 > self.mean:
            mistakes.append(
                f"sd must be above the root of the mean, {math.sqrt(self.mean):g}, got {self.sd:g}:"
                " demand of no more scatter is Poisson's"
            )
        refuse(mistakes)

    @staticmethod
    def met(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """P(D <= level) of each."""
        size, chance = _size_and_chance(mean, sd)
        level = np.asarray(level, float)
        whole = np.floor(np.maximum(level, 0))
        return np.where(level >= 0, betainc(size, whole + 1, chance), 0.0)

    @staticmethod
    def inverse(probability: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """The quantile of each, a whole number."""
        size, chance = _size_and_chance(mean, sd)
        skewness = (2 - chance) / np.sqrt(size * (1 - chance))
        excess = 6 / size + chance**2 / ((1 - chance) * size)
        guess = _guess(probability, mean, sd, skewness, excess)
        return _first_whole(
            guess, probability, lambda level: NegativeBinomialDemand.met(level, mean, sd)
        )

    @staticmethod
    def unmet(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """E (D - level)⁺ of each."""
        size, chance = _size_and_chance(mean, sd)
        level = np.asarray(level, float)
        whole = np.floor(np.maximum(level, 0))
        rest = 1 - chance
        at_least = np.where(whole > 0, betainc(np.maximum(whole, 1), size + 1, rest), 1.0)
        unmet = np.maximum(mean * at_least - level * betainc(whole + 1, size, rest), 0.0)
        return np.where(level >= 0, unmet, np.subtract(mean, level))

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods: negative binomial again."""
        require_periods(periods)
        return type(self)(self.mean * periods, self.sd * math.sqrt(periods))


def _size_and_chance(
    mean: ArrayLike, sd: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The parameters r and p of negative binomial laws."""
    mean, variance = np.asarray(mean, float), np.asarray(sd, float) ** 2
    return mean * (mean / (variance - mean)), mean / variance


def _guess(
    probability: ArrayLike,
    mean: ArrayLike,
    sd: ArrayLike,
    skewness: ArrayLike,
    excess_kurtosis: ArrayLike,
) -> NDArray[np.float64]:
    """Quantiles by the first terms of Cornish and Fisher's expansion, which are near."""
    z, skewness = ndtri(probability), np.minimum(skewness, FARTHEST)
    excess_kurtosis = np.minimum(excess_kurtosis, FARTHEST)
    terms = skewness * (z**2 - 1) / 6 + excess_kurtosis * (z**3 - 3 * z) / 24
    guess = mean + sd * (z + terms - skewness**2 * (2 * z**3 - 5 * z) / 36)
    # Of a whole number half the probability is below it. A demand next to none is guessed badly.
    return np.clip(guess - 0.5, 0.0, np.asarray(mean) + FARTHEST * np.asarray(sd))


def _first_whole(
    guess: ArrayLike, probability: ArrayLike, met: Callable[[ArrayLike], NDArray[np.float64]]
) -> NDArray[np.float64]:
    """The least whole numbers at which laws reach a probability, from guesses nearby.

    Strides that double put each between two numbers, and halvings bring these together.
    """
    wanted = np.asarray(probability) - TIE
    high = np.maximum(np.ceil(guess), 0.0)
    stride = 1.0
    while (low := met(high) < wanted).any():
        high = high + stride * low
        stride *= 2
    # The number sought is above `below` and at most `high`.
    below, stride = high - 1, 1.0
    while (enough := (below >= 0) & (met(below) >= wanted)).any():
        high = np.where(enough, below, high)
        below = np.where(enough, np.maximum(below - stride, -1.0), below)
        stride *= 2
    while (apart := high - below > 1).any():
        middle = np.where(apart, np.floor((below + high) / 2), high)
        reached = met(middle) >= wanted
        high = np.where(reached, middle, high)
        below = np.where(apart & ~reached, middle, below)
    return np.asarray(high)
