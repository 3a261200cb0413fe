"""The event log of the supply side: stock changes, messages, needs, orders, shipments and trips."""

from __future__ import annotations

from agents.supply.messages import Message, Need
from agents.supply.orders import Consignment, Order
from agents.supply.records import Claim, TruckTrip
from agents.supply.stock import Change


class SupplyRecorder:
    """Writes down what the agents of the supply side tell.

    Attributes
    ----------
    stock_changes, messages, requests, needs, orders, shipments, trips, plans : lists of tuples
        Rows of the tables of the same names (see `simulation.tables.supply`).
    """

    def __init__(self) -> None:
        self.stock_changes: list[tuple[float, int, int, int, int]] = []
        self.messages: list[tuple[float, float, str, str, str, str, int]] = []
        self.requests: list[tuple[float, int, int, int]] = []
        self.needs: list[tuple[int, Claim]] = []
        self.orders: list[Order] = []
        self.shipments: list[Consignment] = []
        self.trips: list[TruckTrip] = []
        self.plans: list[tuple[float, int, str, int]] = []
        self.handouts: list[tuple[float, int, int, int, float]] = []

    def stock_changed(
        self, time_s: float, site: int, item: int, change: Change, units: int
    ) -> None:
        """Note units of an item that came to a site or left it."""
        self.stock_changes.append((time_s, site, item, int(change), units))

    def message_sent(
        self, sent_s: float, read_s: float, sender: str, receiver: str, message: Message
    ) -> None:
        """Note a message."""
        kind = type(message).__name__
        units = int(message.units.sum())
        self.messages.append((sent_s, read_s, message.stage, kind, sender, receiver, units))
        if isinstance(message, Need):
            each = enumerate(message.units.tolist())
            self.requests += [(sent_s, message.distributor, item, n) for item, n in each if n]

    def order_placed(self, order: Order) -> None:
        """Note an order; how far it comes is filled in later."""
        self.orders.append(order)

    def consignment_sent(self, consignment: Consignment) -> None:
        """Note goods that were handed to a transporter; their times are filled in later."""
        consignment.number = len(self.shipments)
        self.shipments.append(consignment)

    def trip_ended(self, trip: TruckTrip) -> None:
        """Note a truck's trip that is over."""
        self.trips.append(trip)

    def need_arose(self, distributor: int, claim: Claim) -> None:
        """Note a need; what is given is filled in later."""
        self.needs.append((distributor, claim))

    def given_out(
        self, time_s: float, distributor: int, item: int, units: int, waited_unit_s: float
    ) -> None:
        """Note units that people were given, and how long they waited, summed over the units."""
        self.handouts.append((time_s, distributor, item, units, waited_unit_s))

    def plan_made(self, time_s: float, office: int, kind: str, sites: int) -> None:
        """Note that an office has decided."""
        self.plans.append((time_s, office, kind, sites))
