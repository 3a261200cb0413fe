"""The supply side of a run: its agents, and what happens there by itself."""

from __future__ import annotations

from collections.abc import Generator
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.coordination.mechanisms import choose_mechanisms
from agents.supply.care import CareSupplies
from agents.supply.distributor import Distributor
from agents.supply.government import Government
from agents.supply.messages import Post
from agents.supply.store import Store
from agents.supply.supplier import Supplier
from agents.supply.world import DAY_S, Place, SupplyWorld
from environment.disruptions import SupplierDisrupted
from environment.epidemic.days import EpidemicDay
from environment.epidemic.spir import I, P
from environment.supply.needs import BATCHES_A_DAY, NeedsOfPeople, Who
from environment.supply.places import contracts, own_stores
from simulation.policies import open_gate
from simulation.settling import persons_by_district
from simulation.supply_recorder import SupplyRecorder
from simulation.supply_tables import SupplyTables, supply_tables

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

Life = Generator[simpy.Event, None, None]


class SupplySide:
    """Government, suppliers, stores, transporters and distributors of one run.

    Attributes
    ----------
    supply : SupplyWorld
    books : SupplyRecorder
    """

    def __init__(self, model: EmergencyModel) -> None:
        config = model.config
        self._env = model.env
        self.books = SupplyRecorder()
        self.supply = SupplyWorld(
            world=model.world,
            parameters=config.supplies,
            gate=open_gate(config, "supply", model.sources, model.draw, model.watch),
            post=Post(model.env, self.books, config.supplies.times.message_delay_s),
            books=self.books,
            horizon_s=config.run.horizon_s,
            persons=np.array(list(persons_by_district(config, model.ground).values()), dtype=float),
        )
        days = ceil(config.run.horizon_s / DAY_S) + 1
        self.supply.mechanisms = choose_mechanisms(
            config.coordination, self.supply, model.draw, days
        )
        _settle(model, self.supply)
        self._needs = NeedsOfPeople(config.supplies.items, self.supply.persons)
        self._has_epidemic = config.epidemic.is_there

    def begin(self, model: EmergencyModel) -> None:
        """Start what happens by itself; the epidemic's day comes before that of the supplies."""
        supply = self.supply
        districts = model.ground.districts
        model.world.care = CareSupplies(
            supply,
            [districts.names.index(name) for name in districts.of_station],
            [districts.names.index(name) for name in districts.of_hospital],
        )
        transporters = [one.transporter for one in supply.suppliers]
        transporters += [one.transporter for one in supply.stores]
        if supply.parameters.couplings.trucks_share_streets:
            model.world.trucks += [truck for one in transporters for truck in one.trucks]
        if model.outbreak is not None:
            model.epidemic_listeners.append(self._hear_of_epidemic)
            model.outbreak.doses_given = self.doses_given
        supply.mechanisms.planning.begin(supply, supply.government.offices)
        self._env.process(self._days())
        for disruption in model.config.disruptions:
            if isinstance(disruption, SupplierDisrupted):
                self.disrupt(disruption)

    def doses_given(self) -> NDArray[np.float64]:
        """Doses given in each district since this was asked last, (d,)."""
        return np.array([float(site.take_doses_given()) for site in self.supply.distributors])

    def tables(self) -> SupplyTables:
        """What has happened so far, what is still open included."""
        for site in self.supply.sites:
            site.stock.look()
        for distributor in self.supply.distributors:
            distributor.give_up()
        return supply_tables(self.supply, self.books)

    def disrupt(self, disruption: SupplierDisrupted) -> None:
        """Have a supplier make less from some moment, not before now, to another."""
        self._env.process(self._disrupt(disruption))

    def _hear_of_epidemic(self, day: EpidemicDay) -> None:
        """Take over what an epidemic brings on a day."""
        morning = day.moves.sum(axis=1)  # where everybody is at the beginning of the day
        supply = self.supply
        supply.ill_share = (morning[:, P] + morning[:, I]) / morning.sum(axis=1)
        supply.severity = 1000 * morning[:, I] / morning.sum(axis=1)
        patients = day.next_morning.persons[:, I]
        self._needs.begin_day(day.new_suspected, day.new_cases, patients)

    def _days(self) -> Life:
        supply = self.supply
        nobody = np.zeros(len(supply.persons))
        while not supply.is_over:
            yield self._env.timeout(0)  # the epidemic comes first
            if not self._has_epidemic:
                self._needs.begin_day(nobody, nobody, nobody)
            for site in supply.distributors:
                site.begin_day()
            supply.government.begin_day()
            supply.mechanisms.information.report()
            supply.mechanisms.risk.share_staff()
            yield from self._day()

    def _day(self) -> Life:
        """Let needs come up batch by batch."""
        for _ in range(BATCHES_A_DAY):
            if not self.supply.is_over:
                for who, units in zip((Who.ILL, Who.PUBLIC), self._needs.next_batch(), strict=True):
                    self._need(who, units)
            yield self._env.timeout(DAY_S / BATCHES_A_DAY)

    def _need(self, who: Who, units: NDArray[np.int64]) -> None:
        for row, item in np.argwhere(units).tolist():
            self.supply.distributors[row].need(item, int(units[row, item]), who)

    def _disrupt(self, disruption: SupplierDisrupted) -> Life:
        names = [supplier.name for supplier in self.supply.suppliers]
        supplier = self.supply.suppliers[names.index(disruption.supplier)]
        yield self._env.timeout(disruption.from_s - self._env.now)
        supplier.begin_disruption(disruption.output_share)
        yield self._env.timeout(disruption.until_s - disruption.from_s)
        supplier.end_disruption(disruption.output_share)


def _settle(model: EmergencyModel, supply: SupplyWorld) -> None:
    """Put every agent at its site."""
    parameters, ground = model.config.supplies, model.ground
    sites, joined = parameters.sites, ground.supply_places
    assert joined is not None
    each = zip(joined.names, joined.node.tolist(), joined.access_s.tolist(), strict=True)
    places = [Place(number, *one) for number, one in enumerate(each)]
    trucks = 0
    for number, supplier in enumerate(sites.suppliers):
        agent = Supplier(model, number, places[number], supplier, supply, trucks)
        supply.suppliers.append(agent)
        trucks += supplier.trucks.count
    first = len(sites.suppliers)
    for number, store in enumerate(sites.stores):
        supply.stores.append(Store(model, number, places[first + number], store, supply, trucks))
        trucks += store.trucks.count
    first += len(sites.stores)
    for number, distributor in enumerate(sites.distributors):
        supply.distributors.append(
            Distributor(model, number, places[first + number], distributor, supply)
        )
    own_store = own_stores(parameters, joined, ground.driving).tolist()
    supply.government = Government(model, supply, own_store, contracts(parameters))
    supply.government.open_offices()
