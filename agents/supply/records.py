"""What the agents of the supply side write down, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agents.supply.messages import MessageLog
from agents.supply.orders import Consignment, Order
from agents.supply.stock import StockLog
from environment.supply.needs import Who


@dataclass(eq=False)
class Claim:
    """Units of one item that somebody needs.

    Attributes
    ----------
    item, units : int
    who : Who
    since_s : float
    at_once, given : int
        Units got without waiting, and in all.
    waited_unit_s : float
        Seconds of waiting, summed over the units given.
    ended_s : float
        When it was met in full or given up; NaN while it is open.
    """

    item: int
    units: int
    who: Who
    since_s: float
    at_once: int = 0
    given: int = 0
    waited_unit_s: float = 0.0
    ended_s: float = float("nan")

    @property
    def left(self) -> int:
        """Units not yet given."""
        return self.units - self.given


@dataclass(frozen=True)
class TruckTrip:
    """A trip that is over.

    Attributes
    ----------
    truck : int
    home, depot : int
        Sites where it belongs and where it loaded.
    began_s, left_s, back_s : float
        Under way or waiting to be loaded; loaded; home again.
    stops : int
    load_l : int
    metres : float
    """

    truck: int
    home: int
    depot: int
    began_s: float
    left_s: float
    back_s: float
    stops: int
    load_l: int
    metres: float


class SupplyLog(StockLog, MessageLog, Protocol):
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
