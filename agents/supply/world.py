"""What the agents of the supply side share: clock, roads, items, post and books."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.activity import Activity
from agents.service.world import World
from agents.supply.messages import MessageBooks, Post
from agents.supply.stock import StockBooks
from environment.supply.parameters import SupplyParameters
from environment.traffic.driving import Driving
from environment.traffic.ways import Way
from policies.supply_decisions import SupplyDesk

if TYPE_CHECKING:
    from agents.coordination.mechanisms import Mechanisms
    from agents.supply.consignment import Consignment
    from agents.supply.distributor import Claim, Distributor
    from agents.supply.government import Government
    from agents.supply.order import Order
    from agents.supply.store import Store
    from agents.supply.supplier import Supplier
    from agents.supply.truck import TruckTrip

DAY_S = 86_400.0
HOUR_S = 3_600.0


class SupplyBooks(StockBooks, MessageBooks, Protocol):
    """Where the agents of the supply side write down what happened."""

    def order_placed(self, order: Order) -> None:
        """Note an order; how far it comes is seen from it later."""

    def consignment_sent(self, consignment: Consignment) -> None:
        """Note goods that were handed to a transporter."""

    def trip_ended(self, trip: TruckTrip) -> None:
        """Note a truck's trip that is over."""

    def need_arose(self, distributor: int, claim: Claim) -> None:
        """Note a need; what becomes of it is seen from it later."""

    def given_out(
        self, time_s: float, distributor: int, item: int, units: int, waited_unit_s: float
    ) -> None:
        """Note units that people were given, and how long they waited, summed over the units."""

    def plan_made(self, time_s: float, office: int, kind: str, sites: int) -> None:
        """Note that an office has decided."""


@dataclass(frozen=True)
class Place:
    """A site of the supply system on the streets.

    Attributes
    ----------
    site : int
        Its number in the books: suppliers first, then stores, then distributors.
    name : str
    node : int
    access_s : float
        Seconds between its junction and its gate.
    """

    site: int
    name: str
    node: int
    access_s: float


@dataclass(eq=False)
class SupplyWorld:
    """The supply side of one run.

    Attributes
    ----------
    world : World
        The streets, which trucks and ambulances share.
    parameters : SupplyParameters
    desk : SupplyDesk
        The policies.
    post : Post
    books : SupplyBooks
    horizon_s : float
        After it nobody needs, asks or orders anything more.
    persons : (d,) float64
        Inhabitants of each distributor's district.
    mechanisms : Mechanisms
        How coordination stands.
    suppliers, stores, distributors : lists of agents
    government : Government
    ill_share : (d,) float64
        Share of each district's inhabitants who are ill or under suspicion this day.
    severity : (d,) float64
        Active cases among 1,000 inhabitants this day.
    """

    world: World
    parameters: SupplyParameters
    desk: SupplyDesk
    post: Post
    books: SupplyBooks
    horizon_s: float
    persons: NDArray[np.float64]
    mechanisms: Mechanisms = field(init=False)
    government: Government = field(init=False)
    suppliers: list[Supplier] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    distributors: list[Distributor] = field(default_factory=list)
    ill_share: NDArray[np.float64] = field(init=False)
    severity: NDArray[np.float64] = field(init=False)
    _own_streets: Driving = field(init=False)
    _driving_of_table: Driving | None = field(init=False, default=None)
    _table_s: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        """Begin without an epidemic."""
        self.ill_share = np.zeros(len(self.persons))
        self.severity = np.zeros(len(self.persons))
        self._own_streets = self.world.driving

    @property
    def env(self) -> simpy.Environment:
        """The clock."""
        return self.world.env

    @property
    def sites(self) -> list[Supplier | Store | Distributor]:
        """Every site, in the order of their numbers in the books."""
        return [*self.suppliers, *self.stores, *self.distributors]

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

    @property
    def driving(self) -> Driving:
        """On the streets as trucks find them."""
        shared = self.parameters.couplings.trucks_share_streets
        return self.world.driving if shared else self._own_streets

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
        if self.parameters.couplings.trucks_share_streets:
            return self.world.traffic.drive(
                vehicle, None, origin, goal.node, left_s, False, 1.0, activity, goal.site, load
            )
        drive_s, metres = self.driving.trip(origin, goal.node, left_s, False, 1.0)
        way = Way(origin, goal.node, left_s, drive_s, False, self.driving)
        self.world.books.trace.set_out_on_open_streets(vehicle, activity, way, goal.site, load)
        return way, metres

    def drive_s(self, origins: list[Place], destinations: list[Place]) -> NDArray[np.float64]:
        """Expected seconds of driving from gate to gate, (origins, destinations)."""
        driving = self.driving
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
