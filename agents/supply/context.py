"""What the agents of the supply side share: clock, roads, items, post and event log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.activity import Activity
from agents.coordination.protocols import Mechanisms
from agents.event_log import TraceLog
from agents.service.traffic_control import TrafficControl
from agents.streets import Streets
from agents.supply.messages import Post
from agents.supply.orders import Place
from agents.supply.records import SupplyLog
from agents.supply.roles import (
    DistributorRole,
    GovernmentRole,
    StoreRole,
    SupplierRole,
)
from environment.supply.parameters import SupplyParameters
from environment.traffic.driving import Driving
from environment.traffic.ways import Way
from environment.units import DAY_S
from policies.gate import Gate


@dataclass(frozen=True, eq=False)
class SupplyRun:
    """What the supply side of one run is made with.

    Attributes
    ----------
    env : simpy.Environment
    streets : Streets
    traffic : TrafficControl
        Of the streets that trucks and ambulances share.
    parameters : SupplyParameters
    gate : Gate
        The policies.
    log : SupplyLog
    trace : TraceLog
        Where drives and stays are noted.
    horizon_s : float
        After it nobody needs, asks or orders anything more.
    persons : (d,) float64
        Inhabitants of each distributor's district.
    """

    env: simpy.Environment
    streets: Streets
    traffic: TrafficControl
    parameters: SupplyParameters
    gate: Gate
    log: SupplyLog
    trace: TraceLog
    horizon_s: float
    persons: NDArray[np.float64]


class SupplyContext:
    """What everybody on the supply side shares; `SupplySystem` adds who they are.

    Attributes
    ----------
    env, parameters, gate, log, horizon_s, persons :
        As in `SupplyRun`.
    post : Post
    mechanisms : Mechanisms
        How coordination stands.
    suppliers, stores, distributors : lists of agents
    government : Government
    ill_share : (d,) float64
        Share of each district's inhabitants who are ill or under suspicion this day.
    severity : (d,) float64
        Active cases among 1,000 inhabitants this day.
    """

    mechanisms: Mechanisms
    suppliers: Sequence[SupplierRole]
    stores: Sequence[StoreRole]
    distributors: Sequence[DistributorRole]
    government: GovernmentRole

    def __init__(self, run: SupplyRun) -> None:
        self.env = run.env
        self.parameters = run.parameters
        self.gate = run.gate
        self.log = run.log
        self.trace = run.trace
        self.horizon_s = run.horizon_s
        self.persons = run.persons
        self.post = Post(run.env, run.log, run.parameters.times.message_delay_s)
        self.ill_share = np.zeros(len(run.persons))
        self.severity = np.zeros(len(run.persons))
        self._traffic = run.traffic
        # Trucks that are alone on their streets find them open, whatever happens on the others.
        shares = run.parameters.couplings.trucks_share_streets
        self._streets = run.streets if shares else Streets(run.streets.driving)
        self._shares_streets = shares
        self._driving_of_table: Driving | None = None
        self._table_s = np.empty((0, 0))

    @property
    def is_over(self) -> bool:
        """Whether the run's time is up."""
        return self.env.now >= self.horizon_s

    @cached_property
    def item_names(self) -> tuple[str, ...]:
        """Names of the items, (i,)."""
        return tuple(item.name for item in self.parameters.items)

    @cached_property
    def volume_l(self) -> NDArray[np.float64]:
        """Litres of a unit, (i,)."""
        return np.array([item.volume_l for item in self.parameters.items])

    @cached_property
    def unit_cost(self) -> NDArray[np.float64]:
        """Money a unit, (i,)."""
        return np.array([item.unit_cost for item in self.parameters.items])

    @cached_property
    def holding_cost(self) -> NDArray[np.float64]:
        """Money of a unit left over, (i,)."""
        return np.array([item.holding_cost for item in self.parameters.items])

    @cached_property
    def shortage_cost(self) -> NDArray[np.float64]:
        """Money of a unit that is not there, (i,)."""
        return np.array([item.shortage_cost for item in self.parameters.items])

    def shelf_life_s(self, item: int) -> float | None:
        """How long an item keeps; None where it does for ever."""
        days = self.parameters.items[item].shelf_life_days
        return None if days is None else days * DAY_S

    def set_out(
        self,
        truck: int,
        origin: int,
        goal: Place,
        left_s: float,
        activity: Activity,
        load: int,
    ) -> tuple[Way, float]:
        """A truck's way from a junction to a site's, and its metres; noted as a leg."""
        vehicle = -1 - truck  # ambulances count from 0 up
        if self._shares_streets:
            return self._traffic.drive(
                vehicle, None, origin, goal.node, left_s, False, 1.0, activity, goal.site, load
            )
        driving = self._streets.driving
        drive_s, metres = driving.trip(origin, goal.node, left_s, False, 1.0)
        way = Way(origin, goal.node, left_s, drive_s, False, driving)
        self.trace.set_out_on_open_streets(vehicle, activity, way, goal.site, load)
        return way, metres

    def drive_s(self, origins: list[Place], destinations: list[Place]) -> NDArray[np.float64]:
        """Expected seconds of driving from gate to gate, (origins, destinations)."""
        driving = self._streets.driving
        if self._driving_of_table is not driving:  # streets have been closed or opened
            kinds = (self.suppliers, self.stores, self.distributors)
            places = [agent.place for agents in kinds for agent in agents]
            node = np.array([place.node for place in places])
            access_s = np.array([place.access_s for place in places])
            between = driving.table_s(node, node, siren=False)
            self._table_s = between + access_s[:, None] + access_s
            self._driving_of_table = driving
        rows, columns = ([place.site for place in places] for places in (origins, destinations))
        return self._table_s[rows][:, columns]
