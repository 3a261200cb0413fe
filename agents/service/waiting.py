"""Patients who wait for ambulances, in the order in which they are served."""

from __future__ import annotations

from bisect import insort
from typing import Literal, NamedTuple

from agents.service.patient import Patient

Queue = Literal["priority", "first-come"]
"""Whether waiting calls are served by urgency, or as they came."""


class Waiting(NamedTuple):
    """A patient who waits; tuples sort into the order of service."""

    rank: int
    ready_s: float
    number: int
    patient: Patient


class WaitingPatients(list[Waiting]):
    """Those for whom more ambulances have to be sent, in the order of service."""

    def __init__(self, queue: Queue) -> None:
        super().__init__()
        self._by_priority = queue == "priority"

    def add(self, patient: Patient) -> None:
        """Let a patient wait behind those who are served before."""
        call = patient.call
        rank = call.priority if self._by_priority else 0
        insort(self, Waiting(rank, call.ready_s, call.number, patient))

    def take_out(self, patient: Patient) -> bool:
        """Let a patient wait no longer; True if it was there."""
        entries = [entry for entry in self if entry.patient is patient]
        for entry in entries:
            self.remove(entry)
        return bool(entries)

    def holds(self, patient: Patient) -> bool:
        """Whether a patient waits."""
        return any(entry.patient is patient for entry in self)
