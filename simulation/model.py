"""One run: settle a city's agents, let the clock run, hand over what happened."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from agents.coordination.ambulance_service import ServiceMechanisms
from agents.service.dispatch_centre import DispatchCentre
from agents.service.disruptions import CityEvents
from agents.service.fleet import Fleet
from agents.service.world import World
from environment.demand.calls import Calls
from environment.epidemic.days import EpidemicDay
from policies.base import PolicyError
from policies.decisions import DecisionDesk
from policies.watch import Watch
from scenarios.scenario import Scenario
from simulation import happenings, settling
from simulation.clock import SimPyModel
from simulation.epidemic_table import epidemic_table
from simulation.outbreak import CityOutbreak, make_outbreak
from simulation.policies import Sources, find_sources
from simulation.preparation import prepare
from simulation.recorder import CallState, Recorder
from simulation.result import Result, origin
from simulation.streams import streams
from simulation.street_closures import StreetClosures
from simulation.supply_side import SupplySide
from simulation.tables import call_table, hour_table, mission_table, move_table, vehicle_table

FRAME_S = 60.0


def simulate(scenario: Scenario, replication: int = 0, sources: Sources | None = None) -> Result:
    """Run a scenario once.

    Parameters
    ----------
    scenario : Scenario
    replication : int
        Which of its independent repetitions; the same one gives the same result anywhere.
    sources : mapping of str to PolicySource, optional
        Sources of the user's own policies, where they were found already.

    Raises
    ------
    CorridorError
        If map, places, calls or policies are not as they should be.
    """
    with closing(EmergencyModel(scenario, replication, sources)) as model:
        return model.run()


class EmergencyModel(SimPyModel):
    """A city whose ambulances answer a stretch of calls.

    Attributes
    ----------
    config : Scenario
    ground : Ground
        The city and how one drives in it.
    calls : Calls
        What will happen, whatever anybody decides.
    service_mechanisms : ServiceMechanisms
        How the ambulance service is coordinated.
    vehicles : Vehicles
    desk : DecisionDesk
        The policies.
    world : World
    fleet : Fleet
    centre : DispatchCentre
    recorder : Recorder
    outbreak : CityOutbreak or None
        None where there is no epidemic.
    supply_side : SupplySide or None
        None where there are no supplies.
    events : CityEvents
        Carries out what befalls the city.
    closures : StreetClosures
    later_calls : list of Calls
        Those that came up in the run, in the order of their numbers: from an epidemic day by day.
    epidemic_listeners : list of callable
        Each is told what the epidemic brings on a day when it begins.
    """

    def __init__(
        self, scenario: Scenario, replication: int = 0, sources: Sources | None = None
    ) -> None:
        super().__init__(FRAME_S)
        self.config = scenario
        self.replication = replication
        self.sources = find_sources(scenario) if sources is None else sources
        self.watch = Watch()
        self.draw = streams(scenario.seed, replication)
        self.ground = prepare(scenario)
        self.calls = settling.exogenous_calls(scenario, self.ground.city, self.draw)
        self.service_mechanisms: ServiceMechanisms = settling.coordinate_service(scenario)
        self.vehicles = settling.settle_fleet(self)
        self.recorder = Recorder(self.env, self.calls.table["priority"].to_numpy())
        self.desk: DecisionDesk = settling.open_desk(self)
        self.world: World = settling.make_world(self)
        self.fleet: Fleet = settling.make_fleet(self)
        self.centre: DispatchCentre = settling.make_centre(self)
        settling.settle_ambulances(self)
        self.later_calls: list[Calls] = []
        self.epidemic_listeners: list[Callable[[EpidemicDay], None]] = []
        self.outbreak: CityOutbreak | None = make_outbreak(self)
        self.supply_side = SupplySide(self) if scenario.supplies.is_there else None
        self.events = CityEvents(self.world, self.fleet, self.centre)
        self.closures = StreetClosures(self.env, self.ground, self.events)
        happenings.begin(self)

    def run(self) -> Result:
        """Run until every call is over and every ambulance at home.

        Raises
        ------
        PolicyError
            If a policy fails, or leaves calls without an answer for ever.
        """
        with self.watch:
            self.env.run()
        self._require_all_answered()
        return self.result()

    def step(self) -> None:
        """Advance by one frame; `running` ends with the last mission, as Mesa's pages expect."""
        with self.watch:
            super().step()
        self.running = self.is_busy

    @property
    def is_busy(self) -> bool:
        """Whether any call is to come or open, or an ambulance at work."""
        at_work = any(ambulance.at_work for ambulance in self.centre.ambulances)
        is_open = bool((self.recorder.states == CallState.OPEN).any())
        return at_work or is_open or self.centre.expects_calls

    @property
    def calls_so_far(self) -> Calls:
        """All calls that are known: after the exogenous ones those that came up in the run."""
        later = self.later_calls
        return self.calls.followed_by(*later) if later else self.calls

    def result(self) -> Result:
        """What has happened so far."""
        config, books, city = self.config, self.recorder, self.ground.city
        self.world.traffic.close_books()
        for ambulance in self.centre.ambulances:
            ambulance.availability.close_books()
        missions = mission_table(books.missions(), city, self.vehicles.station)
        moves, absences = move_table(books.transfers(), city), books.absences()
        return Result(
            calls=call_table(self.calls_so_far, books, missions, city, config),
            missions=missions,
            vehicles=vehicle_table(self.vehicles, city, config.fleet),
            hours=hour_table(missions, moves, absences, len(self.vehicles), config.run.horizon_s),
            moves=moves,
            absences=absences,
            forced_greens=books.forced_greens(),
            coverage=books.coverage(),
            epidemic=epidemic_table(self.outbreak),
            supplies=None if self.supply_side is None else self.supply_side.tables(),
            manifest={**origin(config, self.sources), "replication": self.replication},
            trace=books.trace.copy(),
            city=city,
        )

    def _require_all_answered(self) -> None:
        waiting = self.centre.waiting
        if waiting:
            zone = self.ground.city.zones.zone_id[waiting[0].patient.call.zone]
            raise PolicyError(
                f"{self.config.policies.dispatch.use} left {len(waiting)} calls without an answer "
                f"though all {len(self.vehicles)} ambulances had come home; the first is call "
                f"{waiting[0].number} in zone {zone}"
            )
