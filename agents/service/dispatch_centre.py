"""The dispatch centre: takes calls, sends and moves ambulances, names hospitals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Literal

import mesa
import numpy as np
import simpy

from agents.roles import Crew
from agents.service.ambulance import Ambulance
from agents.service.context import ServiceContext
from agents.service.dispatch_view import CentreView
from agents.service.fleet import Fleet
from agents.service.hospital import CrewView, Hospital
from agents.service.incident import Incident
from agents.service.mission import Mission, Reason
from agents.service.patient import Patient
from agents.service.planners import Planner, Planners
from agents.service.waiting import Queue, WaitingPatients
from agents.step import Step
from environment.demand.calls import Call
from environment.units import DAY_S
from policies.dispatch import DISPATCH
from policies.gate import Gate
from policies.hospital import HOSPITAL

ABANDONED_S = 30 * DAY_S
"""Who still waits when no call came and no crew came free for so long is left for ever."""


@dataclass(frozen=True)
class CentreRules:
    """How the centre works, whatever its policies say.

    Attributes
    ----------
    when_busy : {"wait", "lose"}
    queue : {"priority", "first-come"}
    needs : sequence of sequence of tuple of int
        The skills of each of a call's ambulances, by priority and number of ambulances less one.
    handover_s : float
        Mean duration of a handover, as hospital policies are told.
    answers_zone : sequence of int
        The planner who decides over calls of each zone.
    """

    when_busy: Literal["wait", "lose"]
    queue: Queue
    needs: Sequence[Sequence[tuple[int, ...]]]
    handover_s: float
    answers_zone: Sequence[int]


class DispatchCentre(mesa.Agent):
    """Decides over calls as they come in and as ambulances come free.

    Attributes
    ----------
    ambulances : list of Ambulance
    hospitals : list of Hospital
    patients : dict of int to Patient
        Patients in care or waiting for it, by the number of their call.
    waiting : WaitingPatients
    station_is_open : (s,) bool
    finished : bool
        Whether no call is to come any more, and no patient is in care or will ever be.
    """

    def __init__(
        self,
        model: mesa.Model,
        context: ServiceContext,
        fleet: Fleet,
        gate: Gate,
        view: CentreView,
        hospitals: Sequence[Hospital],
        rules: CentreRules,
        planners: Planners | None,
    ) -> None:
        super().__init__(model)
        self.ambulances: list[Ambulance] = []
        self.hospitals = list(hospitals)
        self.patients: dict[int, Patient] = {}
        self.waiting = view.queue = WaitingPatients(rules.queue)
        self.station_is_open = context.station_is_open
        self._station_closures: Counter[int] = Counter()  # that hold now, by station
        self._sources = 0  # of calls, from which more will come
        self._last_step_s = 0.0
        self._context = context
        self._fleet = fleet
        self._gate = gate
        self._view = view
        self._crew_view = CrewView(context, hospitals, rules.handover_s)
        self._planners = planners
        self._rules = rules
        self._incidents: dict[int, Incident] = {}
        self._called_off: list[tuple[Patient, int]] = []

    @property
    def finished(self) -> bool:
        """Whether no call is to come any more, and no patient is in care or will ever be."""
        if self.expects_calls:
            return False
        return not self.patients or self._context.env.now - self._last_step_s > ABANDONED_S

    # Patients

    @property
    def expects_calls(self) -> bool:
        """Whether calls are to come, or may be."""
        return self._sources > 0

    def expect_casualties(self, number: int, incident: Incident) -> None:
        """Hear of an incident, before its casualties call."""
        self._incidents[number] = incident

    def use_planners(self, planners: Planners | None) -> None:
        """Have others decide from now on where ambulances wait; without any, each at its own."""
        self._planners = planners
        for ambulance in self.ambulances:
            away = ambulance.station != ambulance.home
            if planners is None and away and self._fleet.is_free(ambulance.number):
                ambulance.move_to(self.open_station(ambulance.home), Reason.TO_OWN_STATION)
        self.rearrange()

    def announce_calls(self) -> None:
        """Hear that calls will come of which nobody knows yet."""
        self._sources += 1

    def all_calls_known(self) -> None:
        """Hear that one who was to bring more calls has no more."""
        self._sources -= 1

    def take_calls(self, calls: Iterable[Call]) -> None:
        """Receive each call when it is ready to be dispatched; they come in this order."""
        self._sources += 1
        self._expect_call(iter(calls))

    def _expect_call(self, calls: Iterator[Call]) -> None:
        """Wait for the next of some calls, if there is any."""
        call = next(calls, None)
        if call is None:
            self._sources -= 1
            return
        Step(self._context.env, call.ready_s, self._take_call, (call, calls))

    def _take_call(self, ready: simpy.Event) -> None:
        """Answer a call, or let it wait."""
        self._last_step_s = self._context.env.now
        value: Any = ready.value
        call, calls = value
        patient = Patient(self.model, call, self._rules.needs[call.priority][call.units - 1])
        self.patients[call.number] = patient
        if call.incident >= 0:
            self._incidents[call.incident].report(patient)
        if call.worsens_s < inf:
            self._context.env.process(self._worsen(patient))
        if not self._answer(patient):
            self._let_wait(patient)
        self._expect_call(calls)

    def crew_left(self, mission: Mission, patient: Patient) -> None:
        """Hear that a crew has parted from its patient."""
        self._last_step_s = self._context.env.now
        if mission.hospital >= 0:
            self.hospitals[mission.hospital].patients -= 1
        if patient.say_goodbye():
            self._context.log.call_finished(patient.call.number)
            del self.patients[patient.call.number]

    def called_off(self, patient: Patient, place: int) -> None:
        """Hear that an ambulance will not come to its patient after all."""
        self._called_off.append((patient, place))

    def answer_called_off(self) -> None:
        """Send somebody else to patients whose ambulances were called off."""
        while self._called_off:
            patient, place = self._called_off.pop(0)
            patient.reopen(place)
            if not self.waiting.holds(patient) and not self._answer(patient):
                self._wait_in_queue(patient)

    def change_priority(self, patient: Patient, priority: int) -> None:
        """Treat a patient as more or less urgent from now on."""
        if patient.call.priority == priority:
            return
        waiting = self.waiting.take_out(patient)
        patient.call = patient.call._replace(priority=priority)
        self._context.log.priority_changed(patient.call.number, priority)
        for ambulance in self.ambulances:
            if ambulance.patient is patient:
                self._fleet.change_priority(ambulance.number, priority)
        if waiting and not self._answer(patient):
            self.waiting.add(patient)

    def is_reached(self, patient: Patient) -> bool:
        """Whether an ambulance has arrived at a patient, or none is needed any more."""
        if patient.call.number not in self.patients or patient.left:
            return True
        now_s = self._context.env.now
        return any(
            ambulance.patient is patient
            and ambulance.mission is not None
            and ambulance.mission.arrived_s <= now_s
            for ambulance in self.ambulances
        )

    # Ambulances

    @property
    def wants_offers(self) -> bool:
        """Whether there is anything to decide about a crew that comes free."""
        return bool(self.waiting) or self._planners is not None

    def offer(self, ambulance: Crew, node: int, lead_s: float) -> None:
        """Hear that a crew is free, `lead_s` from a junction, and send it on if somebody waits."""
        self._fleet.stand_on_street(ambulance.number, node, lead_s)
        self.serve_waiting()

    def station_for(self, ambulance: Crew) -> int:
        """The station that a crew drives to once it is free."""
        if self._planners is None or not self._fleet.is_free(ambulance.number):
            return self.open_station(ambulance.home)
        named = self._carry_out_moves(self._planners.of(ambulance.number), ambulance)
        return self.open_station(ambulance.home) if named is None else named

    def at_station(self, ambulance: Crew) -> None:
        """Hear that a crew stands at a station and can be sent."""
        if self.waiting:
            self.serve_waiting()
        settled = not self._station_closures and ambulance.station == ambulance.home
        if settled and self._planners is None:
            return
        if self._fleet.is_free(ambulance.number) and not ambulance.at_work:
            if not self.station_is_open[ambulance.station]:
                ambulance.move_to(self.open_station(ambulance.station), Reason.STATION_CLOSED)
            elif self._planners is None:  # its own has opened while it could not be told
                ambulance.move_to(self.open_station(ambulance.home), Reason.TO_OWN_STATION)
            self.rearrange([ambulance.number])

    def close_station(self, row: int) -> None:
        """Send the free ambulances of a station to others, until all its closures are over."""
        self._station_closures[row] += 1
        self.station_is_open[row] = False
        self._context.log.trace.station_opened(row, False)
        for ambulance in self.ambulances:
            if ambulance.station == row and self._fleet.is_free(ambulance.number):
                ambulance.move_to(self.open_station(row), Reason.STATION_CLOSED)
        self.rearrange()

    def reopen_station(self, row: int) -> None:
        """Have the ambulances of a station back, unless another closure of it holds."""
        self._station_closures -= Counter([row])  # and forget it at 0
        if self._station_closures[row]:
            return
        self.station_is_open[row] = True
        self._context.log.trace.station_opened(row, True)
        for ambulance in self.ambulances:
            if ambulance.home == row and self._fleet.is_free(ambulance.number):
                ambulance.move_to(row, Reason.TO_OWN_STATION)
        self.rearrange()

    def close_hospital(self, number: int) -> None:
        """Take no more patients to a hospital; those on their way are taken elsewhere."""
        self.hospitals[number].close()
        self._crew_view.look_for_closures()
        for ambulance in self.ambulances:
            mission = ambulance.mission
            bound = mission is not None and mission.hospital == number and ambulance.patient
            if bound and ambulance.is_driving:
                ambulance.take_to_other_hospital(*ambulance.next_turn())

    def reopen_hospital(self, number: int) -> None:
        """Take patients to a hospital again, unless another closure of it holds."""
        self.hospitals[number].reopen()
        self._crew_view.look_for_closures()

    def open_station(self, row: int) -> int:
        """A station if it is open, else the open one that is reached first from it."""
        if not self._station_closures or self.station_is_open[row]:
            return row
        stops = self._context.city.stations
        drive_s = self._context.driving.table_s(stops.node[[row]], stops.node, siren=False)[0]
        return int(np.where(self.station_is_open, drive_s, np.inf).argmin())

    def rearrange(self, changed: Sequence[int] | None = None) -> None:
        """Ask whether ambulances should wait elsewhere, now that some of them have changed.

        Without their numbers it is the stations that have.
        """
        if self._planners is not None:
            for planner in self._planners.concerned(changed):
                if planner.view.has_available:
                    self._carry_out_moves(planner, None)

    def serve_waiting(self) -> None:
        """Offer the ambulances that have come free to those who wait."""
        place = 0
        while place < len(self.waiting) and self._fleet.available_count:
            entry = self.waiting[place]
            if self._answer(entry.patient):
                self.waiting.remove(entry)
            else:
                place += 1

    def choose_hospital(self, call: Call) -> Hospital:
        """Name the hospital for a patient, who from now on is expected there."""
        hospital = self.hospitals[self._gate.ask(HOSPITAL, call, self._crew_view)]
        hospital.patients += 1
        return hospital

    def _carry_out_moves(self, planner: Planner, freed: Crew | None) -> int | None:
        """Ask for moves and order them; returns the station named for `freed`."""
        named = None
        for move in planner.moves(None if freed is None else freed.number):
            station = planner.view.row_of(move.station)
            if freed is not None and move.ambulance == freed.number:
                named = station
            else:
                self.ambulances[move.ambulance].move_to(station, Reason.MOVE_UP)
        return named

    # Answering

    def _answer(self, patient: Patient) -> bool:
        """Send ambulances; True once the patient needs no more."""
        for skill, places in [*patient.open.items()]:
            if self._view.can_answer(patient.call, skill):
                self._send(patient, skill, places)
        if self._called_off:
            self.answer_called_off()
        return not patient.open

    def _send(self, patient: Patient, skill: int, places: list[int]) -> None:
        """Send ambulances for the places that ask for a skill, as far as the policy does."""
        call = patient.call
        if skill != call.skill or len(places) != call.units:
            call = call._replace(units=len(places), skill=skill)
        self._view.look_at(call)
        planner = self._rules.answers_zone[call.zone]
        numbers = self._gate.ask(DISPATCH, call, self._view, planner=planner)
        for number in numbers:
            self.ambulances[number].send(patient, places.pop(0))
        if not places:
            del patient.open[skill]
        if numbers:
            self.rearrange(numbers)
        if numbers and call.incident >= 0:
            self._incidents[call.incident].expect(patient, self)

    def _let_wait(self, patient: Patient) -> None:
        """Queue a patient, or do without what cannot be sent at once."""
        if self._rules.when_busy == "wait":
            self._wait_in_queue(patient)
        elif not patient.is_awaited:
            crews = [a for a in self.ambulances if a.patient is patient]
            patient.do_without(next((a.place for a in crews if a.transports), None))
            self._context.log.trace.units_reduced(patient.call.number, patient.call.units)
        else:
            self._context.log.call_lost(patient.call.number)
            del self.patients[patient.call.number]

    def _wait_in_queue(self, patient: Patient) -> None:
        """Queue a patient, who may lose patience."""
        self.waiting.add(patient)
        others_from_s = self._view.others_from_s(patient.call)
        if self._context.env.now < others_from_s < inf:
            Step(self._context.env, others_from_s, self._ask_others, patient)
        if patient.call.patience_s < inf:
            self._context.env.process(self._lose_patience(patient))

    def _ask_others(self, asked: simpy.Event) -> None:
        """Answer a call that still waits, now that others may be sent to it."""
        patient: Any = asked.value
        if self.waiting.holds(patient) and self._answer(patient):
            self.waiting.take_out(patient)

    def _lose_patience(self, patient: Patient) -> Generator[simpy.Event, None, None]:
        """Let a patient leave for whom nobody is under way when its patience ends."""
        env, call = self._context.env, patient.call
        yield env.timeout(max(call.called_s + call.patience_s - env.now, 0.0))
        if patient.is_awaited and self.waiting.take_out(patient):
            self._context.log.call_left(call.number)
            del self.patients[call.number]

    def _worsen(self, patient: Patient) -> Generator[simpy.Event, None, None]:
        """Make a patient more urgent who is still untreated after a time."""
        env = self._context.env
        yield env.timeout(max(patient.call.called_s + patient.call.worsens_s - env.now, 0.0))
        if patient.call.priority > 0 and not self.is_reached(patient):
            self.change_priority(patient, patient.call.priority - 1)
