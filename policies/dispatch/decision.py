"""The decision which ambulances answer a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from environment.demand.calls import Call
from policies.answers import is_number, short
from policies.base import Assignment, DispatchView, PolicyError
from policies.decision import Decision
from policies.dispatch.situations import dispatch_situations, nobody_available


class FleetView(DispatchView, Protocol):
    """A `DispatchView` of which the gate can learn how many ambulances there are in all."""

    @property
    def fleet_size(self) -> int:
        """Ambulances, available or not; their numbers are below it."""


def checked_ambulances(name: str, answer: Any, call: Call, view: FleetView) -> list[int]:
    """Numbers of the ambulances that a dispatch policy sends."""
    if type(answer) is list and len(answer) == 1 and type(answer[0]) is Assignment:
        number = answer[0].ambulance  # nearly always; the rest may take its time
        if type(number) is int and view.is_available(number):
            return [number]
    if not isinstance(answer, Sequence) or not all(isinstance(a, Assignment) for a in answer):
        raise PolicyError(
            f"{name} answered {short(answer)}; expected a sequence of Assignment, "
            "empty if the call is to wait"
        )
    chosen = [a.ambulance for a in answer]
    if len(chosen) > call.units:
        raise PolicyError(
            f"{name} chose {len(chosen)} ambulances for a call that needs {call.units}"
        )
    for place, number in enumerate(chosen):
        if not (is_number(number) and 0 <= number < view.fleet_size):
            raise PolicyError(
                f"{name} chose ambulance {short(number)}; expected a number from 0 to "
                f"{view.fleet_size - 1}"
            )
        if not view.is_available(number):
            idle = ", ".join(str(a.number) for a in view.available) or "none"
            raise PolicyError(f"{name} chose ambulance {number}, which is busy; idle: {idle}")
        if number in chosen[:place]:
            raise PolicyError(f"{name} chose ambulance {number} twice for one call")
    return [int(number) for number in chosen]


DISPATCH = Decision(
    name="dispatch",
    method="choose",
    asked_with=("call", "view"),
    view=DispatchView,
    taken_by="service",
    built_in={
        "nearest": "policies.dispatch.nearest:Nearest",
        "district_only": "policies.dispatch.district_only:DistrictOnly",
        "preference_list": "policies.dispatch.preference_list:PreferenceList",
        "hypercube": "policies.dispatch.hypercube:Hypercube",
    },
    checked=checked_ambulances,
    situations=dispatch_situations,
    per_planner=True,
    traits={"keeps_to_districts": False},
    annotations=("DispatchView", "Assignment"),
    hard_situation=nobody_available,
    idle_warning=(
        "let the call wait in each of {count} situations, though ambulances were available"
    ),
)
