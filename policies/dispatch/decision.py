"""The decision which ambulances answer a call, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from environment.demand.calls import Call
from policies.answers import is_number, short
from policies.base import AmbulanceView, Assignment, DispatchView, PolicyError
from policies.decision import Decision
from policies.expected_demand import ExpectedDemand
from policies.small_city import ZONES, Situation, SmallCity, draw_ambulances, draw_call


@dataclass(frozen=True)
class SmallDispatchView:
    """A `DispatchView` of a small city."""

    city: SmallCity
    now_s: float
    available: tuple[AmbulanceView, ...]
    waiting: int = 0

    @property
    def expected_demand(self) -> ExpectedDemand:
        """What is expected in the long run."""
        return self.city.expected_demand

    @property
    def stations(self) -> tuple[str, ...]:
        """The ``site_id`` of every station."""
        return self.city.stations

    @property
    def zones(self) -> tuple[str, ...]:
        """The ``zone_id`` of every zone."""
        return ZONES

    def travel_time_s(self, origin: int, destination: int, *, siren: bool = True) -> float:
        """Driving time between two junctions."""
        return self.city.travel_time_s(origin, destination, siren=siren)

    def arrival_in_s(self, ambulance: AmbulanceView, call: Call) -> float:
        """Seconds until an ambulance sent now is at the call, with siren to the most urgent."""
        siren = call.priority == 0
        return ambulance.ready_in_s + self.travel_time_s(ambulance.node, call.node, siren=siren)

    def zone_of(self, call: Call) -> str:
        """The zone that the call comes from."""
        return ZONES[call.zone]

    def district_of(self, call: Call) -> str:
        """The district that the call comes from."""
        return self.city.district(call.node)

    def stationed_in(self, district: str) -> tuple[int, ...]:
        """Numbers of all ambulances whose station is in a district, available or not."""
        homes = [self.city.station_node[station] for station in self.city.home]
        return tuple(n for n, node in enumerate(homes) if self.city.district(node) == district)

    @property
    def fleet_size(self) -> int:
        """Ambulances in all."""
        return len(self.city.home)

    def is_available(self, number: int) -> bool:
        """Whether there is an ambulance of this number that may be sent."""
        return any(ambulance.number == number for ambulance in self.available)

    def nearest(
        self, call: Call, count: int = 1, among: Sequence[int] | None = None
    ) -> Sequence[int]:
        """The available ambulances that are first at the call, soonest first."""
        asked = [a for a in self.available if among is None or a.number in among]
        ranked = sorted(asked, key=lambda ambulance: self.arrival_in_s(ambulance, call))
        return [ambulance.number for ambulance in ranked[: max(count, 0)]]


def dispatch_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Calls one after the other with one, some or all ambulances available.

    To the most urgent calls some can be sent that drive to a less urgent one.
    """
    size, now_s = len(city.home), 0.0
    for number in range(count):
        now_s += float(rng.exponential(300))
        free = (1, size, int(rng.integers(1, size + 1)))[number % 3]
        call = draw_call(city, rng, number, now_s, units=(1, 1, 2, 3)[number % 4])
        view = SmallDispatchView(
            city, now_s, draw_ambulances(city, rng, free, call.priority), number % 5
        )
        yield Situation(call, view, f"{free} of {size} ambulances available, {call.units} needed")


def nobody_available(city: SmallCity, rng: np.random.Generator) -> Situation:
    """A call while every ambulance is busy, which the dispatch centre does not ask about."""
    view = SmallDispatchView(city, 0.0, (), 1)
    text = "no ambulance available, which the dispatch centre does not do"
    return Situation(draw_call(city, rng, 0, 0.0), view, text)


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
    description="which ambulances answer a call, and when",
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
    default="nearest",
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
