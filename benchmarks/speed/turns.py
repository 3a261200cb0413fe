"""What turn restrictions cost on Manhattan: the map with some drawn, beside the map without.

    python -m benchmarks.speed.turns [--data ../shared/data/manhattan] [--share 0.1]

The extract has no restrictions, so a copy gets relations ``no_left_turn`` at a share of the nodes
where ways end, from one way to another, drawn by chance. Both maps are prepared and run in one
process, runs by turns, so that the ratios hold on any machine.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zipfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import osmium

from benchmarks.speed.router import sum_ms
from environment.maps.load import load_map
from environment.roads.router import Router
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.preparation import prepare

ROUNDS, DAYS, QUESTIONS = 7, 100, 200_000
DRIVEN = {"primary", "secondary", "tertiary", "residential", "unclassified"}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    beside = Path(__file__).resolve().parents[3] / "shared/data/manhattan"
    parser.add_argument("--data", type=Path, default=beside)
    parser.add_argument("--share", type=float, default=0.1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        extract = Path(folder) / "restricted.osm"
        _restrict(arguments.data / "manhattan.osm.zip", extract, arguments.share)
        changes: dict[str, dict[str, object]] = {
            "without": {},
            "sirens exempt": {"roads.file": str(extract)},
            "all obey": {"roads.file": str(extract), "roads.turn_restrictions": "obey"},
        }
        _print({name: _scenario(arguments.data, own) for name, own in changes.items()})


def _restrict(source: Path, target: Path, share: float) -> None:
    """Write the extract with relations at its end."""
    with zipfile.ZipFile(source) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    ends = defaultdict(list)
    content = osmium.io.FileBuffer(text.encode(), "osm")
    ways: Any = osmium.FileProcessor(content, osmium.osm.WAY)
    for way in ways:
        if way.tags.get("highway") in DRIVEN:
            for node in {way.nodes[0].ref, way.nodes[-1].ref}:
                ends[node].append(way.id)
    rng = np.random.default_rng(0)
    relations: list[str] = []
    for node, meeting in sorted(ends.items()):
        if len(meeting) > 1 and rng.random() < share:
            one, other = rng.choice(meeting, 2, replace=False)
            relations.append(
                f'<relation id="{len(relations) + 1}">'
                f'<member type="way" ref="{one}" role="from"/>'
                f'<member type="node" ref="{node}" role="via"/>'
                f'<member type="way" ref="{other}" role="to"/>'
                '<tag k="type" v="restriction"/><tag k="restriction" v="no_left_turn"/></relation>'
            )
    target.write_text(text.replace("</osm>", "\n".join([*relations, "</osm>"])))


def _scenario(data: Path, changes: dict[str, object]) -> Scenario:
    changed = {"run.days": DAYS, "demand.address": "street", **changes}
    return load_scenario("manhattan", changed, data)


def _print(scenarios: dict[str, Scenario]) -> None:
    for name, scenario in scenarios.items():
        roads = load_map(scenario.roads, scenario.folder).roads
        Router.build(roads, roads.free_flow_s)  # compiles, and keeps the cuts
        begin = time.process_time()
        router = Router.build(roads, roads.free_flow_s)
        build_s = time.process_time() - begin
        asked = np.random.default_rng(0).integers(0, roads.node_count, (2, QUESTIONS))
        asked = np.ascontiguousarray(asked.T)
        sum_ms(router.labels.address, router.labels.time_ms, asked[:1])
        begin = time.process_time()
        sum_ms(router.labels.address, router.labels.time_ms, asked)
        lookup_s = time.process_time() - begin
        begin = time.process_time()
        prepare(scenario)
        prepare_s = time.process_time() - begin
        told = [note for note in roads.notes if note.startswith("turn")]
        print(f"{name}: {roads.node_count:,} nodes, {roads.edge_count:,} pieces")
        print(f"  one router {build_s:.2f} s, {router.labels.byte_count / 1e6:.0f} MB;", end=" ")
        print(f"lookup {lookup_s / QUESTIONS * 1e9:.0f} ns; city prepared in {prepare_s:.1f} s")
        print("".join(f"  {line}\n" for line in told), end="")
    _print_runs(scenarios)


def _print_runs(scenarios: dict[str, Scenario]) -> None:
    seconds = defaultdict(list)
    for number in range(ROUNDS + 1):
        for name, scenario in scenarios.items():
            begin = time.process_time()
            result = simulate(scenario, number)
            seconds[name].append((time.process_time() - begin) / len(result.calls))
    for name, own in seconds.items():
        ratios = [base / one for base, one in zip(seconds["without"], own, strict=True)]
        print(f"{name}: {1 / median(own[1:]):,.0f} calls/s, {median(ratios[1:]):.2f} of without")


if __name__ == "__main__":
    main()
