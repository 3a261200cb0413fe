"""Laws of demand of greatest likelihood for past demands, for many samples in one sweep."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, psi, zeta

from policies.ordering.laws.base import ParametricLaw
from policies.ordering.laws.continuous import GammaDemand, LognormalDemand, NormalDemand
from policies.ordering.laws.counts import NegativeBinomialDemand, PoissonDemand

Numbers = NDArray[np.float64]

STEPS = 50
"""Enough halvings, or steps of Newton's, to find a parameter."""

LARGEST_SIZE = 1e7
"""Above this parameter r no sample tells a negative binomial law from Poisson's."""

LEAST_GAP = 1e-12
"""Between the logarithm of a mean and the mean of logarithms, which are equal but for rounding."""

LEAST_PROBABILITY = 1e-300
"""Stands for 0, whose logarithm could not be added."""


@dataclass(frozen=True)
class Family:
    """Laws of one kind, as far as they are fitted.

    Attributes
    ----------
    law : type
    estimate : callable
        Parameters of greatest likelihood for each sample of (..., n), each (...).
    log_density : callable or None
        Logarithm of the density at (n,) demands, by the parameters; None of counts.
    draw : callable
        Draw demands by a generator, parameters and a shape.
    is_positive : bool
        Whether a demand of 0 is impossible.
    """

    law: type[ParametricLaw]
    estimate: Callable[[Numbers], tuple[Numbers, ...]]
    log_density: Callable[..., Numbers] | None
    draw: Callable[..., Numbers]
    is_positive: bool = False

    @property
    def counts(self) -> bool:
        """Whether demands are whole."""
        return self.log_density is None

    def cells(
        self, demand: Numbers, parameters: tuple[Numbers | float, ...], *, whole: bool
    ) -> tuple[Numbers, Numbers]:
        """The distribution below and up to each demand, whose difference is its probability.

        Whole demands stand for all that round to them, 0 for all below as well. Of demands that
        are not whole the two are the same.
        """
        if self.counts:
            return self.law.met(demand - 1, *parameters), self.law.met(demand, *parameters)
        if not whole:
            met = self.law.met(demand, *parameters)
            return met, met
        below = self.law.met(demand - 0.5, *parameters)
        return np.where(demand > 0, below, 0.0), self.law.met(demand + 0.5, *parameters)

    def log_likelihood(
        self, demand: Numbers, parameters: tuple[float, ...], *, whole: bool
    ) -> float:
        """Of a sample (n,); of whole demands that of whole numbers, whatever the law."""
        if whole or self.log_density is None:
            below, up_to = self.cells(demand, parameters, whole=whole)
            return float(np.log(np.maximum(up_to - below, LEAST_PROBABILITY)).sum())
        return float(self.log_density(demand, *parameters).sum())


def _normal(demand: Numbers) -> tuple[Numbers, ...]:
    return demand.mean(axis=-1), demand.std(axis=-1)


def _lognormal(demand: Numbers) -> tuple[Numbers, ...]:
    logarithm = np.log(demand)
    variance = logarithm.var(axis=-1)
    mean = np.exp(logarithm.mean(axis=-1) + variance / 2)
    return mean, mean * np.sqrt(np.expm1(variance))


def _gamma(demand: Numbers) -> tuple[Numbers, ...]:
    """The mean is the sample's; Newton's steps in the inverse of the shape find its slope 0."""
    mean = demand.mean(axis=-1)
    gap = np.maximum(np.log(mean) - np.log(demand).mean(axis=-1), LEAST_GAP)
    shape = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(STEPS):
        step = (np.log(shape) - psi(shape) - gap) / (shape**2 * (1 / shape - zeta(2, shape)))
        new = 1 / (1 / shape + step)
        if np.all(np.abs(new - shape) <= 1e-12 * shape):
            break
        shape = new
    return mean, mean / np.sqrt(shape)


def _poisson(demand: Numbers) -> tuple[Numbers, ...]:
    return (demand.mean(axis=-1),)


def _negative_binomial(demand: Numbers) -> tuple[Numbers, ...]:
    """The mean is the sample's; halvings find where the slope in the logarithm of r is 0."""
    mean = demand.mean(axis=-1)
    shape = mean.shape
    low, high = np.full(shape, math.log(1e-6)), np.full(shape, math.log(LARGEST_SIZE))
    for _ in range(STEPS):
        middle = (low + high) / 2
        size = np.exp(middle)
        slope = (psi(demand + size[..., None]) - psi(size)[..., None]).mean(axis=-1)
        rises = slope + np.log(size / (size + mean)) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return mean, np.sqrt(mean + mean**2 / np.exp((low + high) / 2))


def _normal_density(demand: Numbers, mean: float, sd: float) -> Numbers:
    return -(((demand - mean) / sd) ** 2) / 2 - math.log(sd * math.sqrt(2 * math.pi))


def _lognormal_density(demand: Numbers, mean: float, sd: float) -> Numbers:
    variance = math.log1p((sd / mean) ** 2)
    log_mean = math.log(mean) - variance / 2
    return _normal_density(np.log(demand), log_mean, math.sqrt(variance)) - np.log(demand)


def _gamma_density(demand: Numbers, mean: float, sd: float) -> Numbers:
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    power = (shape - 1) * np.log(demand) - demand / scale
    return np.asarray(power - gammaln(shape) - shape * math.log(scale))


def _draw_lognormal(
    rng: np.random.Generator, mean: float, sd: float, size: tuple[int, ...]
) -> Numbers:
    variance = math.log1p((sd / mean) ** 2)
    return rng.lognormal(math.log(mean) - variance / 2, math.sqrt(variance), size)


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "normal": Family(
            NormalDemand, _normal, _normal_density, lambda rng, m, s, size: rng.normal(m, s, size)
        ),
        "poisson": Family(
            PoissonDemand, _poisson, None, lambda rng, m, size: rng.poisson(m, size).astype(float)
        ),
        "negative_binomial": Family(
            NegativeBinomialDemand,
            _negative_binomial,
            None,
            lambda rng, m, s, size: rng.poisson(
                rng.gamma(m * m / (s * s - m), (s * s - m) / m, size)
            ).astype(float),
        ),
        "lognormal": Family(
            LognormalDemand, _lognormal, _lognormal_density, _draw_lognormal, is_positive=True
        ),
        "gamma": Family(
            GammaDemand,
            _gamma,
            _gamma_density,
            lambda rng, m, s, size: rng.gamma((m / s) ** 2, s * s / m, size),
            is_positive=True,
        ),
    }
)
"""Every kind of law that is fitted, by its name."""
