"""Whether a search that learns beats drawing at random, with the same trials and runs.

    python -m benchmarks.validation.optimisation [--seeds 20] [--city-seeds 6]

prints the tables of ``docs/how-to/optimise.md``: searches of a function whose best is known, in the
place of the simulator, and of the default city. Both samplers have the same seeds, and so the same
patients.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch import Batch
from experiments.search import Optimum, optimise
from experiments.search.question import SAMPLERS
from experiments.statistics import paired_interval
from scenarios.loader import load_case
from scenarios.scenario import Scenario

FUNCTION = {
    "signals.green_share": "0.05..0.95",
    "signals.equipped_share": "0.0..1.0",
    "travel.siren_speed_factor": "1.0..2.0",
    "demand.transported_share": "0.0..1.0",
}
BEST: NDArray[np.float64] = np.array([0.3, 0.7, 1.2, 0.9])
WEIGHTS: NDArray[np.float64] = np.array([1000.0, 300.0, 300.0, 100.0])
CITY: Mapping[str, Any] = {
    "fleet.ambulances": "14..18",
    "signals.equipped_share": "0.0..1.0",
    "policies.relocation": ["home", "dmexclp"],
    "policies.hospital": ["nearest", "soonest_handover", "least_busy"],
}
CITY_TRIALS = 16
PRICES = {"fleet.ambulances": 2500.0, "signals.equipped_share": 5000.0}


def excess_s(plan: Scenario) -> float:
    """How far a plan is from the best of the function."""
    lights, travel, demand = plan.signals, plan.travel, plan.demand
    at = [lights.green_share, lights.equipped_share]
    at += [travel.siren_speed_factor, demand.transported_share]
    return float((WEIGHTS * (np.array(at) - BEST) ** 2).sum())


def worked_out(arms: Mapping[str, Scenario], replications: range, **_: object) -> Batch:
    """In the place of `run_batch`: patients that all plans share, and 5 s of each one's own."""
    rows = []
    for name, plan in arms.items():
        for number in replications:
            shared = np.random.default_rng([plan.seed, number]).normal(0, 20)
            own = np.random.default_rng([plan.seed, number, *name.encode()]).normal(0, 5)
            told = {"response_s": 300 + excess_s(plan) + shared + own}
            rows.append({"arm": name, "replication": number, **told})
    return Batch(dict(arms), len(replications), pd.DataFrame(rows), (), None)


def of_function(seed: int, sampler: str, trials: int) -> float:
    """How far the winner of a search of the function is from the best, in seconds."""
    base = load_case("city", "changes", {"seed": seed})
    with mock.patch("experiments.search.trials.run_batch", worked_out):
        found = optimise(base, FUNCTION, "response_s", trials, 8, sampler=sampler, workers=1)
    return excess_s(base.changed(found.values_of(found.best)))


def of_city(seed: int, sampler: str, trials: int) -> Optimum:
    """A search in the default city, half a day a run."""
    changes = {
        "seed": seed,
        "run.days": 0.5,
        "run.trace": False,
        "signals.equipped_share": 0.0,
        "policies.signals": "green_wave",
    }
    base = load_case("city", "changes", changes)
    how: dict[str, Any] = {"prices": PRICES, "sampler": sampler, "workers": 1}
    return optimise(base, CITY, "response_s[high]", trials, 4, **how)


def row_of(what: str, trials: int, values: Mapping[str, list[float]]) -> str:
    """A line of the table: both samplers' means, and the difference with its interval."""
    tpe, random = (np.array(values[name]) for name in SAMPLERS)
    change = paired_interval(tpe, random)
    half = change.high - change.mean
    return (
        f"| {what} | {trials} | {len(tpe)} | {tpe.mean():.1f} | {random.mean():.1f} "
        f"| {change.mean:+.1f} ± {half:.1f} |"
    )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Learning searches beside random ones.")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--city-seeds", type=int, default=6)
    arguments = parser.parse_args()
    print("| search | trials | seeds | TPE | random | TPE - random, with 95 % interval |")
    print("| --- | --- | --- | --- | --- | --- |")
    for trials in (16, 40, 80):
        found = {
            name: [of_function(seed, name, trials) for seed in range(arguments.seeds)]
            for name in SAMPLERS
        }
        print(row_of("known function: seconds above its least", trials, found), flush=True)
    changes: dict[str, list[float]] = {name: [] for name in SAMPLERS}
    optimism: dict[str, list[float]] = {name: [] for name in SAMPLERS}
    for name in SAMPLERS:
        for seed in range(arguments.city_seeds):
            best = of_city(seed, name, CITY_TRIALS)
            row = best.row(best.best, "response_s[high]")
            changes[name].append(row["change"])
            optimism[name].append(row["optimism"])
    print(row_of("default city: change in fresh replications (s)", CITY_TRIALS, changes))
    print(row_of("default city: what the search flattered (s)", CITY_TRIALS, optimism))


if __name__ == "__main__":
    main()
