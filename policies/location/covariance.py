"""How demands of points vary together, estimated from counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.mistakes import number_mistakes, refuse

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
