"""A truck: drives trips one after the other, on the same streets as the ambulances."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from typing import cast

import mesa
import simpy

from agents.activity import Activity
from agents.supply.consignment import Consignment
from agents.supply.place import Place
from agents.supply.records import TruckTrip
from agents.supply.roles import Carrier
from agents.supply.world import SupplyWorld
from environment.traffic.ways import Way, metres_up_to, next_junction

Driving = Generator[simpy.Event, None, None]


class Truck(mesa.Agent):
    """A vehicle that carries consignments.

    Attributes
    ----------
    number : int
    home : Carrier
    free_s : float
        When it is expected to be home, with nothing left to do.
    way : Way or None
        The drive that it is on.
    activity : Activity
    place : Place
        Where it stands, or where it set out from.
    bound_for : Place
        Where it drives to, or has arrived.
    """

    def __init__(self, model: mesa.Model, number: int, home: Carrier, supply: SupplyWorld) -> None:
        super().__init__(model)
        self.number = number
        self.home = home
        self.free_s = 0.0
        self.way: Way | None = None
        self._supply = supply
        self._env = supply.env
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

    def assign(self, depot: Carrier, loads: Sequence[Consignment], expected_s: float) -> None:
        """Have it drive another trip, which is expected to take so long from the depot on."""
        self.free_s = self.ready_s(depot.place) + expected_s
        self._trips.append((depot, loads, self._may_begin_s(depot.place)))
        if self._process is None:
            self._process = self._env.process(self._work())

    # On the road, as for every vehicle

    @property
    def is_driving(self) -> bool:
        """Whether it is on the road, or about to be."""
        way = self.way
        return way is not None and self._env.now < way.left_s + way.drive_s

    def next_turn(self) -> tuple[int, float, float]:
        """The junction where it can turn, the seconds until then and the metres up to there."""
        assert self.way is not None
        node, in_s = next_junction(self.way, self._env.now)
        return node, in_s, metres_up_to(self.way, node, self._env.now)

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
            self._stand(Activity.UNLOADING, load.number)
            yield self._env.timeout(depot.trucks_parameters.unload_s)
            depot.deliver(load)
        yield from self._drive(self.home.place, Activity.RETURNING)
        self._stand(Activity.IDLE)
        self._supply.books.trip_ended(
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
