"""Runs beside theory: what queueing formulas say of a city that is simple enough to be solved.

    python -m benchmarks.validation.queueing [--replications 20] [--calls 8000]

prints the table of ``docs/validation/index.md``. Every figure of a run is the mean of independent
replications, with its 99 % t-interval. Nothing here is fitted.

Formulas and their sources: `benchmarks.validation.formulas`. Vehicles that fail: Barlow and
Proschan, *Mathematical Theory of Reliability*, 1965.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from benchmarks.validation.check import (
    ONE_PLACE,
    SERVICE_S,
    Check,
    Measure,
    Runs,
    exponential,
    relaxation,
)
from benchmarks.validation.formulas import (
    cobham_waits_s,
    erlang_a,
    erlang_b,
    erlang_c,
    hypercube_of_two,
    mean_wait_s,
    pollaczek_wait_s,
)
from benchmarks.validation.hospital_queues import bay_checks, bed_checks, urgent_bay_checks
from simulation.tables.result import Result

SIZES = ((1, 0.6), (2, 1.5), (5, 4.0), (12, 9.0))
"""Ambulances and offered load in Erlang."""

BOTH_PLACES = {
    "sites.csv": (
        "site_id,kind,x,y,ambulances\nS1,station,0,0,1\nS2,station,10,0,1\nH,hospital,0,0,0\n"
    ),
    "zones.csv": "zone_id,x,y,demand_share\nZ1,0,0,0.7\nZ2,10,0,0.3\n",
}
GRID_CITY = {
    "sites.csv": "site_id,kind,x,y,ambulances\nS,station,200,400,1\nH,hospital,800,600,0\n",
    "zones.csv": (
        "zone_id,x,y,demand_share\nA,0,0,0.4\nB,800,0,0.3\nC,400,800,0.2\nD,800,800,0.1\n"
    ),
}


def erlang_c_checks(run: Runs, servers: int, load: float) -> Iterator[Check]:
    """Calls wait: M/M/c."""
    scenario = run.scenario(
        ONE_PLACE,
        load,
        relaxation(servers, load),
        fleet={"ambulances": servers},
        demand={"on_scene": exponential(SERVICE_S)},
    )
    expected = {
        "wait_s": mean_wait_s(servers, load, SERVICE_S),
        "waiting_share": erlang_c(servers, load),
        "utilisation": load / servers,
    }
    yield from run.checks(f"Erlang C, c = {servers}, a = {load:g}", scenario, expected)


def erlang_b_checks(run: Runs, servers: int, load: float) -> Iterator[Check]:
    """Calls are lost: M/M/c/c, and the same for service times of another kind."""
    lost = erlang_b(servers, load)
    expected = {"lost_share": lost, "utilisation": load * (1 - lost) / servers}
    lognormal = {"distribution": "lognormal", "mean_s": SERVICE_S, "cv": 1.5}
    for name, on_scene in (("exponential", exponential(SERVICE_S)), ("lognormal", lognormal)):
        scenario = run.scenario(
            ONE_PLACE,
            load,
            3.0,
            fleet={"ambulances": servers},
            dispatch_centre={"when_busy": "lose"},
            demand={"on_scene": on_scene},
        )
        yield from run.checks(f"Erlang B, c = {servers}, a = {load:g}, {name}", scenario, expected)


def priority_checks(run: Runs, servers: int, load: float) -> Iterator[Check]:
    """Two classes, 30 and 70 % of all calls: by urgency (Cobham), or as they come."""
    shares = {"high": 0.3, "low": 0.7}
    priorities = [{"name": n, "share": s, "target_s": 60} for n, s in shares.items()]
    by_urgency = cobham_waits_s(servers, tuple(load * s for s in shares.values()), SERVICE_S)
    alike = [mean_wait_s(servers, load, SERVICE_S)] * 2
    measures = {f"wait_s[{name}]": _wait_of(name) for name in shares}
    for queue, waits_s in (("priority", by_urgency), ("first-come", alike)):
        scenario = run.scenario(
            ONE_PLACE,
            load,
            relaxation(servers, load),
            fleet={"ambulances": servers},
            dispatch_centre={"queue": queue},
            demand={"on_scene": exponential(SERVICE_S), "priorities": priorities},
        )
        expected = dict(zip(measures, waits_s, strict=True))
        name = f"{queue} queue, c = {servers}, a = {load:g}"
        yield from run.checks(name, scenario, expected, measures)


def _wait_of(priority: str) -> Measure:
    def wait_s(result: Result) -> float:
        calls = result.calls[result.calls["counted"]]
        return float(calls["wait_s"][calls["priority"] == priority].mean())

    return wait_s


def service_time_checks(run: Runs, distribution: str, cv: float) -> Iterator[Check]:
    """One ambulance, service times of any kind: M/G/1."""
    load = 0.7
    on_scene = {"distribution": distribution, "mean_s": SERVICE_S} | ({"cv": cv} if cv else {})
    scenario = run.scenario(
        ONE_PLACE, load, relaxation(1, load) * (1 + cv**2), demand={"on_scene": on_scene}
    )
    wait_s = pollaczek_wait_s(load / SERVICE_S, SERVICE_S, SERVICE_S**2 * (1 + cv**2))
    yield from run.checks(
        f"M/G/1, a = {load:g}, {distribution} cv = {cv:g}",
        scenario,
        {"wait_s": wait_s, "utilisation": load},
    )


def grid_city_checks(run: Runs) -> Iterator[Check]:
    """One ambulance on a grid, every leg of every trip: M/G/1 with moments summed by hand."""
    load = 0.5
    scenario = run.scenario(
        GRID_CITY,
        load,
        30.0,
        fleet={"available_after": "base"},
        travel={"siren_speed_factor": 1.25},
        demand={
            "dispatch_delay": 30,
            "mobilisation": 45,
            "on_scene": exponential(300),
            "transported_share": 0.6,
            "handover": exponential(200),
        },
    )
    mean_s, square_s2, to_call_s = grid_city_moments()
    calls_per_s = load / SERVICE_S
    wait_s = pollaczek_wait_s(calls_per_s, mean_s, square_s2)
    expected = {
        "wait_s": wait_s,
        "waiting_share": calls_per_s * mean_s,
        "utilisation": calls_per_s * mean_s,
        "response_s": 30 + wait_s + 45 + to_call_s,
    }
    yield from run.checks("M/G/1 on a grid", scenario, expected)


def grid_city_moments() -> tuple[float, float, float]:
    """Mean and mean square of a mission's seconds, and mean seconds to the call.

    Streets run along both axes; one drives at 10 m/s, with siren (40 % of calls) at 12.5 m/s.
    """
    station, hospital = (200, 400), (800, 600)
    zones = {(0, 0): 0.4, (800, 0): 0.3, (400, 800): 0.2, (800, 800): 0.1}
    mean_s = square_s2 = to_call_s = 0.0
    cases = itertools.product(zones.items(), ((0.4, 12.5), (0.6, 10.0)), ((0.6, 1), (0.4, 0)))
    for (zone, zone_share), (class_share, m_per_s), (end_share, transported) in cases:
        share = zone_share * class_share * end_share
        out_s = _street_m(station, zone) / m_per_s
        home_s = _street_m(zone, station) / 10
        if transported:
            home_s = (_street_m(zone, hospital) + _street_m(hospital, station)) / 10
        case_s = 45 + out_s + 300 + home_s + 200 * transported
        variance_s2 = 300**2 + 200**2 * transported
        mean_s += share * case_s
        square_s2 += share * (case_s**2 + variance_s2)
        to_call_s += share * out_s
    return mean_s, square_s2, to_call_s


def _street_m(one: tuple[int, int], other: tuple[int, int]) -> int:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def hypercube_checks(run: Runs) -> Iterator[Check]:
    """Two ambulances, two zones some metres apart, nearest first: workloads and far answers."""
    load = 1.2
    scenario = run.scenario(
        BOTH_PLACES,
        load,
        3.0,
        roads={"source": "plane_grid", "rows": 2, "columns": 2, "spacing_m": 10, "speed_kph": 360},
        dispatch_centre={"when_busy": "lose"},
        demand={"on_scene": exponential(SERVICE_S)},
    )
    measures: dict[str, Measure] = {
        "workload S1": lambda result: _workload(result, 0),
        "workload S2": lambda result: _workload(result, 1),
        "answered from afar": _answered_from_afar,
    }
    expected = hypercube_of_two(load, near_first=0.7)
    yield from run.checks("hypercube of two", scenario, expected, measures)


def _workload(result: Result, ambulance: int) -> float:
    hours = result.hours[result.hours["ambulance"] == ambulance]
    counted = hours[hours["hour"] * 3600 >= result.warm_up_s].filter(like="_s")
    return float(1 - counted["idle_s"].sum() / counted.to_numpy().sum())


def _answered_from_afar(result: Result) -> float:
    calls = result.calls[result.calls["counted"] & (result.calls["state"] == "completed")]
    own = calls["zone"].map({"Z1": 0, "Z2": 1})
    return float((calls["ambulance"] != own).mean())


def patience_checks(run: Runs, servers: int, load: float) -> Iterator[Check]:
    """Patients who wait give up after an exponential time: M/M/c+M, which needs no load below c."""
    patience = 0.5
    only = {"name": "only", "share": 1, "target_s": 60}
    scenario = run.scenario(
        ONE_PLACE,
        load,
        3.0,
        fleet={"ambulances": servers},
        demand={
            "on_scene": exponential(SERVICE_S),
            "priorities": [{**only, "patience": exponential(patience * SERVICE_S)}],
        },
    )
    measures: dict[str, Measure] = {"left_share": _left_share}
    expected = erlang_a(servers, load, patience)
    yield from run.checks(f"Erlang A, c = {servers}, a = {load:g}", scenario, expected, measures)


def _left_share(result: Result) -> float:
    calls = result.calls[result.calls["counted"]]
    return float((calls["state"] == "left").mean())


def breakdown_checks(run: Runs) -> Iterator[Check]:
    """Vehicles that stand idle and fail: an alternating renewal process."""
    up_hours, repair_hours = 5.0, 2.5
    scenario = run.scenario(
        ONE_PLACE,
        0.5,
        up_hours * 3600 / SERVICE_S,  # the warm-up is ten times as long
        fleet={
            "ambulances": 20,
            "breakdowns": {
                "mean_hours_between": up_hours,
                "repair": {"distribution": "lognormal", "mean_s": 3600 * repair_hours, "cv": 1.0},
            },
        },
        demand={"on_scene": 0},
    )
    expected = {"out of order": repair_hours / (up_hours + repair_hours)}
    measures: dict[str, Measure] = {"out of order": _out_of_order}
    yield from run.checks("breakdowns", scenario, expected, measures)


def _out_of_order(result: Result) -> float:
    hours = result.hours[result.hours["hour"] * 3600 >= result.warm_up_s].filter(like="_s")
    return float(hours["out_of_order_s"].sum() / hours.to_numpy().sum())


CASES: dict[str, Callable[[Runs], Iterator[Check]]] = {
    **{f"erlang-c-{c}": partial(erlang_c_checks, servers=c, load=a) for c, a in SIZES},
    **{f"erlang-b-{c}": partial(erlang_b_checks, servers=c, load=a) for c, a in SIZES},
    "priority-1": partial(priority_checks, servers=1, load=0.8),
    "priority-5": partial(priority_checks, servers=5, load=4.0),
    "constant": partial(service_time_checks, distribution="constant", cv=0.0),
    "gamma": partial(service_time_checks, distribution="gamma", cv=0.5),
    "lognormal": partial(service_time_checks, distribution="lognormal", cv=1.5),
    "grid-city": grid_city_checks,
    "hypercube": hypercube_checks,
    **{f"bays-{c}": partial(bay_checks, bays=c, load=a) for c, a in SIZES[:3]},
    "bays-by-urgency": partial(urgent_bay_checks, bays=2, load=1.5),
    **{f"beds-{c}": partial(bed_checks, beds=c, load=a) for c, a in SIZES[:3]},
    "patience-1": partial(patience_checks, servers=1, load=1.5),
    "patience-5": partial(patience_checks, servers=5, load=4.0),
    "breakdowns": breakdown_checks,
}
"""Every oracle by name."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Runs beside theory.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--calls", type=float, default=8000.0, help="in each run, on average")
    arguments = parser.parse_args()
    print("| oracle | measure | expected | got, with 99 % interval | within |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        run = Runs(Path(folder), arguments.replications, arguments.calls)
        for check in itertools.chain.from_iterable(checks(run) for checks in CASES.values()):
            print(
                f"| {check.oracle} | {check.measure} | {check.expected:.4g} "
                f"| {check.got:.4g} ± {check.half_width:.2g} | {'yes' if check.holds else 'NO'} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
