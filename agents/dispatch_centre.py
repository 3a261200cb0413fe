"""The dispatch centre: takes calls, sends ambulances, names hospitals."""

from __future__ import annotations

from bisect import insort
from collections.abc import Generator, Iterable, Sequence
from typing import Literal, NamedTuple

import mesa
import simpy

from agents.ambulance import Ambulance
from agents.dispatch_view import CentreView
from agents.fleet import Fleet
from agents.hospital import Hospital
from agents.hospital_view import CrewView
from agents.mission import Mission
from agents.patient import Patient
from agents.world import World
from environment.calls import Call
from policies.decisions import DecisionDesk


class Waiting(NamedTuple):
    """A patient who waits; tuples sort into the order of service."""

    rank: int
    ready_s: float
    number: int
    patient: Patient


class DispatchCentre(mesa.Agent):
    """Decides over calls as they come in and as ambulances come free.

    Attributes
    ----------
    ambulances : list of Ambulance
    hospitals : list of Hospital
    patients : dict of int to Patient
        Patients in care or waiting for it, by the number of their call.
    waiting : list of Waiting
        Patients for whom more ambulances have to be sent, in the order of service.
    """

    def __init__(
        self,
        model: mesa.Model,
        world: World,
        fleet: Fleet,
        hospitals: Sequence[Hospital],
        desk: DecisionDesk,
        zone_district: Sequence[str],
        *,
        when_busy: Literal["wait", "lose"],
        queue: Literal["priority", "first-come"],
    ) -> None:
        super().__init__(model)
        self.ambulances: list[Ambulance] = []
        self.hospitals = list(hospitals)
        self.patients: dict[int, Patient] = {}
        self.waiting: list[Waiting] = []
        self._world = world
        self._fleet = fleet
        self._desk = desk
        self._view = CentreView(world, fleet, zone_district, self.waiting)
        self._crew_view = CrewView(world, hospitals)
        self._gives_up = when_busy == "lose"
        self._by_priority = queue == "priority"

    def take_calls(self, calls: Iterable[Call]) -> Generator[simpy.Event, None, None]:
        """Receive each call when it is ready to be dispatched: a SimPy process."""
        env = self._world.env
        for call in calls:
            # Rounding can put the clock a hair past the moment that two calls share.
            yield env.timeout(max(call.ready_s - env.now, 0.0))
            patient = self.patients[call.number] = Patient(self.model, call)
            if not self._answer(patient):
                self._let_wait(patient)

    def choose_hospital(self, call: Call) -> Hospital:
        """Name the hospital for a patient, who from now on is expected there."""
        hospital = self.hospitals[self._desk.hospital_for(call, self._crew_view)]
        hospital.patients += 1
        return hospital

    def ambulance_clear(self, mission: Mission, patient: Patient) -> None:
        """Hear that a crew has parted from its patient."""
        if mission.hospital >= 0:
            self.hospitals[int(mission.hospital)].patients -= 1
        if patient.say_goodbye():
            self._world.books.call_finished(patient.call.number)
            del self.patients[patient.call.number]

    def serve_waiting(self) -> None:
        """Offer the ambulances that have come free to those who wait."""
        place = 0
        while place < len(self.waiting) and self._fleet.available_count:
            if self._answer(self.waiting[place].patient):
                del self.waiting[place]
            else:
                place += 1

    def _answer(self, patient: Patient) -> bool:
        """Send ambulances; True once the patient needs no more."""
        if not self._fleet.available_count:
            return False
        call = patient.call
        if patient.sent:
            call = call._replace(units=call.units - patient.sent)
        for number in self._desk.ambulances_for(call, self._view, len(self.ambulances)):
            self.ambulances[number].send(patient)
        return patient.sent == patient.call.units

    def _let_wait(self, patient: Patient) -> None:
        """Queue a patient, or do without what cannot be sent at once."""
        call = patient.call
        if not self._gives_up:
            rank = call.priority if self._by_priority else 0
            insort(self.waiting, Waiting(rank, call.ready_s, call.number, patient))
        elif patient.sent:
            patient.call = call._replace(units=patient.sent)
        else:
            self._world.books.call_lost(call.number)
            del self.patients[call.number]
