"""Asking a policy, and refusing what cannot be carried out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from environment.errors import CorridorError
from policies.base import PolicyError
from policies.decision import Answer, Decision
from policies.interrupts import interrupts_raised
from policies.source import describe, is_interrupt, place_of
from policies.watch import PolicyTimeout, Watch


class Gate:
    """Puts decisions to the policies of a run.

    Parameters
    ----------
    policies : mapping of Decision to sequence
        Who takes each decision: one policy for each planner, or a single one for all.
    watch : Watch
        Stops a policy that does not come to an end.
    """

    def __init__(self, policies: Mapping[Decision[Any], Sequence[object]], watch: Watch) -> None:
        self._policies = dict(policies)
        self._watch = watch
        self._methods = {one: _methods(one, taken) for one, taken in self._policies.items()}

    def policies(self, decision: Decision[Any]) -> Sequence[object]:
        """Who takes a decision now, by planner."""
        return self._policies[decision]

    def replace(self, decision: Decision[Any], policies: Sequence[object]) -> None:
        """Have other policies take a decision from now on."""
        self._policies[decision] = policies
        self._methods[decision] = _methods(decision, policies)

    def ask(self, decision: Decision[Answer], *question: Any, planner: int = 0) -> Answer:
        """Put a decision to the policy of a planner.

        Parameters
        ----------
        decision : Decision
        *question : object
            What the policy is asked with, in the order of `Decision.asked_with`.
        planner : int

        Raises
        ------
        PolicyError
            If the policy raises, loops, or answers what cannot be done.
        InfeasibleError
            If no answer could be right, whatever the policy.
        """
        if decision.require_solvable is not None:
            decision.require_solvable(question[-1])
        watch = self._watch
        method, name = self._methods[decision][planner]
        try:
            watch.asked += 1
            answer = method(*question)
            watch.answered = watch.asked
        except BaseException as error:
            raise failure(self._policies[decision][planner], error, watch) from error
        return decision.checked(name, answer, *question)


def ask(decision: Decision[Answer], policy: object, watch: Watch, *question: Any) -> Answer:
    """Put a decision to a single policy once; see `Gate.ask`."""
    return Gate({decision: [policy]}, watch).ask(decision, *question)


def _methods(
    decision: Decision[Any], policies: Sequence[object]
) -> list[tuple[Callable[..., Any], str]]:
    """How each policy is asked, and its name: found once, for a run asks for each call."""
    return [(_method(decision, policy), name_of(policy)) for policy in policies]


def _method(decision: Decision[Any], policy: object) -> Callable[..., Any]:
    """A policy's method, kept from the arrays of the run and from taking an interrupt as an end."""
    method: Callable[..., Any] = getattr(policy, decision.method)
    if decision.shows_arrays:
        method = partial(_on_read_only, method)
    if decision.is_taken_once:
        method = interrupts_raised()(method)  # the best so far is no answer a run could go by
    return method


def failure(policy: object, error: BaseException, watch: Watch) -> PolicyError:
    """What comes out of a policy in place of an answer, in the user's words.

    An interrupt by the user is none of the policy's doing, and goes on.
    """
    if is_interrupt(error):
        raise error
    watch.answered = watch.asked
    name = name_of(policy)
    if isinstance(error, PolicyTimeout):
        return watch.timeout(name)
    if isinstance(error, CorridorError):
        return PolicyError(f"{name}: {error}")
    module = sys.modules.get(type(policy).__module__)
    place = place_of(error, getattr(module, "__file__", None))
    return PolicyError(f"{name} raised {describe(error)}{place and f' ({place})'}")


def name_of(policy: object) -> str:
    """A policy's name in messages."""
    return type(policy).__name__


def _on_read_only(method: Callable[..., Any], *question: Any) -> Any:
    """Ask with a named tuple whose arrays cannot be written: they are the run's own."""
    *before, view = question
    return method(*before, type(view)(*map(_shown, view)))


def _shown(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    shown = value.view()
    shown.flags.writeable = False
    return shown
