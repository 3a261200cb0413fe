"""Asking a policy, and checking what it answers."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.calls import Call
from environment.errors import CorridorError
from policies.base import (
    Assignment,
    DispatchPolicy,
    DispatchView,
    HospitalPolicy,
    HospitalView,
    LocationPolicy,
    LocationView,
    PolicyError,
)
from policies.watch import PolicyTimeout, Watch


class DecisionDesk:
    """Puts decisions to the policies of a run and refuses answers that cannot be carried out.

    Parameters
    ----------
    dispatch : DispatchPolicy
    hospital : HospitalPolicy
    watch : Watch
        Stops a policy that does not come to an end.
    """

    def __init__(self, dispatch: DispatchPolicy, hospital: HospitalPolicy, watch: Watch) -> None:
        self._dispatch = dispatch
        self._hospital = hospital
        self._watch = watch

    def ambulances_for(self, call: Call, view: DispatchView, size: int) -> list[int]:
        """Ask which of `size` ambulances to send.

        Raises
        ------
        PolicyError
            If the policy raises, loops, or names ambulances that cannot be sent.
        """
        try:
            self._watch.asked += 1
            answer = self._dispatch.choose(call, view)
            self._watch.answered = self._watch.asked
        except (Exception, PolicyTimeout) as error:
            raise self._failure(self._dispatch, error) from error
        return self._checked(answer, call, view, size)

    def hospital_for(self, call: Call, view: HospitalView) -> int:
        """Ask where to take a patient.

        Raises
        ------
        PolicyError
            If the policy raises, loops, or names no hospital.
        """
        try:
            self._watch.asked += 1
            answer = self._hospital.choose(call, view)
            self._watch.answered = self._watch.asked
        except (Exception, PolicyTimeout) as error:
            raise self._failure(self._hospital, error) from error
        if not isinstance(answer, int | np.integer) or not 0 <= answer < len(view.hospitals):
            raise PolicyError(
                f"{name_of(self._hospital)} chose hospital {answer!r}; "
                f"hospitals: 0 to {len(view.hospitals) - 1}"
            )
        return int(answer)

    def _checked(self, answer: Any, call: Call, view: DispatchView, size: int) -> list[int]:  # noqa: ANN401
        """Numbers of ambulances, once the answer is found to make sense."""
        name = name_of(self._dispatch)
        if not isinstance(answer, Sequence) or not all(isinstance(a, Assignment) for a in answer):
            raise PolicyError(
                f"{name} answered {_short(answer)}; expected a sequence of Assignment, "
                "empty if the call is to wait"
            )
        if not answer:
            return []
        chosen = [a.ambulance for a in answer]
        if len(chosen) > call.units:
            raise PolicyError(
                f"{name} chose {len(chosen)} ambulances for a call that needs {call.units}"
            )
        for place, number in enumerate(chosen):
            if not isinstance(number, int | np.integer) or not 0 <= number < size:
                raise PolicyError(
                    f"{name} chose ambulance {number!r}; ambulances: 0 to {size - 1}"
                )
            if not view.is_available(number):
                idle = ", ".join(str(a.number) for a in view.available) or "none"
                raise PolicyError(f"{name} chose ambulance {number}, which is busy; idle: {idle}")
            if number in chosen[:place]:
                raise PolicyError(f"{name} chose ambulance {number} twice for one call")
        return chosen

    def _failure(self, policy: object, error: BaseException) -> PolicyError:
        self._watch.answered = self._watch.asked
        if isinstance(error, PolicyTimeout):
            limit_s = self._watch.limit_s
            return PolicyError(
                f"{name_of(policy)} did not decide within {limit_s:g} s; does it loop?"
            )
        return failure(policy, error)


def failure(policy: object, error: BaseException) -> PolicyError:
    """What a policy's own exception means to the user."""
    if isinstance(error, CorridorError):
        return PolicyError(f"{name_of(policy)}: {error}")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(frame.filename).name}, line {frame.lineno}"
    return PolicyError(f"{name_of(policy)} raised {type(error).__name__}: {error} ({where})")


def name_of(policy: object) -> str:
    """A policy's name in messages."""
    return type(policy).__name__


def _short(answer: object) -> str:
    text = repr(answer)
    return text if len(text) <= 60 else f"{text[:57]}..."


def placed_ambulances(policy: LocationPolicy, view: LocationView) -> NDArray[np.int64]:
    """Ask how many ambulances each station has.

    Raises
    ------
    PolicyError
        If the policy raises, or its answer does not place every ambulance.
    """
    name = name_of(policy)
    try:
        answer = policy.place(view)
    except Exception as error:
        raise failure(policy, error) from error
    stations = len(view.given)
    try:
        placed = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        placed = np.array([])
    if placed.shape != (stations,) or (placed < 0).any() or (placed % 1 != 0).any():
        raise PolicyError(
            f"{name} answered {_short(answer)}; expected {stations} whole numbers >= 0, "
            "one for each station"
        )
    if placed.sum() != view.ambulances:
        raise PolicyError(
            f"{name} placed {placed.sum():g} ambulances; there are {view.ambulances}"
        )
    return placed.astype(np.int64)
