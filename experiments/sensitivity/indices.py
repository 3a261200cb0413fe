"""Elementary effects and Sobol' indices of noisy outcomes: by SALib, with the noise taken out.

An outcome is a mean over replications, so it is wrong by some noise, and differences between
points have that noise, too: estimates that square differences come out too great. As replications
are there one by one, what noise adds is known without bias from how a difference varies over them,
and all points having the same patients (common random numbers) is allowed for.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

from experiments.sensitivity.points import LEVELS, STEP, Points

INTERVALS = {"morris": ("mu_star",), "sobol": ("s1", "st")}
COLUMNS = {
    "morris": ["key", "mu", "mu_star", "mu_star_low", "mu_star_high", "sigma", "noise"],
    "sobol": [
        "key", "s1", "s1_low", "s1_high", "st", "st_low", "st_high",
        "s1_with_noise", "st_with_noise",
    ],
}  # fmt: skip
RESAMPLES = 500
FEWEST = 2
"""Resamples where nobody asks for an interval."""
SEED = 1
"""Of the bootstrap, so that the same runs give the same intervals; SALib takes 0 for none."""
ALIKE = 1e-12
"""Deviation over the greatest value, below which outcomes are the same but for rounding."""


Estimate = Callable[[Points, NDArray[np.float64], float, int], tuple[pd.DataFrame, float]]
"""Indices of rows of outcomes with SALib's half-widths of so many resamples, and the noise."""


@dataclass(frozen=True, eq=False)
class Indices:
    """What a method says of each key.

    Attributes
    ----------
    table : DataFrame
        One row per key, in the outcome's unit. Of Morris ``mu``, ``mu_star`` with ``mu_star_low``
        and ``mu_star_high``, ``sigma`` and ``noise``: the mean, the mean size and the deviation of
        what changes from one end of the key's range to the other, and the mean size that simulation
        noise alone would give. Of Sobol' ``s1`` and ``st`` with ``_low`` and ``_high``, and
        ``s1_with_noise`` and ``st_with_noise`` as they are without correction.
    noise_share : float
        Share of the variance between points that is simulation noise; NaN with one replication.
    level : float
        Of the intervals.
    """

    table: pd.DataFrame
    noise_share: float
    level: float


def indices_of(points: Points, outcomes: NDArray[np.float64], level: float = 0.95) -> Indices:
    """What a measure's values at some points say of its keys.

    Parameters
    ----------
    points : Points
    outcomes : (points, replications) float64
        In the order of the points' design; each replication on the same random numbers at all
        points, or on independent ones.
    level : float

    Notes
    -----
    SALib computes both from means over replications (M. D. Morris, 1991; F. Campolongo,
    J. Cariboni and A. Saltelli, Environmental Modelling & Software 22, 2007, 1509-1518; A. Saltelli
    et al., Computer Physics Communications 181, 2010, 259-270). With D the difference of two
    points' outcomes over R replications, mean(D)² - var(D) / R is on average the square that there
    would be without noise. So are the numerators and the variance of Sobol' indices corrected,
    products likewise by the covariance, and so is the deviation of Morris's effects. Corrected
    indices that should be 0 are as often below as above it.

    Half an interval's width is the root of two squares: SALib's bootstrap, over trajectories or
    samples, and Student's t by the jackknife over replications, which all points share, so that no
    bootstrap over points sees what other replications would have given.
    """
    rows = np.asarray(outcomes, dtype=float)[points.row_of]
    # Beside rounding; SALib would divide it by itself.
    if np.ptp(rows.mean(axis=1)) <= ALIKE * np.abs(rows).max():
        rows = np.broadcast_to(rows[:1], rows.shape)
    estimate = _morris if points.method == "morris" else _sobol
    table, share = estimate(points, rows, level, RESAMPLES)
    half = _half_by_replications(estimate, points, rows, level)
    for name in INTERVALS[points.method]:
        width = np.hypot(table.pop(f"{name}_half"), half[name])
        low = table[name] - width
        table[f"{name}_low"] = low.clip(lower=0) if name == "mu_star" else low
        table[f"{name}_high"] = table[name] + width
    table.insert(0, "key", list(points.keys))
    return Indices(table[COLUMNS[points.method]], share, level)


def _half_by_replications(
    estimate: Estimate, points: Points, rows: NDArray[np.float64], level: float
) -> dict[str, NDArray[np.float64]]:
    """Half the width of intervals, of what replications do: 0 with one, which tells nothing."""
    count, names = rows.shape[1], INTERVALS[points.method]
    if count == 1:
        return dict.fromkeys(names, np.zeros(len(points.keys)))
    without = [
        estimate(points, np.delete(rows, one, axis=1), level, FEWEST)[0] for one in range(count)
    ]
    told = {name: np.array([table[name] for table in without]) for name in names}
    quantile = stdtrit(count - 1, (1 + level) / 2)
    return {name: quantile * np.sqrt((count - 1) * own.var(axis=0)) for name, own in told.items()}


def _morris(
    points: Points, rows: NDArray[np.float64], level: float, resamples: int
) -> tuple[pd.DataFrame, float]:
    from SALib.analyze import morris

    found = morris.analyze(
        points.problem,
        points.shares,
        rows.mean(axis=1),
        num_resamples=resamples,
        conf_level=level,
        num_levels=LEVELS,
        seed=np.random.default_rng(SEED),
    )
    mu, star, half, sigma = (
        np.asarray(found[name], float) * STEP / points.steps
        for name in ("mu", "mu_star", "mu_star_conf", "sigma")
    )
    noise = _noise_of_effects(points, rows) / points.steps**2
    table = {
        "mu": mu,
        "mu_star": star,
        "mu_star_half": half,
        "sigma": np.sqrt(np.maximum(sigma**2 - np.nan_to_num(noise), 0.0)),
        "noise": np.sqrt(2 / np.pi * noise),
    }
    return pd.DataFrame(table), _noise_share(rows)


def _noise_of_effects(points: Points, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The noise variance of a step along each key, (keys,), meaned over trajectories."""
    keys = len(points.keys)
    shares = points.shares.reshape(-1, keys + 1, keys)
    moved = np.abs(np.diff(shares, axis=1)).argmax(axis=2)  # (trajectories, keys)
    steps = np.diff(rows.reshape(-1, keys + 1, rows.shape[1]), axis=1)
    variance = _variance_of_mean(steps)
    return np.array([variance[moved == key].mean() for key in range(keys)])


def _sobol(
    points: Points, rows: NDArray[np.float64], level: float, resamples: int
) -> tuple[pd.DataFrame, float]:
    from SALib.analyze import sobol

    means = rows.mean(axis=1)
    if np.ptp(means) == 0:
        nothing = np.full((2, len(points.keys)), np.nan)
        return _sobol_table(nothing, nothing, nothing), np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SALib's, of resamples in which nothing varies
        found = sobol.analyze(
            points.problem,
            means,
            calc_second_order=False,
            num_resamples=resamples,
            conf_level=level,
            seed=SEED,
        )
    raw = np.array([found["S1"], found["ST"]])
    half = np.array([found["S1_conf"], found["ST_conf"]])
    if rows.shape[1] == 1:
        return _sobol_table(raw, half, raw), np.nan
    stride, centred = len(points.keys) + 2, rows - rows.mean(axis=0)
    a, b = centred[::stride], centred[stride - 1 :: stride]
    swapped = [centred[key + 1 :: stride] - a for key in range(len(points.keys))]
    share = _noise_share(np.concatenate([rows[::stride], rows[stride - 1 :: stride]]))
    if not share < 1:
        return _sobol_table(raw * np.nan, half * np.nan, raw), share
    total = np.concatenate([a, b]).mean(axis=1).var()
    first = [_covariance_of_means(b, change).mean() for change in swapped]
    of_all = [_variance_of_mean(change).mean() / 2 for change in swapped]
    corrected = (raw - np.array([first, of_all]) / total) / (1 - share)
    return _sobol_table(corrected, half / (1 - share), raw), share


def _sobol_table(
    indices: NDArray[np.float64], half: NDArray[np.float64], raw: NDArray[np.float64]
) -> pd.DataFrame:
    table = {"s1": indices[0], "s1_half": half[0], "st": indices[1], "st_half": half[1]}
    return pd.DataFrame(table | {"s1_with_noise": raw[0], "st_with_noise": raw[1]})


def _noise_share(rows: NDArray[np.float64]) -> float:
    """Share of the variance between rows' means that is noise; what all share is none."""
    apart = rows - rows.mean(axis=0)
    total = apart.mean(axis=1).var()
    noise = _variance_of_mean(apart).mean()
    return float(noise / total) if total > 0 else np.nan


def _variance_of_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the mean over replications, which are the last axis; NaN with one."""
    return _covariance_of_means(values, values)


def _covariance_of_means(
    values: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    count = values.shape[-1]
    if count < 2:
        return np.full(values.shape[:-1], np.nan)
    own = values - values.mean(axis=-1, keepdims=True)
    product = own * (others - others.mean(axis=-1, keepdims=True))
    return product.sum(axis=-1) / (count - 1) / count
