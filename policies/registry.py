"""Policies by name: built in, or ``module:Class`` from the user's folder."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from environment.errors import CorridorError, suggest
from policies.base import PolicyError
from policies.blame import describe, place_of
from policies.source import PolicySource, find_source, load_class
from policies.watch import limited

BUILT_IN: dict[str, dict[str, str]] = {
    "dispatch": {
        "nearest": "policies.dispatch.nearest:Nearest",
        "district_only": "policies.dispatch.district_only:DistrictOnly",
        "preference_list": "policies.dispatch.preference_list:PreferenceList",
        "hypercube": "policies.dispatch.hypercube:Hypercube",
    },
    "hospital": {
        "nearest": "policies.hospital.nearest:NearestHospital",
        "least_busy": "policies.hospital.least_busy:LeastBusyHospital",
        "soonest_handover": "policies.hospital.soonest_handover:SoonestHandover",
    },
    "location": {
        "given": "policies.location.given:Given",
        "demand_share": "policies.location.demand_share:DemandShare",
        "hypercube": "policies.location.hypercube:Hypercube",
        "set_covering": "policies.siting.covering.set_covering:SetCovering",
        "mclp": "policies.siting.covering.maximal_covering:MaximalCovering",
        "mexclp": "policies.siting.covering.mexclp:Mexclp",
        "p_median": "policies.siting.covering.p_median:PMedian",
        "p_center": "policies.siting.covering.p_center:PCenter",
        "double_standard": "policies.siting.covering.double_standard:DoubleStandard",
        "backup_coverage": "policies.siting.covering.backup_coverage:BackupCoverage",
        "robust": "policies.location.robust:Robust",
    },
    "relocation": {
        "home": "policies.relocation.home:Home",
        "compliance_table": "policies.relocation.compliance_table:ComplianceTable",
        "dmexclp": "policies.relocation.dmexclp:Dmexclp",
    },
    "signals": {
        "fixed": "policies.signals.fixed:Fixed",
        "green_wave": "policies.signals.green_wave:GreenWave",
    },
    "ordering": {
        "newsvendor": "policies.ordering.newsvendor_rule:NewsvendorRule",
        "order_up_to": "policies.ordering.order_up_to:OrderUpTo",
        "reorder_point": "policies.ordering.reorder_point:ReorderPoint",
        "fixed": "policies.ordering.fixed:FixedQuantity",
    },
    "allocation": {
        "first_come": "policies.allocation.first_come:FirstCome",
        "proportional": "policies.allocation.proportional:Proportional",
        "priority": "policies.allocation.priority:Priority",
        "optimised": "policies.allocation.optimised:Optimised",
    },
    "routing": {
        "direct": "policies.routing.direct:Direct",
        "nearest_neighbour": "policies.routing.nearest_neighbour:NearestNeighbour",
        "savings": "policies.routing.savings:Savings",
        "exact": "policies.routing.exact:Exact",
    },
    "sourcing": {
        "contract": "policies.sourcing.contract:Contract",
        "soonest": "policies.sourcing.soonest:Soonest",
        "cheapest": "policies.sourcing.cheapest:Cheapest",
    },
}
"""Built-in policies by decision and name."""

METHODS = {
    "dispatch": "choose",
    "hospital": "choose",
    "location": "place",
    "relocation": "move",
    "signals": "give_way",
    "ordering": "order",
    "allocation": "allocate",
    "routing": "plan",
    "sourcing": "split",
}
"""The method that a policy must have, by decision."""

ASKED_WITH = {
    "dispatch": ("call", "view"),
    "hospital": ("call", "view"),
    "location": ("view",),
    "relocation": ("view",),
    "signals": ("call", "view"),
    "ordering": ("view",),
    "allocation": ("view",),
    "routing": ("view",),
    "sourcing": ("view",),
}
"""What the method is called with."""

LIMIT_S = 30.0
"""Real seconds that a policy may take to be made."""


def question(decision: str) -> str:
    """How a policy is asked for a decision, such as ``"place(view)"``."""
    return f"{METHODS[decision]}({', '.join(ASKED_WITH[decision])})"


def is_own(use: str) -> bool:
    """Whether a policy is the user's own and not built in."""
    return ":" in use


def resolve_source(decision: str, use: str, folders: Sequence[Path]) -> PolicySource | None:
    """Find the source of a user's policy; None for one that is built in.

    Raises
    ------
    PolicyError
        If there is no such policy.
    """
    if is_own(use):
        return find_source(use, folders)
    known = BUILT_IN[decision]
    if use not in known:
        raise PolicyError(
            f"no {decision} policy {use!r} ({suggest(use, list(known))}); "
            "your own is written module:Class"
        )
    return None


def build_policy(
    decision: str,
    use: str,
    parameters: Mapping[str, Any],
    source: PolicySource | None,
    rng: np.random.Generator | None = None,
) -> Any:
    """Make a policy with its parameters.

    Parameters
    ----------
    decision : str
        One of `METHODS`, such as ``"dispatch"``.
    use : str
        Name of a built-in policy, or ``module:Class``.
    parameters : mapping
        What the class is called with.
    source : PolicySource or None
        What `resolve_source` found.
    rng : numpy.random.Generator, optional
        The run's random stream for this decision; a class with a parameter ``rng`` is given it.

    Raises
    ------
    PolicyError
        If its source cannot be run, the class does not take these parameters, or it lacks the
        method of its decision.
    """
    cls = load_class(source) if source is not None else built_in_class(decision, use)
    if rng is not None and _takes_rng(cls):
        parameters = {"rng": rng, **parameters}
    policy = _make(cls, f"policies.{decision}: {use}", parameters)
    _require_method(policy, decision, use)
    return policy


def built_in_class(decision: str, use: str) -> type:
    """The class of a built-in policy."""
    module, _, name = BUILT_IN[decision][use].partition(":")
    cls: type = getattr(importlib.import_module(module), name)
    return cls


def _takes_rng(cls: type) -> bool:
    try:
        return "rng" in inspect.signature(cls).parameters
    except ValueError:
        return False


def _make(cls: type, name: str, parameters: Mapping[str, Any]) -> Any:
    _require_parameters(cls, name, parameters)
    try:
        with limited("making it", LIMIT_S):
            return cls(**parameters)
    except CorridorError as error:
        raise PolicyError(f"{name}: {error}") from error
    except (Exception, SystemExit) as error:
        place = place_of(error, getattr(sys.modules[cls.__module__], "__file__", None))
        raise PolicyError(
            f"{name}: raised {describe(error)} when made{place and f' ({place})'}"
        ) from error


def _require_parameters(cls: type, name: str, parameters: Mapping[str, Any]) -> None:
    try:
        signature = inspect.signature(cls)
    except ValueError:
        return  # a class that takes after one written in C; it will tell by itself
    try:
        signature.bind(**parameters)
    except TypeError as error:
        meant = _meant(parameters, list(signature.parameters))
        raise PolicyError(f"{name}: {error} ({meant})") from None


def _meant(given: Mapping[str, Any], taken: Sequence[str]) -> str:
    """The parameter that was meant, or all that there are."""
    unknown = [name for name in given if name not in taken]
    return suggest(unknown[0] if unknown else "", taken)


def _require_method(policy: object, decision: str, use: str) -> None:
    method, asked_with, wanted = METHODS[decision], ASKED_WITH[decision], question(decision)
    chooser = getattr(policy, method, None)
    if not callable(chooser):
        raise PolicyError(f"{use} has no method {wanted}, which a {decision} policy needs")
    try:
        inspect.signature(chooser).bind(*asked_with)
    except TypeError as error:
        raise PolicyError(
            f"{use}: a {decision} policy is asked with {wanted}, "
            f"got {method}{inspect.signature(chooser)}: {error}"
        ) from None
