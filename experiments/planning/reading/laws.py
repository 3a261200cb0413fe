"""Laws of demand by the names that a workbook has for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from policies.ordering.fit import Candidate, fit_demand
from policies.ordering.laws import DemandLaw, demand_law

NEEDS_HISTORY = ("empirical", "best fit")
WITHOUT_SD = ("Poisson",)
NAMES = {
    "normal": "normal",
    "Poisson": "poisson",
    "negative binomial": "negative_binomial",
    "lognormal": "lognormal",
    "gamma": "gamma",
}
"""By a workbook's name, that of `policies.ordering.laws`."""


def law_of(
    name: str, mean: float | None, sd: float | None, history: Sequence[float]
) -> tuple[DemandLaw, str, tuple[Candidate, ...]]:
    """The law of a need, the workbook's name of it, and what it was chosen from.

    Raises
    ------
    PolicyError
        If the numbers are not those of such a law.
    """
    if name == "empirical":
        return demand_law("empirical", demand=list(history)), name, ()
    if name == "best fit":
        fitted = fit_demand(history, samples=0)
        own = {inner: outer for outer, inner in NAMES.items()}
        return fitted.law, own.get(fitted.name, fitted.name), fitted.candidates
    if name == "Poisson":
        return demand_law("poisson", mean=mean), name, ()
    return demand_law(NAMES[name], mean=mean, sd=sd or 0.0), name, ()


def sd_of(law: DemandLaw, history: Sequence[float]) -> float:
    """The standard deviation of a law, units."""
    own_sd = getattr(law, "sd", None)
    if own_sd is not None:
        return float(own_sd)
    return float(np.std(history)) if history else float(law.mean) ** 0.5  # that of Poisson's law
