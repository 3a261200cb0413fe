"""A hospital: where patients are handed over and some are kept, and the wards of an epidemic."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from math import inf
from typing import Any, NamedTuple

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray
from simpy.resources.resource import Request

from agents.event_log import TraceLog
from agents.service.context import ServiceContext
from agents.service.mission import Mission
from environment.apportionment import apportion
from environment.demand.calls import Call


class Capacity(NamedTuple):
    """What a hospital can do; None stands for no limit.

    Attributes
    ----------
    bays : int or None
        Crews that can hand over at once.
    beds : int or None
        Patients that can stay.
    specialties : frozenset of int or None
        What it treats.
    divert_when_waiting : int or None
        Crews waiting for a bay at which others are diverted.
    """

    bays: int | None = None
    beds: int | None = None
    specialties: frozenset[int] | None = None
    divert_when_waiting: int | None = None

    @property
    def is_unlimited(self) -> bool:
        """Whether it takes every patient at any time."""
        return self.bays is None and self.beds is None and self.specialties is None


class Beds(simpy.Resource):
    """The beds of a hospital.

    Parameters
    ----------
    env : simpy.Environment
    capacity : int
    changed : callable
        Told how many are taken, whenever that may have changed.
    """

    def __init__(
        self, env: simpy.Environment, capacity: int, changed: Callable[[int], None]
    ) -> None:
        self._changed = changed
        super().__init__(env, capacity)

    def request(self) -> simpy.resources.resource.Request:
        """Ask for a bed."""
        request = super().request()
        self._changed(self.count)
        return request

    def release(
        self, request: simpy.resources.resource.Request
    ) -> simpy.resources.resource.Release:
        """Give a bed back; whoever waits longest for one has it at once."""
        release = super().release(request)
        self._changed(self.count)
        return release


class Hospital(mesa.Agent):
    """One hospital, with bays where crews hand over and beds for those who stay.

    Attributes
    ----------
    number, node : int
    name : str
    access_s : float
        Seconds between its junction and its door.
    capacity : Capacity
    bays : simpy.PriorityResource or None
        None where every crew finds a bay at once.
    beds : Beds or None
        None where there is always a bed. A crew keeps its bay until its patient has one.
    patients : int
        Patients being handed over or waiting for it, or on their way.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        name: str,
        node: int,
        access_s: float,
        capacity: Capacity,
        trace: TraceLog,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.name = name
        self.node = node
        self.access_s = access_s
        self.capacity = capacity
        self._env: simpy.Environment = model.env
        bays, beds = capacity.bays, capacity.beds
        self.bays = None if bays is None else simpy.PriorityResource(self._env, bays)
        self.beds = None if beds is None else Beds(self._env, beds, self._note_beds)
        self.takes_at_once = bays is None and beds is None
        self._trace = trace
        self._closures = 0  # that hold now
        self.patients = 0

    @property
    def is_open(self) -> bool:
        """Whether it takes patients: no closure holds."""
        return not self._closures

    def close(self) -> None:
        """Take no more patients, until this closure and all others are over."""
        self._closures += 1
        self._trace.hospital_opened(self.number, self.is_open)

    def reopen(self) -> None:
        """Hear that one closure is over."""
        self._closures -= 1
        self._trace.hospital_opened(self.number, self.is_open)

    def _note_beds(self, taken: int) -> None:
        self._trace.beds_taken(self.number, taken)

    @property
    def diverts(self) -> bool:
        """Whether ambulances are asked to go elsewhere: many crews wait, or no bed is free."""
        if self.beds is not None and self.beds.count >= self.beds.capacity:
            return True
        most = self.capacity.divert_when_waiting
        return most is not None and self.bays is not None and len(self.bays.queue) >= most

    def treats(self, specialty: int) -> bool:
        """Whether it has the specialty that a patient needs; -1 stands for none."""
        treated = self.capacity.specialties
        return specialty < 0 or treated is None or specialty in treated

    def hand_over(
        self, mission: Mission, call: Call, begin: Callable[[], None]
    ) -> Generator[simpy.Event, None, None]:
        """Take a patient over, the most urgent first: part of a SimPy process.

        The crew is told to `begin` once it has a bay.
        """
        bay: Any = None
        if self.bays is not None:
            bay = self.bays.request(priority=call.priority)
            yield bay
        mission.bay_s = self._env.now
        begin()
        yield self._env.timeout(call.handover_s)
        if self.beds is not None and call.stay_s > 0:
            bed = self.beds.request()
            yield bed
            self._env.process(self._keep(bed, call.stay_s))
        if self.bays is not None:
            self.bays.release(bay)

    def _keep(
        self, bed: simpy.resources.resource.Request, stay_s: float
    ) -> Generator[simpy.Event, None, None]:
        """Let a patient stay in a bed."""
        yield self._env.timeout(stay_s)
        self.beds.release(bed)  # type: ignore[union-attr]


class CrewView:
    """A `HospitalView` on the live run: good for the decision at hand, not to be kept.

    What it hands out are copies, or cannot be changed.

    Parameters
    ----------
    context : ServiceContext
    hospitals : sequence of Hospital
    handover_s : float
        Mean duration of a handover.
    """

    __slots__ = (
        "_access_s",
        "_bays",
        "_context",
        "_handover_s",
        "_hospitals",
        "_names",
        "_take_everybody",
        "_unlimited",
    )  # fmt: skip

    def __init__(
        self, context: ServiceContext, hospitals: Sequence[Hospital], handover_s: float
    ) -> None:
        self._context = context
        self._hospitals = hospitals
        self._handover_s = handover_s
        self._unlimited = all(hospital.capacity.is_unlimited for hospital in hospitals)
        self.look_for_closures()
        self._names: tuple[str, ...] = tuple(str(h.name) for h in hospitals)
        self._access_s = np.array([h.access_s for h in hospitals])
        self._bays = tuple(inf if h.bays is None else float(h.bays.capacity) for h in hospitals)

    def look_for_closures(self) -> None:
        """Note whether every hospital takes every patient now: then nobody has to look."""
        self._take_everybody = self._unlimited and all(one.is_open for one in self._hospitals)

    @property
    def now_s(self) -> float:
        """Seconds since the start of the run."""
        return self._context.env.now

    @property
    def hospitals(self) -> tuple[str, ...]:
        """Names of the hospitals, in the order of their numbers."""
        return self._names

    @property
    def patients(self) -> tuple[int, ...]:
        """Patients being handed over or waiting for it at each hospital, or on their way there."""
        return tuple([h.patients for h in self._hospitals])

    @property
    def bays(self) -> tuple[float, ...]:
        """Crews that can hand over at the same time at each hospital; infinite where all can."""
        return self._bays

    @property
    def handover_s(self) -> float:
        """Mean duration of a handover."""
        return self._handover_s

    def is_open(self, number: int, call: Call) -> bool:
        """Whether a hospital may be chosen for a patient."""
        return self._take_everybody or bool(self._open_to(call)[number])

    def travel_times_s(self, call: Call) -> NDArray[np.float64]:
        """Expected driving time from the call to each hospital if one left now, (h,).

        It is infinite for those that are not open to the patient.
        """
        siren = self._context.priorities[call.priority].siren_to_hospital
        access_s = self._access_s * self._context.city.access_share(siren=siren)
        times_s = self._context.streets.driving.to_hospitals_s(call.node, siren) + access_s
        if not self._take_everybody:
            times_s[~self._open_to(call)] = inf
        return times_s

    def _open_to(self, call: Call) -> NDArray[np.bool_]:
        """Those that are open and have the specialty; if one of them does not divert, only such."""
        able = np.array([h.is_open and h.treats(call.specialty) for h in self._hospitals])
        if not able.any():  # its specialty is closed; somebody must take the patient
            able = np.array([h.is_open for h in self._hospitals])
        welcome = able & ~np.array([h.diverts for h in self._hospitals])
        return welcome if welcome.any() else able


class Ward:
    """The beds of one hospital that patients of an epidemic keep or wait for.

    Parameters
    ----------
    beds : simpy.Resource
        All beds of the hospital. Whoever waits for one gets it in the order of asking.
    """

    def __init__(self, beds: simpy.Resource) -> None:
        self._beds = beds
        self._requests: list[Request] = []  # in the order of asking, so those who wait are last

    @property
    def capacity(self) -> int:
        """Beds of the hospital."""
        return int(self._beds.capacity)

    @property
    def kept(self) -> int:
        """Beds with a patient of the epidemic."""
        return sum(request.triggered for request in self._requests)

    def discharge(self, patients: int) -> None:
        """Let some who have a bed leave, those who came first."""
        for request in self._requests[:patients]:
            self._beds.release(request)
        del self._requests[:patients]

    def admit(self, patients: int) -> None:
        """Have so many patients in all, with a bed or waiting for one."""
        while len(self._requests) > patients:
            self._give_up(self._requests.pop())
        while len(self._requests) < patients:
            self._requests.append(self._beds.request())

    def _give_up(self, request: Request) -> None:
        if request.triggered:
            self._beds.release(request)
        else:
            request.cancel()


class DistrictWards:
    """The wards of a district's hospitals, of which none takes more than it has beds."""

    def __init__(self, wards: Sequence[Ward]) -> None:
        self._wards = wards
        self._capacity = np.array([ward.capacity for ward in wards], dtype=np.int64)

    def begin_day(self, patients: float, discharged: float) -> None:
        """Take over the patients of a new day.

        Those who are discharged leave first. So a bed changes hands, and whoever waits for it
        longest gets it, even where the epidemic has as many patients as before.

        Parameters
        ----------
        patients : float
            Those who need a bed, all in all; rounded, and spread in proportion to beds.
        discharged : float
            Those who needed one until now; rounded, and spread in proportion to beds kept.
        """
        kept = np.array([ward.kept for ward in self._wards], dtype=np.int64)
        for ward, count in zip(self._wards, _split(discharged, kept), strict=True):
            ward.discharge(count)
        for ward, count in zip(self._wards, _split(patients, self._capacity), strict=True):
            ward.admit(count)


def _split(persons: float, places: NDArray[np.int64]) -> list[int]:
    """Whole persons in proportion to places, none beyond its places."""
    most = int(places.sum())
    return apportion(min(int(persons + 0.5), most), places).tolist() if most else [0] * len(places)
