"""Looks at the vehicles of a run and tells of each when it begins to do something else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from math import hypot
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from agents.supply.truck import Activity
from environment.traffic.ways import Way, next_junction
from viz.live import states
from viz.live.call_book import CallBook
from viz.live.frame import Leg
from viz.live.legs import Path, Point, StreetLines, joined, place_at, standing
from viz.live.places import Places

if TYPE_CHECKING:
    from agents.service.ambulance import Ambulance
    from agents.supply.truck import Truck
    from simulation.model import EmergencyModel

FARTHEST_ACCESS_M_PER_S = 15.0
"""Nobody is faster off the streets; who seems to be was not seen for a while."""


class _Drive(NamedTuple):
    """What belongs to a way: when the vehicle began to drive, and where and when it ends."""

    begin_s: float
    end: Point
    end_s: float


@dataclass(eq=False)
class _Seen:
    """What was seen of a vehicle last."""

    way: Way | None
    state: str
    leg: Leg


class VehicleWatch:
    """Knows the leg on which each vehicle is.

    Attributes
    ----------
    free_at_station : list of int
        Ambulances that stand free at each station, as of the last look.
    by_state : dict of str to int
        How many vehicles are in each state, as of the last look.
    """

    def __init__(self, model: EmergencyModel, calls: CallBook) -> None:
        self._model = model
        self._calls = calls
        self._places = Places(model)
        self._lines = StreetLines(model.ground.city.roads)
        self._ambulances: list[_Seen | None] = [None] * len(model.centre.ambulances)
        self._trucks = trucks_of(model)
        self._seen_trucks: list[_Seen | None] = [None] * len(self._trucks)
        self.free_at_station = [0] * len(self._places.stations)
        self.by_state = dict.fromkeys(states.STATES, 0)

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The leg on which every vehicle is."""
        seen = (*self._ambulances, *self._seen_trucks)
        return tuple(one.leg for one in seen if one is not None)

    @property
    def trucks_are_out(self) -> bool:
        """Whether any truck is under way."""
        return any(truck.activity is not Activity.FREE for truck in self._trucks)

    def count(self, now_s: float) -> list[str]:
        """Count vehicles by state; returns the states of all ambulances, then those of trucks."""
        self.by_state = counts = dict.fromkeys(states.STATES, 0)
        self.free_at_station = free = [0] * len(self.free_at_station)
        found = []
        for ambulance in self._model.centre.ambulances:
            state = states.ambulance_state(ambulance, now_s)
            if state == states.FREE:
                free[ambulance.station] += 1
            found.append(state)
        found += [states.truck_state(truck) for truck in self._trucks]
        for state in found:
            counts[state] += 1
        return found

    def look(self, now_s: float) -> list[Leg]:
        """Legs that have begun since the last look."""
        legs: list[Leg] = []
        found = iter(self.count(now_s))
        for number, ambulance in enumerate(self._model.centre.ambulances):
            seen, state = self._ambulances[number], next(found)
            if seen is None or seen.way is not ambulance.way or seen.state != state:
                leg = self._ambulance_leg(ambulance, state, seen, now_s)
                self._ambulances[number] = _Seen(ambulance.way, state, leg)
                legs.append(leg)
        for number, truck in enumerate(self._trucks):
            seen, state = self._seen_trucks[number], next(found)
            if seen is None or seen.way is not truck.way or seen.state != state:
                leg = self._truck_leg(truck, state, seen, now_s)
                self._seen_trucks[number] = _Seen(truck.way, state, leg)
                legs.append(leg)
        return legs

    # Ambulances

    def _ambulance_leg(
        self, ambulance: Ambulance, state: str, seen: _Seen | None, now_s: float
    ) -> Leg:
        name = f"ambulance-{ambulance.number}"
        call = -1 if ambulance.patient is None else ambulance.patient.call.number
        drive = self._ambulance_drive(ambulance, state)
        if drive is not None and ambulance.way is not None:
            path, from_s = self._driven(ambulance.way, drive, seen)
        else:
            path, from_s = self._stand(ambulance, state, seen, now_s)
        return Leg(name, state, from_s, path, call)

    def _ambulance_drive(self, ambulance: Ambulance, state: str) -> _Drive | None:
        """The drive of an ambulance that is on one, by its state."""
        mission, transfer = ambulance.mission, ambulance.transfer
        if state == states.MOVING and transfer is not None:
            return _Drive(
                transfer.left_s, self._places.stations[ambulance.station], transfer.ended_s
            )
        if mission is None:
            return None
        if state in (states.TO_PATIENT, states.TO_PATIENT_SIREN):
            begin_s = mission.departed_s if mission.from_station else mission.dispatched_s
            return _Drive(begin_s, self._call_place(mission.call), mission.arrived_s)
        if state in (states.TO_HOSPITAL, states.TO_HOSPITAL_SIREN):
            hospital = self._places.hospitals[int(mission.hospital)]
            return _Drive(mission.left_scene_s, hospital, mission.at_hospital_s)
        if state == states.RETURNING:
            station = self._places.stations[ambulance.station]
            return _Drive(mission.clear_s, station, mission.home_s)
        return None

    def _stand(
        self, ambulance: Ambulance, state: str, seen: _Seen | None, now_s: float
    ) -> tuple[Path, float]:
        """Where an ambulance stands, and since when."""
        mission, absence = ambulance.mission, ambulance.availability
        if state == states.OUT_OF_ORDER and seen is not None:
            return self._broken_down(seen, absence.since_s)
        if mission is not None and state == states.AT_SCENE:
            place, since_s = self._call_place(mission.call), mission.arrived_s
        elif mission is not None:
            place = self._places.hospitals[int(mission.hospital)]
            is_waiting = state == states.WAITING_BAY
            since_s = mission.at_hospital_s if is_waiting else mission.bay_s
        else:
            place = self._places.stations[ambulance.station]
            since_s = _since_at_station(state, absence.since_s, seen, now_s)
        return standing(place, since_s), since_s

    def _broken_down(self, seen: _Seen, since_s: float) -> tuple[Path, float]:
        """Beside the next junction of its way, or where it stood."""
        way, path = seen.way, seen.leg.path
        if way is not None and since_s < way.left_s + way.drive_s and len(path) > 1:
            node, in_s = next_junction(way, since_s)
            place, since_s = Point(*self._lines.xy_m[node].tolist()), since_s + in_s
        else:
            place = place_at(path, since_s)
        return standing(place, since_s), since_s

    def _call_place(self, number: int) -> Point:
        return Point(float(self._calls.x_m[number]), float(self._calls.y_m[number]))

    # Trucks

    def _truck_leg(self, truck: Truck, state: str, seen: _Seen | None, now_s: float) -> Leg:
        way, places = truck.way, self._places.supply_sites
        if way is None:
            place = places[truck.place.site]
            since_s = now_s if seen is None else max(seen.leg.from_s, seen.leg.path[-1, 2])
            path, from_s = standing(place, since_s), since_s
        else:
            goal = truck.bound_for
            arrives_s = way.left_s + way.drive_s + goal.access_s
            drive = _Drive(way.left_s - truck.place.access_s, places[goal.site], arrives_s)
            path, from_s = self._driven(way, drive, seen)
        return Leg(f"truck-{truck.number}", state, from_s, path)

    # Ways

    def _driven(self, way: Way, drive: _Drive, seen: _Seen | None) -> tuple[Path, float]:
        """The path of a drive, and from when on it holds.

        Who turns off another drive drives on along that to the junction where the new way begins.
        """
        road = self._lines.path(way)
        before: Point | None = None
        begin_s = way.left_s
        if seen is not None and not _turns_off(seen, way):
            before = place_at(seen.leg.path, drive.begin_s)
            begin_s = min(drive.begin_s, way.left_s)
            away_m = hypot(before.x_m - road[0, 0], before.y_m - road[0, 1])
            if away_m > FARTHEST_ACCESS_M_PER_S * (way.left_s - begin_s) + 30.0:
                before = None
        return joined(before, begin_s, road, drive.end, drive.end_s), begin_s


def trucks_of(model: EmergencyModel) -> list[Truck]:
    """All trucks of a run, by number."""
    if model.supply_side is None:
        return []
    supply = model.supply_side.supply
    transporters = chain(
        (one.transporter for one in supply.suppliers), (one.transporter for one in supply.stores)
    )
    trucks = [truck for one in transporters for truck in one.trucks]
    return sorted(trucks, key=lambda truck: truck.number)


def _turns_off(seen: _Seen, way: Way) -> bool:
    """Whether a way begins while the one before was still being driven."""
    before = seen.way
    return (
        before is not None
        and len(seen.leg.path) > 1
        and way.left_s <= before.left_s + before.drive_s + 1e-6
    )


def _since_at_station(state: str, absent_since_s: float, seen: _Seen | None, now_s: float) -> float:
    if state == states.OFF_DUTY:
        return absent_since_s
    if seen is None:
        return now_s
    end_s = float(seen.leg.path[-1, 2])
    return end_s if len(seen.leg.path) > 1 and np.isfinite(end_s) and end_s <= now_s else now_s
