"""One run: build a city and its agents, let the clock run, hand over what happened."""

from __future__ import annotations

from contextlib import closing

from agents.service.context import Vehicle
from agents.service.traffic_control import TrafficControl
from agents.streets import Streets
from environment.demand.calls import Calls
from policies.base import PolicyError
from policies.source import fresh_copies
from policies.watch import Watch
from scenarios.scenario import Scenario
from simulation import build, processes
from simulation.clock import SimPyModel
from simulation.interventions import RunParts
from simulation.interventions.streets import StreetClosures
from simulation.late_calls import LateCalls
from simulation.outbreak import make_outbreak
from simulation.policies import Sources, find_sources
from simulation.preparation import ServiceArea
from simulation.streams import streams
from simulation.supply_side import make_supply_side
from simulation.tables.epidemic import epidemic_table
from simulation.tables.recorder import CallState, Recorder
from simulation.tables.result import Result, origin
from simulation.tables.service import (
    call_table,
    hour_table,
    mission_table,
    move_table,
    vehicle_table,
)
from simulation.trace import Trace

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
    setup : RunSetup
        What it starts from: city, streams, exogenous calls, coordination.
    vehicles : Vehicles
    recorder : Recorder
    gate : Gate
        The policies of the ambulance service.
    context : ServiceContext
    fleet : Fleet
    centre : DispatchCentre
    late_calls : LateCalls
        Those that come up in the run.
    outbreak : CityOutbreak or None
        None where there is no epidemic.
    supply_side : SupplySide or None
        None where there are no supplies.
    closures : StreetClosures
    parts : RunParts
        All that interventions act on.
    """

    def __init__(
        self, scenario: Scenario, replication: int = 0, sources: Sources | None = None
    ) -> None:
        super().__init__(FRAME_S)
        self.config = scenario
        self.replication = replication
        self.sources = fresh_copies(find_sources(scenario) if sources is None else sources)
        self.watch = Watch()

        # The city, the streams and what is exogenous
        setup = self.setup = build.make_setup(scenario, streams(scenario.seed, replication))
        self.gate = build.open_service_gate(setup, self.sources, self.watch)
        self.vehicles = build.place_vehicles(setup, self.sources, self.gate, self.watch)

        # The agents
        driving, trace = setup.area.driving, Trace(self.env, is_kept=scenario.run.trace)
        self.recorder = Recorder(trace, setup.calls.table["priority"].to_numpy())
        streets = Streets(driving, trace.streets_changed(driving))
        traffic = TrafficControl(self, self.env, streets, self.gate, self.recorder)
        self.supply_side = make_supply_side(
            self, setup, self.sources, self.watch, streets, traffic, trace
        )
        care = None if self.supply_side is None else self.supply_side.care
        self.context = build.make_context(self.env, setup, streets, traffic, self.recorder, care)
        self.fleet = build.make_fleet(setup, self.vehicles, streets)
        service = (self.vehicles, self.gate, self.context, self.fleet)
        self.centre = build.make_centre(self, setup, *service)

        # What goes on by itself, and what can happen to it
        self.late_calls = LateCalls(setup.calls, self.context, self.centre, self.recorder)
        self.outbreak = make_outbreak(setup, self.centre.hospitals, self.supply_side)
        trucks = [] if self.supply_side is None else self.supply_side.trucks_on_shared_streets
        drivers: list[Vehicle] = [*self.centre.ambulances, *trucks]
        self.closures = StreetClosures(self.env, setup.area, streets, self.fleet, drivers, trace)
        self.parts = RunParts(
            self.env,
            setup,
            *service,
            self.centre,
            self.late_calls,
            self.closures,
            self.outbreak,
            self.supply_side,
        )
        processes.start(self.parts, self.recorder)

    @property
    def area(self) -> ServiceArea:
        """The city and how one drives in it."""
        return self.setup.area

    @property
    def calls(self) -> Calls:
        """What will happen, whatever anybody decides."""
        return self.setup.calls

    @property
    def later_calls(self) -> list[Calls]:
        """Those that came up in the run, in the order of their numbers."""
        return self.late_calls.calls

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

    def result(self) -> Result:
        """What has happened so far."""
        config, log, city = self.config, self.recorder, self.area.city
        self.context.traffic.close_log()
        for ambulance in self.centre.ambulances:
            ambulance.availability.close_log()
        missions = mission_table(log.missions(), city, self.vehicles.station)
        moves, absences = move_table(log.transfers(), city), log.absences()
        return Result(
            calls=call_table(self.late_calls.all, log, missions, city, config),
            missions=missions,
            vehicles=vehicle_table(self.vehicles, city, config.fleet),
            hours=hour_table(missions, moves, absences, len(self.vehicles), config.run.horizon_s),
            moves=moves,
            absences=absences,
            forced_greens=log.forced_greens(),
            coverage=log.coverage(),
            epidemic=epidemic_table(self.outbreak),
            supplies=None if self.supply_side is None else self.supply_side.tables(),
            manifest={**origin(config, self.sources), "replication": self.replication},
            trace=log.trace.copy(),
            city=city,
        )

    def _require_all_answered(self) -> None:
        waiting = self.centre.waiting
        if waiting:
            zone = self.area.city.zones.zone_id[waiting[0].patient.call.zone]
            raise PolicyError(
                f"{self.config.policies.dispatch.use} left {len(waiting)} calls without an answer "
                f"though all {len(self.vehicles)} ambulances had come home; the first is call "
                f"{waiting[0].number} in zone {zone}"
            )
