"""The hypercube beside the event simulator, in six towns that the model describes exactly.

    python -m benchmarks.validation.hypercube [--replications 20] [--calls 8000]

prints the tables of ``docs/validation/index.md``. Every figure of the runs is the mean of
independent replications, with its 99 % t-interval. Nothing here is fitted: the town goes into both.

The first table has the model as it is by default (``calibrated``). The second shows the bias of the
service rates of Blank's paper (``paper``) where a service depends on whom it is for. The third has
what better lists gain over those of the nearest: lists by prices, as ``dispatch = hypercube`` has
them, and any lists at all, by a local search that asks the exact model some hundred times.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.validation.check import Check, exponential, half_width
from experiments.hypercube.check import figures_of, system_of
from policies.dispatch.hypercube import station_prices_s
from policies.hypercube import HypercubeAnswer, HypercubeSystem, solve
from policies.hypercube.service_cost import Service, service_cost_s
from policies.hypercube.system import ServiceMode
from scenarios.scenario import Scenario
from simulation.model import simulate

DELAYS_S = 120.0
"""From the call to the dispatch, and from there until the crew leaves."""
ZONES = {
    "A": (0, 500, 3), "B": (1000, 1500, 2), "C": (3500, 0, 3), "D": (4000, 2500, 1),
    "E": (2000, 2000, 2), "F": (500, 4000, 2), "G": (2500, 3500, 2), "K": (3500, 4000, 1),
}  # fmt: skip
"""Place in metres and weight of the demand."""


@dataclass(frozen=True)
class Town:
    """Stations on a grid of streets, 500 m and 50 s apart, and the calls that come.

    Attributes
    ----------
    stations : mapping of str to (x, y, ambulances)
    load : float
        Calls while an ambulance is on a scene.
    lists : mapping of str to sequence of str
        Stations by zone, where calls do not go to the nearest.
    changes : mapping of str to Any
        Keys of the scenario.
    """

    stations: Mapping[str, tuple[int, int, int]]
    load: float
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)


ON_SCENE_S = 1800.0
THREE = {"S1": (500, 500, 1), "S2": (3500, 1000, 1), "S3": (1500, 3500, 1)}
FIVE = {"S1": (500, 500, 2), "S2": (3500, 1000, 2), "S3": (1500, 3500, 1)}
HOSPITAL = {"demand.transported_share": 0.6, "demand.handover": exponential(900)}
WAIT = {"dispatch_centre.when_busy": "wait", "dispatch_centre.queue": "first-come"}
FAR = {"roads.speed_kph": 7.2, "demand.on_scene": exponential(600)}
OWN_LISTS = {
    **dict.fromkeys("ABE", ("S2", "S1", "S3")),
    **dict.fromkeys("CD", ("S2", "S3", "S1")),
    **dict.fromkeys("FGK", ("S3", "S2", "S1")),
}
TWO_A_ZONE = {
    **dict.fromkeys("ABE", ("S1", "S2")),
    **dict.fromkeys("CD", ("S2", "S1")),
    **dict.fromkeys("FGK", ("S3", "S1")),
}

TOWNS = {
    "nearest of three": Town(THREE, 1.5),
    "nearest of three, hospital": Town(THREE, 1.0, changes=HOSPITAL),
    "three by lists": Town(THREE, 1.5, OWN_LISTS),
    "two of three a zone": Town(THREE, 1.2, TWO_A_ZONE),
    "five, calls wait": Town(FIVE, 2.2, changes=WAIT),
    "five, long ways": Town(FIVE, 2.5, changes=FAR),
}
"""Every town by name."""

BIASED = ("nearest of three, hospital", "five, long ways")
"""Those in which a service depends most on whom it is for."""


@dataclass(frozen=True)
class Runs:
    """How many replications of how many calls each, and where files may be written."""

    folder: Path
    replications: int
    calls: float

    def scenario(self, name: str) -> Scenario:
        """The scenario of a town, all assumptions of the model being met."""
        town = TOWNS[name]
        folder = self.folder / name.replace(" ", "-").replace(",", "")
        folder.mkdir(exist_ok=True)
        (folder / "sites.csv").write_text(_sites(town), encoding="utf-8")
        (folder / "zones.csv").write_text(_zones(), encoding="utf-8")
        per_day = town.load * 86_400 / ON_SCENE_S
        plain = Scenario.model_validate(
            {
                "name": name,
                "folder": folder,
                "roads": {
                    "source": "plane_grid", "rows": 9, "columns": 9, "spacing_m": 500,
                    "speed_kph": 36,
                },
                "places": {"sites": "sites.csv", "zones": "zones.csv"},
                "signals": {"active": False},
                "run": {"days": self.calls / per_day, "warm_up_days": 1},
                "fleet": {"available_after": "base"},
                "dispatch_centre": {"when_busy": "lose"},
                "demand": {
                    "calls_per_day": per_day, "address": "zone", "transported_share": 0,
                    "dispatch_delay": DELAYS_S / 2, "mobilisation": DELAYS_S / 2,
                    "on_scene": exponential(ON_SCENE_S),
                    "priorities": [{"name": "only", "share": 1, "target_s": 600}],
                },
            }
        )  # fmt: skip
        own = {"use": "preference_list", "lists": town.lists}
        return plain.changed({**town.changes, **({"policies.dispatch": own} if town.lists else {})})


def _sites(town: Town) -> str:
    rows = [f"{name},station,{x},{y},{count}" for name, (x, y, count) in town.stations.items()]
    return "\n".join(["site_id,kind,x,y,ambulances", *rows, "H,hospital,4000,4000,0\n"])


def _zones() -> str:
    rows = [f"{name},{x},{y},{weight}" for name, (x, y, weight) in ZONES.items()]
    return "\n".join(["zone_id,x,y,demand_share", *rows, ""])


def answer_of(run: Runs, name: str, service_mode: ServiceMode = "calibrated") -> HypercubeAnswer:
    """What the model says of a town."""
    system, town = system_of(run.scenario(name)), TOWNS[name]
    lists = system.preferences[:, 0]
    if town.lists:
        rows = {station: row for row, station in enumerate(town.stations)}
        lists = np.array([[rows[station] for station in town.lists[zone]] for zone in ZONES])
    return solve(
        HypercubeSystem(
            system.calls_per_hour,
            system.travel_s,
            lists,
            system.service_s,
            system.line,
            service_mode,
        )
    )


def predicted(run: Runs, name: str, service_mode: ServiceMode = "calibrated") -> dict[str, float]:
    """The model's figures under the names that those of the runs have."""
    answer = answer_of(run, name, service_mode)
    figures = {"response_s": DELAYS_S + answer.mean_response_of_served_s}
    if answer.queue is None:
        figures["lost_share"] = answer.mean_loss
    else:
        figures["waiting_share"] = answer.waiting_probability
    first = 0
    for station, (_, _, count) in TOWNS[name].stations.items():
        figures[f"workload[{station}]"] = float(answer.workload[first : first + count].mean())
        first += count
    return figures


def checks(run: Runs, name: str) -> Iterator[Check]:
    """The model's figures of a town beside those of the runs."""
    expected, scenario = predicted(run, name), run.scenario(name)
    stations = list(TOWNS[name].stations)
    runs = [figures_of(simulate(scenario, k), stations) for k in range(run.replications)]
    for measure, value in expected.items():
        got = np.array([figures[measure] for figures in runs])
        yield Check(name, measure, value, float(got.mean()), half_width(got))


def biases(run: Runs, name: str) -> Iterator[tuple[Check, float]]:
    """Figures of a town with what the paper's service rates give."""
    by_rates = predicted(run, name, "paper")
    for check in checks(run, name):
        yield check, by_rates[check.measure]


LOST_CALL_S = 1800.0
SERVICES = 20


def random_service(rng: np.random.Generator, zones: int = 15) -> Service:
    """Five ambulances, each at a station of its own, and zones on a square of 15 minutes a side."""
    station, zone = rng.uniform(0, 1, (5, 1, 2)), rng.uniform(0, 1, (zones, 2))
    drive_s = 60 + 900 * abs(station - zone).sum(axis=2)
    calls_per_hour = rng.dirichlet(np.ones(zones)) * rng.uniform(1, 4)
    return Service(np.ones(5, dtype=np.int64), calls_per_hour, drive_s, 2400 + drive_s)


def gains_of_lists(service: Service) -> tuple[float, float, float]:
    """Cost in seconds of the nearest first, of lists by prices, and of lists of any kind."""
    nobody = np.zeros(len(service.ambulances))
    price_s = station_prices_s(service, LOST_CALL_S, nobody)
    free_s, _ = best_lists(service)
    return (
        service_cost_s(service, nobody, LOST_CALL_S),
        service_cost_s(service, price_s, LOST_CALL_S),
        free_s,
    )


def best_lists(service: Service) -> tuple[float, NDArray[np.int64]]:
    """Bring servers forward on the list of one zone after the other for as long as that helps."""
    nearest = np.argsort(service.drive_s, axis=0, kind="stable").T
    lists, least_s, improves = nearest.copy(), _cost_of_lists_s(service, nearest), True
    while improves:
        improves = False
        for zone, to, back in itertools.product(range(len(lists)), *[range(len(lists[0]))] * 2):
            if back <= to:
                continue
            other = lists.copy()
            other[zone, to : back + 1] = np.roll(lists[zone, to : back + 1], 1)
            cost_s = _cost_of_lists_s(service, other)
            if cost_s < least_s - 1e-3:
                lists, least_s, improves = other, cost_s, True
    return least_s, lists


def _cost_of_lists_s(service: Service, lists: NDArray[np.int64]) -> float:
    system = HypercubeSystem(service.calls_per_hour, service.drive_s, lists, service.busy_s)
    answer = solve(system, 1e-6)
    loss = answer.mean_loss
    return (1 - loss) * answer.mean_response_of_served_s + loss * LOST_CALL_S


def print_gains(services: int) -> None:
    """Print what lists gain, of so many random services."""
    rng = np.random.default_rng(11)
    found = np.array([gains_of_lists(random_service(rng)) for _ in range(services)])
    gain = 100 * (1 - found[:, 1:] / found[:, :1])
    print("\n| random services | lists by prices, % | any lists, % |\n| --- | --- | --- |")
    for name, share in (("mean gain", gain.mean(axis=0)), ("largest gain", gain.max(axis=0))):
        print(f"| {name} of {services} | {share[0]:.2f} | {share[1]:.2f} |")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="The hypercube beside the simulator.")
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--calls", type=float, default=8000.0, help="in each run, on average")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = Runs(Path(folder), arguments.replications, arguments.calls)
        print("| town | measure | hypercube | simulated, with 99 % interval | within |")
        print("| --- | --- | --- | --- | --- |")
        for check in itertools.chain.from_iterable(checks(run, name) for name in TOWNS):
            print(
                f"| {check.oracle} | {check.measure} | {check.expected:.4g} "
                f"| {check.got:.4g} ± {check.half_width:.2g} | {'yes' if check.holds else 'NO'} |",
                flush=True,
            )
        print("\n| town | measure | calibrated | simulated, with 99 % interval | paper | bias |")
        print("| --- | --- | --- | --- | --- | --- |")
        for check, paper in itertools.chain.from_iterable(biases(run, name) for name in BIASED):
            print(
                f"| {check.oracle} | {check.measure} | {check.expected:.4g} "
                f"| {check.got:.4g} ± {check.half_width:.2g} | {paper:.4g} "
                f"| {paper / check.got - 1:+.1%} |",
                flush=True,
            )
    print_gains(SERVICES)


if __name__ == "__main__":
    main()
