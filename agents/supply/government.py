"""The government: monitors, procures, sets reserves free and has supplies allocated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import Need, ReserveRequest
from agents.supply.office import Office
from agents.supply.orders import Consignment, Order, Place
from agents.supply.roles import Receiver, StoreRole
from environment.units import HOUR_S


class Government(mesa.Agent):
    """The main control, with one office or several.

    Attributes
    ----------
    name : str
    offices : list of Office
    orders : list of Order
    own_store : list of int
        The store of each distributor.
    contracts : (a, i) int64
        The supplier that each store has for each item.
    """

    name = "government"

    def __init__(
        self,
        model: mesa.Model,
        supply: SupplyContext,
        own_store: Sequence[int],
        contracts: NDArray[np.int64],
    ) -> None:
        super().__init__(model)
        self._supply = supply
        self.own_store = list(own_store)
        self.contracts = contracts
        self.orders: list[Order] = []
        parts = supply.mechanisms.planning.parts(supply.stores, self.own_store)
        self.offices = [self._office(number, stores) for number, stores in enumerate(parts)]

    def _office(self, number: int, stores: Sequence[StoreRole]) -> Office:
        """One that decides over some stores and those whom they serve."""
        own = {store.number for store in stores}
        served = [d for d in self._supply.distributors if self.own_store[d.number] in own]
        return Office(self, number, stores, served, self._supply)

    def begin_day(self) -> None:
        """Begin another day."""
        for office in self.offices:
            office.begin_day()

    def site(self, number: int) -> Receiver:
        """A store or distributor by its number in the event log."""
        row = number - len(self._supply.suppliers)
        stores = self._supply.stores
        return stores[row] if row < len(stores) else self._supply.distributors[row - len(stores)]

    def _store_at(self, place: Place) -> StoreRole:
        return self._supply.stores[place.site - len(self._supply.suppliers)]

    def customers(self, store: StoreRole) -> list[int]:
        """Numbers of the distributors whose own store it is."""
        return [row for row, number in enumerate(self.own_store) if number == store.number]

    def known_severity(self) -> NDArray[np.float64]:
        """Severity in each district, (d,), as its office knows it."""
        severity = np.zeros(len(self.own_store))
        for office in self.offices:
            known = self._supply.mechanisms.information.severity(office)
            severity[office.rows] = known[office.rows]
        return severity

    def new_order(self, order: Order) -> Order:
        """Enter an order in the event log."""
        self.orders.append(order)
        self._supply.log.order_placed(order)
        return order

    def order_received(self, load: Consignment) -> None:
        """Hear that goods have come from a supplier."""
        order, store = self.orders[load.order], self._store_at(load.destination)
        order.received += int(load.units.sum())
        if order.received >= order.units:
            order.completed_s = self._supply.env.now
        self.offices[order.office].received(store, load.units)

    def order_cut(self, order: Order, units: int) -> None:
        """Hear from a supplier that so many units of an order will not come."""
        store = self._store_at(order.store)
        if order.received >= order.units:
            order.completed_s = self._supply.env.now
        self.offices[order.office].order_cut(store, order.item, units)

    def not_sent(self, distributor: int, units: NDArray[np.int64]) -> None:
        """Hear from a store that it had less left for a distributor than was given."""
        self._office_of(self.own_store[distributor]).owe_again(distributor, units)

    def read(self, message: Any) -> None:
        """Act on a request."""
        if isinstance(message, Need):
            office = self._office_of(self.own_store[message.distributor])
            office.hear(message)
        else:
            assert isinstance(message, ReserveRequest)
            self._supply.env.process(self._decide(message))

    def _decide(self, request: ReserveRequest) -> Any:
        """Release a reserve after some thought."""
        yield self._supply.env.timeout(self._supply.parameters.times.release_h * HOUR_S)
        self._supply.stores[request.store].release_reserve(request.units)
        self._office_of(request.store).reserve_released(request.units)

    def _office_of(self, store: int) -> Office:
        return next(
            office for office in self.offices if store in [one.number for one in office.stores]
        )
