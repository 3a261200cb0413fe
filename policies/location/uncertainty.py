"""Sets of demands against which a plan is safe: nominal, box, ellipsoid and budgeted.

A set holds deviations of the demand of z points from its mean. What a plan must know of it is the
greatest sum of deviations for weights of the points that are 0 or more, and where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from policies.location.covariance import covariance_mistakes


class UncertaintySet(Protocol):
    """Deviations of the points' demand from its mean that a plan must stand."""

    def worst(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The deviation with the greatest sum for weights >= 0, (z,); or of each row of (k, z)."""

    def mistakes(self, points: int) -> list[str]:
        """What is wrong with it for so many points, a line each."""


def excess(uncertainty: UncertaintySet, weights: NDArray[np.float64]) -> float:
    """The greatest weighted sum of deviations, in units of demand times weight."""
    return float(uncertainty.worst(weights) @ weights)


@dataclass(frozen=True)
class Nominal:
    """Demand is its mean."""

    def worst(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """No deviation."""
        return np.zeros(weights.shape)

    def mistakes(self, points: int) -> list[str]:  # noqa: ARG002 - as the Protocol has it
        """None."""
        return []


NOMINAL = Nominal()
"""What problems have where nothing else is said."""


@dataclass(frozen=True, eq=False)
class Box:
    """Every point's demand lies within its own half-width of the mean.

    Parameters
    ----------
    half_width : (z,) float64
        In units of demand, 0 or more.
    """

    half_width: NDArray[np.float64]

    def worst(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """All at their greatest."""
        return np.broadcast_to(self.half_width, weights.shape)

    def mistakes(self, points: int) -> list[str]:
        """What is wrong with its half-widths."""
        return half_width_mistakes(self.half_width, points)


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    r"""Deviations :math:`\Sigma^{1/2}\zeta` with :math:`\lVert\zeta\rVert_2 \le \Omega`.

    The greatest sum for weights :math:`v` is :math:`\Omega\sqrt{v^\top\Sigma v}` (Ben-Tal and
    Nemirovski, Mathematics of Operations Research 23, 1998).

    Parameters
    ----------
    covariance : (z, z) float64
        :math:`\Sigma`, in squared units of demand; `policies.location.covariance` estimates it.
    radius : float
        :math:`\Omega` or :math:`\kappa`, 0 or more; `policies.location.protection` gives it for a
        probability.
    """

    covariance: NDArray[np.float64]
    radius: float

    def worst(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the weights' direction touches the ellipsoid."""
        rows = weights.reshape(-1, weights.shape[-1])  # products row by row stay on one thread
        spread = np.stack([self.covariance @ row for row in rows]).reshape(weights.shape)
        squared = np.maximum((weights * spread).sum(axis=-1, keepdims=True), 0.0)
        length = np.where(squared > 0, np.sqrt(squared), np.inf)
        return np.asarray(self.radius * spread / length)

    def mistakes(self, points: int) -> list[str]:
        """What is wrong with its radius and its covariance."""
        mistakes = covariance_mistakes(self.covariance, points)
        if not (np.isfinite(self.radius) and self.radius >= 0):
            mistakes.append(f"radius must be >= 0, got {self.radius!r}")
        return mistakes


@dataclass(frozen=True, eq=False)
class Budgeted:
    """At most so many points deviate by their half-width at the same time.

    The set of Bertsimas and Sim (Operations Research 52, 2004); a budget that is no whole number
    lets one more point deviate by the part that is left.

    Parameters
    ----------
    half_width : (z,) float64
        In units of demand, 0 or more.
    budget : float
        From 0 (nominal) to z (the box).
    """

    half_width: NDArray[np.float64]
    budget: float

    def worst(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The points with the greatest weighted half-widths deviate."""
        largest_first = np.argsort(-self.half_width * weights, axis=-1, kind="stable")
        rank = np.argsort(largest_first, axis=-1)
        return self.half_width * np.clip(self.budget - rank, 0, 1)

    def mistakes(self, points: int) -> list[str]:
        """What is wrong with its half-widths and its budget."""
        mistakes = half_width_mistakes(self.half_width, points)
        if not 0 <= self.budget <= points:
            mistakes.append(f"budget must be from 0 to {points}, got {self.budget!r}")
        return mistakes


def half_width_mistakes(half_width: NDArray[np.float64], points: int) -> list[str]:
    """What is wrong with half-widths of so many points."""
    if half_width.shape != (points,):
        return [f"half_width must have shape ({points},), got {half_width.shape}"]
    bad = np.flatnonzero(~(np.isfinite(half_width) & (half_width >= 0)))
    return [f"half_width[{i}] must be >= 0, got {half_width[i]:g}" for i in bad[:1]]
