"""A store: keeps supplies in stock, and a reserve that only the government may release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.supply.context import SupplyContext
from agents.supply.messages import Receipt, Release
from agents.supply.orders import Consignment, Place
from agents.supply.roles import DistributorRole
from agents.supply.stock import Change, Stock, spoils_at
from agents.supply.transporter import Transporter
from environment.supply.sites import PlannedTrip, StoreParameters


class Store(mesa.Agent):
    """One store with its transporter.

    Attributes
    ----------
    number : int
    place : Place
    stock : Stock
        The reserve included.
    reserve : (i,) int64
        Units that may not be given.
    promised : (i,) int64
        Units that the government has given already, and that are not yet sent.
    transporter : Transporter
    """

    def __init__(
        self,
        model: mesa.Model,
        number: int,
        place: Place,
        parameters: StoreParameters,
        supply: SupplyContext,
        first_truck: int,
    ) -> None:
        super().__init__(model)
        self.number = number
        self.place = place
        self._supply = supply
        items = supply.item_names
        self.reserve = np.array([parameters.reserve.get(name, 0) for name in items], dtype=np.int64)
        self.promised = np.zeros(len(items), dtype=np.int64)
        opening = [
            parameters.stock.get(name, 0) + kept
            for name, kept in zip(items, self.reserve.tolist(), strict=True)
        ]
        keeps_s = [spoils_at(0.0, supply.shelf_life_s(item)) for item in range(len(items))]
        self.stock = Stock(supply.env, supply.log, place.site, opening, keeps_s)
        self.transporter = Transporter(model, place, parameters.trucks, supply, first_truck)

    @property
    def name(self) -> str:
        """As in messages."""
        return self.place.name

    def free(self) -> NDArray[np.int64]:
        """Units of each item that may be given, (i,)."""
        return np.maximum(self.stock.on_hand() - self.reserve - self.promised, 0)

    def release_reserve(self, units: NDArray[np.int64]) -> None:
        """Let units of the reserve be given, as far as there is any."""
        self.reserve -= np.minimum(self.reserve, units)

    def read(self, message: Any) -> None:
        """Send what the government has released."""
        assert isinstance(message, Release)
        self.promised -= message.units.sum(axis=0)
        loads = []
        for row in np.flatnonzero(message.units.any(axis=1)).tolist():
            loads += self._pack(self._supply.distributors[row], message.units[row])
        self.transporter.ship(loads)

    def send_planned(self, trips: Sequence[PlannedTrip]) -> None:
        """Set aside what trips that are fixed before the run bring, and have trucks drive them."""
        sites = {one.name: one for one in self._supply.distributors}
        for trip in trips:
            loads = []
            for stop in trip.stops:
                names = self._supply.item_names
                units = np.array([stop.units.get(name, 0) for name in names], dtype=np.int64)
                site = sites[stop.site]
                site.on_order += units
                site.on_way += units
                packed = self._pack(site, units)
                for load in packed:
                    load.not_before_s, load.unload_s = stop.not_before_s, stop.unload_s
                loads += packed
            self.transporter.drive_planned(trip.truck - 1, loads, trip.not_before_s)

    def _pack(self, site: DistributorRole, units: NDArray[np.int64]) -> list[Consignment]:
        """Make loads for a distributor; what has spoilt since it was given is owed again."""
        lots = [
            self.stock.take(item, wanted, Change.SENT) for item, wanted in enumerate(units.tolist())
        ]
        short = units - np.array([sum(lot.units for lot in own) for own in lots], dtype=np.int64)
        if short.any():
            site.on_way -= short
            self._supply.government.not_sent(site.number, short)
        return self.transporter.pack(site.place, lots)

    def receive(self, load: Consignment) -> None:
        """Take in what a supplier's truck has brought."""
        for item, lots in enumerate(load.lots):
            if lots:
                self.stock.put(item, lots, Change.RECEIVED)
        message = Receipt(load.units, self.place.site)
        self._supply.post.inform(message, self.name, self._supply.government.name)
        self._supply.government.order_received(load)
