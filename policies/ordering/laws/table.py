"""Demand by a table of values, or as it was in the past."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import PolicyError
from policies.mistakes import refuse
from policies.ordering.laws.base import TIE, require_periods

MOST_VALUES = 20_000
"""So many values a table may have that sums of periods make."""


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

    def over(self, periods: float) -> Self:
        """The demand of so many independent periods, all sums of values.

        Raises
        ------
        PolicyError
            If the periods are not whole, since a table does not tell what part of a period asks
            for; or if there are more than 20,000 different sums.
        """
        require_periods(periods)
        if periods % 1:
            raise PolicyError(
                f"periods must be whole for demand by a table or a sample, got {periods:g}"
            )
        half = self.over(periods // 2) if periods >= 2 else None
        if half is None:
            return self
        doubled = half.plus(half)
        return doubled.plus(self) if periods % 2 else doubled

    def plus(self, other: Self) -> Self:
        """The sum of two independent demands.

        Raises
        ------
        PolicyError
            If it has more than 20,000 different values.
        """
        if len(self.value) * len(other.value) > MOST_VALUES**2 / 16:
            raise PolicyError(_too_many())
        sums = np.add.outer(self.value, other.value).ravel()
        weights = np.multiply.outer(self.probability, other.probability).ravel()
        value, place = np.unique(sums, return_inverse=True)
        if len(value) > MOST_VALUES:
            raise PolicyError(_too_many())
        probability = np.bincount(place, weights)
        return type(self)(value, probability / probability.sum())


def _too_many() -> str:
    return (
        f"the sum of so many periods has more than {MOST_VALUES:,} values; round the values, or "
        "take a fitted law"
    )


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
