"""The supply side of one run, with everybody who acts in it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.coordination.mechanisms import choose_mechanisms
from agents.supply.context import SupplyContext, SupplyRun
from agents.supply.distributor import Distributor
from agents.supply.government import Government
from agents.supply.orders import Place
from agents.supply.store import Store
from agents.supply.supplier import Supplier
from environment.demand.drawn_calls import Streams
from environment.units import DAY_S
from policies.coordination import CoordinationParameters


class SupplySystem(SupplyContext):
    """Government, suppliers, stores, transporters and distributors, each at its site.

    Parameters
    ----------
    model : mesa.Model
    run : SupplyRun
        What they share.
    places : sequence of Place
        Of suppliers, stores and distributors, in this order.
    own_store : (d,) int64
        The store of each distributor.
    contracts : (a, i) int64
        The supplier that each store has for each item.
    coordination : CoordinationParameters
    streams : callable
        Of the run.
    """

    def __init__(
        self,
        model: mesa.Model,
        run: SupplyRun,
        places: Sequence[Place],
        own_store: NDArray[np.int64],
        contracts: NDArray[np.int64],
        coordination: CoordinationParameters,
        streams: Streams,
    ) -> None:
        super().__init__(run)
        days = ceil(run.horizon_s / DAY_S) + 1
        self.mechanisms = choose_mechanisms(coordination, self, streams, days)
        sites, of_site, trucks = run.parameters.sites, iter(places), 0
        self.suppliers: list[Supplier] = []
        for number, supplier in enumerate(sites.suppliers):
            self.suppliers.append(Supplier(model, number, next(of_site), supplier, self, trucks))
            trucks += supplier.trucks.count
        self.stores: list[Store] = []
        for number, store in enumerate(sites.stores):
            self.stores.append(Store(model, number, next(of_site), store, self, trucks))
            trucks += store.trucks.count
        self.distributors: list[Distributor] = [
            Distributor(model, number, next(of_site), distributor, self)
            for number, distributor in enumerate(sites.distributors)
        ]
        self.government: Government = Government(model, self, own_store.tolist(), contracts)

    @property
    def sites(self) -> list[Supplier | Store | Distributor]:
        """Every site, in the order of their numbers in the event log."""
        return [*self.suppliers, *self.stores, *self.distributors]
