"""How far from the mean a plan must be safe for a wanted probability."""

from __future__ import annotations

from math import sqrt

from policies.mistakes import number_mistakes, refuse


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
