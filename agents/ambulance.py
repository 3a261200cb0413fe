"""An ambulance: answers calls from its station, one at a time."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import mesa
import simpy

from agents.fleet import Fleet
from agents.mission import Mission
from agents.patient import Patient
from agents.world import HOME, TO_CALL, TO_HOSPITAL, World
from environment.calls import Call

if TYPE_CHECKING:
    from agents.dispatch_centre import DispatchCentre


class Ambulance(mesa.Agent):
    """A vehicle with its crew.

    Attributes
    ----------
    number : int
    station : int
        Row among the stations.
    mission : Mission or None
        What it is doing; None while it stands at its station.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        station: int,
        world: World,
        fleet: Fleet,
        centre: DispatchCentre,
        *,
        sent_on_way_home: bool,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.station = station
        self.mission: Mission | None = None
        self._world = world
        self._fleet = fleet
        self._centre = centre
        self._sent_on_way_home = sent_on_way_home
        self._home_node = int(world.city.stations.node[station])
        self._home_access_s = float(world.city.stations.access_s[station])
        fleet.stand_by(number)

    def send(self, patient: Patient) -> None:
        """Order the crew to a patient, from wherever it stands or drives home."""
        unit, patient.sent = patient.sent, patient.sent + 1
        self.mission = self._set_out(patient, unit)
        self._world.env.process(self._work(self.mission, patient, unit))

    def _work(
        self, mission: Mission, patient: Patient, unit: int
    ) -> Generator[simpy.Event, None, None]:
        """Do a mission, from the order to the return: a SimPy process."""
        call, timeout = patient.call, self._world.env.timeout
        # Nothing is decided between the order and the end of the work on the scene.
        yield timeout(mission.left_scene_s - mission.dispatched_s)
        node = call.node
        if patient.board():
            node = self._leave_for_hospital(mission, call, unit)
            yield timeout(mission.at_hospital_s - mission.left_scene_s)
            yield timeout(call.handover_s)
        self._leave_for_station(mission, patient, unit, node)
        if self.mission is mission:  # not sent to a waiting patient at once
            yield timeout(mission.home_s - mission.clear_s)
        if self.mission is mission:  # not sent to another patient on the way
            self._come_home(mission)

    def _set_out(self, patient: Patient, unit: int) -> Mission:
        """Plan the way to a patient; every time on it is known from now on."""
        call, world, now_s = patient.call, self._world, self._world.env.now
        at_station = self.mission is None
        node, lead_s = self._fleet.take(self.number, now_s)
        if self.mission is not None:
            self._turn_round(self.mission, node)
        mission = Mission(call.number, self.number, node, at_station, now_s, now_s)
        if at_station:
            mission.departed_s += call.mobilisation_s
        left_s = mission.departed_s + lead_s
        drive_s, mission.to_call_m = world.driving.trip(
            node,
            call.node,
            left_s,
            world.priorities[call.priority].siren,
            world.noise(call.number, unit, TO_CALL),
        )
        mission.arrived_s = left_s + drive_s + call.access_s
        mission.left_scene_s = mission.arrived_s + call.scene_s
        return mission

    def _leave_for_hospital(self, mission: Mission, call: Call, unit: int) -> int:
        """Take the patient along; returns the hospital's junction."""
        world = self._world
        hospital = self._centre.choose_hospital(call)
        left_s = mission.left_scene_s + call.access_s
        drive_s, mission.to_hospital_m = world.driving.trip(
            call.node,
            hospital.node,
            left_s,
            world.priorities[call.priority].siren_to_hospital,
            world.noise(call.number, unit, TO_HOSPITAL),
        )
        mission.hospital = hospital.number
        mission.at_hospital_s = left_s + drive_s + hospital.access_s
        return hospital.node

    def _leave_for_station(self, mission: Mission, patient: Patient, unit: int, node: int) -> None:
        """Part from the patient and drive home, free for the next call if the rules say so."""
        world, now_s = self._world, self._world.env.now
        mission.clear_s = now_s
        left_s = now_s + self._access_s(mission, patient.call)
        noise = world.noise(patient.call.number, unit, HOME)
        drive_s, mission.home_m = world.driving.trip(node, self._home_node, left_s, False, noise)
        mission.home_s = left_s + drive_s + self._home_access_s
        self._centre.ambulance_clear(mission, patient)
        if self._sent_on_way_home:
            self._fleet.drive_home(self.number, node, left_s, drive_s)
            self._centre.serve_waiting()

    def _access_s(self, mission: Mission, call: Call) -> float:
        """Seconds from where it parted from the patient back to the street."""
        hospital = int(mission.hospital)
        return call.access_s if hospital < 0 else self._centre.hospitals[hospital].access_s

    def _turn_round(self, mission: Mission, node: int) -> None:
        """End the return where the next order reaches the crew; it turns at the next junction."""
        mission.home_s = self._world.env.now
        mission.home_m = self._fleet.metres_to(self.number, node)
        self._world.books.mission_ended(mission)

    def _come_home(self, mission: Mission) -> None:
        """End the mission at the station."""
        mission.came_home = True
        self.mission = None
        self._world.books.mission_ended(mission)
        self._fleet.stand_by(self.number)
        self._centre.serve_waiting()
