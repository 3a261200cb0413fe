"""What goes on in a run by itself: calls, shifts, breakdowns, disruptions, and the observer."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np
import simpy

from agents.service.disruptions import CityEvents
from agents.service.duty import break_down, keep_shift
from agents.service.incident import Incident
from environment.disruptions import Disruption, HospitalClosed, MassCasualty, StationClosed
from environment.fleet.breakdowns import failures
from environment.fleet.vehicles import ALWAYS
from environment.traffic.closures import changes

if TYPE_CHECKING:
    from simulation.model import EmergencyModel


def begin(model: EmergencyModel) -> None:
    """Start every SimPy process that nobody's decision starts."""
    env = model.env
    model.centre.know_incidents(_incidents(model))
    model.centre.take_calls(model.calls.by_readiness())
    if model.outbreak is not None:
        model.centre.announce_calls()  # before crews ask whether there is anything to do
        follow = model.outbreak.follow
        env.process(follow(env, model.world, model.centre, model.recorder, model.later_calls))
    _begin_duty(model)
    _begin_disruptions(model)
    if model.supply_side is not None:
        model.supply_side.begin(model)
    if model.config.run.coverage_every_s is not None:
        env.process(_watch_coverage(model, model.config.run.coverage_every_s))


def _incidents(model: EmergencyModel) -> dict[int, Incident]:
    """The mass-casualty incidents by number."""
    table = model.calls.table
    events = [d for d in model.config.disruptions if isinstance(d, MassCasualty)]
    incidents = {}
    for number, event in enumerate(events):
        own = table[table["incident"] == number]
        true = dict(zip(own.index.tolist(), own["triage_priority"].tolist(), strict=True))
        incidents[number] = Incident(model.env, event.triage_s, true)
    return incidents


def _begin_duty(model: EmergencyModel) -> None:
    env, centre, fleet = model.env, model.centre, model.config.fleet
    for ambulance, shift in zip(centre.ambulances, model.vehicles.shift.tolist(), strict=True):
        if shift != ALWAYS:
            env.process(keep_shift(ambulance.availability, centre, env, fleet.shifts[shift]))
        if fleet.breakdowns is not None:
            rng = model.draw(f"fleet.breakdowns.{ambulance.number}")
            env.process(
                break_down(ambulance.availability, centre, env, failures(fleet.breakdowns, rng))
            )


def _begin_disruptions(model: EmergencyModel) -> None:
    for disruption in model.config.disruptions:
        happening = closing(model, model.events, disruption)
        if happening is not None:
            model.env.process(happening)
    for at_s, closures in changes(model.config.disruptions):
        model.env.process(model.closures.plan(at_s, closures))


def closing(
    model: EmergencyModel, events: CityEvents, disruption: Disruption
) -> Generator[simpy.Event, None, None] | None:
    """The closing of a station or a hospital, if that is what a disruption is."""
    city = model.ground.city
    if isinstance(disruption, StationClosed):
        row = int(np.flatnonzero(city.stations.sites.site_id == disruption.station)[0])
        return events.close_station(row, disruption.from_s, disruption.until_s)
    if isinstance(disruption, HospitalClosed):
        row = int(np.flatnonzero(city.hospitals.sites.site_id == disruption.hospital)[0])
        return events.close_hospital(row, disruption.from_s, disruption.until_s)
    return None


def _watch_coverage(model: EmergencyModel, every_s: float) -> Generator[simpy.Event, None, None]:
    """Note again and again how much of the demand could be reached in time."""
    env, world, fleet, zones = model.env, model.world, model.fleet, model.ground.city.zones
    nodes, stations = model.ground.city.zone_node, model.ground.city.stations.node
    within_s = model.config.demand.priorities[0].target_s
    driving, station_s = None, np.empty(0)
    while env.now < model.config.run.horizon_s:
        if driving is not world.driving:  # streets have been closed or opened
            driving, station_s = world.driving, world.driving.table_s(stations, nodes, siren=True)
        share = fleet.covered_share(station_s, nodes, zones.demand_share, within_s, env.now)
        model.recorder.coverage_seen(env.now, fleet.available_count, share)
        yield env.timeout(every_s)
