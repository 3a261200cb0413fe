"""Building a run: its calls, vehicles, policies and agents, each from what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import isinf

import mesa
import numpy as np
import simpy
from numpy.typing import NDArray

from agents.coordination.expected_demand import ExpectedDemandByDistrict
from agents.coordination.mechanisms import (
    ServiceMechanisms,
    choose_service_mechanisms,
    coordinated_orders,
)
from agents.event_log import TraceLog
from agents.service.ambulance import Ambulance
from agents.service.context import Care, ServiceContext, ServiceLog
from agents.service.dispatch_centre import CentreRules, DispatchCentre
from agents.service.fleet import Fleet
from agents.service.hospital import Capacity, Hospital
from agents.service.mission import StandingOrders
from agents.service.planners import Planners
from agents.service.traffic_control import TrafficControl
from agents.streets import Streets
from environment.demand.calls import Calls
from environment.demand.drawn_calls import Streams, draw_calls
from environment.demand.hospitals import hospital_means
from environment.demand.record import read_recorded_calls
from environment.disruptions import with_extra_calls
from environment.districts import inhabitants, station_to_zone_s
from environment.errors import DataError
from environment.fleet.staffing import (
    district_contradictions,
    origins_of_calls,
    skill_contradictions,
)
from environment.fleet.vehicle_types import call_needs
from environment.fleet.vehicles import Vehicles, read_vehicles, settle_vehicles
from environment.places.city import City
from environment.units import DAY_S
from policies.base import LocationView
from policies.dispatch import DISPATCH
from policies.gate import Gate, ask
from policies.location import LOCATION
from policies.relocation import RELOCATION
from policies.watch import Watch
from scenarios.scenario import Scenario
from simulation.expectations import calls_per_hour, expected_demand, expected_times
from simulation.policies import Sources, make_policy, open_gate
from simulation.preparation import ServiceArea, prepare
from simulation.setup import RunSetup, call_source


def make_setup(config: Scenario, draw: Streams) -> RunSetup:
    """What a run starts from.

    Raises
    ------
    RoadNetworkError, DataError
        If map, places or calls are not as they should be, or contradict the scenario.
    """
    area = prepare(config)
    calls = exogenous_calls(config, area.city, draw)
    return RunSetup(config, area, draw, calls, coordinate_service(config, draw))


def exogenous_calls(config: Scenario, city: City, draw: Streams) -> Calls:
    """All that will happen, whatever anybody decides: drawn or recorded, and what disruptions add.

    Raises
    ------
    DataError
        If a record is not as it should be, or a disruption asks for what the city does not have.
    """
    demand, horizon_s = config.demand, config.run.horizon_s
    if demand.recorded_calls is None:
        calls = draw_calls(demand, city.addresses, horizon_s, draw, config.hospitals)
    else:
        calls = _recorded_calls(config, city, draw)
    source = call_source(config, city, draw)
    return with_extra_calls(calls, config.disruptions, source, horizon_s)


def _recorded_calls(config: Scenario, city: City, draw: Streams) -> Calls:
    path = config.folder / str(config.demand.recorded_calls)
    calls = read_recorded_calls(
        path, config.demand, city.addresses, config.places, draw, config.hospitals,
        config.run.horizon_s,
    )  # fmt: skip
    last_day = calls.table["called_s"].max() / DAY_S
    if last_day >= config.run.horizon_s / DAY_S:
        raise DataError(
            f"{path}: the last call comes on day {last_day:.2f}, after the end of the run "
            f"on day {config.run.horizon_s / DAY_S:g}; set run.days (and "
            "run.warm_up_days), or leave such calls out by demand.faulty_calls = 'drop'"
        )
    return calls


def place_vehicles(setup: RunSetup, sources: Sources, gate: Gate, watch: Watch) -> Vehicles:
    """The vehicles, each with its station, by the table of vehicles or else by the policy.

    Raises
    ------
    DataError
        If there are none, or calls need what none of them has.
    """
    config, stations = setup.config, setup.area.city.stations.sites
    if not len(stations):  # and nobody who could call, else the city would have been refused
        return settle_vehicles(config.fleet, stations.ambulances, stations.site_id)
    if config.fleet.vehicles is not None:
        path = config.folder / config.fleet.vehicles
        vehicles = read_vehicles(path, config.fleet, stations.site_id)
    else:
        placed = _placed(setup, sources, watch)
        vehicles = settle_vehicles(config.fleet, placed, stations.site_id)
    lost = config.dispatch_centre.when_busy == "lose"
    problems = skill_contradictions(config.demand, config.fleet, vehicles, calls_are_lost=lost)
    problems = problems or districts_without_vehicles(setup, vehicles, gate.policies(DISPATCH))
    if problems:
        raise DataError("\n".join(problems))
    return vehicles


def districts_without_vehicles(
    setup: RunSetup, vehicles: Vehicles, dispatch: Sequence[object]
) -> list[str]:
    """What calls need and no vehicle of their own district has, a line each.

    It matters where the dispatch policies, one a planner, keep to districts, or the coordination.
    """
    config = setup.config
    if any(DISPATCH.trait(policy, "keeps_to_districts") for policy in dispatch):
        reason = f"policies.dispatch = {config.policies.dispatch.use!r}"
    elif setup.mechanisms.risk.leaves_alone:
        reason = "coordination without 'risk'"
    else:
        return []
    demand, districts = config.demand, setup.area.districts
    demand_share = setup.area.city.zones.demand_share
    ill = [outbreak.district for outbreak in config.epidemic.outbreaks]
    origins = origins_of_calls(demand, setup.calls.table, demand_share, districts, ill)
    return district_contradictions(demand, config.fleet, vehicles, districts, origins, reason)


def _placed(setup: RunSetup, sources: Sources, watch: Watch) -> NDArray[np.int64]:
    """How many ambulances each station has, (s,)."""
    city, fleet = setup.area.city, setup.config.fleet
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
        travel_s=station_to_zone_s(city, setup.area.driving),
        calls_per_hour=calls_per_hour(setup),
        busy_s=expected_times(setup).busy_s,
    )

    def place(planner: int, seen: LocationView) -> NDArray[np.int64]:
        policy = make_policy(setup.config, LOCATION, sources, setup.draw, planner)
        with watch:
            return ask(LOCATION, policy, watch, seen)

    return setup.mechanisms.planning.place(place, view, setup.area.districts, fleet.ambulances)


def open_service_gate(setup: RunSetup, sources: Sources, watch: Watch) -> Gate:
    """The policies that decide for the ambulance service during the run."""
    planners = len(setup.mechanisms.planning.names(setup.area.districts))
    return open_gate(setup.config, "service", sources, setup.draw, watch, planners)


def make_context(
    env: simpy.Environment,
    setup: RunSetup,
    streets: Streets,
    traffic: TrafficControl,
    log: ServiceLog,
    care: Care | None,
) -> ServiceContext:
    """Clock, streets and event log of the ambulance service."""
    return ServiceContext(
        env=env,
        city=setup.area.city,
        streets=streets,
        traffic=traffic,
        priorities=setup.config.demand.priorities,
        trip_noise=setup.calls.trip_noise,
        log=log,
        care=care,
    )


def make_fleet(setup: RunSetup, vehicles: Vehicles, streets: Streets) -> Fleet:
    """The table of all ambulances."""
    return Fleet(
        streets,
        setup.area.city.stations,
        vehicles,
        [kind.name for kind in setup.config.fleet.types],
        setup.area.districts,
        setup.config.demand.mobilisation.mean_s,
        setup.area.city.siren_access_share,
    )


def coordinate_service(config: Scenario, draw: Streams) -> ServiceMechanisms:
    """How the ambulance service works together: by the coordination, else by its own keys."""
    centre = config.dispatch_centre
    calls_wait = centre.when_busy == "wait"
    return choose_service_mechanisms(
        config.coordination, standing_orders(config), centre.queue, draw, calls_wait=calls_wait
    )


def standing_orders(config: Scenario) -> StandingOrders:
    """What every crew may be told."""
    orders = StandingOrders(
        sent_on_way_home=config.fleet.available_after == "clear",
        called_off=config.dispatch_centre.redispatch,
    )
    return coordinated_orders(config.coordination, orders)


def make_centre(
    model: mesa.Model,
    setup: RunSetup,
    vehicles: Vehicles,
    gate: Gate,
    context: ServiceContext,
    fleet: Fleet,
) -> DispatchCentre:
    """The dispatch centre, with its hospitals and with every ambulance at its station."""
    config, districts = setup.config, setup.area.districts
    planning, risk = setup.mechanisms.planning, setup.mechanisms.risk
    expect = partial(expected_demand, setup, vehicles)
    centre = DispatchCentre(
        model,
        context,
        fleet,
        gate,
        risk.view(
            context,
            fleet,
            districts,
            ExpectedDemandByDistrict(expect, districts, planning, risk),
        ),
        make_hospitals(model, setup, context.log.trace),
        CentreRules(
            config.dispatch_centre.when_busy,
            setup.mechanisms.rules,
            _needs(setup, vehicles),
            config.demand.handover.mean_s,
            planning.planner_of_zones(districts),
        ),
        make_planners(setup, vehicles, gate, context, fleet),
    )
    centre.ambulances += make_ambulances(model, setup, vehicles, centre, context, fleet)
    return centre


def make_planners(
    setup: RunSetup, vehicles: Vehicles, gate: Gate, context: ServiceContext, fleet: Fleet
) -> Planners | None:
    """Those who decide during the run where ambulances wait, if anybody does."""
    policies = gate.policies(RELOCATION)
    if not any(RELOCATION.trait(policy, "moves_up") for policy in policies):
        return None
    planning, districts = setup.mechanisms.planning, setup.area.districts
    return Planners(
        gate,
        planning.views(context, fleet, districts),
        planning.planner_of(districts, vehicles.station.tolist()),
    )


def _needs(setup: RunSetup, vehicles: Vehicles) -> list[list[tuple[int, ...]]]:
    """The skills of each of a call's ambulances, by priority and number of ambulances less one.

    Where all vehicles are alike nobody has to look.
    """
    config, skills = setup.config, vehicles.skills
    known = int(setup.calls.table["units"].max()) if len(setup.calls) else 1
    asked_for = (len(priority.needs) for priority in config.demand.priorities)
    most = max(known, len(config.demand.unit_shares), *asked_for)
    alike = bool((skills == skills[:1]).all())
    return [
        [
            (0,) * units if alike else call_needs(priority.needs, units, config.fleet.types)
            for units in range(1, most + 1)
        ]
        for priority in config.demand.priorities
    ]


def make_hospitals(model: mesa.Model, setup: RunSetup, trace: TraceLog) -> list[Hospital]:
    """The hospitals, with their bays and beds."""
    config, stops = setup.config, setup.area.city.hospitals
    means = hospital_means(config.hospitals, stops.sites, config.demand.conditions)
    return [
        Hospital(
            model,
            row,
            str(stops.sites.name[row]),
            int(stops.node[row]),
            float(stops.access_s[row]),
            Capacity(
                bays=None if isinf(means.bays[row]) else int(means.bays[row]),
                beds=None if isinf(means.beds[row]) else int(means.beds[row]),
                specialties=(
                    None
                    if means.has_specialty[row].all()
                    else frozenset(np.flatnonzero(means.has_specialty[row]).tolist())
                ),
                divert_when_waiting=config.hospitals.divert_when_waiting,
            ),
            trace,
        )
        for row in range(len(stops))
    ]


def persons_by_district(config: Scenario, area: ServiceArea) -> dict[str, int]:
    """Inhabitants of each district, in the order of `Districts.names`.

    Raises
    ------
    DataError
        If nobody says how many people there are.
    """
    total = config.epidemic.persons
    return inhabitants(
        area.districts,
        area.city.zones.demand_share,
        config.roads.inhabitants if total is None else total,
        {
            one.site_id: one.persons
            for one in config.supplies.sites.distributors
            if one.persons is not None
        },
    )


def make_ambulances(
    model: mesa.Model,
    setup: RunSetup,
    vehicles: Vehicles,
    centre: DispatchCentre,
    context: ServiceContext,
    fleet: Fleet,
) -> list[Ambulance]:
    """Every ambulance, at its station."""
    return [
        Ambulance(
            model,
            number,
            home,
            context,
            fleet,
            centre,
            setup.mechanisms.information,
            transports=transports,
        )
        for number, (home, transports) in enumerate(
            zip(vehicles.station.tolist(), vehicles.transports.tolist(), strict=True)
        )
    ]
