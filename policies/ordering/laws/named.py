"""Laws of demand by their names, as a spreadsheet or a scenario tells them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from environment.errors import suggest
from policies.base import PolicyError
from policies.ordering.laws.base import DemandLaw
from policies.ordering.laws.continuous import GammaDemand, LognormalDemand, NormalDemand
from policies.ordering.laws.counts import NegativeBinomialDemand, PoissonDemand
from policies.ordering.laws.table import TableDemand

_MAKERS: Mapping[str, tuple[Any, tuple[str, ...]]] = MappingProxyType(
    {
        "normal": (NormalDemand, ("mean", "sd")),
        "poisson": (PoissonDemand, ("mean",)),
        "negative_binomial": (NegativeBinomialDemand, ("mean", "sd")),
        "lognormal": (LognormalDemand, ("mean", "sd")),
        "gamma": (GammaDemand, ("mean", "sd")),
        "empirical": (TableDemand.from_sample, ("demand",)),
        "table": (TableDemand, ("value", "probability")),
    }
)

LAW_NAMES = tuple(_MAKERS)
"""Every law that has a name."""


def demand_law(name: str, **parameters: Any) -> DemandLaw:
    """Make the law of a name.

    Parameters
    ----------
    name : str
        One of `LAW_NAMES`.
    **parameters
        ``mean`` and ``sd`` in units, of a Poisson law ``mean`` alone; ``demand``, past demands,
        of an empirical one; ``value`` and ``probability`` of a table.

    Raises
    ------
    PolicyError
        If there is no such law, or its parameters are not these, or not allowed.
    """
    if name not in _MAKERS:
        raise PolicyError(f"no law of demand {name!r} ({suggest(str(name), LAW_NAMES)})")
    maker, wanted = _MAKERS[name]
    if set(parameters) != set(wanted):
        given = ", ".join(parameters) or "nothing"
        raise PolicyError(f"a law {name!r} takes {' and '.join(wanted)}, got {given}")
    law: DemandLaw = maker(**parameters)
    return law


MOMENT_LAWS = ("normal", "poisson", "negative_binomial", "lognormal", "gamma")
"""Laws that a mean and a standard deviation tell."""


def law_of_moments(name: str, mean: float, sd: float) -> DemandLaw:
    """The law of a kind that has a mean and a standard deviation, or the nearest to it.

    Without deviation, or mean, demand is known. A negative binomial demand that scatters no more
    than Poisson's is Poisson's. Of Poisson's own the deviation is not used.

    Parameters
    ----------
    name : str
        One of `MOMENT_LAWS`.
    mean, sd : float
        Units, >= 0.
    """
    if name == "poisson" or (name == "negative_binomial" and mean >= sd**2 > 0):
        return PoissonDemand(mean)
    if sd == 0 or mean == 0:
        return NormalDemand(mean, 0.0)
    return demand_law(name, mean=mean, sd=sd)
