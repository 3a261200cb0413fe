"""The supply side of one run: everybody who acts in it, and what care uses up."""

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
from environment.supply.needs import Who
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


class CareSupplies:
    """Draws supplies for crews and hospitals from the distributor of their district.

    Parameters
    ----------
    supply : SupplySystem
    of_station, of_hospital : sequence of int
        Row of the district of each station and hospital.
    """

    def __init__(
        self, supply: SupplySystem, of_station: Sequence[int], of_hospital: Sequence[int]
    ) -> None:
        items, couplings = supply.parameters.items, supply.parameters.couplings
        self._supply = supply
        self._of_station = of_station
        self._of_hospital = of_hospital
        self._delay_s = couplings.crew_delay_s
        self._delay_share = couplings.hospital_delay_share
        self._by_crews = couplings.crews_use_supplies
        self._by_hospitals = couplings.hospitals_use_supplies
        self._of_mission = [item.per_mission for item in items]
        self._of_handover = [item.per_handover for item in items]
        self._used = {Who.CREW: [0.0] * len(items), Who.HOSPITAL: [0.0] * len(items)}

    def crew_delay_s(self, station: int) -> float:
        """Seconds that a crew of a station stays longer with a patient for lack of supplies."""
        if not self._by_crews:
            return 0.0
        has_all = self._draw(self._of_station[station], self._of_mission, Who.CREW)
        return 0.0 if has_all else self._delay_s

    def slowness(self, hospital: int) -> float:
        """Factor on the handover and the stay of a patient at a hospital."""
        if not self._by_hospitals:
            return 1.0
        has_all = self._draw(self._of_hospital[hospital], self._of_handover, Who.HOSPITAL)
        return 1.0 if has_all else 1.0 + self._delay_share

    def _draw(self, district: int, units_each: Sequence[float], who: Who) -> bool:
        """Take whole units for one patient more; what is used by parts is taken now and then."""
        distributor, used, has_all = self._supply.distributors[district], self._used[who], True
        for item, each in enumerate(units_each):
            if each:
                used[item] += each
                units = int(used[item] + 1e-9)
                used[item] -= units
                if units and not distributor.draw(item, units, who):
                    has_all = False
        return has_all
