"""Asking a policy, and refusing what cannot be carried out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
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
        watch, methods = self._watch, self._methods[decision]
        if not methods:
            return ask(decision, self._policies[decision][planner], watch, *question)
        method, name = methods[planner]  # as `ask`, but quicker: a run asks for each call
        try:
            watch.asked += 1
            answer = method(*question)
            watch.answered = watch.asked
        except BaseException as error:
            raise failure(self._policies[decision][planner], error, watch) from error
        return decision.checked(name, answer, *question)


def _methods(
    decision: Decision[Any], policies: Sequence[object]
) -> list[tuple[Callable[..., Any], str]]:
    """The policies' methods and names, where they are shown what the run itself has; else none."""
    if decision.shows_arrays or decision.is_taken_once or decision.require_solvable:
        return []
    return [(getattr(policy, decision.method), name_of(policy)) for policy in policies]


def ask(decision: Decision[Answer], policy: object, watch: Watch, *question: Any) -> Answer:
    """Put a decision to a policy under the watch, and check what it answers.

    Raises
    ------
    PolicyError
        If the policy raises, loops, or answers what cannot be done.
    InfeasibleError
        If no answer could be right, whatever the policy.
    """
    if decision.require_solvable is not None:
        decision.require_solvable(question[-1])
    shown = (*question[:-1], _read_only(question[-1])) if decision.shows_arrays else question
    if decision.is_taken_once:
        with interrupts_raised():  # the best so far of a search is no answer a run could go by
            answer = _answer(decision.method, policy, watch, shown)
    else:
        answer = _answer(decision.method, policy, watch, shown)
    return decision.checked(name_of(policy), answer, *question)


def _answer(method: str, policy: object, watch: Watch, question: tuple[Any, ...]) -> Any:
    """What a policy answers; what comes out in place of an answer names it."""
    try:
        watch.asked += 1
        answer = getattr(policy, method)(*question)
        watch.answered = watch.asked
    except BaseException as error:
        raise failure(policy, error, watch) from error
    return answer


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


def _read_only(view: Any) -> Any:
    """Show the arrays of a named tuple without letting them be written: they are the run's own."""
    return type(view)(*map(_shown, view))


def _shown(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    shown = value.view()
    shown.flags.writeable = False
    return shown
