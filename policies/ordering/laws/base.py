"""What a law of demand knows, and what all laws that are told by a few numbers have in common."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import number_mistakes, refuse

TIE = 1e-12
"""Probabilities that differ by less are equal but for rounding."""


class DemandLaw(Protocol):
    """The law of a demand D, in units of the item.

    SciPy's distributions know all of this, too, but take ten to a hundred times as long a call.
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

    def over(self, periods: float) -> DemandLaw:
        """The demand of so many periods, above 0, each independent and of this law."""


class ParametricLaw(ABC):
    """A law that is told by a few numbers.

    Its formulas take numbers or arrays of one shape, so that laws of a kind are evaluated
    together, see `Demands`.
    """

    mean: float
    met: ClassVar[Callable[..., NDArray[np.float64]]]
    """P(D <= level) of each, by levels and parameters."""
    inverse: ClassVar[Callable[..., NDArray[np.float64]]]
    """The quantile of each, by probabilities and parameters."""
    unmet: ClassVar[Callable[..., NDArray[np.float64]]]
    """E (D - level)⁺ of each, by levels and parameters."""

    @abstractmethod
    def over(self, periods: float) -> Self:
        """The demand of so many periods, above 0, each independent and of this law."""

    @property
    def parameters(self) -> tuple[float, ...]:
        """The numbers that tell the law, in the order of its formulas."""
        return tuple(vars(self).values())

    def probability_met(self, level: float) -> float:
        """P(D <= level)."""
        return float(self.met(level, *self.parameters))

    def quantile(self, probability: float) -> float:
        """The least level that meets all demand with a probability above 0 and below 1."""
        return float(self.inverse(probability, *self.parameters))

    def shortage(self, level: float) -> float:
        """E (D - level)⁺."""
        return float(self.unmet(level, *self.parameters))


def require_periods(periods: float) -> None:
    """Raise a `PolicyError` unless a number of periods is above 0 and finite."""
    refuse(number_mistakes("periods", periods, is_above_0, "above 0 and finite"))


def is_above_0(number: float) -> bool:
    """Whether a number is above 0 and finite."""
    return 0 < number < math.inf
