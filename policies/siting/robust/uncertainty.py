"""Sets of demands against which a plan is safe: nominal, box, ellipsoid and budgeted.

A set holds deviations of the demand of z points from its mean. What a plan must know of it is the
greatest sum of deviations for weights of the points that are 0 or more, and where it lies.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.mistakes import number_mistakes, refuse


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
        :math:`\Sigma`, in squared units of demand; `estimate_covariance` estimates it.
    radius : float
        :math:`\Omega` or :math:`\kappa`, 0 or more; `normal_radius` gives it for a
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


ROUNDING_SHARE = 1e-9
"""An eigenvalue may be below 0 by this share of the greatest: that is rounding."""


def estimate_covariance(counts: ArrayLike, shrinkage: float = 0.1) -> NDArray[np.float64]:
    r"""Estimate the covariance of counts of several points from days that were seen.

    With few days the sample covariance :math:`S` is singular: some mixtures of demands seem never
    to vary. It is drawn towards its own diagonal, :math:`(1 - s) S + s\,\mathrm{diag}(S)`.

    Parameters
    ----------
    counts : (days, z) array_like
        Calls a day, or most simultaneous calls of a day, recorded or simulated.
    shrinkage : float
        :math:`s`, from 0 (none) to 1 (points vary independently).

    Returns
    -------
    (z, z) float64

    Raises
    ------
    PolicyError
        If there are fewer than two days, a count is below 0 or missing, or `shrinkage` is not
        from 0 to 1.
    """
    table = np.asarray(counts, dtype=float)
    mistakes = number_mistakes("shrinkage", shrinkage, lambda s: 0 <= s <= 1, "from 0 to 1")
    if table.ndim != 2 or len(table) < 2:
        mistakes.append(f"counts must have a row for each of at least 2 days, got {table.shape}")
    elif not (np.isfinite(table) & (table >= 0)).all():
        day, point = np.argwhere(~(np.isfinite(table) & (table >= 0)))[0]
        mistakes.append(f"counts[{day}, {point}] must be >= 0, got {table[day, point]:g}")
    refuse(mistakes)
    sample = np.atleast_2d(np.cov(table, rowvar=False))
    return (1 - shrinkage) * sample + shrinkage * np.diag(np.diag(sample))


def covariance_mistakes(covariance: NDArray[np.float64], points: int) -> list[str]:
    """Tell why a matrix is no covariance of so many points; nothing if it is one."""
    if covariance.shape != (points, points):
        return [f"covariance must have shape ({points}, {points}), got {covariance.shape}"]
    if not np.isfinite(covariance).all():
        return ["covariance must have finite entries"]
    apart = np.abs(covariance - covariance.T)
    if apart.max() > ROUNDING_SHARE * np.abs(covariance).max():
        i, j = np.unravel_index(apart.argmax(), apart.shape)
        two = f"{covariance[i, j]:g} at [{i}, {j}] and {covariance[j, i]:g} at [{j}, {i}]"
        return [f"covariance must be symmetric, got {two}"]
    eigenvalues = np.linalg.eigvalsh(covariance)
    if eigenvalues[0] < -ROUNDING_SHARE * max(eigenvalues[-1], 1e-300):
        least = f"{eigenvalues[0]:g}"
        return [f"covariance must be positive semidefinite, its least eigenvalue is {least}"]
    return []


def normal_radius(probability: float) -> float:
    r"""Radius of the ellipsoid that protects a limit if demand is normal: :math:`\Phi^{-1}(p)`.

    For one limit :math:`n \ge m^\top X` with normal :math:`m`, the robust limit of this radius is
    the same as :math:`P(m^\top X \le n) \ge p`.

    Parameters
    ----------
    probability : float
        :math:`p`, from 0.5 to below 1.
    """
    from scipy.stats import norm

    _require(probability, 0.5)
    return float(norm.ppf(probability))


def distribution_free_radius(probability: float) -> float:
    r"""Radius that protects a limit whatever the distribution: :math:`\sqrt{p / (1 - p)}`.

    Cantelli's inequality: among all distributions with the given mean and covariance, none breaks
    the limit with a probability above :math:`1 - p`, and one does so with just that.

    Parameters
    ----------
    probability : float
        :math:`p`, from 0 to below 1.
    """
    _require(probability, 0.0)
    return sqrt(probability / (1 - probability))


def normal_protection(radius: float) -> float:
    """Probability that a limit of this radius, 0 or more, holds if demand is normal."""
    from scipy.stats import norm

    return float(norm.cdf(radius))


def distribution_free_protection(radius: float) -> float:
    """Probability that a limit of this radius, 0 or more, holds whatever the distribution."""
    return radius**2 / (1 + radius**2)


def _require(probability: float, least: float) -> None:
    refuse(
        number_mistakes(
            "probability",
            probability,
            lambda p: least <= p < 1,
            f"from {least:g} to below 1",
        )
    )
