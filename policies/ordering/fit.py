"""A law of demand fitted to a column of past demand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from environment.errors import suggest
from policies.base import PolicyError
from policies.mistakes import refuse
from policies.ordering.laws import DemandLaw, TableDemand
from policies.ordering.laws.likelihood import FAMILIES, Family

if TYPE_CHECKING:
    import pandas as pd

LEAST_PERIODS = 5
"""Fewer past periods tell no law."""

LEAST_NUMBER, GREATEST_NUMBER = 1e-100, 1e100
"""Between these numbers no formula of a law is out of the range of floating point."""

FITTED_LAWS = (*FAMILIES, "empirical")
"""What a law may be called that is fitted."""


class Candidate(NamedTuple):
    """A law that was fitted, or was not.

    Attributes
    ----------
    name : str
    law : DemandLaw or None
        The one of greatest likelihood; None if there is none.
    log_likelihood, aic : float
        Akaike's criterion is twice the number of parameters, less twice the log-likelihood.
        Nothing of an empirical law, which has as many parameters as values.
    distance : float
        The greatest between the distribution of the past demands and of the law (Kolmogorov and
        Smirnov).
    p_value : float
        How often samples of the fitted law, fitted again, are at least as far from it.
    why_not : str
        Why there is no such law; else empty.
    """

    name: str
    law: DemandLaw | None
    log_likelihood: float = math.nan
    aic: float = math.nan
    distance: float = math.nan
    p_value: float = math.nan
    why_not: str = ""


@dataclass(frozen=True)
class FittedDemand:
    """A law of demand with the past that it was fitted to.

    Attributes
    ----------
    name : str
    law : DemandLaw
        Of the demand of one period of the history.
    candidates : tuple of Candidate
        All laws that were compared, the best by Akaike's criterion first.
    history : (t,) float64
    """

    name: str
    law: DemandLaw
    candidates: tuple[Candidate, ...]
    history: NDArray[np.float64]

    @property
    def chosen(self) -> Candidate:
        """The candidate that was taken."""
        return next(c for c in self.candidates if c.name == self.name)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Mean and standard deviation of the law in units a period; of Poisson's the mean alone."""
        if isinstance(self.law, TableDemand):
            spread = (self.law.value - self.law.mean) ** 2 @ self.law.probability
            return {"mean": self.law.mean, "sd": math.sqrt(spread)}
        return {name: float(value) for name, value in vars(self.law).items() if name in _SHOWN}

    @property
    def table(self) -> pd.DataFrame:
        """The candidates, a row each, with their criteria and goodness of fit."""
        import pandas as pd

        rows = [
            {
                "law": c.name,
                "mean": c.law.mean if c.law else math.nan,
                "sd": getattr(c.law, "sd", math.nan),
                "log_likelihood": c.log_likelihood,
                "aic": c.aic,
                "distance": c.distance,
                "p_value": c.p_value,
                "why_not": c.why_not,
            }
            for c in self.candidates
        ]
        return pd.DataFrame(rows)


_SHOWN = ("mean", "sd")


def fit_demand(
    history: ArrayLike, law: str | None = None, *, samples: int = 199, seed: int = 0
) -> FittedDemand:
    """Fit a law to the demands of past periods by greatest likelihood.

    Laws are compared by Akaike's criterion. Whole demands are compared as such: a continuous law
    then has the likelihood of the whole numbers to which its demands are rounded, else a density
    would be held against a probability. How good a fit is, the distance of Kolmogorov and Smirnov
    tells, with a p-value by parametric bootstrap; tables of that test would hold only for
    parameters that were not estimated.

    Parameters
    ----------
    history : (t,) array_like
        Units asked for in each of the past periods, >= 0; at least 5.
    law : str, optional
        One of `FITTED_LAWS`; without it, the best by Akaike's criterion.
    samples : int
        Of the bootstrap; 0 for no p-values, which take most of the time.
    seed : int
        Of the bootstrap.

    Raises
    ------
    PolicyError
        If the history is too short, holds what is no demand or the same demand everywhere, or the
        law cannot have given it.

    References
    ----------
    Zeimbekakis et al., On misuses of the Kolmogorov-Smirnov test for one-sample goodness-of-fit,
    The American Statistician, as clayford.net tells it under "Parametric bootstrap of
    Kolmogorov-Smirnov test".
    """
    if law is not None and law not in FITTED_LAWS:
        raise PolicyError(f"no law {law!r} is fitted ({suggest(str(law), FITTED_LAWS)})")
    demand = _checked(history)
    if law == "empirical":
        return _empirical(demand)
    if (demand == demand[0]).all():
        raise PolicyError(
            f"all {len(demand)} demands are {demand[0]:g}: there is no scatter to fit; "
            "take the empirical law, or one whose deviation you know"
        )
    rng = np.random.default_rng(seed)
    candidates = [_candidate(name, demand, samples, rng) for name in FAMILIES]
    candidates.sort(key=lambda c: (c.law is None, c.aic))
    chosen = candidates[0] if law is None else next(c for c in candidates if c.name == law)
    if chosen.law is None:
        raise PolicyError(f"no {chosen.name} law fits: {chosen.why_not}")
    return FittedDemand(chosen.name, chosen.law, tuple(candidates), demand)


def _checked(history: ArrayLike) -> NDArray[np.float64]:
    try:
        demand = np.asarray(history, float)
    except (TypeError, ValueError):
        raise PolicyError("every demand of the history must be a number") from None
    if demand.ndim != 1:
        raise PolicyError(f"the history must be one column of demands, got {demand.shape}")
    refuse(list(_mistakes(demand)))
    return demand


def _mistakes(demand: NDArray[np.float64]) -> Iterator[str]:
    wrong = (~((demand >= 0) & np.isfinite(demand))).nonzero()[0]
    if wrong.size:
        others = f" and {wrong.size - 1} more" if wrong.size > 1 else ""
        yield (
            f"every demand must be >= 0 and finite, got {demand[wrong[0]]:g} "
            f"in period {wrong[0] + 1}{others}"
        )
    if len(demand) < LEAST_PERIODS:
        yield f"a fit takes {LEAST_PERIODS} past demands or more, got {len(demand)}"


def _empirical(demand: NDArray[np.float64]) -> FittedDemand:
    law = TableDemand.from_sample(demand)
    candidate = Candidate("empirical", law, distance=0.0)
    return FittedDemand("empirical", law, (candidate,), demand)


def _candidate(
    name: str, demand: NDArray[np.float64], samples: int, rng: np.random.Generator
) -> Candidate:
    """Fit one kind of law, with so many samples for its goodness of fit."""
    family, whole = FAMILIES[name], bool((demand % 1 == 0).all())
    why_not = _why_not(family, demand, whole=whole)
    if why_not:
        return Candidate(name, None, why_not=why_not)
    with np.errstate(all="ignore"):  # the next line tells
        parameters = tuple(float(p) for p in family.estimate(demand))
    if not all(LEAST_NUMBER < p < GREATEST_NUMBER for p in parameters):
        return Candidate(name, None, why_not="demands are too far apart, or too near")
    log_likelihood = family.log_likelihood(demand, parameters, whole=whole)
    distance = float(_distance(family, demand, parameters, whole=whole))
    return Candidate(
        name,
        family.law(*parameters),
        log_likelihood,
        2 * len(parameters) - 2 * log_likelihood,
        distance,
        _p_value(family, distance, demand, parameters, samples, rng),
    )


def _why_not(family: Family, demand: NDArray[np.float64], *, whole: bool) -> str:
    if family.counts and not whole:
        return "it gives whole demands only"
    if family.is_positive and (demand == 0).any():
        return "it gives no demand of 0"
    if family is FAMILIES["negative_binomial"] and demand.var() <= demand.mean():
        return "demand scatters no more than Poisson's"
    return ""


def _distance(
    family: Family,
    demand: NDArray[np.float64],
    parameters: tuple[NDArray[np.float64] | float, ...],
    *,
    whole: bool,
) -> NDArray[np.float64]:
    """The greatest distance of each sample, (..., t), from a law."""
    ordered = np.sort(demand, axis=-1)
    count = ordered.shape[-1]
    below, up_to = family.cells(ordered, parameters, whole=whole)
    place = np.arange(count)
    apart = np.maximum(below - place / count, (place + 1) / count - up_to)
    return np.asarray(apart.max(axis=-1))


def _p_value(
    family: Family,
    distance: float,
    demand: NDArray[np.float64],
    parameters: tuple[float, ...],
    samples: int,
    rng: np.random.Generator,
) -> float:
    """How often samples of a law, fitted again, are at least so far from it."""
    if not samples:
        return math.nan
    whole = bool((demand % 1 == 0).all())
    drawn = family.draw(rng, *parameters, (samples, len(demand)))
    if whole:
        drawn = np.rint(drawn)
    if family.is_positive:
        drawn = np.maximum(drawn, 0.5 if whole else LEAST_NUMBER)
    drawn = drawn[(drawn != drawn[:, :1]).any(axis=1)]  # nor would the rest have been fitted
    fitted = tuple(p[:, None] for p in family.estimate(drawn))
    again = _distance(family, drawn, fitted, whole=whole)
    return float((1 + (again >= distance).sum()) / (1 + len(drawn)))
