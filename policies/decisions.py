"""Asking a policy, and checking what it answers."""

from __future__ import annotations

import sys
from collections.abc import Sequence
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
from policies.blame import describe, place_of
from policies.watch import PolicyTimeout, Watch

GIVE_UP = (Exception, SystemExit, PolicyTimeout)
"""What a policy may raise; an interrupt by the user is none of its doing."""


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
        watch = self._watch
        try:
            watch.asked += 1
            answer = self._dispatch.choose(call, view)
            watch.answered = watch.asked
        except GIVE_UP as error:
            raise failure(self._dispatch, error, watch) from error
        if type(answer) is list and len(answer) == 1 and type(answer[0]) is Assignment:
            number = answer[0].ambulance  # nearly always; the rest may take its time
            if type(number) is int and 0 <= number < size and view.is_available(number):
                return [number]
        return _checked_ambulances(name_of(self._dispatch), answer, call, view, size)

    def hospital_for(self, call: Call, view: HospitalView) -> int:
        """Ask where to take a patient.

        Raises
        ------
        PolicyError
            If the policy raises, loops, or names no hospital.
        """
        watch = self._watch
        try:
            watch.asked += 1
            answer = self._hospital.choose(call, view)
            watch.answered = watch.asked
        except GIVE_UP as error:
            raise failure(self._hospital, error, watch) from error
        size = len(view.hospitals)
        if not (_is_number(answer) and 0 <= answer < size):
            raise PolicyError(
                f"{name_of(self._hospital)} chose hospital {_short(answer)}; "
                f"expected a number from 0 to {size - 1}"
            )
        return int(answer)


def _checked_ambulances(
    name: str,
    answer: Any,
    call: Call,
    view: DispatchView,
    size: int,
) -> list[int]:
    """Numbers of ambulances, once the answer is found to make sense."""
    if not isinstance(answer, Sequence) or not all(isinstance(a, Assignment) for a in answer):
        raise PolicyError(
            f"{name} answered {_short(answer)}; expected a sequence of Assignment, "
            "empty if the call is to wait"
        )
    chosen = [a.ambulance for a in answer]
    if len(chosen) > call.units:
        raise PolicyError(
            f"{name} chose {len(chosen)} ambulances for a call that needs {call.units}"
        )
    for place, number in enumerate(chosen):
        if not (_is_number(number) and 0 <= number < size):
            raise PolicyError(
                f"{name} chose ambulance {_short(number)}; expected a number from 0 to {size - 1}"
            )
        if not view.is_available(number):
            idle = ", ".join(str(a.number) for a in view.available) or "none"
            raise PolicyError(f"{name} chose ambulance {number}, which is busy; idle: {idle}")
        if number in chosen[:place]:
            raise PolicyError(f"{name} chose ambulance {number} twice for one call")
    return [int(number) for number in chosen]


def placed_ambulances(
    policy: LocationPolicy, view: LocationView, watch: Watch
) -> NDArray[np.int64]:
    """Ask how many ambulances each station has.

    Raises
    ------
    PolicyError
        If the policy raises or loops, or its answer does not place every ambulance.
    """
    name, stations = name_of(policy), len(view.given)
    try:
        watch.asked += 1
        answer = policy.place(_read_only(view))
        watch.answered = watch.asked
    except GIVE_UP as error:
        raise failure(policy, error, watch) from error
    try:
        placed = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        placed = np.array([])
    if placed.shape != (stations,) or not ((placed >= 0) & (placed % 1 == 0)).all():
        raise PolicyError(
            f"{name} answered {_short(answer)}; expected {stations} whole numbers >= 0, "
            "one for each station"
        )
    if placed.sum() != view.ambulances:
        raise PolicyError(f"{name} placed {placed.sum():g} ambulances; there are {view.ambulances}")
    return placed.astype(np.int64)


def failure(policy: object, error: BaseException, watch: Watch) -> PolicyError:
    """What comes out of a policy in place of an answer, in the user's words."""
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


def _is_number(value: object) -> bool:
    return type(value) is int or isinstance(value, np.integer)


def _short(answer: object) -> str:
    text = " ".join(repr(answer).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


def _read_only(view: LocationView) -> LocationView:
    """Show the arrays without letting them be written: they are the city's own."""
    shown = {}
    for name in ("given", "demand_share", "travel_s"):
        shown[name] = getattr(view, name).view()
        shown[name].flags.writeable = False
    return view._replace(**shown)
