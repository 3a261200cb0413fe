"""A plan from a workbook tried in the simulator, beside what would be done without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.planning.drops import Drop, deliveries_of, drops_of
from experiments.planning.plan import Plan
from experiments.planning.trial.runs import try_plans
from experiments.planning.trial.scenario import PlannedRound, TrialSetting, VehicleCost, Visit
from experiments.planning.trial.worlds import WORLDS
from policies.routing.base import RoutingPolicy, RoutingView, Trip
from policies.routing.direct import Direct
from policies.routing.nearest_neighbour import NearestNeighbour
from policies.routing.planning import Deliveries
from policies.routing.schedule import trip_times_s

Array = NDArray[np.float64]

THIS_PLAN, MEAN_NEAREST, EACH_ALONE = "this plan", "mean, nearest", "each for itself"
"""The two others order what is expected, and drive on to the nearest; or make a trip to each centre
with the orders of the plan."""
PATIENCE_H = 24.0
"""Whoever has come waits until the day is over."""


def try_plan(
    plan: Plan,
    worlds: Sequence[str] = tuple(WORLDS),
    replications: int = 20,
    *,
    workers: int = 1,
    seed: int = 1,
    tell: Callable[[int, int], Any] = lambda *_: None,
) -> pd.DataFrame:
    """Try a plan and two rules of thumb on the same demand.

    The rules take the same vehicles, and look at nothing but their capacities: shifts, opening
    hours and numbers of trips are left out, which is in their favour. Demand begins to come up as
    the first vehicle of the plan sets out, and comes in the course of a day.

    Parameters
    ----------
    plan : Plan
    worlds : sequence of str
        Laws of demand, with the means and deviations of the workbook.
    replications, workers, seed, tell
        As `experiments.planning.trial.runs.try_plans` takes them.

    Returns
    -------
    DataFrame
        As `try_plans` gives it.
    """
    begin_s = min((trip.start_s for trip in plan.routes.trips), default=0.0)
    plans = {THIS_PLAN: rounds_of_plan(plan, begin_s)}
    mean = np.array([max(0.0, round(need.mean - need.stock)) for need in plan.asked.needs])
    plans[MEAN_NEAREST] = _by_rule(plan, mean, NearestNeighbour())
    plans[EACH_ALONE] = _by_rule(plan, plan.orders.quantity, Direct())
    return try_plans(
        setting_of_plan(plan), plans, worlds, replications, workers=workers, seed=seed, tell=tell
    )


def setting_of_plan(plan: Plan) -> TrialSetting:
    """Where a plan is tried: the places, prices and demand of its workbook."""
    asked = plan.asked
    shape = (len(asked.centres), len(asked.products))

    def grid(name: str) -> Array:
        values = np.zeros(shape)
        for need in asked.needs:
            values[need.centre, need.product] = getattr(need, name)
        return values

    return TrialSetting(
        depots=tuple(depot.name for depot in asked.depots),
        centres=tuple(centre.name for centre in asked.centres),
        items=tuple(product.name for product in asked.products),
        travel_s=plan.ways.travel_s,
        distance_m=plan.ways.distance_m,
        mean=grid("mean"),
        sd=grid("sd"),
        unit_cost=grid("unit_cost"),
        holding_cost=grid("holding_cost"),
        shortage_cost=grid("shortage_cost"),
        opening=np.floor(np.maximum(grid("stock"), 0.0)).astype(np.int64),
        vehicle_cost={
            truck.name: VehicleCost(truck.cost, truck.cost_per_km, truck.cost_per_h)
            for truck in asked.trucks
        },
        patience_h=PATIENCE_H,
    )


def rounds_of_plan(plan: Plan, begin_s: float) -> tuple[PlannedRound, ...]:
    """The trips of a plan, in seconds after the moment at which demand begins to come up."""
    names = [truck.name for truck in plan.asked.trucks]
    return tuple(
        PlannedRound(
            names[trip.vehicle],
            trip.depot,
            max(0.0, trip.start_s - begin_s),
            tuple(
                _visit(plan, plan.drops[stop], plan.deliveries, stop, begin_s)
                for stop in trip.stops
            ),
        )
        for trip in plan.routes.trips
    )


def _visit(plan: Plan, drop: Drop, deliveries: Deliveries, stop: int, begin_s: float) -> Visit:
    units = np.zeros(len(plan.asked.products), dtype=np.int64)
    for need, quantity in drop.contents:
        # The simulator gives out whole units.
        units[plan.asked.needs[need].product] += int(np.floor(quantity + 0.5))
    asked = deliveries.stops[stop]
    not_before_s = max(0.0, asked.window_s[0] - begin_s)
    return Visit(drop.centre, tuple(units.tolist()), not_before_s, asked.service_s)


def _by_rule(plan: Plan, quantity: Array, rule: RoutingPolicy) -> tuple[PlannedRound, ...]:
    """Bring quantities by a rule of thumb, each centre from the nearest depot with vehicles."""
    drops = drops_of(plan.asked, quantity)
    deliveries = deliveries_of(plan.asked, plan.ways, drops)
    depots = sorted({vehicle.depot for vehicle in deliveries.vehicles})
    first = len(deliveries.depots)
    to_stops = deliveries.travel_s[np.ix_(depots, range(first, first + len(drops)))]
    nearest = np.array(depots)[to_stops.argmin(axis=0)] if drops else np.array([], dtype=int)
    rounds: list[PlannedRound] = []
    for depot in depots:
        own = np.flatnonzero(nearest == depot).tolist()
        vehicles = [k for k, one in enumerate(deliveries.vehicles) if one.depot == depot]
        view = _view(deliveries, depot, own, vehicles)
        for departure_s, trip in _timed(view, rule.plan(view)):
            stops = [own[place - 1] for place in trip.stops]
            visits = (_visit(plan, drops[n], deliveries, n, np.inf) for n in stops)
            name = deliveries.vehicles[vehicles[trip.vehicle]].name
            rounds.append(PlannedRound(name, depot, departure_s, tuple(visits)))
    return tuple(rounds)


def _view(
    deliveries: Deliveries, depot: int, stops: Sequence[int], vehicles: Sequence[int]
) -> RoutingView:
    """One depot with its stops and vehicles."""
    places = [depot, *(deliveries.place(stop) for stop in stops)]
    own = [deliveries.vehicles[number] for number in vehicles]
    service_s = [deliveries.stops[stop].service_s for stop in stops]
    return RoutingView(
        travel_s=deliveries.travel_s[np.ix_(places, places)],
        depot=0,
        demand=np.append(0, deliveries.demand[list(stops)]),
        capacity=np.array([vehicle.capacity for vehicle in own]),
        ready_s=np.zeros(len(own)),
        service_s=np.array([max(vehicle.reload_s for vehicle in own), *service_s]),
    )


def _timed(view: RoutingView, trips: Sequence[Trip]) -> list[tuple[float, Trip]]:
    """Trips with when they set out; all vehicles are loaded for their first."""
    load_s = float(view.service_s[view.depot])
    free_s = np.full(len(view.capacity), -load_s)
    timed = []
    for trip in trips:
        timed.append((float(free_s[trip.vehicle]) + load_s, trip))
        free_s[trip.vehicle] += trip_times_s(view, trip.stops)[1]
    return timed
