"""What goes on in a run by itself: calls, shifts, breakdowns, disruptions, and the observer."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
import simpy

from agents.service.availability import break_down, keep_shift
from agents.service.dispatch_centre import DispatchCentre
from environment.demand.drawn_calls import Streams
from environment.fleet.breakdowns import failures
from environment.fleet.vehicles import ALWAYS, FleetParameters, Vehicles
from simulation import interventions
from simulation.interventions import RunParts
from simulation.tables.recorder import Recorder


def start(parts: RunParts, recorder: Recorder) -> None:
    """Start every SimPy process that nobody's decision starts."""
    env, config, centre = parts.env, parts.setup.config, parts.centre
    centre.take_calls(parts.setup.calls.by_readiness())
    if parts.outbreak is not None:
        centre.announce_calls()  # before crews ask whether there is anything to do
        env.process(parts.outbreak.follow(env, parts.late_calls, centre))
    _start_duty(env, centre, config.fleet, parts.vehicles, parts.setup.draw)
    interventions.schedule(parts, of_supplies=False)
    if parts.supply_side is not None:
        parts.supply_side.start()
        interventions.schedule(parts, of_supplies=True)
    if config.run.coverage_every_s is not None:
        env.process(_watch_coverage(parts, recorder, config.run.coverage_every_s))


def _start_duty(
    env: simpy.Environment,
    centre: DispatchCentre,
    fleet: FleetParameters,
    vehicles: Vehicles,
    draw: Streams,
) -> None:
    """Have crews keep their shifts, and vehicles break down."""
    for ambulance, shift in zip(centre.ambulances, vehicles.shift.tolist(), strict=True):
        if shift != ALWAYS:
            env.process(keep_shift(ambulance.availability, centre, env, fleet.shifts[shift]))
        if fleet.breakdowns is not None:
            rng = draw(f"fleet.breakdowns.{ambulance.number}")
            env.process(
                break_down(ambulance.availability, centre, env, failures(fleet.breakdowns, rng))
            )


def _watch_coverage(
    parts: RunParts, recorder: Recorder, every_s: float
) -> Generator[simpy.Event, None, None]:
    """Note again and again how much of the demand could be reached in time."""
    env, context, fleet, city = parts.env, parts.context, parts.fleet, parts.setup.area.city
    nodes, stations, shares = city.zone_node, city.stations.node, city.zones.demand_share
    run, within_s = parts.setup.config.run, parts.setup.config.demand.priorities[0].target_s
    driving, station_s = None, np.empty(0)
    while env.now < run.horizon_s:
        if driving is not context.driving:  # streets have been closed or opened
            driving, station_s = (
                context.driving,
                context.driving.table_s(stations, nodes, siren=True),
            )
        share = fleet.covered_share(station_s, nodes, shares, within_s, env.now)
        recorder.coverage_seen(env.now, fleet.available_count, share)
        yield env.timeout(every_s)
