"""Transporters and their trucks."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from typing import cast

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.activity import Activity
from agents.road_vehicle import RoadVehicle
from agents.supply.context import SupplyContext
from agents.supply.messages import Delivery, Shipment
from agents.supply.orders import Consignment, Place, truckloads
from agents.supply.records import TruckTrip
from agents.supply.roles import Carrier, TruckRole
from agents.supply.stock import Lot
from environment.errors import DataError
from environment.supply.sites import Trucks
from policies.routing import ROUTING, RoutingView
from policies.routing.schedule import trip_times_s

Driving = Generator[simpy.Event, None, None]


class Truck(RoadVehicle):
    """A vehicle that carries consignments.

    Attributes
    ----------
    number : int
    home : Carrier
    free_s : float
        When it is expected to be home, with nothing left to do.
    activity : Activity
    place : Place
        Where it stands, or where it set out from.
    bound_for : Place
        Where it drives to, or has arrived.
    """

    def __init__(
        self, model: mesa.Model, number: int, home: Carrier, supply: SupplyContext
    ) -> None:
        super().__init__(model, supply.env)
        self.number = number
        self.home = home
        self.free_s = 0.0
        self._supply = supply
        self.activity = Activity.IDLE
        self._trace = supply.trace
        self.place = self.bound_for = home.place
        self._trips: deque[tuple[Carrier, Sequence[Consignment], float]] = deque()
        self._process: simpy.Process | None = None
        self._metres = 0.0

    def ready_s(self, depot: Place) -> float:
        """When it is expected to stand at a depot, free for a trip."""
        ready_s = max(self.free_s, self._may_begin_s(depot))
        if depot is not self.home.place:
            ready_s += float(self._supply.drive_s([self.home.place], [depot])[0, 0])
        return ready_s

    def _may_begin_s(self, depot: Place) -> float:
        """When it may set out for a depot: at once for its own, for others once it is agreed."""
        is_own = depot is self.home.place
        return self._env.now + (0.0 if is_own else self._supply.mechanisms.risk.agreement_s)

    def assign(
        self,
        depot: Carrier,
        loads: Sequence[Consignment],
        expected_s: float,
        not_before_s: float = 0.0,
    ) -> None:
        """Have it drive another trip, which is expected to take so long from the depot on."""
        self.free_s = max(self.ready_s(depot.place), not_before_s) + expected_s
        from_s = max(self._may_begin_s(depot.place), not_before_s)
        self._trips.append((depot, loads, from_s))
        if self._process is None:
            self._process = self._env.process(self._work())

    def take_other_way(self, node: int, in_s: float, driven_m: float) -> None:
        """Drive on by other streets from where it can turn, since the old way is closed."""
        assert self._process is not None
        self._metres += driven_m
        self._process.interrupt((node, in_s))

    # Its life

    def _work(self) -> Driving:
        while self._trips:
            depot, loads, from_s = self._trips.popleft()
            yield self._env.timeout(max(from_s - self._env.now, 0.0))
            with self.home.drivers.request() as driver:
                yield driver
                yield from self._trip(depot, loads)
        self._process, self.free_s = None, self._env.now

    def _trip(self, depot: Carrier, loads: Sequence[Consignment]) -> Driving:
        began_s, self._metres = self._env.now, 0.0
        yield from self._drive(depot.place, Activity.TO_LOAD)
        with depot.docks.request() as dock:
            if not dock.triggered:
                self._stand(Activity.WAITING_DOCK)
            yield dock
            self._stand(Activity.LOADING)
            yield self._env.timeout(depot.trucks_parameters.load_s)
        left_s = self._env.now
        for load in loads:
            load.left_s = left_s
        for load in loads:
            yield from self._drive(load.destination, Activity.DELIVERING, load.number)
            if self._env.now < load.not_before_s:
                yield self._env.timeout(load.not_before_s - self._env.now)
            self._stand(Activity.UNLOADING, load.number)
            usual_s = depot.trucks_parameters.unload_s
            yield self._env.timeout(usual_s if load.unload_s is None else load.unload_s)
            depot.deliver(load)
        yield from self._drive(self.home.place, Activity.RETURNING)
        self._stand(Activity.IDLE)
        self._supply.log.trip_ended(
            TruckTrip(
                self.number, self.home.place.site, depot.place.site,
                began_s, left_s, self._env.now,
                len(loads), sum(load.load_l for load in loads), self._metres,
            )
        )  # fmt: skip

    def _stand(self, activity: Activity, load: int = -1) -> None:
        """Do something where it is."""
        self.activity, now_s = activity, self._env.now
        place = self.place
        self._trace.stood(now_s, -1 - self.number, activity, place.node, place.site, load, now_s)

    def _drive(self, place: Place, activity: Activity, load: int = -1) -> Driving:
        """Drive from gate to gate; a closure on the way makes it take another."""
        if place is self.place:
            return
        self.bound_for, self.activity = place, activity
        node, left_s = self.place.node, self._env.now + self.place.access_s
        metres, arrived = 0.0, False
        while not arrived:
            self.way, metres = self._supply.set_out(
                self.number, node, place, left_s, activity, load
            )
            arrive_s = left_s + self.way.drive_s + place.access_s
            try:
                yield self._env.timeout(max(arrive_s - self._env.now, 0.0))
                arrived = True
            except simpy.Interrupt as turn:
                node, in_s = cast(tuple[int, float], turn.cause)
                left_s = self._env.now + in_s
        self._metres += metres
        self.place, self.way = place, None


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
        self, model: mesa.Model, place: Place, parameters: Trucks, supply: SupplyContext, first: int
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
        self._note(loads)
        trucks = self._supply.mechanisms.risk.trucks_for(self)
        view = self._view(loads, trucks)
        for trip in self._supply.gate.ask(ROUTING, view):
            own = [loads[stop - 1] for stop in trip.stops]
            trucks[trip.vehicle].assign(self, own, trip_times_s(view, trip.stops)[1])

    def drive_planned(self, truck: int, loads: Sequence[Consignment], not_before_s: float) -> None:
        """Have one of its trucks bring loads in the order in which they are given."""
        self._note(loads)
        own = self.trucks[truck]
        expected_s = trip_times_s(self._view(loads, [own]), range(1, len(loads) + 1))[1]
        own.assign(self, loads, expected_s, not_before_s)

    def _note(self, loads: Sequence[Consignment]) -> None:
        """Write down what was handed over."""
        for load in loads:
            self._supply.log.consignment_sent(load)
            message = Shipment(load.units, load.destination.site)
            self._supply.post.note(message, self.place.name, f"{self.place.name} transporter")

    def _view(self, loads: Sequence[Consignment], trucks: Sequence[TruckRole]) -> RoutingView:
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
