"""How much may be asked for until the next order helps: the demand as a random number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, pdtr, pdtrc, pdtrik

from policies.mistakes import number_mistakes, refuse

TIE = 1e-12
"""Probabilities that differ by less are equal but for rounding."""

FAR_SDS = 40.0
"""Farther than this from its mean, no floating-point number tells a normal law from its mean."""


class DemandLaw(Protocol):
    """The law of a demand D, in units of the item.

    SciPy's distributions know all of this, too, but take ten to a hundred times as long a call; a
    rule that orders every day in thousands of runs asks often.
    """

    @property
    def mean(self) -> float:
        """The expected demand E D."""

    def probability_met(self, level: float) -> float:
        """How probable it is that a stock of `level` meets all demand, P(D <= level)."""

    def quantile(self, probability: float) -> float:
        """The least level that meets all demand with a probability above 0 and below 1."""

    def shortage(self, level: float) -> float:
        """Expected demand that a stock of `level` leaves unmet, E (D - level)⁺."""


@dataclass(frozen=True)
class NormalDemand:
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

    def probability_met(self, level: float) -> float:
        """P(D <= level)."""
        if self._is_far(level):
            return float(level >= self.mean)
        return float(ndtr((level - self.mean) / self.sd))

    def quantile(self, probability: float) -> float:
        """The level below which demand stays with a probability."""
        return float(self.mean + self.sd * ndtri(probability))

    def shortage(self, level: float) -> float:
        """E (D - level)⁺."""
        if self._is_far(level):
            return max(0.0, self.mean - level)
        z = (level - self.mean) / self.sd
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return max(0.0, self.sd * (density - z * float(ndtr(-z))))

    def _is_far(self, level: float) -> bool:
        """Whether demand is as good as known, seen from a level; always so without deviation."""
        return abs(level - self.mean) >= FAR_SDS * self.sd


@dataclass(frozen=True)
class LognormalDemand:
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
        refuse(
            [
                *number_mistakes("mean", self.mean, _is_above_0, "above 0 and finite"),
                *number_mistakes("sd", self.sd, _is_above_0, "above 0 and finite"),
            ]
        )

    @cached_property
    def _log_sd(self) -> float:
        return math.sqrt(math.log1p((self.sd / self.mean) ** 2))

    @cached_property
    def _log_mean(self) -> float:
        return math.log(self.mean) - self._log_sd**2 / 2

    def probability_met(self, level: float) -> float:
        """P(D <= level)."""
        if level <= 0:
            return 0.0
        return float(ndtr((math.log(level) - self._log_mean) / self._log_sd))

    def quantile(self, probability: float) -> float:
        """The level below which demand stays with a probability."""
        return math.exp(self._log_mean + self._log_sd * float(ndtri(probability)))

    def shortage(self, level: float) -> float:
        """E (D - level)⁺."""
        if level <= 0:
            return self.mean - level
        d = (self._log_mean - math.log(level)) / self._log_sd + self._log_sd
        return max(0.0, self.mean * float(ndtr(d)) - level * float(ndtr(d - self._log_sd)))


@dataclass(frozen=True)
class PoissonDemand:
    """Demand of single units, independent of each other.

    Parameters
    ----------
    mean : float
        Units, >= 0.
    """

    mean: float

    def __post_init__(self) -> None:
        refuse(number_mistakes("mean", self.mean, lambda m: 0 <= m < math.inf, ">= 0 and finite"))

    def probability_met(self, level: float) -> float:
        """P(D <= level)."""
        return float(pdtr(math.floor(level), self.mean)) if level >= 0 else 0.0

    def quantile(self, probability: float) -> float:
        """The least whole number that meets all demand with a probability."""
        # Between whole numbers SciPy interpolates; its rounding can be a whole unit off.
        level = max(0, math.ceil(pdtrik(probability, self.mean)) - 1)
        while self.probability_met(level) < probability - TIE:
            level += 1
        return float(level)

    def shortage(self, level: float) -> float:
        """E (D - level)⁺."""
        if level < 0:
            return self.mean - level
        whole = math.floor(level)  # d P(d) = mean P(d - 1), summed over all d above the level
        at_least_whole = float(pdtrc(whole - 1, self.mean)) if whole else 1.0
        unmet = self.mean * at_least_whole - level * float(pdtrc(whole, self.mean))
        return max(0.0, unmet)


class TableDemand:
    """Demand that takes one of several values.

    Parameters
    ----------
    value : (k,) array_like
        Units, >= 0, in any order.
    probability : (k,) array_like
        Of each value; the sum is 1.

    Raises
    ------
    PolicyError
        If the two differ in length or are empty, or a number is negative or not finite, or the
        probabilities do not sum to 1.
    """

    def __init__(self, value: ArrayLike, probability: ArrayLike) -> None:
        value, probability = np.asarray(value, float), np.asarray(probability, float)
        refuse(_table_mistakes(value, probability))
        order = value.argsort(kind="stable")
        self.value: NDArray[np.float64] = value[order]
        self.probability: NDArray[np.float64] = probability[order]
        self.mean = float(value @ probability)

    @classmethod
    def from_sample(cls, demand: ArrayLike) -> Self:
        """The demand of past periods, each of them as probable as the others.

        Parameters
        ----------
        demand : (k,) array_like
            Units, >= 0; at least one period.
        """
        value, count = np.unique(np.asarray(demand, float), return_counts=True)
        return cls(value, count / max(1, count.sum()))

    def probability_met(self, level: float) -> float:
        """P(D <= level)."""
        return min(1.0, float(self.probability[self.value <= level].sum()))

    def quantile(self, probability: float) -> float:
        """The least value that meets all demand with a probability."""
        first = int(self.probability.cumsum().searchsorted(probability - TIE))
        return float(self.value[min(first, len(self.value) - 1)])

    def shortage(self, level: float) -> float:
        """E (D - level)⁺."""
        return float(np.maximum(self.value - level, 0) @ self.probability)


def _is_above_0(number: float) -> bool:
    return 0 < number < math.inf


def _table_mistakes(value: NDArray[np.float64], probability: NDArray[np.float64]) -> Sequence[str]:
    if value.ndim != 1 or value.shape != probability.shape or not value.size:
        shapes = f"{value.shape} and {probability.shape}"
        return [f"value and probability must be rows of one length, at least 1, got {shapes}"]
    mistakes = []
    for name, numbers in (("value", value), ("probability", probability)):
        wrong = numbers[~((numbers >= 0) & np.isfinite(numbers))]
        if wrong.size:
            mistakes.append(f"every {name} must be >= 0 and finite, got {wrong[0]:g}")
    if not mistakes and abs(probability.sum() - 1) > 1e-9:
        mistakes.append(f"the probabilities must sum to 1, got {probability.sum():g}")
    return mistakes
