"""The agents of the supply side as they see each other: what one may ask of another.

So that a distributor can write to the government and the government to a distributor, and neither
has to be defined before the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.messages import Reader
from agents.supply.orders import Consignment, Order, Place
from agents.supply.stock import Stock
from environment.supply.sites import SupplierParameters, Trucks

Units = NDArray[np.int64]


class HasPlace(Protocol):
    """Whatever stands at a place."""

    @property
    def place(self) -> Place:
        """Where it stands."""


class Carrier(HasPlace, Protocol):
    """A transporter, as trucks and those who lend them see it."""

    @property
    def trucks_parameters(self) -> Trucks:
        """Times and capacities of its trucks."""

    @property
    def docks(self) -> simpy.Resource:
        """Where trucks are loaded."""

    @property
    def drivers(self) -> simpy.Resource:
        """Who drive its trucks."""

    @property
    def trucks(self) -> Sequence[TruckRole]:
        """Its own trucks."""

    def deliver(self, load: Consignment) -> None:
        """Hand over a load where it goes."""


class TruckRole(Protocol):
    """A truck, as whoever has loads for it sees it."""

    @property
    def home(self) -> Carrier:
        """To whom it belongs."""

    def ready_s(self, depot: Place) -> float:
        """When it is expected to stand at a depot, free for a trip."""

    def assign(
        self,
        depot: Carrier,
        loads: Sequence[Consignment],
        expected_s: float,
        not_before_s: float = 0.0,
    ) -> None:
        """Have it drive another trip, which is expected to take so long from the depot on."""


class Receiver(HasPlace, Protocol):
    """A site that goods are brought to."""

    @property
    def name(self) -> str:
        """As in messages."""

    @property
    def stock(self) -> Stock:
        """What lies there."""

    def receive(self, load: Consignment) -> None:
        """Take in what a truck has brought."""


class SupplierRole(Reader, HasPlace, Protocol):
    """A supplier, as offices see it."""

    @property
    def parameters(self) -> SupplierParameters:
        """Rates, lead time and premium."""

    @property
    def room(self) -> Units:
        """Units of each item that it still takes orders for, (i,)."""

    def makes(self, item: int) -> bool:
        """Whether it makes an item at all."""

    def making_s(self, units: Units) -> NDArray[np.float64]:
        """Seconds until more units of each item would be made, (i,)."""

    def keep_room(self, item: int, units: int) -> None:
        """Keep room for an order that is about to be written."""


class StoreRole(Reader, Receiver, Protocol):
    """A store, as offices see it."""

    number: int
    reserve: Units
    promised: Units

    @property
    def transporter(self) -> Carrier:
        """Who brings its goods to others."""

    def free(self) -> Units:
        """Units of each item that may be given, (i,)."""

    def release_reserve(self, units: Units) -> None:
        """Let units of the reserve be given, as far as there is any."""


class DistributorRole(Receiver, Protocol):
    """A distributor, as stores, offices and the government see it."""

    number: int
    staff: int
    own_staff: int
    on_order: Units
    on_way: Units
    needs_by_day: list[NDArray[np.float64]]

    @property
    def waiting_units(self) -> Units:
        """Units of each item that people wait for, (i,)."""

    @property
    def urgency(self) -> NDArray[np.float64]:
        """Days of need that wait, (i,)."""

    @property
    def history(self) -> NDArray[np.float64]:
        """Units needed on each finished day, (i, t)."""


class StockPool(NamedTuple):
    """Stores for which one quantity is ordered, and those whom they serve.

    What is too much at one of them makes up for what is missing at another.

    Attributes
    ----------
    stores : sequence of StoreRole
    distributors : sequence of DistributorRole
    rows : sequence of int
        Their numbers.
    on_order : (a, i) int64
        Units ordered for each of the stores, and not yet there.
    outstanding : (d, i) int64
        Units that each distributor of the run has asked for, and not been given.
    asked_by_day : sequence of (d, i) float64
        Units that each distributor of the run has asked for on each day so far.
    money : float
        What the order may cost.
    """

    stores: Sequence[StoreRole]
    distributors: Sequence[DistributorRole]
    rows: Sequence[int]
    on_order: Units
    outstanding: Units
    asked_by_day: Sequence[NDArray[np.float64]]
    money: float


class OfficeRole(Reader, Protocol):
    """An office, as the mechanisms of coordination see it."""

    rows: list[int]
    severity: NDArray[np.float64]
    urgency: NDArray[np.float64]
    asked_by_day: list[NDArray[np.float64]]

    @property
    def stores(self) -> Sequence[StoreRole]:
        """Over which it decides."""

    @property
    def distributors(self) -> Sequence[DistributorRole]:
        """Whom they serve."""

    @property
    def every_s(self) -> float:
        """Seconds between two orders."""

    def allocate(self, latency_s: float = 0.0) -> None:
        """Give what there is to those who asked."""

    def procure(self, latency_s: float = 0.0) -> None:
        """Order what its stores need."""


class GovernmentRole(Reader, Protocol):
    """The government, as all others see it."""

    own_store: list[int]
    contracts: Units
    orders: list[Order]

    def site(self, number: int) -> Receiver:
        """A store or distributor by its number in the event log."""

    def customers(self, store: StoreRole) -> list[int]:
        """Numbers of the distributors whose own store it is."""

    def known_severity(self) -> NDArray[np.float64]:
        """Severity in each district, (d,), as its office knows it."""

    def new_order(self, order: Order) -> Order:
        """Enter an order in the event log."""

    def order_received(self, load: Consignment) -> None:
        """Hear that goods have come from a supplier."""

    def order_cut(self, order: Order, units: int) -> None:
        """Hear from a supplier that so many units of an order will not come."""

    def not_sent(self, distributor: int, units: Units) -> None:
        """Hear from a store that it had less left for a distributor than was given."""
