"""The decision where a patient is taken."""

from __future__ import annotations

from typing import Any

from environment.demand.calls import Call
from policies.answers import is_number, short
from policies.base import HospitalView, PolicyError
from policies.decision import Decision
from policies.hospital.situations import hospital_situations


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
    method="choose",
    asked_with=("call", "view"),
    view=HospitalView,
    taken_by="service",
    built_in={
        "nearest": "policies.hospital.nearest:NearestHospital",
        "least_busy": "policies.hospital.least_busy:LeastBusyHospital",
        "soonest_handover": "policies.hospital.soonest_handover:SoonestHandover",
    },
    checked=checked_hospital,
    situations=hospital_situations,
    annotations=("HospitalView", "-> int", "-> 'int'"),
)
