"""Asking a policy, and checking what it answers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from environment.errors import CorridorError
from policies.answers import (
    checked_ambulances,
    checked_distance_m,
    checked_hospital,
    checked_moves,
    checked_placement,
    may_be_moved,
)
from policies.base import (
    Assignment,
    DispatchPolicy,
    DispatchView,
    HospitalPolicy,
    HospitalView,
    LocationPolicy,
    LocationView,
    Move,
    PolicyError,
    RelocationPolicy,
    RelocationView,
    SignalPolicy,
    SignalView,
)
from policies.blame import describe, place_of
from policies.interrupts import interrupts_raised
from policies.watch import PolicyTimeout, Watch

GIVE_UP = (Exception, SystemExit, PolicyTimeout)
"""What a policy may raise; an interrupt by the user is none of its doing."""

View = TypeVar("View", bound=tuple[Any, ...])
"""A view that is a named tuple."""


class DecisionDesk:
    """Puts decisions to the policies of a run and refuses answers that cannot be carried out.

    Each of its questions raises a `PolicyError` if the policy raises, loops, or answers what
    cannot be done.

    Parameters
    ----------
    dispatch : sequence of DispatchPolicy
        One for each planner: for the whole city, or for each district.
    hospital : HospitalPolicy
    relocation : sequence of RelocationPolicy
        One for each planner, too.
    signals : SignalPolicy
    watch : Watch
        Stops a policy that does not come to an end.
    """

    def __init__(
        self,
        dispatch: Sequence[DispatchPolicy],
        hospital: HospitalPolicy,
        relocation: Sequence[RelocationPolicy],
        signals: SignalPolicy,
        watch: Watch,
    ) -> None:
        self._dispatch = dispatch
        self._hospital = hospital
        self._relocation = relocation
        self._signals = signals
        self._watch = watch

    def replace(
        self,
        *,
        dispatch: Sequence[DispatchPolicy] | None = None,
        hospital: HospitalPolicy | None = None,
        relocation: Sequence[RelocationPolicy] | None = None,
        signals: SignalPolicy | None = None,
    ) -> None:
        """Have other policies decide from now on; those that are not given stay."""
        self._dispatch = self._dispatch if dispatch is None else dispatch
        self._hospital = self._hospital if hospital is None else hospital
        self._relocation = self._relocation if relocation is None else relocation
        self._signals = self._signals if signals is None else signals

    def ambulances_for(
        self, call: Call, view: DispatchView, size: int, planner: int = 0
    ) -> list[int]:
        """Ask a planner which of `size` ambulances to send."""
        policy = self._dispatch[planner]
        answer = ask(policy, policy.choose, self._watch, call, view)
        if type(answer) is list and len(answer) == 1 and type(answer[0]) is Assignment:
            number = answer[0].ambulance  # nearly always; the rest may take its time
            if type(number) is int and 0 <= number < size and view.is_available(number):
                return [number]
        return checked_ambulances(name_of(policy), answer, call, view, size)

    def hospital_for(self, call: Call, view: HospitalView) -> int:
        """Ask where to take a patient."""
        policy = self._hospital
        answer = ask(policy, policy.choose, self._watch, call, view)
        if type(answer) is int and 0 <= answer < len(view.hospitals) and view.is_open(answer, call):
            return answer
        return checked_hospital(name_of(policy), answer, call, view)

    def moves_for(self, view: RelocationView, planner: int = 0) -> list[Move]:
        """Ask a planner which ambulances without a patient to send to another station."""
        policy = self._relocation[planner]
        answer = ask(policy, policy.move, self._watch, view)
        if type(answer) is list:
            if not answer:
                return []
            if len(answer) == 1 and type(answer[0]) is Move and may_be_moved(answer[0], view):
                return answer
        return checked_moves(name_of(policy), answer, view)

    def give_way_for(self, call: Call, view: SignalView) -> float | NDArray[np.float64]:
        """Ask from how many metres the lights on the way turn green: all alike, or each, (k,)."""
        policy = self._signals
        answer = ask(policy, policy.give_way, self._watch, call, view)
        if (type(answer) is float or type(answer) is int) and 0 <= answer < np.inf:
            return float(answer)  # without a look at the lights
        return checked_distance_m(name_of(policy), answer, view)


def placed_ambulances(
    policy: LocationPolicy, view: LocationView, watch: Watch
) -> NDArray[np.int64]:
    """Ask how many ambulances each station has.

    Raises
    ------
    PolicyError
        If the policy raises or loops, or its answer does not place every ambulance.
    """
    with interrupts_raised():  # the best so far of a search is no answer that a run could go by
        answer = ask(policy, policy.place, watch, read_only(view))
    return checked_placement(name_of(policy), answer, view)


def ask(policy: object, question: Callable[..., Any], watch: Watch, *about: object) -> Any:
    """Put a question under the watch; what comes out in place of an answer names the policy.

    Raises
    ------
    PolicyError
        If the policy raises or loops.
    """
    try:
        watch.asked += 1
        answer = question(*about)
        watch.answered = watch.asked
    except GIVE_UP as error:
        raise failure(policy, error, watch) from error
    return answer


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


def read_only(view: View) -> View:
    """Show a view's arrays without letting them be written: they are the run's own."""
    return type(view)(*(_shown(value) for value in view))


def _shown(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    shown = value.view()
    shown.flags.writeable = False
    return shown
