"""Who and what a run begins with: its calls, vehicles, policies and agents."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.ambulance import Ambulance, StandingOrders
from agents.dispatch_centre import CentreRules, DispatchCentre
from agents.dispatch_view import CentreView
from agents.fleet import Fleet
from agents.hospital import Capacity, Hospital
from agents.hospital_view import CrewView
from agents.traffic_control import TrafficControl
from agents.world import World
from environment.calls import Calls
from environment.city import City
from environment.demand import DAY_S, Streams, draw_calls
from environment.districts import station_to_zone_s
from environment.errors import DataError
from environment.hospital_parameters import hospital_means
from environment.mass_casualty import with_extra_calls
from environment.recorded_calls import read_recorded_calls
from environment.staffing import skill_contradictions
from environment.vehicle_types import call_needs
from environment.vehicles import Vehicles, read_vehicles, settle_vehicles
from policies.base import LocationView
from policies.decisions import DecisionDesk, placed_ambulances
from scenarios.scenario import Scenario
from simulation.policies import make_policy

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

STAY_HOME = "home"
"""The relocation policy that never asks for a move."""


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
    if config.fleet.vehicles is not None:
        path = config.folder / config.fleet.vehicles
        vehicles = read_vehicles(path, config.fleet, stations.site_id)
    else:
        vehicles = settle_vehicles(config.fleet, _placed(model), stations.site_id)
    lost = config.dispatch_centre.when_busy == "lose"
    problems = skill_contradictions(config.demand, config.fleet, vehicles, calls_are_lost=lost)
    if problems:
        raise DataError("\n".join(problems))
    return vehicles


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
    )
    policy = make_policy(model.config, "location", model.sources, model.draw)
    with model.watch:
        return placed_ambulances(policy, view, model.watch)


def open_desk(model: EmergencyModel) -> DecisionDesk:
    """The policies that decide during the run."""

    def make(decision: str) -> Any:
        return make_policy(model.config, decision, model.sources, model.draw)

    return DecisionDesk(
        make("dispatch"), make("hospital"), make("relocation"), make("signals"), model.watch
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


def make_centre(model: EmergencyModel) -> DispatchCentre:
    """The dispatch centre, with the hospitals that it knows."""
    config, hospitals = model.config, _hospitals(model)
    unlimited = all(hospital.capacity.is_unlimited for hospital in hospitals)
    closes = any(event.kind == "hospital_closed" for event in config.disruptions)
    return DispatchCentre(
        model,
        model.world,
        model.fleet,
        model.desk,
        CentreView(model.world, model.fleet, model.ground.districts.of_zone),
        CrewView(
            model.world,
            hospitals,
            config.demand.handover.mean_s,
            all_open=unlimited and not closes,
        ),
        hospitals,
        CentreRules(
            config.dispatch_centre.when_busy,
            config.dispatch_centre.queue,
            _needs(model),
            moves_up=config.policies.relocation.use != STAY_HOME,
        ),
    )


def _needs(model: EmergencyModel) -> list[list[tuple[int, ...]]]:
    """The skills of each of a call's ambulances, by priority and number of ambulances less one.

    Where all vehicles are alike nobody has to look.
    """
    config, skills = model.config, model.vehicles.skills
    most = int(model.calls.table["units"].max()) if len(model.calls) else 1
    alike = bool((skills == skills[0]).all())
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
        )
        for row in range(len(stops))
    ]


def settle_ambulances(model: EmergencyModel) -> None:
    """Put every ambulance at its station."""
    config, vehicles = model.config, model.vehicles
    orders = StandingOrders(
        sent_on_way_home=config.fleet.available_after == "clear",
        called_off=config.dispatch_centre.redispatch,
    )
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
