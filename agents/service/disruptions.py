"""Disruptions of a run: streets, stations and hospitals that close and open again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.service.dispatch_centre import DispatchCentre
from agents.service.fleet import Fleet
from agents.service.mission import Reason
from agents.service.world import Vehicle, World
from environment.traffic.closures import uses
from environment.traffic.driving import Driving

Happening = Generator[simpy.Event, None, None]
"""What a disruption does, as a SimPy process."""


class CityEvents:
    """Carries out what befalls the city, and tells those whom it concerns."""

    def __init__(self, world: World, fleet: Fleet, centre: DispatchCentre) -> None:
        self._world = world
        self._fleet = fleet
        self._centre = centre
        self._closures: Counter[tuple[str, int]] = Counter()  # that hold now, by site

    def close_station(self, row: int, from_s: float, until_s: float) -> Happening:
        """Send the ambulances of a station to others, and have them back later."""
        centre, env = self._centre, self._world.env
        yield env.timeout(from_s - env.now)
        self._closures["station", row] += 1
        centre.open_or_close(row, is_open=False)
        for ambulance in centre.ambulances:
            if ambulance.station == row and self._fleet.is_free(ambulance.number):
                ambulance.move_to(centre.open_station(row), Reason.STATION_CLOSED)
        centre.rearrange()
        yield env.timeout(until_s - env.now)
        self._closures["station", row] -= 1
        if self._closures["station", row]:
            return
        centre.open_or_close(row, is_open=True)
        for ambulance in centre.ambulances:
            if ambulance.home == row and self._fleet.is_free(ambulance.number):
                ambulance.move_to(row, Reason.TO_OWN_STATION)
        centre.rearrange()

    def close_hospital(self, number: int, from_s: float, until_s: float) -> Happening:
        """Take no more patients; those on their way are taken elsewhere."""
        centre, env = self._centre, self._world.env
        yield env.timeout(from_s - env.now)
        self._closures["hospital", number] += 1
        centre.hospitals[number].is_open = False
        for ambulance in centre.ambulances:
            mission = ambulance.mission
            bound = mission is not None and mission.hospital == number and ambulance.patient
            if bound and ambulance.is_driving:
                ambulance.take_to_other_hospital(*ambulance.next_turn())
        yield env.timeout(until_s - env.now)
        self._closures["hospital", number] -= 1
        centre.hospitals[number].is_open = not self._closures["hospital", number]

    def change_streets(self, closed: NDArray[np.bool_], driving: Driving) -> None:
        """Close and open streets; those whose way is closed take another from the next junction.

        Parameters
        ----------
        closed : (m,) bool
            Street pieces that are closed from now on.
        driving : Driving
            On the streets that stay open.
        """
        world = self._world
        vehicles: list[Vehicle] = [*self._centre.ambulances, *world.trucks]
        turns = [(vehicle, vehicle.next_turn()) for vehicle in vehicles if vehicle.is_driving]
        world.driving = world.traffic.driving = driving
        self._fleet.use(world.driving, world.env.now)
        for vehicle, (node, in_s, driven_m) in turns:
            way = vehicle.way
            if way and uses(way.driving, node, way.destination, way.siren, closed):
                vehicle.take_other_way(node, in_s, driven_m)
