"""What supplies and coordination take: CPU seconds of the main job's runs.

    python -m benchmarks.speed.supplies [--rounds 5]

Machines differ and are shared, so every run of `metropolis` stands beside one of the same city
without epidemic and supplies, done just before it in the same process.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping

from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.tables.result import Result

ROUNDS = 5
BARE: Mapping[str, object] = {"supplies": {}, "epidemic": {}, "disruptions": []}
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "supplies, no epidemic": {"epidemic": {}, "coordination.mechanisms": "off"},
    "coordination off": {"coordination.mechanisms": "off"},
    "coordination on": {"coordination.mechanisms": "on"},
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="CPU seconds of the main job's runs.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    bare = _scenario(BARE)
    simulate(bare)
    columns = f"{'CPU s':>7}{'bare':>7}{'ratio':>7}{'calls':>8}{'messages':>10}{'trips':>7}"
    print(f"{'setting':<24}{columns}")
    for name, changes in SETTINGS.items():
        scenario = _scenario(changes)
        result = simulate(scenario)
        pairs = [(_cpu_s(bare, k), _cpu_s(scenario, k)) for k in range(rounds)]
        bare_s, own_s = (statistics.median(column) for column in zip(*pairs, strict=True))
        ratio = statistics.median(own / beside for beside, own in pairs)
        print(f"{name:<24}{own_s:>7.2f}{bare_s:>7.2f}{ratio:>7.1f}{_size(result)}")


def _cpu_s(scenario: Scenario, replication: int) -> float:
    """Of one run, from drawing the calls to its tables and measures."""
    start_s = time.process_time()
    assert simulate(scenario, replication).summary
    return time.process_time() - start_s


def _size(result: Result) -> str:
    """How much happened: calls, messages and trips of trucks."""
    tables = result.supplies
    assert tables is not None
    return f"{len(result.calls):>8,}{len(tables.messages):>10,}{len(tables.trips):>7,}"


def _scenario(changes: Mapping[str, object]) -> Scenario:
    return load_scenario("metropolis", changes)


if __name__ == "__main__":
    main()
