"""One run: settle a city's agents, let the clock run, hand over what happened."""

from __future__ import annotations

from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from agents.ambulance import Ambulance
from agents.dispatch_centre import DispatchCentre
from agents.fleet import Fleet
from agents.hospital import Hospital
from agents.world import World
from environment.calls import Calls
from environment.demand import DAY_S, draw_calls
from environment.districts import station_to_zone_s
from environment.errors import DataError
from environment.recorded_calls import read_recorded_calls
from policies.base import LocationView, PolicyError
from policies.decisions import DecisionDesk, placed_ambulances
from policies.watch import Watch
from scenarios.scenario import Scenario
from simulation.clock import SimPyModel
from simulation.policies import Sources, find_sources, make_policy
from simulation.preparation import prepare
from simulation.recorder import CallState, Recorder
from simulation.result import Result, origin
from simulation.streams import streams
from simulation.tables import call_table, hour_table, mission_table

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
    calls : Calls
        What will happen, whatever anybody decides.
    station : (v,) int64
        Row of each ambulance's station.
    centre : DispatchCentre
    fleet : Fleet
    recorder : Recorder
    """

    def __init__(
        self, scenario: Scenario, replication: int = 0, sources: Sources | None = None
    ) -> None:
        super().__init__(FRAME_S)
        self.config = scenario
        self.replication = replication
        self.sources = find_sources(scenario) if sources is None else sources
        self.ground = prepare(scenario)
        self._streams = streams(scenario.seed, replication)
        self.calls = self._exogenous_calls()
        self.recorder = Recorder(len(self.calls))
        self.watch = Watch()
        self.station = self._stations_of_ambulances()
        self.world = self._world()
        self.fleet = self._fleet()
        self.centre = self._centre()
        self._settle_ambulances()
        self.env.process(self.centre.take_calls(self.calls.by_readiness()))

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
        at_work = any(ambulance.mission is not None for ambulance in self.centre.ambulances)
        self.running = at_work or bool((self.recorder.states == CallState.OPEN).any())

    def result(self) -> Result:
        """What has happened so far."""
        config, city = self.config, self.ground.city
        missions = mission_table(self.recorder.missions(), city, self.station)
        calls = call_table(
            self.calls,
            self.recorder.states,
            missions,
            city,
            config.demand.priorities,
            config.run.warm_up_s,
        )
        hours = hour_table(missions, len(self.station), config.run.horizon_s)
        manifest = {**origin(config, self.sources), "replication": self.replication}
        return Result(calls, missions, hours, manifest)

    def _require_all_answered(self) -> None:
        waiting = self.centre.waiting
        if waiting:
            zone = self.ground.city.zones.zone_id[waiting[0].patient.call.zone]
            raise PolicyError(
                f"{self.config.policies.dispatch.use} left {len(waiting)} calls without an answer "
                f"though all {len(self.station)} ambulances had come home; the first is call "
                f"{waiting[0].number} in zone {zone}"
            )

    def _exogenous_calls(self) -> Calls:
        config, city, draw = self.config, self.ground.city, self._streams
        if config.demand.recorded_calls is None:
            return draw_calls(config.demand, city.addresses, config.run.horizon_s, draw)
        path = config.folder / config.demand.recorded_calls
        calls = read_recorded_calls(path, config.demand, city.addresses, config.places, draw)
        last_day = calls.table["called_s"].max() / DAY_S
        if last_day >= config.run.horizon_s / DAY_S:
            raise DataError(
                f"{path}: the last call comes on day {last_day:.2f}, after the end of the run "
                f"on day {config.run.horizon_s / DAY_S:g}; set run.days (and run.warm_up_days)"
            )
        return calls

    def _stations_of_ambulances(self) -> NDArray[np.int64]:
        city, fleet = self.ground.city, self.config.fleet
        given = city.stations.sites.ambulances
        total = int(given.sum()) if fleet.ambulances is None else fleet.ambulances
        if total == 0:
            raise DataError(
                "there are no ambulances: give stations some in the column 'ambulances' of the "
                "table of sites, or set fleet.ambulances (>= 1)"
            )
        view = LocationView(
            ambulances=total,
            given=given,
            demand_share=city.zones.demand_share,
            travel_s=station_to_zone_s(city, self.ground.driving),
        )
        policy = make_policy(self.config, "location", self.sources, self._streams)
        with self.watch:
            placed = placed_ambulances(policy, view, self.watch)
        return np.repeat(np.arange(len(given)), placed)

    def _world(self) -> World:
        demand = self.config.demand
        return World(
            env=self.env,
            city=self.ground.city,
            driving=self.ground.driving,
            priorities=demand.priorities,
            mobilisation_s=demand.mobilisation.mean_s,
            trip_noise=self.calls.trip_noise,
            books=self.recorder,
        )

    def _fleet(self) -> Fleet:
        stations, districts = self.ground.city.stations, self.ground.districts
        return Fleet(
            self.ground.driving,
            home_node=stations.node[self.station],
            access_s=stations.access_s[self.station],
            mobilisation_s=self.world.mobilisation_s,
            stations=stations.sites.site_id[self.station].tolist(),
            districts=[districts.of_station[row] for row in self.station],
        )

    def _centre(self) -> DispatchCentre:
        config, hospitals = self.config, self.ground.city.hospitals
        desk = DecisionDesk(
            make_policy(config, "dispatch", self.sources, self._streams),
            make_policy(config, "hospital", self.sources, self._streams),
            self.watch,
        )
        return DispatchCentre(
            self,
            self.world,
            self.fleet,
            [
                Hospital(self, row, name, int(node), float(access_s))
                for row, (name, node, access_s) in enumerate(
                    zip(hospitals.sites.name, hospitals.node, hospitals.access_s, strict=True)
                )
            ],
            desk,
            self.ground.districts.of_zone,
            when_busy=config.dispatch_centre.when_busy,
            queue=config.dispatch_centre.queue,
        )

    def _settle_ambulances(self) -> None:
        clear = self.config.fleet.available_after == "clear"
        self.centre.ambulances += [
            Ambulance(
                self, number, row, self.world, self.fleet, self.centre, sent_on_way_home=clear
            )
            for number, row in enumerate(self.station.tolist())
        ]
