"""The supply side of a run: its agents, and what happens there by itself."""

from __future__ import annotations

from collections.abc import Generator

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.event_log import TraceLog
from agents.service.traffic_control import TrafficControl
from agents.streets import Streets
from agents.supply.context import SupplyRun
from agents.supply.orders import Place
from agents.supply.system import CareSupplies, SupplySystem
from agents.supply.transporter import Truck
from environment.epidemic.days import EpidemicDay
from environment.epidemic.spir import I, P
from environment.supply.needs import BATCHES_A_DAY, NeedsOfPeople, Who
from environment.supply.places import contracts, needs_of_sites, own_stores
from environment.units import DAY_S
from policies.watch import Watch
from simulation.build import persons_by_district
from simulation.policies import Sources, open_gate
from simulation.setup import RunSetup
from simulation.tables.supply import SupplyTables, supply_tables
from simulation.tables.supply_recorder import SupplyRecorder

Life = Generator[simpy.Event, None, None]


class SupplySide:
    """The supply side of one run, with what happens there by itself.

    Parameters
    ----------
    supply : SupplySystem
    log : SupplyRecorder
    care : CareSupplies
        What crews and hospitals use up.
    has_epidemic : bool
        Whether an epidemic says each day who is ill, before the needs of the day come up.

    Attributes
    ----------
    supply : SupplySystem
    log : SupplyRecorder
    care : CareSupplies
    """

    def __init__(
        self,
        supply: SupplySystem,
        log: SupplyRecorder,
        care: CareSupplies,
        *,
        has_epidemic: bool,
    ) -> None:
        self.supply = supply
        self.log = log
        self.care = care
        self._env = supply.env
        self._needs = NeedsOfPeople(
            supply.parameters.items, supply.persons, needs_of_sites(supply.parameters)
        )
        self._has_epidemic = has_epidemic

    @property
    def trucks_on_shared_streets(self) -> list[Truck]:
        """Trucks that drive on the same streets as ambulances."""
        supply = self.supply
        if not supply.parameters.couplings.trucks_share_streets:
            return []
        transporters = [one.transporter for one in supply.suppliers]
        transporters += [one.transporter for one in supply.stores]
        return [truck for one in transporters for truck in one.trucks]

    def start(self) -> None:
        """Start what happens by itself; the epidemic's day comes before that of the supplies."""
        supply = self.supply
        supply.mechanisms.planning.begin(supply, supply.government.offices)
        for store, parameters in zip(supply.stores, supply.parameters.sites.stores, strict=True):
            store.send_planned(parameters.trips)
        self._env.process(self._days())

    def doses_given(self) -> NDArray[np.float64]:
        """Doses given in each district since this was asked last, (d,)."""
        return np.array([float(site.take_doses_given()) for site in self.supply.distributors])

    def tables(self) -> SupplyTables:
        """What has happened so far, what is still open included."""
        for site in self.supply.sites:
            site.stock.look()
        for distributor in self.supply.distributors:
            distributor.give_up()
        return supply_tables(self.supply, self.log)

    def hear_of_epidemic(self, day: EpidemicDay) -> None:
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


def make_supply_side(
    model: mesa.Model,
    setup: RunSetup,
    sources: Sources,
    watch: Watch,
    streets: Streets,
    traffic: TrafficControl,
    trace: TraceLog,
) -> SupplySide | None:
    """The supply side of a run, if it has one, with every agent at its site.

    Raises
    ------
    DataError
        If nobody says how many people there are.
    """
    config, area = setup.config, setup.area
    if not config.supplies.is_there:
        return None
    joined, log = area.supply_places, SupplyRecorder()
    assert joined is not None
    run = SupplyRun(
        model.env,
        streets,
        traffic,
        config.supplies,
        open_gate(config, "supply", sources, setup.draw, watch),
        log,
        trace,
        config.run.horizon_s,
        np.array(list(persons_by_district(config, area).values()), dtype=float),
    )
    each = zip(joined.names, joined.node.tolist(), joined.access_s.tolist(), strict=True)
    supply = SupplySystem(
        model,
        run,
        [Place(number, *one) for number, one in enumerate(each)],
        own_stores(config.supplies, joined, area.driving),
        contracts(config.supplies),
        config.coordination,
        setup.draw,
    )
    districts = area.districts
    care = CareSupplies(
        supply,
        [districts.names.index(name) for name in districts.of_station],
        [districts.names.index(name) for name in districts.of_hospital],
    )
    return SupplySide(supply, log, care, has_epidemic=config.epidemic.is_there)
