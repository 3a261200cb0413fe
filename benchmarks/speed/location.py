"""Robust location to a proven gap: our cuts beside SCIP's native cones.

    python -m benchmarks.speed.location [--limit-s 300] [ROW ...]

A row is POINTSxSTATIONS, such as 100x30, ``lights`` or ``city``; by default, all. SCIP takes part
where PySCIPOpt is installed. Costs are the paper's, and the case is drawn: points and candidates in
a square of 20 km, 1 to 10 calls of each point, standard deviations of 30 % and a correlation of 0.1
between all points, and protection of 95 % if demand is normal. The paper's transport cost of 50 is
taken for a kilometre; with it nearly every drive decides by itself, so 1 stands beside it, where
stations pool demand and the cones matter.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from policies.siting.limits import SearchLimits
from policies.siting.robust.lights import RouteLights
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.plan import relative_gap
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import Ellipsoid, normal_radius

SIZES = ("100x30", "100x50", "100x70", "200x30", "200x50", "200x70")
SIDE_KM, SPEED_KPH = 20.0, 30.0
SPREAD, CORRELATION = 0.3, 0.1
RADIUS = normal_radius(0.95)
WEIGHT, GAP, CITY_GAP = 0.5, 1e-3, 0.02
LIGHTS, NEAR_KM, WAIT_S = 30, 0.3, 25.0
LIGHTS_LIMIT_S = 480.0
"""Response time in the row with lights: so short that some have to be equipped."""
TRANSPORT_COSTS = (50.0, 1.0)


def main() -> None:
    """Measure and print, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description="Robust location, ours beside SCIP's.")
    parser.add_argument("--limit-s", type=float, default=300.0)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=[*SIZES, "lights", "city"])
    arguments = parser.parse_args()
    if find_spec("pyscipopt") is None:
        print("PySCIPOpt is not installed: no column for SCIP (pip install pyscipopt)")
    print(f"{'':<10}{'transport':>10}{'objective':>12}{'gap':>9}{'s':>8}{'SCIP gap':>11}{'s':>8}")
    for row in arguments.rows:
        for transport_cost in TRANSPORT_COSTS:
            measure(row, transport_cost, arguments.limit_s)


def measure(row: str, transport_cost: float, limit_s: float) -> None:
    """Solve one row by both ways."""
    size = {"lights": "100x30", "city": "1000x100"}.get(row, row)
    points, stations = (int(number) for number in size.split("x"))
    problem, places_km = draw(points, stations, transport_cost)
    if row == "lights":
        problem = with_lights(problem, *places_km)
    gap = CITY_GAP if row == "city" else GAP
    plan = solve_location(problem, WEIGHT, SearchLimits(gap, limit_s))
    line = f"{row:<10}{transport_cost:>10g}{plan.objective:>12,.1f}"
    line += f"{plan.gap:>9.2%}{plan.seconds:>8.1f}"
    if find_spec("pyscipopt") is not None and row in SIZES:
        scip_gap, scip_s = by_scip(problem, gap, limit_s)
        line += f"{scip_gap:>11.2%}{scip_s:>8.1f}"
    if row == "lights":
        line += f"   {plan.layout.is_equipped.sum()} of {LIGHTS} lights"
    print(line, flush=True)


def draw(
    points: int, stations: int, transport_cost: float
) -> tuple[LocationProblem, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """A case, and where its candidates and its points are, in kilometres.

    Of the same points, candidates of a smaller case are the first of a larger one.
    """
    rng = np.random.default_rng(points)
    point_km = rng.uniform(0, SIDE_KM, (points, 2))
    at_once = rng.integers(1, 11, points).astype(float)
    calls = rng.uniform(1, 10, points)
    station_km = rng.uniform(0, SIDE_KM, (stations, 2))
    distance_km = np.linalg.norm(station_km[:, None] - point_km, axis=2)
    problem = LocationProblem(
        distance_km=distance_km,
        travel_s=distance_km / SPEED_KPH * 3600,
        calls_per_day=calls,
        simultaneous_calls=at_once,
        station_cost_per_day=np.full(stations, 50.0),
        ambulance_cost_per_day=np.full(stations, 2.0),
        transport_cost_per_km=transport_cost,
        unmet_cost=50.0,
        time_limit_s=900.0,
        calls_set=Ellipsoid(covariance(SPREAD * calls), RADIUS),
        simultaneous_set=Ellipsoid(covariance(SPREAD * at_once), RADIUS),
    )
    return problem, (station_km, point_km)


def covariance(deviation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of points that all have the same correlation with each other."""
    shared: NDArray[np.float64] = CORRELATION * np.outer(deviation, deviation)
    return shared + np.diag((1 - CORRELATION) * deviation**2)


def with_lights(
    problem: LocationProblem, station_km: NDArray[np.float64], point_km: NDArray[np.float64]
) -> LocationProblem:
    """Lights that stand near the straight way of many drives, and less time for these."""
    light_km = np.random.default_rng(1).uniform(0, SIDE_KM, (LIGHTS, 2))
    way = point_km - station_km[:, None]
    from_station = light_km[:, None, None] - station_km[:, None]
    along = np.clip((from_station * way).sum(axis=3) / (way**2).sum(axis=2), 0, 1)
    off_km = np.linalg.norm(from_station - along[..., None] * way, axis=3)
    lights = RouteLights(np.full(LIGHTS, WAIT_S), off_km < NEAR_KM, cost_per_day=1.0)
    return replace(problem, lights=lights, time_limit_s=LIGHTS_LIMIT_S)


def by_scip(problem: LocationProblem, gap: float, limit_s: float) -> tuple[float, float]:
    """Gap and seconds of SCIP, with its own cones."""
    scip = import_module("pyscipopt")  # not among our packages
    quicksum = scip.quicksum
    begin_s = perf_counter()
    model = scip.Model()
    model.hideOutput()
    model.setParam("limits/gap", gap)
    model.setParam("limits/time", limit_s)
    model.setParam("parallel/maxnthreads", 1)
    sites, points = range(problem.stations), range(problem.points)
    is_open = [model.addVar(vtype="B") for _ in sites]
    ambulances = [model.addVar(vtype="I") for _ in sites]
    share = [[model.addVar(ub=1) for _ in points] for _ in sites]
    totals = [model.addVar(), model.addVar()]
    for i in points:
        model.addCons(quicksum(share[j][i] for j in sites) == 1)
        for j in sites:
            model.addCons(share[j][i] <= is_open[j])

    def hedge(bound: object, weights: list[object], mean: NDArray[np.float64]) -> None:
        """The bound is the mean and the radius times the length of the weighted deviations."""
        deviation = SPREAD * mean
        parts = [(1 - CORRELATION) ** 0.5 * deviation[i] * weights[i] for i in points]
        parts.append(CORRELATION**0.5 * quicksum(deviation[i] * weights[i] for i in points))
        length = model.addVar()
        entries = [model.addVar(lb=None) for _ in parts]
        for entry, part in zip(entries, parts, strict=True):
            model.addCons(entry == part)
        model.addCons(quicksum(entry * entry for entry in entries) <= length * length)
        model.addCons(bound >= quicksum(mean[i] * weights[i] for i in points) + RADIUS * length)

    for j in sites:
        hedge(ambulances[j], share[j], problem.simultaneous_calls)
    each = (
        problem.transport_cost_per_km * problem.distance_km,
        problem.unmet_cost * problem.is_late(np.zeros(0, dtype=bool)),
    )
    for total, cost in zip(totals, each, strict=True):
        weights = [model.addVar() for _ in points]
        for i in points:
            model.addCons(weights[i] == quicksum(cost[j, i] * share[j][i] for j in sites))
        hedge(total, weights, problem.calls_per_day)
    standing = quicksum(
        problem.station_cost_per_day[j] * is_open[j]
        + problem.ambulance_cost_per_day[j] * ambulances[j]
        for j in sites
    )
    model.setObjective(standing + WEIGHT * totals[0] + (1 - WEIGHT) * totals[1])
    model.optimize()
    objective = model.getPrimalbound() if model.getNSols() else np.inf
    return relative_gap(objective, model.getDualbound()), perf_counter() - begin_s


if __name__ == "__main__":
    main()
