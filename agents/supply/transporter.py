"""A transporter: brings goods from one site with its trucks, by the routing policy's trips."""

from __future__ import annotations

from collections.abc import Sequence

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.consignment import Consignment, truckloads
from agents.supply.messages import Delivery, Shipment
from agents.supply.place import Place
from agents.supply.roles import Lorry
from agents.supply.stock import Lot
from agents.supply.truck import Truck
from agents.supply.world import SupplyWorld
from environment.errors import DataError
from environment.supply.sites import Trucks
from policies.routing import ROUTING, RoutingView
from policies.routing.schedule import trip_times_s

MOST_LOADS = 1_000
"""Truckloads that go from one site to another at once; more cannot be routed in a useful time."""


class Transporter(mesa.Agent):
    """Docks, drivers and trucks of a supplier or a store.

    Attributes
    ----------
    place : Place
        Where its trucks stand and are loaded.
    trucks_parameters : Trucks
    docks, drivers : simpy.Resource
    trucks : list of Truck
    """

    def __init__(
        self, model: mesa.Model, place: Place, parameters: Trucks, supply: SupplyWorld, first: int
    ) -> None:
        super().__init__(model)
        self.place = place
        self.trucks_parameters = parameters
        self._supply = supply
        self.docks = simpy.Resource(supply.env, parameters.docks)
        self.drivers = simpy.Resource(supply.env, parameters.drivers or parameters.count)
        self.trucks = [
            Truck(model, first + number, self, supply) for number in range(parameters.count)
        ]

    def pack(
        self, destination: Place, lots: Sequence[Sequence[Lot]], order: int = -1
    ) -> list[Consignment]:
        """Make truckloads of lots, by item, that go to one site."""
        now_s = self._supply.env.now
        self._refuse_too_many(destination, lots)
        loads = truckloads(lots, self._supply.volume_l, self.trucks_parameters.capacity_l)
        return [
            Consignment(self.place, destination, own, load_l, order, now_s) for own, load_l in loads
        ]

    def _refuse_too_many(self, destination: Place, lots: Sequence[Sequence[Lot]]) -> None:
        units = np.array([sum(lot.units for lot in own) for own in lots], dtype=float)
        capacity_l = self.trucks_parameters.capacity_l
        count = int(units @ self._supply.volume_l / capacity_l)
        if count > MOST_LOADS:
            raise DataError(
                f"{self.place.name} is to send {count:,} truckloads to {destination.name} at once; "
                f"allowed are {MOST_LOADS:,} (its trucks.capacity_l is {capacity_l:g})"
            )

    def ship(self, loads: Sequence[Consignment]) -> None:
        """Plan trips for some loads together, and have trucks drive them."""
        if not loads:
            return
        for load in loads:
            self._supply.books.consignment_sent(load)
            message = Shipment(load.units, load.destination.site)
            self._supply.post.note(message, self.place.name, f"{self.place.name} transporter")
        trucks = self._supply.mechanisms.risk.trucks_for(self)
        view = self._view(loads, trucks)
        for trip in self._supply.gate.ask(ROUTING, view):
            own = [loads[stop - 1] for stop in trip.stops]
            trucks[trip.vehicle].assign(self, own, trip_times_s(view, trip.stops)[1])

    def _view(self, loads: Sequence[Consignment], trucks: Sequence[Lorry]) -> RoutingView:
        places = [self.place, *(load.destination for load in loads)]
        times = self.trucks_parameters
        return RoutingView(
            travel_s=self._supply.drive_s(places, places),
            depot=0,
            demand=np.array([0, *(load.load_l for load in loads)], dtype=np.int64),
            capacity=np.array([int(t.home.trucks_parameters.capacity_l) for t in trucks]),
            ready_s=np.array([truck.ready_s(self.place) for truck in trucks]),
            service_s=np.array([times.load_s, *[times.unload_s] * len(loads)]),
            urgency=self._urgency(loads),
        )

    def _urgency(self, loads: Sequence[Consignment]) -> NDArray[np.float64] | None:
        return self._supply.mechanisms.rules.weights_of_places(
            [self.place.site, *(load.destination.site for load in loads)]
        )

    def deliver(self, load: Consignment) -> None:
        """Hand over a load where it goes."""
        load.arrived_s = self._supply.env.now
        receiver = self._supply.government.site(load.destination.site)
        message = Delivery(load.units, load.origin.site)
        self._supply.post.note(message, f"{self.place.name} transporter", receiver.name)
        receiver.receive(load)
