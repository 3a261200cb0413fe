"""How unequal values are, and how far from others."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.gini import gini_by_row
from policies.base import PolicyError
from policies.hypercube.system_mistakes import table
from policies.mistakes import refuse


def mean_deviation(
    values: NDArray[np.float64], base: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Mean absolute difference along the last axis, that of the demand points, (J,).

    Raises
    ------
    PolicyError
        If the base has other demand points.
    """
    if values.shape[-1] != len(base):
        own = f"the same {values.shape[-1]} demand points"
        raise PolicyError(f"base must have {own}, got {len(base)}")
    return np.asarray(np.abs(values - base) @ weights)


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    r"""Gini's coefficient: 0 if all values are equal, towards 1 if one has everything.

    .. math:: \frac{\sum_i\sum_j w_i w_j |x_i - x_j|}{2\sum_i w_i\sum_i w_i x_i}

    Parameters
    ----------
    values : (k,) array_like
        >= 0.
    weights : (k,) array_like
        Such as calls, >= 0 and not all 0; they need not sum to 1.

    Raises
    ------
    PolicyError
        If lengths differ, or a number is negative or not finite.
    """
    values, weights = table("values", values), table("weights", weights)
    refuse(_gini_mistakes(values, weights))
    return float(gini_by_row(values[None], weights)[0])


def _gini_mistakes(values: NDArray[np.float64], weights: NDArray[np.float64]) -> list[str]:
    if values.ndim != 1 or values.shape != weights.shape or not values.size:
        return [f"values and weights must be as long, got {values.shape} and {weights.shape}"]
    mistakes = []
    for name, numbers in (("values", values), ("weights", weights)):
        bad = numbers[~((numbers >= 0) & np.isfinite(numbers))]
        if len(bad):
            mistakes.append(f"{name} must be >= 0 and finite, got {bad[0]:g}")
    if not mistakes and not weights.any():
        mistakes.append("weights must not be 0 everywhere")
    return mistakes
