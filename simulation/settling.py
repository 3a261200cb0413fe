"""Who and what a run begins with: its calls, vehicles, policies and agents."""

from __future__ import annotations

from functools import partial
from math import isinf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.coordination.ambulance_service import ServiceMechanisms, choose_service_mechanisms
from agents.coordination.expected_demand import Outlooks
from agents.service.ambulance import Ambulance, StandingOrders
from agents.service.dispatch_centre import CentreRules, DispatchCentre
from agents.service.dispatch_view import DistrictCentreView
from agents.service.fleet import Fleet
from agents.service.hospital import Capacity, CrewView, Hospital
from agents.service.planners import Planners
from agents.service.traffic_control import TrafficControl
from agents.service.world import World
from environment.demand.calls import Calls
from environment.demand.drawn_calls import DAY_S, Streams, draw_calls
from environment.demand.hospitals import hospital_means
from environment.demand.mass_casualty import with_extra_calls
from environment.demand.recorded_calls import read_recorded_calls
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
from policies.base import LocationView
from policies.decisions import DecisionDesk, placed_ambulances
from scenarios.scenario import Scenario
from simulation.expectations import calls_per_hour, expected_times, outlook
from simulation.policies import make_policy

if TYPE_CHECKING:
    from simulation.model import EmergencyModel
    from simulation.preparation import Ground

STAY_HOME = "home"
"""The relocation policy that never asks for a move."""

KEEP_TO_DISTRICTS = "district_only"
"""The dispatch policy that sends nobody across the border of a district."""


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
    return with_extra_calls(
        calls,
        config.disruptions,
        demand,
        city.addresses,
        config.places,
        horizon_s,
        draw,
        config.hospitals,
    )


def _recorded_calls(config: Scenario, city: City, draw: Streams) -> Calls:
    path = config.folder / str(config.demand.recorded_calls)
    calls = read_recorded_calls(
        path, config.demand, city.addresses, config.places, draw, config.hospitals
    )
    last_day = calls.table["called_s"].max() / DAY_S
    if last_day >= config.run.horizon_s / DAY_S:
        raise DataError(
            f"{path}: the last call comes on day {last_day:.2f}, after the end of the run "
            f"on day {config.run.horizon_s / DAY_S:g}; set run.days (and run.warm_up_days)"
        )
    return calls


def settle_fleet(model: EmergencyModel) -> Vehicles:
    """The vehicles, each with its station, by the table of vehicles or else by the policy.

    Raises
    ------
    DataError
        If there are none, or calls need what none of them has.
    """
    config, stations = model.config, model.ground.city.stations.sites
    if not len(stations):  # and nobody who could call, else the city would have been refused
        return settle_vehicles(config.fleet, stations.ambulances, stations.site_id)
    if config.fleet.vehicles is not None:
        path = config.folder / config.fleet.vehicles
        vehicles = read_vehicles(path, config.fleet, stations.site_id)
    else:
        vehicles = settle_vehicles(config.fleet, _placed(model), stations.site_id)
    lost = config.dispatch_centre.when_busy == "lose"
    problems = skill_contradictions(config.demand, config.fleet, vehicles, calls_are_lost=lost)
    problems = problems or bare_districts(model, config, vehicles)
    if problems:
        raise DataError("\n".join(problems))
    return vehicles


def bare_districts(model: EmergencyModel, config: Scenario, vehicles: Vehicles) -> list[str]:
    """What calls need and no vehicle of their own district has, a line each."""
    if config.policies.dispatch.use == KEEP_TO_DISTRICTS:
        reason = f"policies.dispatch = {KEEP_TO_DISTRICTS!r}"
    elif model.service_mechanisms.risk is DistrictCentreView:
        reason = "coordination without 'risk'"
    else:
        return []
    demand, districts = model.config.demand, model.ground.districts
    demand_share = model.ground.city.zones.demand_share
    ill = [outbreak.district for outbreak in model.config.epidemic.outbreaks]
    origins = origins_of_calls(demand, model.calls.table, demand_share, districts, ill)
    fleet = model.config.fleet
    return district_contradictions(demand, fleet, vehicles, districts, origins, reason)


def _placed(model: EmergencyModel) -> NDArray[np.int64]:
    """How many ambulances each station has, (s,)."""
    city, fleet = model.ground.city, model.config.fleet
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
        travel_s=station_to_zone_s(city, model.ground.driving),
        calls_per_hour=calls_per_hour(model),
        busy_s=expected_times(model).busy_s,
    )

    def ask(planner: int, seen: LocationView) -> NDArray[np.int64]:
        policy = make_policy(model.config, "location", model.sources, model.draw, planner)
        with model.watch:
            return placed_ambulances(policy, seen, model.watch)

    return model.service_mechanisms.planning.place(
        ask, view, model.ground.districts, fleet.ambulances
    )


def open_desk(model: EmergencyModel) -> DecisionDesk:
    """The policies that decide during the run."""

    def make(decision: str, planner: int = 0) -> Any:
        return make_policy(model.config, decision, model.sources, model.draw, planner)

    planners = len(model.service_mechanisms.planning.names(model.ground.districts))
    return DecisionDesk(
        [make("dispatch", planner) for planner in range(planners)],
        make("hospital"),
        [make("relocation", planner) for planner in range(planners)],
        make("signals"),
        model.watch,
    )


def make_world(model: EmergencyModel) -> World:
    """Clock, streets and books, with the traffic control."""
    driving = model.ground.driving
    return World(
        env=model.env,
        city=model.ground.city,
        driving=driving,
        traffic=TrafficControl(model, model.env, driving, model.desk, model.recorder),
        priorities=model.config.demand.priorities,
        trip_noise=model.calls.trip_noise,
        books=model.recorder,
    )


def make_fleet(model: EmergencyModel) -> Fleet:
    """The table of all ambulances."""
    return Fleet(
        model.ground.driving,
        model.ground.city.stations,
        model.vehicles,
        [kind.name for kind in model.config.fleet.types],
        model.ground.districts,
        model.config.demand.mobilisation.mean_s,
    )


def coordinate_service(config: Scenario) -> ServiceMechanisms:
    """How the ambulance service works together: by the coordination, else by its own keys."""
    centre = config.dispatch_centre
    orders = StandingOrders(
        sent_on_way_home=config.fleet.available_after == "clear", called_off=centre.redispatch
    )
    return choose_service_mechanisms(config.coordination.of_ambulances, orders, centre.queue)


def make_centre(model: EmergencyModel) -> DispatchCentre:
    """The dispatch centre, with the hospitals that it knows."""
    config, hospitals = model.config, _hospitals(model)
    planning, districts = model.service_mechanisms.planning, model.ground.districts
    risk = model.service_mechanisms.risk
    unlimited = all(hospital.capacity.is_unlimited for hospital in hospitals)
    closes = any(event.kind == "hospital_closed" for event in config.disruptions)
    return DispatchCentre(
        model,
        model.world,
        model.fleet,
        model.desk,
        risk(
            model.world,
            model.fleet,
            districts.of_zone,
            Outlooks(partial(outlook, model), districts, planning, risk),
        ),
        CrewView(
            model.world,
            hospitals,
            config.demand.handover.mean_s,
            all_open=unlimited and not closes,
        ),
        hospitals,
        CentreRules(
            config.dispatch_centre.when_busy,
            model.service_mechanisms.rules,
            _needs(model),
            make_planners(model, config),
            planning.planner_of_zones(districts),
        ),
    )


def make_planners(model: EmergencyModel, config: Scenario) -> Planners | None:
    """Those who decide during the run where ambulances wait, if anybody does."""
    if config.policies.relocation.use == STAY_HOME:
        return None
    planning, districts = model.service_mechanisms.planning, model.ground.districts
    return Planners(
        model.desk,
        planning.views(model.world, model.fleet, districts),
        planning.planner_of(districts, model.vehicles.station.tolist()),
    )


def _needs(model: EmergencyModel) -> list[list[tuple[int, ...]]]:
    """The skills of each of a call's ambulances, by priority and number of ambulances less one.

    Where all vehicles are alike nobody has to look.
    """
    config, skills = model.config, model.vehicles.skills
    known = int(model.calls.table["units"].max()) if len(model.calls) else 1
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


def _hospitals(model: EmergencyModel) -> list[Hospital]:
    config, stops = model.config, model.ground.city.hospitals
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
            model.recorder.trace,
        )
        for row in range(len(stops))
    ]


def persons_by_district(config: Scenario, ground: Ground) -> dict[str, int]:
    """Inhabitants of each district, in the order of `Districts.names`.

    Raises
    ------
    DataError
        If nobody says how many people there are.
    """
    total = config.epidemic.persons
    return inhabitants(
        ground.districts,
        ground.city.zones.demand_share,
        config.roads.inhabitants if total is None else total,
        {
            one.site_id: one.persons
            for one in config.supplies.sites.distributors
            if one.persons is not None
        },
    )


def settle_ambulances(model: EmergencyModel) -> None:
    """Put every ambulance at its station."""
    vehicles, orders = model.vehicles, model.service_mechanisms.information
    model.centre.ambulances += [
        Ambulance(
            model,
            number,
            home,
            model.world,
            model.fleet,
            model.centre,
            orders,
            transports=transports,
        )
        for number, (home, transports) in enumerate(
            zip(vehicles.station.tolist(), vehicles.transports.tolist(), strict=True)
        )
    ]
