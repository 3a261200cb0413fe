"""Routes beside PyVRP by itself and OR-Tools, and arrivals beside the shortest routes re-sequenced.

    python -m benchmarks.speed.routes [--seconds 60] [--folder ../shared/data/cvrplib] [ROW ...]

A row is an instance of CVRPLIB by the beginning of its name, such as ``X-n101``, or ``arrivals``;
by default, all. Distances are percentages above the best known, which stands in the ``.sol`` file
beside an instance. Each program searches for the same seconds on one core; on a machine that is
busy with other work all get less done. OR-Tools takes part where it is installed (pip install
ortools), with its guided local search and as many vehicles as the loads fill, and a fifth more.

``arrivals`` are sums of arrival times: those of PyVRP's plan of the least driving, its routes
driven in the better direction and then each in its best order (local search over that route alone),
beside those of plans made for arrivals: with as many vehicles as the plan of the least driving
uses, and with the whole fleet. That of an instance of CVRPLIB is a tenth more than the loads fill.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np

from experiments.routing.cvrplib import Instance, best_known, read_instance
from policies.routing.base import Trip
from policies.routing.planning import (
    Deliveries,
    Stop,
    Vehicle,
    measures_of,
    plan_deliveries,
    timed_trips,
)

CVRPLIB = Path(__file__).resolve().parents[3] / "shared" / "data" / "cvrplib"
SPARE_VEHICLES = 1.2
SPARE_FLEET = 1.1


def main() -> None:
    """Measure and print, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description="Routes beside PyVRP and OR-Tools.")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path, default=CVRPLIB)
    parser.add_argument("rows", nargs="*", metavar="ROW", default=["X-n", "arrivals"])
    arguments = parser.parse_args()
    if find_spec("ortools") is None:
        print("OR-Tools is not installed: no column for it (pip install ortools)")
    files = sorted(arguments.folder.glob("*.vrp"))
    if not files:
        print(
            f"{arguments.folder}: holds no .vrp files of CVRPLIB; only drawn arrivals are measured"
        )
    for row in arguments.rows:
        if row == "arrivals":
            measure_arrivals(files, arguments.seconds)
        else:
            for file in files:
                if file.name.startswith(row):
                    measure_distance(file, arguments.seconds)


def measure_distance(file: Path, seconds: float) -> None:
    """Ours, PyVRP's and OR-Tools' distance above the best known."""
    instance, best = read_instance(file), best_known(file)
    if best is None:
        print(f"{file.name}: has no .sol file beside it")
        return
    began_s = process_time()
    plan = plan_deliveries(instance.deliveries("distance", None), time_limit_s=seconds)
    told = [("ours", plan.measures.distance, process_time() - began_s)]
    began_s = process_time()
    told.append(("PyVRP", by_pyvrp(file, seconds), process_time() - began_s))
    if find_spec("ortools") is not None:
        began_s = process_time()
        told.append(("OR-Tools", by_ortools(instance, seconds), process_time() - began_s))
    cells = [f"{name} {100 * (m / best - 1):+.2f} % ({s:.0f} s of CPU)" for name, m, s in told]
    print(f"{instance.name:<12} {', '.join(cells)}", flush=True)


def by_pyvrp(file: Path, seconds: float) -> float:
    """PyVRP as it comes, reading the file by itself."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    data = pyvrp.read(file, round_func="round")
    return float(pyvrp.solve(data, MaxRuntime(seconds), seed=0, collect_stats=False).cost())


def by_ortools(instance: Instance, seconds: float) -> float:
    """OR-Tools' routing search from cheapest arcs by guided local search; inf without a plan."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    length = instance.length.astype(int).tolist()
    demand = [0, *instance.demand]
    vehicles = int(SPARE_VEHICLES * instance.least_vehicles) + 1
    manager = pywrapcp.RoutingIndexManager(len(demand), vehicles, 0)
    routing: Any = pywrapcp.RoutingModel(manager)
    node = manager.IndexToNode
    drive = routing.RegisterTransitCallback(lambda i, j: length[node(i)][node(j)])
    routing.SetArcCostEvaluatorOfAllVehicles(drive)
    load = routing.RegisterUnaryTransitCallback(lambda i: demand[node(i)])
    capacities = [instance.capacity] * vehicles
    routing.AddDimensionWithVehicleCapacity(load, 0, capacities, True, "load")
    search = pywrapcp.DefaultRoutingSearchParameters()
    search.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    search.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    search.time_limit.FromMilliseconds(int(1000 * seconds))
    answer = routing.SolveWithParameters(search)
    return float(answer.ObjectiveValue()) if answer else np.inf


def measure_arrivals(files: Sequence[Path], seconds: float) -> None:
    """Sums of arrivals on drawn stops and on instances of CVRPLIB."""
    drawn = {f"{n} drawn": draw(n, v) for n, v in ((50, 5), (100, 10), (200, 10))}
    read = {}
    for instance in (read_instance(file) for file in files if "n502" not in file.name):
        fleet = int(SPARE_FLEET * instance.least_vehicles) + 1
        read[instance.name] = instance.deliveries("time", fleet)
    for name, deliveries in (drawn | read).items():
        shortest = plan_deliveries(deliveries, "pyvrp", time_limit_s=seconds)
        used = sorted({trip.vehicle for trip in shortest.trips})
        asked = replace(deliveries, objective="sum_of_arrivals")
        fewer = replace(asked, vehicles=tuple(deliveries.vehicles[vehicle] for vehicle in used))
        better, best = resequenced(asked, [Trip(t.vehicle, t.stops) for t in shortest.trips])
        print(
            f"{name:<12} shortest, better direction {better:,.0f}, best order {best:,.0f}", end=""
        )
        for own in (fewer, asked):
            plan = plan_deliveries(own, "pyvrp", time_limit_s=seconds)
            share = 100 * (plan.objective / best - 1)
            told = f"{len(own.vehicles)} vehicles {plan.objective:,.0f} ({share:+.1f} %)"
            print(f"; {told}", end="", flush=True)
        print()


def resequenced(deliveries: Deliveries, routes: Sequence[Trip]) -> tuple[float, float]:
    """Sums of arrivals where each route keeps its stops: turned round, and in the best order."""
    better = best = 0.0
    for route in routes:
        ways = [Trip(0, route.stops), Trip(0, route.stops[::-1])]
        alone = replace(deliveries, vehicles=(deliveries.vehicles[route.vehicle],))
        worths = [
            measures_of(alone, timed_trips(alone, [way])).by("sum_of_arrivals") for way in ways
        ]
        better += min(worths)
        places = [0, *(deliveries.place(stop) for stop in route.stops)]
        own = replace(
            alone,
            stops=tuple(deliveries.stops[stop] for stop in route.stops),
            travel_s=deliveries.travel_s[np.ix_(places, places)],
            distance_m=deliveries.distance_m[np.ix_(places, places)],
        )
        best += min(*worths, plan_deliveries(own, "savings", iterations=2000).objective)
    return better, best


def draw(stops: int, vehicles: int) -> Deliveries:
    """Stops at random in a square of 20 km at 40 km/h, vehicles with a third of room to spare."""
    rng = np.random.default_rng(stops)
    xy_m = rng.uniform(0, 20_000, (stops + 1, 2))
    distance_m = np.hypot(*(xy_m[:, None] - xy_m).transpose(2, 0, 1))
    demand = rng.integers(1, 10, stops).tolist()
    capacity = int(sum(demand) / vehicles * 4 / 3) + 9
    return Deliveries(
        ("depot",),
        tuple(Stop(f"stop {k}", units, 300.0) for k, units in enumerate(demand)),
        tuple(Vehicle(f"vehicle {k}", capacity) for k in range(vehicles)),
        distance_m / (40 / 3.6),
        distance_m,
        "time",
    )


if __name__ == "__main__":
    main()
