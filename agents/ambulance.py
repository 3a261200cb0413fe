"""An ambulance: answers calls, one at a time, and waits for them at stations."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import mesa
import simpy

from agents.fleet import Fleet
from agents.mission import End, Mission
from agents.patient import Patient
from agents.transfer import Reason, Transfer
from agents.world import HOME, TO_CALL, TO_HOSPITAL, World
from environment.ways import Way, next_junction

if TYPE_CHECKING:
    from agents.dispatch_centre import DispatchCentre

Life = Generator[simpy.Event, None, None]
"""A stretch of an ambulance's work: (part of) a SimPy process."""


@dataclass(frozen=True)
class StandingOrders:
    """What every crew may be told.

    Attributes
    ----------
    sent_on_way_home : bool
        Once clear of a patient, and not only once at a station.
    called_off : bool
        On the way to a patient, for one who is worse.
    """

    sent_on_way_home: bool
    called_off: bool


class Ambulance(mesa.Agent):
    """A vehicle with its crew.

    What it does next is planned when it sets out, and every time of it is known from then on. A
    new order makes a new plan; the process that carried out the old one sees that and ends.

    Attributes
    ----------
    number : int
    home : int
        Row of its own station.
    station : int
        Row of the station where it stands or to which it drives, else of its own.
    mission : Mission or None
        What it is doing for a patient, the return included.
    patient : Patient or None
        To whom it drives, or whom it has.
    transfer : Transfer or None
        Its drive to a station other than a return.
    way : Way or None
        The drive that it is on, or has last been on.
    absence : str or None
        Why it cannot be sent: it is off duty, has a break or is broken down.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        home: int,
        world: World,
        fleet: Fleet,
        centre: DispatchCentre,
        orders: StandingOrders,
        *,
        transports: bool,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.home = self.station = home
        self.mission: Mission | None = None
        self.patient: Patient | None = None
        self.transfer: Transfer | None = None
        self.way: Way | None = None
        self.absence: str | None = None
        self.transports = transports
        self._world = world
        self._env = world.env
        self._stations = world.stations
        self._fleet = fleet
        self._centre = centre
        self._orders = orders
        self._plan = 0
        self._place = 0  # which of the patient's places it fills
        self._driven_m = 0.0  # on this leg before it was planned anew
        self._absent_from_s = 0.0
        self._leave: str | None = None  # why it is to be absent, once it can be
        self._left: simpy.Event | None = None  # when it is
        self._repair_s = 0.0  # of a failure that shows once it is clear
        fleet.stand_by(number, home)

    @property
    def at_work(self) -> bool:
        """Whether it is on a mission or drives to a station."""
        return self.mission is not None or self.transfer is not None

    @property
    def is_driving(self) -> bool:
        """Whether it is on the road, or about to be."""
        way = self.way
        return way is not None and self._env.now < way.left_s + way.drive_s

    # Orders

    def send(self, patient: Patient, place: int) -> None:
        """Order the crew to a patient, from wherever it stands or drives."""
        world, call, now_s = self._world, patient.call, self._env.now
        self._plan += 1
        at_station = self.mission is None and self.transfer is None
        node, lead_s = self._fleet.take(self.number, now_s)
        mission = Mission(
            call.number,
            self.number,
            node,
            at_station,
            world.priorities[call.priority].siren,
            now_s,
            now_s,
        )
        if at_station:
            mission.departed_s += call.mobilisation_s
        else:
            self._drop_work(mission, node)
        left_s = lead_s + (mission.departed_s if at_station else now_s)
        self.mission, self.patient, self._place = mission, patient, place
        self.station, self._driven_m = self.home, 0.0
        self._plan_way_to_patient(mission, patient, node, left_s)
        self._env.process(self._serve(mission, patient, self._plan))

    def move_to(self, station: int, reason: Reason) -> None:
        """Order the crew, which has no patient, to a station."""
        if station == self.station:
            return
        now_s = self._env.now
        self._plan += 1
        node, lead_s = self._fleet.take(self.number, now_s)
        self._end_drive(node, End.MOVED_ON)
        self._set_out_to(station, node, now_s + lead_s, reason)

    def next_turn(self) -> tuple[int, float, float]:
        """The junction where it can turn, the seconds until then and the metres up to there."""
        assert self.way is not None
        node, in_s = next_junction(self._world.driving, self.way, self._env.now)
        return node, in_s, self._metres_to(node)

    def take_other_way(self, node: int, in_s: float, driven_m: float) -> None:
        """Drive on by other streets from where it can turn, since the old way is closed."""
        mission, patient = self.mission, self.patient
        left_s = self._env.now + in_s
        self._driven_m += driven_m
        self._plan += 1
        if self.transfer is not None:
            self._plan_way_to_station(self.transfer, node, left_s)
            self._env.process(self._carry_out(self.transfer, self._plan))
        elif mission is None:
            return
        elif patient is None:
            self._plan_return(mission, node, left_s)
            self._env.process(self._return(mission, self._plan))
        elif mission.hospital < 0:
            self._world.traffic.give_back(self.number)
            self._plan_way_to_patient(mission, patient, node, left_s)
            self._env.process(self._serve(mission, patient, self._plan))
        else:
            self._world.traffic.give_back(self.number)
            self._plan_way_to_hospital(mission, patient, node, left_s)
            self._env.process(self._deliver(mission, patient, self._plan))

    def take_to_other_hospital(self, node: int, in_s: float, driven_m: float) -> None:
        """Choose another hospital on the way to one that has closed."""
        mission, patient = self.mission, self.patient
        assert mission is not None and patient is not None
        self._centre.hospitals[int(mission.hospital)].patients -= 1
        chosen = self._centre.choose_hospital(patient.call._replace(node=node))
        mission.hospital = chosen.number
        self.take_other_way(node, in_s, driven_m)

    # Absences

    def go_off_duty(self, reason: str) -> simpy.Event:
        """Leave the service as soon as it stands at a station without a patient.

        Returns the event of its being absent. On a break, it ends that and leaves.
        """
        if self.absence == "break":
            self._note_absence()
        self._leave, self._left = reason, self._env.event()
        if self.absence is None and not self.at_work:
            self._leave_from_station()
        elif self.absence is None and self.patient is None:
            self._go_home_unavailable()
        return self._left

    def come_on_duty(self) -> None:
        """Serve again; if it has not left yet, it stays."""
        self._leave = self._left = None
        if self.absence is not None and self.absence != "breakdown":
            self._note_absence()
            self._be_at_station()

    def close_books(self) -> None:
        """Write down an absence that is not over."""
        if self.absence is not None:
            self._note_absence()

    def fail(self, repair_s: float) -> None:
        """Break down: at once if it has no patient on board, else once it is clear."""
        if self.absence is not None:
            return
        if self.patient is not None and not (self._is_bound_for_patient() and self.is_driving):
            self._repair_s = repair_s
            return
        self._plan += 1
        self._fleet.withdraw(self.number)
        self._break_down(self._stop(), repair_s)
        self._centre.answer_called_off()

    def _is_bound_for_patient(self) -> bool:
        return self.mission is not None and self.patient is not None and self.mission.hospital < 0

    def _stop(self) -> int | None:
        """End what it does at the next junction; None at a station."""
        if not self.at_work or self.way is None:
            return None
        node, _ = next_junction(self._world.driving, self.way, self._env.now)
        if self.patient is not None:
            self._give_up_patient(node, End.BROKEN_DOWN)
        else:
            self._end_drive(node, End.BROKEN_DOWN)
        return node

    def _break_down(self, node: int | None, repair_s: float) -> None:
        self.absence, self._absent_from_s = "breakdown", self._env.now
        self._env.process(self._be_repaired(node, repair_s))
        self._centre.rearrange()

    def _be_repaired(self, node: int | None, repair_s: float) -> Life:
        env = self._env
        yield env.timeout(repair_s)
        self._note_absence()
        if node is None:
            self._be_at_station()
            return
        home = self._centre.open_station(self.home)
        self._set_out_to(home, node, env.now, Reason.TO_OWN_STATION)
        self._centre.serve_waiting()

    def _go_home_unavailable(self) -> None:
        """Drive to the own station, and be sent nowhere on the way."""
        if self._fleet.is_free(self.number):
            self.move_to(self.home, Reason.TO_OWN_STATION)
            self._fleet.withdraw(self.number)
        self._centre.rearrange()

    def _leave_from_station(self) -> None:
        """Leave the service where it stands; at the end of a shift only from its own station."""
        if self._leave == "break" or self.station == self.home:
            self._begin_leave()
        else:
            self._fleet.withdraw(self.number)
            node, _ = self._stations[self.station]
            self._set_out_to(self.home, node, self._env.now, Reason.TO_OWN_STATION)

    def _begin_leave(self) -> None:
        self._fleet.withdraw(self.number)
        self.absence, self._absent_from_s = self._leave, self._env.now
        self._leave = None
        if self._left is not None:
            self._left.succeed()
        self._centre.rearrange()

    def _note_absence(self) -> None:
        """End an absence."""
        self._world.books.absence_ended(
            self.number, str(self.absence), self._absent_from_s, self._env.now
        )
        self.absence = None

    # A mission, stretch by stretch

    def _serve(self, mission: Mission, patient: Patient, plan: int) -> Life:
        """Drive to a patient and work on the scene."""
        env = self._env
        # Nothing is decided between the order and the end of the work on the scene, unless a new
        # order comes.
        yield env.timeout(mission.left_scene_s - env.now)
        if plan != self._plan:
            return
        if self.transports and patient.board():
            self._leave_for_hospital(mission, patient)
            yield from self._deliver(mission, patient, plan)
            return
        if not self.transports and patient.call.transported and not patient.taken:
            yield patient.transport_leaves(env)
            mission.left_scene_s = env.now
        yield from self._part(mission, patient, patient.call.node, patient.call.access_s)

    def _deliver(self, mission: Mission, patient: Patient, plan: int) -> Life:
        """Drive to the hospital and hand the patient over."""
        env = self._env
        yield env.timeout(mission.at_hospital_s - env.now)
        if plan != self._plan:
            return
        hospital = self._centre.hospitals[int(mission.hospital)]
        yield from hospital.hand_over(mission, patient.call)
        yield from self._part(mission, patient, hospital.node, hospital.access_s)

    def _part(self, mission: Mission, patient: Patient, node: int, access_s: float) -> Life:
        """Part from the patient `access_s` from a junction: serve the next one, or drive home."""
        mission.clear_s = now_s = self._env.now
        self.patient = self.way = None
        self._driven_m = 0.0
        self._centre.crew_left(mission, patient)
        if self._repair_s:
            self._fail_on_the_spot(mission, node)
            return
        plan = self._plan
        if self._may_be_sent and self._centre.wants_offers:
            self._centre.offer(self, node, access_s)
        if plan == self._plan:  # not sent to a waiting patient at once
            self.station = self._centre.station_for(self)
            self._plan_return(mission, node, now_s + access_s)
            yield from self._return(mission, plan)

    @property
    def _may_be_sent(self) -> bool:
        """Whether it may be sent on while it drives back from a patient."""
        return self._orders.sent_on_way_home and self._leave is None

    def _return(self, mission: Mission, plan: int) -> Life:
        """Drive to a station after a mission."""
        env = self._env
        yield env.timeout(mission.home_s - env.now)
        if plan == self._plan:  # not sent anywhere else on the way
            self.mission = None
            self._world.books.mission_ended(mission)
            self._be_at_station()

    def _carry_out(self, transfer: Transfer, plan: int) -> Life:
        """Drive to another station."""
        env = self._env
        yield env.timeout(transfer.ended_s - env.now)
        if plan == self._plan:
            transfer.arrived = True
            self.transfer = None
            self._world.books.transfer_ended(transfer)
            self._be_at_station()

    def _be_at_station(self) -> None:
        """Be ready for the next call, or leave if that is due."""
        self.way = None
        if self._leave is not None and self.absence is None:
            self._leave_from_station()
            return
        self._fleet.stand_by(self.number, self.station)
        self._centre.at_station(self)

    def _fail_on_the_spot(self, mission: Mission, node: int) -> None:
        repair_s, self._repair_s = self._repair_s, 0.0
        self._end_mission(mission, End.BROKEN_DOWN)
        self._break_down(node, repair_s)

    # Plans

    def _plan_way_to_patient(
        self, mission: Mission, patient: Patient, node: int, left_s: float
    ) -> None:
        world, call = self._world, patient.call
        noise = world.noise(call.number, self._place, TO_CALL)
        self.way, metres = world.traffic.drive(
            self.number, call, node, call.node, left_s, mission.siren, noise
        )
        mission.to_call_m = self._driven_m + metres
        mission.arrived_s = left_s + self.way.drive_s + call.access_s
        mission.left_scene_s = mission.arrived_s + call.scene_s
        if self._orders.called_off and call.priority:
            self._fleet.answer(self.number, self.way, call.priority)

    def _leave_for_hospital(self, mission: Mission, patient: Patient) -> None:
        """Take the patient along."""
        call, self._driven_m = patient.call, 0.0
        mission.hospital = self._centre.choose_hospital(call).number
        mission.to_hospital_siren = self._world.priorities[call.priority].siren_to_hospital
        self._plan_way_to_hospital(
            mission, patient, call.node, mission.left_scene_s + call.access_s
        )

    def _plan_way_to_hospital(
        self, mission: Mission, patient: Patient, node: int, left_s: float
    ) -> None:
        world, call = self._world, patient.call
        hospital = self._centre.hospitals[int(mission.hospital)]
        noise = world.noise(call.number, self._place, TO_HOSPITAL)
        self.way, metres = world.traffic.drive(
            self.number, call, node, hospital.node, left_s, mission.to_hospital_siren, noise
        )
        mission.to_hospital_m = self._driven_m + metres
        mission.at_hospital_s = left_s + self.way.drive_s + hospital.access_s

    def _plan_return(self, mission: Mission, node: int, left_s: float) -> None:
        world, (station_node, access_s) = self._world, self._stations[self.station]
        noise = world.noise(mission.call, self._place, HOME)
        self.way, metres = world.traffic.drive(
            self.number, None, node, station_node, left_s, False, noise
        )
        mission.home_m = self._driven_m + metres
        mission.home_s = left_s + self.way.drive_s + access_s
        if self._may_be_sent:
            self._fleet.drive(self.number, self.way, self.station)

    def _set_out_to(self, station: int, node: int, left_s: float, reason: Reason) -> None:
        """Begin the drive to a station from a junction."""
        now_s = self._env.now
        self.station, self._driven_m = station, 0.0
        self.transfer = Transfer(self.number, reason, node, station, now_s, now_s, 0.0)
        self._plan_way_to_station(self.transfer, node, left_s)
        self._env.process(self._carry_out(self.transfer, self._plan))

    def _plan_way_to_station(self, transfer: Transfer, node: int, left_s: float) -> None:
        station_node, access_s = self._stations[self.station]
        self.way, metres = self._world.traffic.drive(
            self.number, None, node, station_node, left_s, False, 1.0
        )
        transfer.metres = self._driven_m + metres
        transfer.ended_s = left_s + self.way.drive_s + access_s
        if self._leave is None:
            self._fleet.drive(self.number, self.way, self.station)

    # Ends

    def _drop_work(self, new: Mission, node: int) -> None:
        """End what another order cuts short; the new mission begins at a junction."""
        old = self.mission
        if old is None or self.patient is None:
            self._end_drive(node, End.SENT_ON)
            return
        if old.departed_s > new.dispatched_s:  # it has not even left its station
            new.from_station, new.departed_s = old.from_station, old.departed_s
        self._give_up_patient(node, End.CALLED_OFF)

    def _give_up_patient(self, node: int, end: End) -> None:
        """Turn off the way to a patient, for whom somebody else must be sent."""
        mission, patient = self.mission, self.patient
        assert mission is not None and patient is not None
        self._world.traffic.give_back(self.number)
        mission.to_call_m = self._driven_m + self._metres_to(node)
        mission.break_off(end, self._env.now)
        self.mission = self.patient = None
        self._world.books.mission_ended(mission)
        self._centre.called_off(patient, self._place)

    def _end_drive(self, node: int, end: End) -> None:
        """End the return or the transfer at a junction."""
        metres = self._driven_m + self._metres_to(node)
        if self.transfer is not None:
            self.transfer.metres, self.transfer.ended_s = metres, self._env.now
            self._world.books.transfer_ended(self.transfer)
            self.transfer = None
        elif self.mission is not None:
            self.mission.home_m = metres
            self._end_mission(self.mission, end)

    def _end_mission(self, mission: Mission, end: End) -> None:
        mission.home_s, mission.end = self._env.now, end.value
        self.mission = None
        self._world.books.mission_ended(mission)

    def _metres_to(self, node: int) -> float:
        """Metres of its way up to the junction where it turns."""
        way = self.way
        if way is None or self._env.now <= way.left_s:
            return 0.0
        return self._world.driving.metres(way.origin, node, siren=way.siren)
