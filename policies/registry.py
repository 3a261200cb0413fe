"""Every decision, and policies for them by name: built in, or ``module:Class`` of the user's."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from environment.errors import CorridorError, suggest
from policies.allocation import ALLOCATION
from policies.base import PolicyError
from policies.decision import Decision, System
from policies.dispatch import DISPATCH
from policies.hospital import HOSPITAL
from policies.location import LOCATION
from policies.ordering import ORDERING
from policies.relocation import RELOCATION
from policies.routing import ROUTING
from policies.signals import SIGNALS
from policies.source import PolicySource, describe, find_source, is_interrupt, load_class, place_of
from policies.sourcing import SOURCING
from policies.watch import limited

DECISIONS: Mapping[str, Decision[Any]] = MappingProxyType(
    {
        decision.name: decision
        for decision in (
            DISPATCH,
            HOSPITAL,
            LOCATION,
            RELOCATION,
            SIGNALS,
            ORDERING,
            ALLOCATION,
            ROUTING,
            SOURCING,
        )
    }
)
"""All decisions by name, those of the ambulance service first."""

LIMIT_S = 30.0
"""Real seconds that a policy may take to be made."""


def decision_named(name: str) -> Decision[Any]:
    """The decision of a name.

    Raises
    ------
    PolicyError
        If there is none.
    """
    if name not in DECISIONS:
        raise PolicyError(f"decision must be one of {', '.join(DECISIONS)}, got {name!r}")
    return DECISIONS[name]


def taken_during_run(system: System) -> list[Decision[Any]]:
    """The decisions that agents of a system take again and again while a run goes on."""
    return [d for d in DECISIONS.values() if d.taken_by == system and not d.is_taken_once]


def is_own(use: str) -> bool:
    """Whether a policy is the user's own and not built in."""
    return ":" in use


def resolve_source(
    decision: Decision[Any], use: str, folders: Sequence[Path]
) -> PolicySource | None:
    """Find the source of a user's policy; None for one that is built in.

    Raises
    ------
    PolicyError
        If there is no such policy.
    """
    if is_own(use):
        return find_source(use, folders)
    known = decision.built_in
    if use not in known:
        raise PolicyError(
            f"no {decision.name} policy {use!r} ({suggest(use, list(known))}); "
            "your own is written module:Class"
        )
    return None


def build_policy(
    decision: Decision[Any],
    use: str,
    parameters: Mapping[str, Any],
    source: PolicySource | None,
    rng: np.random.Generator | None = None,
) -> Any:
    """Make a policy with its parameters.

    Parameters
    ----------
    decision : Decision
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
        If its source cannot be run, the class does not take these parameters, it lacks the method
        of its decision, or a trait of it is neither true nor false.
    """
    cls = load_class(source) if source is not None else built_in_class(decision, use)
    if rng is not None and _takes_rng(cls):
        parameters = {"rng": rng, **parameters}
    policy = _make(cls, f"policies.{decision.name}: {use}", parameters)
    _require_method(policy, decision, use)
    _require_traits(policy, decision, use)
    return policy


def built_in_class(decision: Decision[Any], use: str) -> type:
    """The class of a built-in policy."""
    module, _, name = decision.built_in[use].partition(":")
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
    except BaseException as error:
        if is_interrupt(error):
            raise
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


def _require_method(policy: object, decision: Decision[Any], use: str) -> None:
    method, wanted = decision.method, decision.question
    chooser = getattr(policy, method, None)
    if not callable(chooser):
        raise PolicyError(f"{use} has no method {wanted}, which a {decision.name} policy needs")
    try:
        inspect.signature(chooser).bind(*decision.asked_with)
    except TypeError as error:
        raise PolicyError(
            f"{use}: a {decision.name} policy is asked with {wanted}, "
            f"got {method}{inspect.signature(chooser)}: {error}"
        ) from None


def _require_traits(policy: object, decision: Decision[Any], use: str) -> None:
    for name, default in decision.traits.items():
        value = getattr(policy, name, default)
        if not isinstance(value, bool):
            raise PolicyError(f"{use}: {name} must be True or False, got {value!r}")


def possible_decisions(use: str, folders: Sequence[Path]) -> list[Decision[Any]]:
    """The decisions that a policy may be for: one, if its method and annotations tell.

    Raises
    ------
    PolicyError
        If it cannot be found, or has none of the methods of a policy.
    """
    if not is_own(use):
        return _of_built_in(use)
    cls = load_class(find_source(use, folders))
    decisions = [d for d in DECISIONS.values() if callable(getattr(cls, d.method, None))]
    if not decisions:
        raise PolicyError(f"{use} has no method of a policy: {_questions()}")
    if len(decisions) == 1:
        return decisions
    text = str(inspect.signature(getattr(cls, decisions[0].method)))
    told = [d for d in decisions if any(word in text for word in d.annotations)]
    return told if len(told) == 1 else decisions


def _questions() -> str:
    """Every method that a policy may have, with the decisions for which it is asked."""
    asked_for: dict[str, list[str]] = {}
    for decision in DECISIONS.values():
        asked_for.setdefault(decision.question, []).append(decision.name)
    return ", ".join(f"{method} for {' or '.join(names)}" for method, names in asked_for.items())


def _of_built_in(use: str) -> list[Decision[Any]]:
    decisions = [decision for decision in DECISIONS.values() if use in decision.built_in]
    if not decisions:
        known = sorted({name for decision in DECISIONS.values() for name in decision.built_in})
        raise PolicyError(
            f"no policy {use!r} ({suggest(use, known)}); your own is written module:Class"
        )
    return decisions
