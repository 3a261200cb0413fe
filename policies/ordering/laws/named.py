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


def name_of_law(law: DemandLaw) -> str:
    """The name of a law; of one that has none, its class.

    A sample is a table, too, whose name is ``table``.
    """
    names = (name for name, (maker, _) in _MAKERS.items() if type(law) is maker)
    return next(names, type(law).__name__)
