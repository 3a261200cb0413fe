"""Runs beside theory: what queueing formulas say of a city that is simple enough to be solved.

    python -m benchmarks.validation [--replications 20] [--calls 8000]

prints the table of ``docs/validation/index.md``. Every figure of a run is the mean of independent
replications, with its 99 % t-interval. Nothing here is fitted.

Sources
-------
Erlang B and C: Cooper, *Introduction to Queueing Theory*, 1981, chapter 3.
Waits by class without pre-emption: Cobham, Operations Research 2 (1954), 70-76.
One server with any service time: Pollaczek and Khinchine, in Kleinrock, *Queueing Systems*, 1975.
Two ambulances in two zones: the hypercube of Larson, Computers & Operations Research 1 (1974).
Patients who give up (M/M/c+M, Erlang A): Garnett, Mandelbaum and Reiman, Manufacturing & Service
Operations Management 4 (2002), 208-227.
Vehicles that fail: Barlow and Proschan, *Mathematical Theory of Reliability*, 1965.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.tables.result import Result

CONFIDENCE = 0.99
SERVICE_S = 600.0
SIZES = ((1, 0.6), (2, 1.5), (5, 4.0), (12, 9.0))
"""Ambulances and offered load in Erlang."""

ONE_PLACE = {
    "sites.csv": "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,0,0,0\n",
    "zones.csv": "zone_id,x,y,demand_share\nZ,0,0,1\n",
}
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
NO_DELAYS = {"dispatch_delay": 0, "mobilisation": 0, "handover": 0, "transported_share": 0}
Measure = Callable[[Result], float]


@dataclass(frozen=True)
class Check:
    """One figure of a run beside what theory says, with the half width of its interval."""

    oracle: str
    measure: str
    expected: float
    got: float
    half_width: float

    @property
    def holds(self) -> bool:
        """Whether theory lies within the interval."""
        return abs(self.got - self.expected) <= self.half_width


def erlang_b(servers: int, load: float) -> float:
    """Share of calls that find every server busy and go away."""
    blocked = 1.0
    for count in range(1, servers + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of calls that find every server busy and wait."""
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait_s(servers: int, load: float, service_s: float) -> float:
    """Mean wait in M/M/c, over all calls."""
    return erlang_c(servers, load) * service_s / (servers - load)


def cobham_waits_s(servers: int, loads: tuple[float, ...], service_s: float) -> list[float]:
    """Mean wait of each class, most urgent first, served in order of urgency, not pre-empted."""
    residual_s = erlang_c(servers, sum(loads)) * service_s / servers
    spare = 1 - np.append(0.0, np.cumsum(loads)) / servers
    return [float(residual_s / (spare[k] * spare[k + 1])) for k in range(len(loads))]


def pollaczek_wait_s(calls_per_s: float, service_s: float, service_square_s2: float) -> float:
    """Mean wait for one server, from the first two moments of its service time."""
    return calls_per_s * service_square_s2 / (2 * (1 - calls_per_s * service_s))


def hypercube_of_two(load: float, near_first: float) -> dict[str, float]:
    """Workloads, loss and share of calls answered from afar: two servers, each nearest to a zone.

    The states are 00, 10, 01, 11 (first and second server busy); a call goes to its own zone's
    server, else to the other one, else it is lost. Balance equations in units of the service rate.
    """
    first, second = load * near_first, load * (1 - near_first)
    rates = np.array([[0, first, second, 0], [1, 0, 0, load], [1, 0, 0, load], [0, 1, 1, 0]])
    balance = np.vstack([(rates - np.diag(rates.sum(axis=1))).T, np.ones(4)])
    _, only_first, only_second, both = np.linalg.lstsq(
        balance, np.array([0, 0, 0, 0, 1.0]), rcond=None
    )[0]
    far = near_first * only_first + (1 - near_first) * only_second
    return {
        "lost_share": both,
        "workload S1": only_first + both,
        "workload S2": only_second + both,
        "answered from afar": far / (1 - both),
    }


def erlang_a(servers: int, load: float, patience: float) -> dict[str, float]:
    """Share of calls that give up, and mean servers busy in M/M/c+M; `patience` in service times.

    From the balance of a birth-death process: with n calls there, min(n, c) are served and the
    others give up at the rate 1 / patience each.
    """
    number = np.arange(servers + 60 * (1 + int(load)))
    in_queue = np.maximum(number - servers, 0)
    leaving = np.minimum(number, servers) + in_queue / patience
    weight = np.append(1.0, np.cumprod(load / leaving[1:]))
    share = weight / weight.sum()
    giving_up = float(share @ in_queue) / patience / load
    return {"left_share": giving_up, "utilisation": load * (1 - giving_up) / servers}


@dataclass(frozen=True)
class Runs:
    """How many replications of how many calls each, and where their files may be written."""

    folder: Path
    replications: int
    calls: float

    def checks(
        self,
        oracle: str,
        scenario: Scenario,
        expected: Mapping[str, float],
        measures: Mapping[str, Measure] | None = None,
    ) -> Iterator[Check]:
        """Simulate, and compare; what has no measure of its own stands in the summary."""
        results = [simulate(scenario, number) for number in range(self.replications)]
        for name, value in expected.items():
            own = (measures or {}).get(name)
            got = np.array([own(r) if own is not None else r.summary[name] for r in results])
            yield Check(oracle, name, value, float(got.mean()), half_width(got))

    def scenario(
        self, files: Mapping[str, str], load: float, relaxation: float, **changes: Any
    ) -> Scenario:
        """A small grid with these files; the warm-up lasts ten times the `relaxation`.

        `load` is in Erlang and `relaxation` in units of `SERVICE_S`.
        """
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        demand = {"calls_per_day": load * 86_400 / SERVICE_S, "address": "zone", **NO_DELAYS}
        data = {
            "roads": {"source": "plane_grid", "rows": 5, "columns": 5, "speed_kph": 36},
            "places": {"sites": "sites.csv", "zones": "zones.csv"},
            "signals": {"active": False},
            "run": {
                "days": self.calls / load * SERVICE_S / 86_400,
                "warm_up_days": 10 * relaxation * SERVICE_S / 86_400,
            },
            **changes,
            "demand": {**demand, **changes.get("demand", {})},
        }
        return Scenario.model_validate({**data, "folder": self.folder})


def half_width(values: NDArray[np.float64]) -> float:
    """Half the width of the t-interval of a mean."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * error)


def relaxation(servers: int, load: float) -> float:
    """How long M/M/c remembers, in service times."""
    return float((np.sqrt(servers) - np.sqrt(load)) ** -2)


def exponential(mean_s: float) -> dict[str, Any]:
    """A duration as scenarios write it."""
    return {"distribution": "exponential", "mean_s": mean_s}


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


HUGE_FLEET = 120
"""So many ambulances that nobody ever waits for one, though their crews wait at the hospital."""


def bay_checks(run: Runs, bays: int, load: float) -> Iterator[Check]:
    """Crews wait until they can hand over: M/M/c at the hospital's door."""
    yield from _hospital_checks(
        run,
        f"bays, c = {bays}, a = {load:g}",
        (bays, load),
        {"bays": bays, "admitted_share": 0},
        {"handover": exponential(SERVICE_S)},
    )


def bed_checks(run: Runs, beds: int, load: float) -> Iterator[Check]:
    """Crews keep patients until there is a bed: M/M/c with the stay as its service."""
    yield from _hospital_checks(
        run,
        f"beds, c = {beds}, a = {load:g}",
        (beds, load),
        {"beds": beds, "admitted_share": 1, "stay": exponential(SERVICE_S)},
        {},
    )


def _hospital_checks(
    run: Runs,
    name: str,
    size: tuple[int, float],
    hospitals: Mapping[str, Any],
    demand: Mapping[str, Any],
) -> Iterator[Check]:
    servers, load = size
    scenario = run.scenario(
        ONE_PLACE,
        load,
        relaxation(servers, load),
        fleet={"ambulances": HUGE_FLEET},
        hospitals=hospitals,
        demand={"on_scene": 0, "transported_share": 1, **demand},
    )
    expected = {
        "wait at the hospital": mean_wait_s(servers, load, SERVICE_S),
        "waiting there": erlang_c(servers, load),
    }
    measures: dict[str, Measure] = {
        "wait at the hospital": lambda result: float(_waits_at_hospital_s(result).mean()),
        "waiting there": lambda result: float((_waits_at_hospital_s(result) > 1e-6).mean()),
    }
    yield from run.checks(name, scenario, expected, measures)


def _waits_at_hospital_s(result: Result) -> NDArray[np.float64]:
    """From arrival until clear, without the handover itself, of all counted calls."""
    calls = result.calls[result.calls["counted"]]
    return (calls["clear_s"] - calls["at_hospital_s"] - calls["handover_s"]).to_numpy()


def urgent_bay_checks(run: Runs, bays: int, load: float) -> Iterator[Check]:
    """Two classes, 30 and 70 % of all patients, are handed over by urgency (Cobham)."""
    shares = {"high": 0.3, "low": 0.7}
    scenario = run.scenario(
        ONE_PLACE,
        load,
        relaxation(bays, load),
        fleet={"ambulances": HUGE_FLEET},
        hospitals={"bays": bays, "admitted_share": 0},
        demand={
            "on_scene": 0,
            "transported_share": 1,
            "handover": exponential(SERVICE_S),
            "priorities": [{"name": n, "share": s, "target_s": 60} for n, s in shares.items()],
        },
    )
    waits_s = cobham_waits_s(bays, tuple(load * share for share in shares.values()), SERVICE_S)
    measures = {f"wait at the hospital[{name}]": _hospital_wait_of(name) for name in shares}
    expected = dict(zip(measures, waits_s, strict=True))
    yield from run.checks(
        f"bays by urgency, c = {bays}, a = {load:g}", scenario, expected, measures
    )


def _hospital_wait_of(priority: str) -> Measure:
    def wait_s(result: Result) -> float:
        calls = result.calls[result.calls["counted"]]
        return float(_waits_at_hospital_s(result)[calls["priority"] == priority].mean())

    return wait_s


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
