"""A forecast of daily demand from what an agent may see: reported counts, some days old."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def forecast_by_growth(
    reported: ArrayLike,
    days_ahead: int,
    *,
    delay_days: int = 0,
    window_days: int = 7,
    most_growth_per_day: float = 1.5,
) -> NDArray[np.float64]:
    """Forecast daily counts that grow or shrink as they did last.

    Counts are taken to follow c g^t over the last two windows. The daily factor g is the
    `window_days`-th root of the last window's sum over that of the one before, and c makes the
    last window's sum right. An exponential course is met exactly. It is a forecast for weeks, not
    for the course of an epidemic: that it will turn is not in it.

    Where less than two windows have been reported, or nothing in the earlier one, the mean of the
    last window (or of the days there are) goes on.

    Parameters
    ----------
    reported : (n,) or (n, d) array-like
        Counts of each finished day, such as new cases or units asked for, oldest first.
    days_ahead : int
        How many days to forecast; the first is the one after the last finished one.
    delay_days : int
        How many of the last finished days are not yet known to whoever forecasts; they are in
        `reported`, but not looked at.
    window_days : int
        A multiple of 7 keeps weekdays from looking like growth.
    most_growth_per_day : float
        Bound on the factor g; its inverse is the bound from below.

    Returns
    -------
    (days_ahead,) or (days_ahead, d) float64

    Raises
    ------
    ValueError
        With every argument that is out of bounds, or counts that are negative or not finite.
    """
    counts = np.asarray(reported, dtype=float)
    _refuse_bad_arguments(counts, days_ahead, delay_days, window_days, most_growth_per_day)
    known = counts[: max(len(counts) - delay_days, 0)]
    if len(known) == 0:
        return np.zeros((days_ahead, *counts.shape[1:]))
    growth = _daily_growth(known, window_days, most_growth_per_day)
    last = known[-window_days:]
    age_days = np.arange(len(last)).reshape(-1, *[1] * growth.ndim)
    level = last.sum(axis=0) / (growth**-age_days).sum(axis=0)
    days = delay_days + 1 + np.arange(days_ahead).reshape(-1, *[1] * growth.ndim)
    return level * growth**days


def _daily_growth(
    known: NDArray[np.float64], window_days: int, most_growth_per_day: float
) -> NDArray[np.float64]:
    """The factor g of each district: 1 where two windows do not tell it."""
    flat = np.ones(known.shape[1:])
    if len(known) < 2 * window_days:
        return flat
    last = known[-window_days:].sum(axis=0)
    before = known[-2 * window_days : -window_days].sum(axis=0)
    ratio = np.divide(last, before, out=flat, where=before > 0)
    return np.clip(ratio ** (1 / window_days), 1 / most_growth_per_day, most_growth_per_day)


def _refuse_bad_arguments(
    counts: NDArray[np.float64],
    days_ahead: int,
    delay_days: int,
    window_days: int,
    most_growth_per_day: float,
) -> None:
    least = (("days_ahead", days_ahead, 0), ("delay_days", delay_days, 0))
    mistakes = [
        f"{name} must be >= {bound}, got {value}"
        for name, value, bound in (*least, ("window_days", window_days, 1))
        if value < bound
    ]
    if not 1 <= most_growth_per_day < np.inf:
        mistakes.append(f"most_growth_per_day must be finite and >= 1, got {most_growth_per_day}")
    if counts.ndim not in {1, 2}:
        mistakes.append(f"counts must be (n,) or (n, d), got shape {counts.shape}")
    if not (np.isfinite(counts) & (counts >= 0)).all():
        mistakes.append("counts must be finite and >= 0")
    if mistakes:
        raise ValueError("; ".join(mistakes))
