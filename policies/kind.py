"""Which decision a policy takes, told from its method."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path

from environment.errors import suggest
from policies.base import PolicyError
from policies.registry import BUILT_IN, METHODS, is_own, question
from policies.source import find_source, load_class

TRACES = {
    "hospital": ("HospitalView", "-> int", "-> 'int'"),
    "dispatch": ("DispatchView", "Assignment"),
}
"""What annotations of ``choose`` tell; every other decision has a method of its own."""


def possible_decisions(use: str, folders: Sequence[Path]) -> list[str]:
    """Name the decisions that a policy may be for: one, if its annotations tell.

    Raises
    ------
    PolicyError
        If it cannot be found, or has none of the methods of a policy.
    """
    if not is_own(use):
        return _of_built_in(use)
    cls = load_class(find_source(use, folders))
    decisions = [name for name, method in METHODS.items() if callable(getattr(cls, method, None))]
    if not decisions:
        raise PolicyError(f"{use} has no method of a policy: {_questions()}")
    if len(decisions) == 1:
        return decisions
    text = str(inspect.signature(getattr(cls, METHODS[decisions[0]])))
    told = [name for name, traces in TRACES.items() if any(trace in text for trace in traces)]
    return told if len(told) == 1 else decisions


def _questions() -> str:
    """Every method that a policy may have, with the decisions for which it is asked."""
    asked_for: dict[str, list[str]] = {}
    for decision in METHODS:
        asked_for.setdefault(question(decision), []).append(decision)
    return ", ".join(f"{method} for {' or '.join(names)}" for method, names in asked_for.items())


def _of_built_in(use: str) -> list[str]:
    decisions = [decision for decision, known in BUILT_IN.items() if use in known]
    if not decisions:
        known = sorted({name for names in BUILT_IN.values() for name in names})
        raise PolicyError(
            f"no policy {use!r} ({suggest(use, known)}); your own is written module:Class"
        )
    return decisions
