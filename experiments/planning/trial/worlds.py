"""What may be asked for in the end: laws of demand that a plan expected, or did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, Array, Array], Array]

CORRELATION = 0.6
"""Of the demand of any two centres, where shocks strike all of them."""
SURGE = 1.5
"""Demand over what was planned for, where all of it is greater."""


def normal(rng: np.random.Generator, mean: Array, sd: Array) -> Array:
    """What the paper plans for: normal, each centre by itself."""
    return mean + sd * rng.standard_normal(mean.shape)


def lognormal(rng: np.random.Generator, mean: Array, sd: Array) -> Array:
    """The same mean and deviation, with a long tail."""
    known = np.maximum(mean, np.finfo(float).tiny)
    log_variance = np.log1p((sd / known) ** 2)
    noise = np.sqrt(log_variance) * rng.standard_normal(mean.shape)
    return mean * np.exp(noise - log_variance / 2)


def negative_binomial(rng: np.random.Generator, mean: Array, sd: Array) -> Array:
    """Whole persons of the same mean and deviation: Poisson where that is not above Poisson's."""
    excess = np.maximum(sd**2 - mean, 0.0)
    # A Poisson law whose mean is drawn from a gamma law.
    shape = np.divide(mean**2, excess, out=np.ones_like(mean), where=excess > 0)
    scale = np.divide(excess, mean, out=np.zeros_like(mean), where=mean > 0)
    rate = rng.gamma(shape) * scale
    return rng.poisson(np.where(excess > 0, rate, mean)).astype(float)


def correlated(rng: np.random.Generator, mean: Array, sd: Array) -> Array:
    """The same normal law for each, with a shock that all centres share."""
    shock = rng.standard_normal((1, *mean.shape[1:]))
    own = rng.standard_normal(mean.shape)
    return mean + sd * (np.sqrt(CORRELATION) * shock + np.sqrt(1 - CORRELATION) * own)


def surge(rng: np.random.Generator, mean: Array, sd: Array) -> Array:
    """Normal about half as much again as was planned for."""
    return SURGE * normal(rng, mean, sd)


WORLDS: Mapping[str, Draw] = MappingProxyType(
    {
        "normal": normal,
        "lognormal": lognormal,
        "negative binomial": negative_binomial,
        "correlated": correlated,
        "surge": surge,
    }
)
"""Each draws units from means and deviations of the same shape, centres first."""


def draw_needs(world: str, rng: np.random.Generator, mean: Array, sd: Array) -> NDArray[np.int64]:
    """Whole units that are asked for, none below 0.

    Parameters
    ----------
    world : str
        One of `WORLDS`.
    rng : numpy.random.Generator
    mean, sd : (c, i) float64
        Of each centre and item, units.
    """
    drawn = WORLDS[world](rng, mean, sd)
    return np.rint(np.maximum(drawn, 0.0)).astype(np.int64)
