"""Manhattan on its real streets, beside what a published model of that city gives.

    python -m benchmarks.validation.manhattan [FOLDER] [--replications 30] [--days 14]

FOLDER holds ``manhattan.osm.zip``, ``demand_zones.csv`` and ``sites.csv``; without it, the folder
``shared/data/manhattan`` next to the checkout. The first table is ours beside the published
figures; nothing is fitted. The second changes one thing at a time, on the same patients, to show
what the difference may come from. ``docs/validation/manhattan.md`` tells what they say.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from experiments.batch.engine import run_batch
from experiments.statistics import paired_interval, t_interval
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure

DATA = Path(__file__).resolve().parents[3] / "shared/data/manhattan"
COMPARED = ("response_s", "in_target_share", "waiting_share", "utilisation")

PUBLISHED = {"response_s": "10.16 ± 0.08", "in_target_share": "55.3 ± 0.5"}
"""30 × 14 days of the published model, minutes and per cent."""
EXPECTED = {"response_s": "8.6 to 11.7", "in_target_share": "47 to 63"}
"""What was expected of us before the first run, there being other streets and another access."""

WHAT_IFS: dict[str, dict[str, Any]] = {
    "off the road at 11 km/h, not 10": {"places.access_kph": 11},
    "off the road at 14.7 km/h": {"places.access_kph": 14.7},
    "off the road in no time": {"places.access_kph": 1000},
    "calls from anywhere on the streets": {"demand.address": "street"},
    "sent again only from base": {"fleet.available_after": "base"},
    "waiting calls first-come": {"dispatch_centre.queue": "first-come"},
    "hospital with fewest patients": {"policies.hospital": "least_busy"},
    "13 ambulances": {"fleet.ambulances": 13},
    "15 ambulances": {"fleet.ambulances": 15},
    "12 ambulances placed by demand": {"policies.location": "demand_share"},
    "traffic lights on": {"signals.active": True},
    "sirens no faster": {"travel.siren_speed_factor": 1},
}
"""What each arm changes in the case."""


def main() -> None:
    arguments = read_arguments()
    if not arguments.folder.is_dir():
        print(f"{arguments.folder}: no such folder; name that of Manhattan's data")
        return
    base = load_scenario("manhattan", {"run.days": arguments.days}, arguments.folder)
    print(f"{arguments.replications} replications of {arguments.days:g} days, 95 % t-intervals\n")
    plain = summaries(base, arguments.replications)
    print_beside_published(plain)
    measures = [measure_of(name) for name in COMPARED]
    heads = [f"{measure.label} ({measure.unit_of_differences})" for measure in measures]
    print(f"\n| one thing changed | {' | '.join(heads)} |\n|{' --- |' * (1 + len(heads))}")
    for name, values in WHAT_IFS.items():
        own = summaries(base.changed(values), arguments.replications)
        print(f"| {name} | {' | '.join(difference(m, own, plain) for m in measures)} |", flush=True)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Manhattan beside a published model.")
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--days", type=float, default=14.0)
    return parser.parse_args()


def summaries(scenario: Scenario, replications: int) -> pd.DataFrame:
    """The measures of each replication; one arm at a time, so that its map is made once."""
    batch = run_batch({"run": scenario}, replications, workers=os.cpu_count() or 1)
    return batch.summaries.set_index("replication").drop(columns="arm")


def print_beside_published(plain: pd.DataFrame) -> None:
    print("| | Corridor | published | expected |\n| --- | --- | --- | --- |")
    for name in plain:
        measure, interval = measure_of(str(name)), t_interval(plain[name])
        if measure.shown != "always":
            continue
        own = f"{measure.text(interval.mean)} ± {measure.text(interval.high - interval.mean)}"
        beside = f"{PUBLISHED.get(measure.name, '')} | {EXPECTED.get(measure.name, '')}"
        print(f"| {measure.full_heading} | {own} | {beside} |", flush=True)


def difference(measure: Measure, own: pd.DataFrame, plain: pd.DataFrame) -> str:
    """How an arm differs from the case as it is, replication by replication."""
    interval = paired_interval(own[measure.name], plain[measure.name])
    half_width = measure.text(interval.high - interval.mean)
    return f"{measure.difference_text(interval.mean)} ± {half_width}"


if __name__ == "__main__":
    main()
