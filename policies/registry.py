"""Policies by name: built in, or ``module:Class`` from the user's folder."""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from environment.errors import CorridorError
from policies.base import PolicyError
from policies.source import PolicySource, find_source, load_class

BUILT_IN: dict[str, dict[str, str]] = {
    "dispatch": {
        "nearest": "policies.dispatch.nearest:Nearest",
        "district_only": "policies.dispatch.district_only:DistrictOnly",
        "preference_list": "policies.dispatch.preference_list:PreferenceList",
    },
    "hospital": {
        "nearest": "policies.hospital.nearest:NearestHospital",
        "least_busy": "policies.hospital.least_busy:LeastBusyHospital",
    },
    "location": {
        "given": "policies.location.given:Given",
        "demand_share": "policies.location.demand_share:DemandShare",
    },
}
"""Built-in policies by decision and name."""

METHODS = {"dispatch": "choose", "hospital": "choose", "location": "place"}
"""The method that a policy must have, by decision."""


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
        close = difflib.get_close_matches(use, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
        raise PolicyError(
            f"no {decision} policy {use!r} ({hint}); your own is written module:Class"
        )
    return None


def build_policy(
    decision: str, use: str, parameters: Mapping[str, Any], source: PolicySource | None
) -> Any:  # noqa: ANN401 - any of the Protocols
    """Make a policy with its parameters.

    Parameters
    ----------
    decision : {"dispatch", "hospital", "location"}
    use : str
        Name of a built-in policy, or ``module:Class``.
    parameters : mapping
        What the class is called with.
    source : PolicySource or None
        What `resolve_source` found.

    Raises
    ------
    PolicyError
        If the class does not take these parameters, or lacks the method of its decision.
    """
    cls = load_class(source) if source is not None else _built_in_class(decision, use)
    if not callable(getattr(cls, METHODS[decision], None)):
        raise PolicyError(
            f"{use} has no method {METHODS[decision]!r}, which a {decision} policy needs"
        )
    try:
        inspect.signature(cls).bind(**parameters)
    except TypeError as error:
        taken = ", ".join(inspect.signature(cls).parameters) or "no parameters"
        raise PolicyError(f"policies.{decision}: {use}: {error} (it takes {taken})") from None
    try:
        return cls(**parameters)
    except CorridorError:
        raise
    except Exception as error:
        raise PolicyError(
            f"policies.{decision}: {use} raised {type(error).__name__} when made: {error}"
        ) from error


def _built_in_class(decision: str, use: str) -> type:
    module, _, name = BUILT_IN[decision][use].partition(":")
    cls: type = getattr(importlib.import_module(module), name)
    return cls
