"""A supplier: makes supplies to order, item by item, and sends them to stores."""

from __future__ import annotations

from collections.abc import Generator
from math import ceil, floor, inf
from typing import Any

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import Procurement
from agents.supply.orders import Order, Place
from agents.supply.stock import Change, Lot, Stock, spoils_at
from agents.supply.transporter import Transporter
from environment.supply.sites import SupplierParameters
from environment.units import DAY_S

LOTS_A_DAY = 4
LOT_S = DAY_S / LOTS_A_DAY
"""What a line makes in this time is one lot; a disruption is felt at the next one."""


class Supplier(mesa.Agent):
    """A factory with a line for each item that it makes.

    Attributes
    ----------
    number : int
    place : Place
    stock : Stock
        What is made and not yet sent.
    on_order : (i,) int64
        Units of each item ordered and not yet made, those in the post included.
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        place: Place,
        parameters: SupplierParameters,
        supply: SupplyContext,
        first_truck: int,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.place = place
        self.parameters = parameters
        self._disrupted_to: list[float] = []
        self._supply = supply
        self._env = supply.env
        items = supply.item_names
        self._rate_per_s = [parameters.rate_per_day.get(name, 0.0) / DAY_S for name in items]
        self._most = [parameters.most_on_order.get(name) for name in items]
        self.stock = Stock(supply.env, supply.log, place.site, [0] * len(items), [inf] * len(items))
        self.transporter = Transporter(model, place, parameters.trucks, supply, first_truck)
        self._orders: list[list[Order]] = [[] for _ in items]
        self.on_order = np.zeros(len(items), dtype=np.int64)
        self._lines: list[simpy.Process | None] = [None] * len(items)
        self._resumed = supply.env.event()

    @property
    def name(self) -> str:
        """As in messages."""
        return self.place.name

    def makes(self, item: int) -> bool:
        """Whether it makes an item at all."""
        return self._rate_per_s[item] > 0

    @property
    def room(self) -> NDArray[np.int64]:
        """Units of each item that it still takes orders for, (i,)."""
        most = [10**9 if self.makes(k) and m is None else m or 0 for k, m in enumerate(self._most)]
        return np.maximum(np.array(most, dtype=np.int64) - self.on_order, 0)

    def making_s(self, units: NDArray[np.int64]) -> NDArray[np.float64]:
        """Seconds until more units of each item would be made, (i,); infinite while it is down."""
        rate = np.array(self._rate_per_s) * self.output
        work = (self.on_order + units).astype(float)
        lead_s = self.parameters.lead_time_days * DAY_S
        return lead_s + np.divide(work, rate, out=np.full(len(rate), inf), where=rate > 0)

    def keep_room(self, item: int, units: int) -> None:
        """Keep room for an order that is about to be written."""
        self.on_order[item] += units

    def read(self, message: Any) -> None:
        """Take an order."""
        assert isinstance(message, Procurement)
        order = self._supply.government.orders[message.order]
        order.begins_s = self._env.now + self.parameters.lead_time_days * DAY_S
        own = self._orders[order.item]
        own.append(order)
        own.sort(key=lambda o: (o.rank, o.ordered_s, o.number))
        if self._lines[order.item] is None:
            self._lines[order.item] = self._env.process(self._produce(order.item))

    @property
    def output(self) -> float:
        """Share of its rates that it reaches now: 1, or that of the worst disruption."""
        return min(self._disrupted_to, default=1.0)

    def begin_disruption(self, output_share: float) -> None:
        """Reach only a share of its rates from the next lot on; none at 0."""
        self._disrupted_to.append(output_share)
        self._note_output()

    def end_disruption(self, output_share: float) -> None:
        """Get over a disruption; others may go on."""
        self._disrupted_to.remove(output_share)
        self._note_output()
        if self.output > 0:
            self._resumed.succeed()
            self._resumed = self._env.event()

    def _note_output(self) -> None:
        self._supply.trace.output_changed(self.number, self.output)

    def _produce(self, item: int) -> Generator[simpy.Event, None, None]:
        """Make one lot after the other, as long as there are orders."""
        own = self._orders[item]
        while own and not self._supply.is_over:
            if self.output <= 0:
                yield self._resumed
                continue
            ready_s = [max(order.begins_s - self._env.now, 0.0) for order in own]
            if min(ready_s) > 0:
                yield self._env.timeout(min(ready_s))
                continue
            order = own[ready_s.index(0.0)]
            rate_per_s = self._rate_per_s[item] * self.output
            units = min(order.units - order.made, max(1, floor(rate_per_s * LOT_S)))
            yield self._env.timeout(units / rate_per_s)
            self._finish(order, item, units)
        self._lines[item] = None

    def _finish(self, order: Order, item: int, units: int) -> None:
        """Put a lot aside for its order, and send what fills a truck, is a day's work, or the last.

        Else a small part of a truck would wait for days while people go without.
        """
        spoils_s = spoils_at(self._env.now, self._supply.shelf_life_s(item))
        self.stock.put(item, [Lot(spoils_s, units)], Change.PRODUCED)
        order.made += units
        self.on_order[item] -= units
        truckful = ceil(self.parameters.trucks.capacity_l / self._supply.volume_l[item])
        is_complete = order.made == order.units
        if is_complete:
            self._orders[item].remove(order)
        if is_complete or order.made - order.shipped >= min(truckful, LOTS_A_DAY * units):
            self._send(order, item)

    def _send(self, order: Order, item: int) -> None:
        wanted = order.made - order.shipped
        lots: list[list[Lot]] = [[] for _ in self._orders]
        lots[item] = self.stock.take(item, wanted, Change.SENT)
        sent = sum(lot.units for lot in lots[item])
        order.shipped += sent
        if sent < wanted:
            self._strike(order, wanted - sent)
        self.transporter.ship(self.transporter.pack(order.store, lots, order.number))

    def _strike(self, order: Order, spoilt: int) -> None:
        """Take from an order what has spoilt before it could be sent."""
        order.units -= spoilt
        order.made -= spoilt
        self._supply.government.order_cut(order, spoilt)
