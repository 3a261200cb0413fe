"""The decision where a patient is taken, and small situations to try it in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from policies.answers import is_number, short
from policies.base import HospitalView, PolicyError
from policies.decision import Decision
from policies.small_city import Situation, SmallCity, draw_call, draw_numbers


@dataclass(frozen=True)
class SmallHospitalView:
    """A `HospitalView` of a small city; those `closed` to the patient may not be chosen."""

    city: SmallCity
    now_s: float
    patients: tuple[int, ...]
    bays: tuple[float, ...]
    handover_s: float = 1200.0
    closed: tuple[int, ...] = ()

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals."""
        return self.city.hospitals

    def is_open(self, number: int, call: Call) -> bool:  # noqa: ARG002 - as the Protocol has it
        """Whether a hospital may be chosen."""
        return number not in self.closed

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Driving time from the call to each hospital, infinite to those that are closed."""
        drive_s = [
            inf if number in self.closed else self.city.travel_time_s(call.node, node, siren=False)
            for number, node in enumerate(self.city.hospital_node)
        ]
        return np.array(drive_s)


def hospital_situations(
    city: SmallCity, rng: np.random.Generator, count: int
) -> Iterator[Situation]:
    """Patients one after the other with hospitals more or less busy, some of them closed."""
    now_s, size = 0.0, len(city.hospital_node)
    for number in range(count):
        now_s += float(rng.exponential(300))
        patients = draw_numbers(rng, 8 if number % 3 else 1, size)
        bays = tuple(1.0 + bays for bays in draw_numbers(rng, 3, size))
        closed = rng.permutation(size)[1:].tolist() if number % 4 == 3 else []
        view = SmallHospitalView(
            city, now_s, patients, bays if number % 2 else (inf,) * size, closed=tuple(closed)
        )
        text = f"{size} hospitals, {len(closed)} closed"
        yield Situation(draw_call(city, rng, number, now_s), view, text)


def checked_hospital(name: str, answer: Any, call: Call, view: HospitalView) -> int:
    """Number of the hospital that a hospital policy chooses."""
    size = len(view.hospitals)
    if type(answer) is int and 0 <= answer < size and view.is_open(answer, call):
        return answer
    if not (is_number(answer) and 0 <= answer < size):
        raise PolicyError(
            f"{name} chose hospital {short(answer)}; expected a number from 0 to {size - 1}"
        )
    if not view.is_open(answer, call):
        is_open = ", ".join(str(number) for number in range(size) if view.is_open(number, call))
        raise PolicyError(
            f"{name} chose hospital {answer}, which is closed to this patient; open: {is_open}"
        )
    return int(answer)


HOSPITAL = Decision(
    name="hospital",
    description="where a patient is taken",
    method="choose",
    asked_with=("call", "view"),
    view=HospitalView,
    taken_by="service",
    built_in={
        "nearest": "policies.hospital.nearest:NearestHospital",
        "least_busy": "policies.hospital.least_busy:LeastBusyHospital",
        "soonest_handover": "policies.hospital.soonest_handover:SoonestHandover",
    },
    default="nearest",
    checked=checked_hospital,
    situations=hospital_situations,
    annotations=("HospitalView", "-> int", "-> 'int'"),
)
