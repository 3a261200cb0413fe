"""An ambulance: answers calls, one at a time, and waits for them at stations."""

from __future__ import annotations

from functools import partial

import mesa
import simpy

from agents.activity import Activity
from agents.leg import NOBODY
from agents.road_vehicle import RoadVehicle
from agents.roles import Centre
from agents.service.availability import Availability
from agents.service.context import HOME, TO_CALL, TO_HOSPITAL, ServiceContext
from agents.service.fleet import Fleet
from agents.service.mission import End, Mission, Reason, StandingOrders, Transfer
from agents.service.patient import Patient
from agents.step import Step

IDLE, TO_PATIENT, TO_HOSPITAL_DOOR, HANDOVER, RETURNING, MOVING = (
    Activity.IDLE,
    Activity.TO_CALL,
    Activity.TO_HOSPITAL,
    Activity.HANDOVER,
    Activity.RETURNING,
    Activity.MOVING,
)
"""By short names: asking an enumeration for its members takes longer than noting a leg."""


class Ambulance(RoadVehicle):
    """A vehicle with its crew.

    Its life is a chain of steps: each plans the next stretch, every time of which is known from
    then on, and has the next step wait for its end. A new order makes a new plan; the step for
    which the old one waited finds that out when its time comes, and does nothing.

    Attributes
    ----------
    number : int
    home : int
        Row of its own station.
    station : int
        Row of the station where it stands or to which it drives, else of its own.
    transports : bool
        Whether it can take a patient to a hospital.
    mission : Mission or None
        What it is doing for a patient, the return included.
    patient : Patient or None
        To whom it drives, or whom it has.
    place : int
        Which of the patient's places it fills.
    transfer : Transfer or None
        Its drive to a station other than a return.
    availability : Availability
        Whether it can be sent at all.
    activity : Activity
        What it is doing.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        home: int,
        context: ServiceContext,
        fleet: Fleet,
        centre: Centre,
        orders: StandingOrders,
        *,
        transports: bool,
    ) -> None:
        super().__init__(model, context.env)
        self.number = number
        self.home = self.station = home
        self.transports = transports
        self.mission: Mission | None = None
        self.patient: Patient | None = None
        self.place = 0
        self.transfer: Transfer | None = None
        self.availability = Availability(self, context, fleet, centre)
        self._context = context
        self._trace = context.log.trace
        self._doing = Activity.IDLE
        self._fleet = fleet
        self._centre = centre
        self._orders = orders
        self._next: simpy.Event | None = None  # what the next step of its plan waits for
        self._driven_m = 0.0  # on this leg before it was planned anew
        self._is_supplied = False  # with what it uses for this patient, or as well as can be
        fleet.stand_by(number, home)

    @property
    def at_work(self) -> bool:
        """Whether it is on a mission or drives to a station."""
        return self.mission is not None or self.transfer is not None

    @property
    def activity(self) -> Activity:
        """What it is doing; of a crew that was sent the plan says how far it has come."""
        mission, now_s = self.mission, self._env.now
        if self._doing is not TO_PATIENT or mission is None:
            return self._doing
        if now_s < mission.departed_s:
            return Activity.MOBILISING
        return TO_PATIENT if now_s < mission.arrived_s else Activity.ON_SCENE

    def stand(self, activity: Activity, node: int, station: int, from_s: float) -> None:
        """Do something without driving: at a station, or beside a junction if that is -1."""
        self._doing = activity
        self._trace.stood(self._env.now, self.number, activity, node, station, -1, from_s)

    @property
    def is_bound_for_patient(self) -> bool:
        """Whether it drives to a patient, and has not arrived."""
        bound = (Activity.MOBILISING, Activity.TO_CALL)
        return self.patient is not None and self.is_driving and self.activity in bound

    # Orders

    def send(self, patient: Patient, place: int) -> None:
        """Order the crew to a patient, from wherever it stands or drives."""
        call, now_s = patient.call, self._env.now
        at_station = self.mission is None and self.transfer is None
        siren = self._context.priorities[call.priority].siren
        node, lead_s = self._fleet.take(self.number, now_s, siren=siren)
        mission = Mission(call.number, self.number, node, at_station, siren, now_s, now_s)
        if at_station:
            mission.departed_s += call.mobilisation_s
            left_s = mission.departed_s + lead_s
        else:
            left_s = now_s + lead_s
            self._drop_work(mission, node)
        self.mission, self.patient, self.place = mission, patient, place
        self.station, self._driven_m = self.home, 0.0
        self._is_supplied = False
        self._drive_to_patient(mission, patient, node, left_s)

    def move_to(self, station: int, reason: Reason) -> None:
        """Order the crew, which has no patient and can be sent, to a station."""
        if station == self.station:
            return
        node, lead_s = self._fleet.take(self.number, self._env.now)
        self.end_drive(node, End.MOVED_ON)
        self.set_out_to(station, node, self._env.now + lead_s, reason)

    def take_other_way(self, node: int, in_s: float, driven_m: float) -> None:
        """Drive on by other streets from where it can turn, since the old way is closed."""
        mission, patient = self.mission, self.patient
        left_s = self._env.now + in_s
        self._driven_m += driven_m
        if self.transfer is not None:
            self._drive_to_station(self.transfer, node, left_s)
        elif mission is not None and patient is None:
            self._drive_back(mission, node, left_s)
        elif mission is not None and patient is not None:
            self._context.traffic.give_back(self.number)
            has_patient = self._doing is TO_HOSPITAL_DOOR
            drive_on = self._drive_to_hospital if has_patient else self._drive_to_patient
            drive_on(mission, patient, node, left_s)

    def take_to_other_hospital(self, node: int, in_s: float, driven_m: float) -> None:
        """Choose another hospital on the way to one that has closed."""
        mission, patient = self.mission, self.patient
        assert mission is not None
        assert patient is not None
        self._centre.hospitals[mission.hospital].patients -= 1
        chosen = self._centre.choose_hospital(patient.call._replace(node=node))
        mission.hospital = chosen.number
        self.take_other_way(node, in_s, driven_m)

    def stop(self) -> tuple[int, float] | None:
        """Break down: end all that it does.

        Returns the next junction, where it stops, and the seconds until then; None at a station.
        """
        self._next = None
        self._fleet.withdraw(self.number)
        if not self.at_work or self.way is None:
            return None
        node, in_s, _ = self.next_turn()
        if self.patient is not None:
            self._give_up_patient(node, End.BROKEN_DOWN)
        else:
            self.end_drive(node, End.BROKEN_DOWN)
        return node, in_s

    # Steps

    def _drive_to_patient(
        self, mission: Mission, patient: Patient, node: int, left_s: float
    ) -> None:
        """Set out to a patient; nothing is decided until the end of the work on the scene."""
        context, call = self._context, patient.call
        noise = context.noise(call.number, self.place, TO_CALL)
        self.way, metres = context.traffic.drive(
            self.number, call, node, call.node, left_s, mission.siren, noise, TO_PATIENT, NOBODY
        )
        mission.to_call_m = self._driven_m + metres
        access_s = call.access_s * context.city.access_share(siren=mission.siren)
        mission.arrived_s = left_s + self.way.drive_s + access_s
        mission.left_scene_s = mission.arrived_s + call.scene_s
        self._doing = TO_PATIENT
        if self._orders.called_off and call.priority:
            self._fleet.answer(self.number, self.way, call.priority)
        self._next = Step(self._env, mission.left_scene_s, self._leave_scene)

    def _leave_scene(self, event: simpy.Event) -> None:
        """Take the patient along, or leave without; a helper stays until transport leaves."""
        mission, patient = self.mission, self.patient
        if event is not self._next or mission is None or patient is None:
            return
        if self._lacks_supplies(mission):
            return
        call = patient.call
        if self.transports and patient.board():
            self._driven_m = 0.0
            mission.hospital = self._centre.choose_hospital(call).number
            siren = self._context.priorities[call.priority].siren_to_hospital
            access_s = call.access_s * self._context.city.access_share(siren=siren)
            mission.to_hospital_siren, left_s = siren, mission.left_scene_s + access_s
            self._drive_to_hospital(mission, patient, call.node, left_s)
        elif self.transports or not patient.awaits_transport:
            self._part(mission, patient, call.node, call.access_s)
        else:
            patient.transport_leaves(self._env).callbacks.append(self._leave_as_helper)

    def _lacks_supplies(self, mission: Mission) -> bool:
        """Stay longer on the scene if there were no supplies for this patient."""
        care = self._context.care
        if care is None or self._is_supplied:
            return False
        self._is_supplied = True
        delay_s = care.crew_delay_s(self.home)
        if delay_s > 0:
            mission.left_scene_s += delay_s
            self._next = Step(self._env, mission.left_scene_s, self._leave_scene)
        return delay_s > 0

    def _leave_as_helper(self, _: simpy.Event) -> None:
        """Leave the scene together with the ambulance that takes the patient."""
        mission, patient = self.mission, self.patient
        if mission is not None and patient is not None:
            mission.left_scene_s = self._env.now
            self._part(mission, patient, patient.call.node, patient.call.access_s)

    def _drive_to_hospital(
        self, mission: Mission, patient: Patient, node: int, left_s: float
    ) -> None:
        context, call = self._context, patient.call
        hospital = self._centre.hospitals[mission.hospital]
        noise = context.noise(call.number, self.place, TO_HOSPITAL)
        self.way, metres = context.traffic.drive(
            self.number, call, node, hospital.node, left_s, mission.to_hospital_siren, noise,
            TO_HOSPITAL_DOOR, hospital.number,
        )  # fmt: skip
        mission.to_hospital_m = self._driven_m + metres
        access_s = hospital.access_s * context.city.access_share(siren=mission.to_hospital_siren)
        mission.at_hospital_s = left_s + self.way.drive_s + access_s
        self._doing = TO_HOSPITAL_DOOR
        self._next = Step(self._env, mission.at_hospital_s, self._arrive_at_hospital)

    def _arrive_at_hospital(self, event: simpy.Event) -> None:
        mission, patient = self.mission, self.patient
        if event is not self._next or mission is None or patient is None:
            return
        hospital, call = self._centre.hospitals[mission.hospital], patient.call
        if self._context.care is not None:
            slowness = self._context.care.slowness(hospital.number)
            call = call._replace(
                handover_s=call.handover_s * slowness, stay_s=call.stay_s * slowness
            )
        if hospital.takes_at_once:
            self._doing = HANDOVER
            mission.bay_s = self._env.now
            self._next = Step(self._env, mission.bay_s + call.handover_s, self._be_clear)
        else:
            self.be_at_hospital(Activity.WAITING_BAY)
            begin = partial(self.be_at_hospital, Activity.HANDOVER)
            handed_over = self._env.process(hospital.hand_over(mission, call, begin))
            handed_over.callbacks.append(self._be_clear)

    def be_at_hospital(self, activity: Activity) -> None:
        """Wait for a bay, or hand over."""
        assert self.mission is not None
        now_s, number = self._env.now, self.mission.hospital
        self._doing = activity
        node = self._centre.hospitals[number].node
        self._trace.stood(now_s, self.number, activity, node, number, self.mission.call, now_s)

    def _be_clear(self, _: simpy.Event) -> None:
        """End a handover, which no order can cut short."""
        mission, patient = self.mission, self.patient
        if mission is not None and patient is not None:
            hospital = self._centre.hospitals[mission.hospital]
            self._part(mission, patient, hospital.node, hospital.access_s)

    def _part(self, mission: Mission, patient: Patient, node: int, access_s: float) -> None:
        """Part from the patient `access_s` from a junction: serve the next one, or drive back."""
        mission.clear_s = now_s = self._env.now
        self.patient = self.way = None
        self._driven_m = 0.0
        self._centre.crew_left(mission, patient)
        if self.availability.is_failing:
            self._end_mission(mission, End.BROKEN_DOWN)
            self.availability.fail_on_the_spot(node)
            return
        if self._may_be_sent and self._centre.wants_offers:
            self._centre.offer(self, node, access_s)
        if self.mission is mission:  # not sent to a waiting patient at once
            self.station = self._centre.station_for(self)
            self._drive_back(mission, node, now_s + access_s)

    @property
    def _may_be_sent(self) -> bool:
        """Whether it may be sent on while it drives back from a patient."""
        return self._orders.sent_on_way_home and not self.availability.is_leaving

    def _drive_back(self, mission: Mission, node: int, left_s: float) -> None:
        context, (station_node, access_s) = self._context, self._context.stations[self.station]
        noise = context.noise(mission.call, self.place, HOME)
        self.way, metres = context.traffic.drive(
            self.number, None, node, station_node, left_s, False, noise, RETURNING, self.station
        )
        mission.home_m = self._driven_m + metres
        mission.home_s = left_s + self.way.drive_s + access_s
        self._doing = RETURNING
        if self._may_be_sent:
            self._fleet.drive(self.number, self.way, self.station)
        self._next = Step(self._env, mission.home_s, self._come_back)

    def _come_back(self, event: simpy.Event) -> None:
        """End a mission at a station."""
        mission = self.mission
        if event is not self._next or mission is None:
            return
        self.mission = None
        self._context.log.mission_ended(mission)
        self.be_at_station()

    def set_out_to(self, station: int, node: int, left_s: float, reason: Reason) -> None:
        """Begin the drive to a station from a junction."""
        now_s = self._env.now
        self.station, self._driven_m = station, 0.0
        self.transfer = Transfer(self.number, reason, node, station, now_s, now_s, 0.0)
        self._drive_to_station(self.transfer, node, left_s)

    def _drive_to_station(self, transfer: Transfer, node: int, left_s: float) -> None:
        station_node, access_s = self._context.stations[self.station]
        self.way, metres = self._context.traffic.drive(
            self.number, None, node, station_node, left_s, False, 1.0, MOVING, self.station
        )
        transfer.metres = self._driven_m + metres
        transfer.ended_s = left_s + self.way.drive_s + access_s
        self._doing = MOVING
        if not self.availability.is_leaving:
            self._fleet.drive(self.number, self.way, self.station)
        self._next = Step(self._env, transfer.ended_s, self._arrive_at_station)

    def _arrive_at_station(self, event: simpy.Event) -> None:
        """End a transfer."""
        transfer = self.transfer
        if event is not self._next or transfer is None:
            return
        transfer.arrived = True
        self.transfer = None
        self._context.log.transfer_ended(transfer)
        self.be_at_station()

    def be_at_station(self) -> None:
        """Be ready for the next call, or leave if that is due."""
        self.way = None
        self._doing = IDLE
        if self.availability.is_leaving:
            self.availability.leave_from_station()
            return
        self._fleet.stand_by(self.number, self.station)
        self._centre.at_station(self)

    # Ends

    def _drop_work(self, new: Mission, node: int) -> None:
        """End what another order cuts short; the new mission begins at a junction."""
        old = self.mission
        if old is None or self.patient is None:
            self.end_drive(node, End.SENT_ON)
            return
        if old.departed_s > new.dispatched_s:  # it has not even left its station
            new.from_station, new.departed_s = old.from_station, old.departed_s
        self._give_up_patient(node, End.CALLED_OFF)

    def _give_up_patient(self, node: int, end: End) -> None:
        """Turn off the way to a patient, for whom somebody else must be sent."""
        mission, patient = self.mission, self.patient
        assert mission is not None
        assert patient is not None
        self._context.traffic.give_back(self.number)
        mission.to_call_m = self._driven_m + self.metres_to(node)
        mission.break_off(end, self._env.now)
        self.mission = self.patient = None
        if mission.home_s > mission.dispatched_s:  # an order withdrawn at once was never given
            self._context.log.mission_ended(mission)
        self._centre.called_off(patient, self.place)

    def end_drive(self, node: int, end: End) -> None:
        """End the return or the transfer at a junction; at a station there is nothing to end."""
        metres = self._driven_m + self.metres_to(node)
        if self.transfer is not None:
            self.transfer.metres, self.transfer.ended_s = metres, self._env.now
            self._context.log.transfer_ended(self.transfer)
            self.transfer = None
        elif self.mission is not None:
            self.mission.home_m = metres
            self._end_mission(self.mission, end)

    def _end_mission(self, mission: Mission, end: End) -> None:
        mission.home_s, mission.end = self._env.now, end.value
        self.mission = None
        self._context.log.mission_ended(mission)
