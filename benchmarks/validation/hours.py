"""What it costs to ignore that speeds change over the day, in the default city.

    python -m benchmarks.validation.hours [--replications 20]

prints the tables of ``docs/validation/index.md``: the share of urgent calls reached within a target
time, and the share of the demand that a free ambulance could reach in that time at any moment, with
the speeds of each hour, with their mean all day long, and with free flow.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from experiments.batch.engine import run_batch
from experiments.statistics import paired_interval, t_interval
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario

TABLES = (
    ("urgent calls within", "in_target_share[high]", (8.0, 6.0, 5.0)),
    ("demand covered within", "coverage", (6.0, 4.0, 3.0)),
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Speeds by hour, or not.")
    parser.add_argument("--replications", type=int, default=20)
    replications = parser.parse_args().replications
    for what, measure, targets_min in TABLES:
        print(f"| {what} | speeds by hour | mean speed all day | free flow all day |")
        print("| --- | --- | --- | --- |")
        for target_min in targets_min:
            by_hour, mean, free_flow = (
                share(scenario, measure, replications) for scenario in arms(with_target(target_min))
            )
            cells = [as_text(by_hour), *(beside(other, by_hour) for other in (mean, free_flow))]
            print(f"| {target_min:g} min | {' | '.join(cells)} |", flush=True)
        print()


def with_target(target_min: float) -> Scenario:
    """The default city with this target for urgent calls."""
    city = load_scenario("city")
    urgent, *others = city.demand.priorities
    own = urgent.model_copy(update={"target_s": 60 * target_min})
    return city.changed({"demand.priorities": [item.model_dump() for item in (own, *others)]})


def arms(by_hour: Scenario) -> tuple[Scenario, Scenario, Scenario]:
    """Speeds by hour, their mean (equal distance takes equal time), and free flow."""
    factors = by_hour.travel.hourly_speed_factors or (1.0,)
    mean = len(factors) / sum(1 / factor for factor in factors)
    key = "travel.hourly_speed_factors"
    return by_hour, by_hour.changed({key: [mean] * 24}), by_hour.changed({key: None})


def share(scenario: Scenario, measure: str, replications: int) -> pd.Series:
    """A share in each replication, in per cent."""
    batch = run_batch({"run": scenario}, replications, workers=os.cpu_count() or 1)
    return 100 * batch.summaries.set_index("replication")[measure]


def as_text(share: pd.Series) -> str:
    interval = t_interval(share)
    return f"{interval.mean:.1f} ± {interval.high - interval.mean:.1f} %"


def beside(other: pd.Series, by_hour: pd.Series) -> str:
    """A share, how it differs in points, and by how much it overstates."""
    points = paired_interval(other, by_hour)
    half_width = points.high - points.mean
    more = 100 * points.mean / by_hour.mean()
    return f"{other.mean():.1f} %, {points.mean:+.1f} ± {half_width:.1f} points, {more:+.1f} %"


if __name__ == "__main__":
    main()
