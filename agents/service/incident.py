"""A mass-casualty incident: many patients at one place, whose urgency only triage shows."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Protocol

import simpy

from agents.roles import Crew
from agents.service.mission import Mission
from agents.service.patient import Patient

ROUNDING_S = 1e-6
"""So much the clock may fall short of a moment that it was set to."""


class Dispatcher(Protocol):
    """Whoever sends ambulances to the casualties, and is told what triage finds."""

    @property
    def ambulances(self) -> Sequence[Crew]:
        """All of them."""

    @property
    def patients(self) -> Mapping[int, Patient]:
        """Patients in care or waiting for it, by the number of their call."""

    def is_reached(self, patient: Patient) -> bool:
        """Whether an ambulance has arrived at a patient, or none is needed any more."""

    def change_priority(self, patient: Patient, priority: int) -> None:
        """Treat a patient as more or less urgent from now on."""


class Incident:
    """The casualties of one incident, and how far their triage has come.

    The first crew on the scene goes from casualty to casualty; until it has been with one, all
    that is known of this one is what was reported.

    Parameters
    ----------
    env : simpy.Environment
    triage_s : float
        For one casualty.
    priority_of : mapping of int to int
        What triage will find, by the number of the call.
    """

    def __init__(
        self, env: simpy.Environment, triage_s: float, priority_of: Mapping[int, int]
    ) -> None:
        self._env = env
        self._triage_s = triage_s
        self._priority_of = priority_of
        self._casualties: list[Patient] = []
        self._begun = False

    def report(self, patient: Patient) -> None:
        """Hear of one more casualty."""
        self._casualties.append(patient)

    def expect(self, patient: Patient, centre: Dispatcher) -> None:
        """Hear that ambulances have been sent to a casualty."""
        if not self._begun:
            for ambulance in centre.ambulances:
                mission = ambulance.mission
                if ambulance.patient is patient and mission is not None:
                    self._env.process(self._triage_from(mission, patient, centre))

    def _triage_from(
        self, mission: Mission, patient: Patient, centre: Dispatcher
    ) -> Generator[simpy.Event, None, None]:
        """Let a crew begin when it is there, unless it was called off or another was faster."""
        while mission.arrived_s > self._env.now:  # closed streets can hold it up on its way
            yield self._env.timeout(max(mission.arrived_s - self._env.now, ROUNDING_S))
        if self._begun or not centre.is_reached(patient):
            return
        self._begun = True
        for casualty in self._casualties:  # grows while late ones are reported
            yield self._env.timeout(self._triage_s)
            if casualty.call.number in centre.patients:
                centre.change_priority(casualty, self._priority_of[casualty.call.number])
