"""Laws of demands that need not be whole: normal, lognormal, gamma."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammainc, gammaincc, gammaincinv, ndtr, ndtri

from policies.mistakes import number_mistakes, refuse
from policies.ordering.laws.base import ParametricLaw, is_above_0, require_periods

FAR_SDS = 40.0
"""Farther than this from its mean, no floating-point number tells a normal law from its mean."""


@dataclass(frozen=True)
class NormalDemand(ParametricLaw):
    r"""Normally distributed demand.

    Its shortage is :math:`\sigma(\varphi(z) - z\Phi(-z))` with :math:`z = (q - \mu)/\sigma`.

    Parameters
    ----------
    mean, sd : float
        Units; a standard deviation of 0 is a demand that is known.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        refuse(
            [
                *number_mistakes("mean", self.mean, math.isfinite, "finite"),
                *number_mistakes("sd", self.sd, lambda s: 0 <= s < math.inf, ">= 0 and finite"),
            ]
        )

    @staticmethod
    def met(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """P(D <= level) of each."""
        distance, z, is_far = _from_mean(level, mean, sd)
        return np.where(is_far, distance >= 0, ndtr(z))

    @staticmethod
    def inverse(probability: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """The quantile of each."""
        return np.asarray(mean + np.asarray(sd) * ndtri(probability))

    @staticmethod
    def unmet(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """E (D - level)⁺ of each."""
        distance, z, is_far = _from_mean(level, mean, sd)
        density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        near = sd * (density - z * ndtr(-z))
        return np.maximum(np.where(is_far, -distance, near), 0.0)

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods: normal again."""
        require_periods(periods)
        return type(self)(self.mean * periods, self.sd * math.sqrt(periods))


def _from_mean(
    level: ArrayLike, mean: ArrayLike, sd: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Distance from the mean, the same in deviations, and whether demand is as good as known."""
    distance = np.asarray(np.asarray(level, float) - mean)
    is_far = np.asarray(np.abs(distance) >= FAR_SDS * np.asarray(sd))
    z = np.asarray(np.where(is_far, 0.0, distance) / np.where(is_far, 1.0, sd))
    return distance, z, is_far


@dataclass(frozen=True)
class LognormalDemand(ParametricLaw):
    r"""Demand whose logarithm is normal: never negative, at times far above its mean.

    :math:`\ln D \sim N(m, s^2)` with :math:`s^2 = \ln(1 + \sigma^2/\mu^2)` and
    :math:`m = \ln\mu - s^2/2`; the shortage is that of the formula of Black and Scholes,
    :math:`\mu\Phi(d) - q\Phi(d - s)` with :math:`d = (m + s^2 - \ln q)/s`.

    Parameters
    ----------
    mean, sd : float
        Of the demand itself and not of its logarithm, units; above 0.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        refuse(_mean_and_sd_mistakes(self.mean, self.sd))

    @staticmethod
    def met(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """P(D <= level) of each."""
        log_mean, log_sd = _of_logarithm(mean, sd)
        positive, safe = _positive(level)
        return np.where(positive, ndtr((np.log(safe) - log_mean) / log_sd), 0.0)

    @staticmethod
    def inverse(probability: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """The quantile of each."""
        log_mean, log_sd = _of_logarithm(mean, sd)
        return np.exp(log_mean + log_sd * ndtri(probability))

    @staticmethod
    def unmet(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """E (D - level)⁺ of each."""
        log_mean, log_sd = _of_logarithm(mean, sd)
        positive, safe = _positive(level)
        d = (log_mean - np.log(safe)) / log_sd + log_sd
        above = np.maximum(mean * ndtr(d) - safe * ndtr(d - log_sd), 0.0)
        return np.where(positive, above, np.subtract(mean, level))

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods, taken as lognormal with its two moments.

        That is the approximation of Fenton and Wilkinson: such a sum is only nearly lognormal.
        """
        require_periods(periods)
        return type(self)(self.mean * periods, self.sd * math.sqrt(periods))


def _of_logarithm(
    mean: ArrayLike, sd: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of a lognormal demand's logarithm."""
    variance = np.log1p((np.asarray(sd) / mean) ** 2)
    return np.log(mean) - variance / 2, np.sqrt(variance)


@dataclass(frozen=True)
class GammaDemand(ParametricLaw):
    r"""Demand of a gamma law: never negative, with a lighter tail than the lognormal.

    Its shape is :math:`k = \mu^2/\sigma^2`, its scale :math:`\theta = \sigma^2/\mu`; the shortage
    is :math:`\mu Q(k + 1, q/\theta) - q Q(k, q/\theta)` with the upper incomplete gamma function
    :math:`Q`, since :math:`d\,f_k(d) = \mu f_{k + 1}(d)`.

    Parameters
    ----------
    mean, sd : float
        Units; above 0.
    """

    mean: float
    sd: float

    def __post_init__(self) -> None:
        refuse(_mean_and_sd_mistakes(self.mean, self.sd))

    @staticmethod
    def met(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """P(D <= level) of each."""
        shape, scale = _shape_and_scale(mean, sd)
        positive, safe = _positive(level)
        return np.where(positive, gammainc(shape, safe / scale), 0.0)

    @staticmethod
    def inverse(probability: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """The quantile of each."""
        shape, scale = _shape_and_scale(mean, sd)
        return np.asarray(scale * gammaincinv(shape, probability))

    @staticmethod
    def unmet(level: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> NDArray[np.float64]:
        """E (D - level)⁺ of each."""
        shape, scale = _shape_and_scale(mean, sd)
        positive, safe = _positive(level)
        x = safe / scale
        above = np.maximum(mean * gammaincc(shape + 1, x) - safe * gammaincc(shape, x), 0.0)
        return np.where(positive, above, np.subtract(mean, level))

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods: gamma again."""
        require_periods(periods)
        return type(self)(self.mean * periods, self.sd * math.sqrt(periods))


def _shape_and_scale(
    mean: ArrayLike, sd: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean, sd = np.asarray(mean, float), np.asarray(sd, float)
    return (mean / sd) ** 2, sd * (sd / mean)


def _positive(level: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether levels are above 0, and the levels with a 1 where they are not."""
    level = np.asarray(level, float)
    positive = level > 0
    return positive, np.where(positive, level, 1.0)


def _mean_and_sd_mistakes(mean: float, sd: float) -> list[str]:
    return [
        *number_mistakes("mean", mean, is_above_0, "above 0 and finite"),
        *number_mistakes("sd", sd, is_above_0, "above 0 and finite"),
    ]
