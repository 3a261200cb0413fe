"""Calls per second on Manhattan's streets, beside the least that SimPy and Mesa can do.

    python -m benchmarks.speed.calls_per_second [--data ../shared/data/manhattan]

Machines differ and are shared, so every figure stands beside that of `bare_prototype.py`, taken
just before and after it; both are seconds of one core, which others' work on the machine stretches
less than those of the clock. Two marks: a floor of 10,000 calls per second, and 41,000, what JEMSS
(compiled Julia) did on the machine on which the prototype does 81,000: half of the prototype.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.speed.bare_prototype import prototype_calls_per_second
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel, simulate

SETTINGS: dict[str, tuple[str, dict[str, object]]] = {
    # Sent from the station only, 12 ambulances would be too few, and the queue grow without end.
    "a": ("zone points, no lights", {"fleet.available_after": "base", "fleet.ambulances": 18}),
    "b": ("any address, sent on the way home", {"demand.address": "street"}),
    "c": (
        "the same, with lights",
        {"demand.address": "street", "signals.active": True},
    ),
    "d": (
        "b, moved up by DMEXCLP",
        {"demand.address": "street", "policies.relocation": "dmexclp"},
    ),
    "e": (
        "c, with green waves and re-dispatch",
        {
            "demand.address": "street",
            "signals.active": True,
            "policies.signals": "green_wave",
            "dispatch_centre.redispatch": True,
        },
    ),
}
ROOT = Path(__file__).resolve().parents[2]
JEMSS_SHARE = 41_000 / 81_000
ROUNDS = 5
DAYS = 200


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=_beside_checkout())
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data}: no such folder; name that of the Manhattan data with --data")
    prototype_calls_per_second()
    _print_speeds(arguments.data, arguments.rounds)
    _print_growth(arguments.data)
    _print_parts(arguments.data)
    _print_memory(arguments.data)


def _print_speeds(data: Path, rounds: int) -> None:
    """Whole runs, from drawing the calls to the finished tables."""
    print(f"{'setting':<38}{'calls/s':>10}{'prototype':>11}{'ratio':>7}{'JEMSS mark':>12}")
    for key, (what, changes) in SETTINGS.items():
        scenario = _scenario(data, changes, DAYS)
        simulate(scenario)
        own, peer, ratios = [], [], []
        for k in range(rounds):
            before = prototype_calls_per_second()
            own.append(_calls_per_second(scenario, k))
            peer.append((before + prototype_calls_per_second()) / 2)
            ratios.append(own[-1] / peer[-1])
        ratio = statistics.median(ratios)
        print(
            f"{key}: {what:<35}{statistics.median(own):>10,.0f}{statistics.median(peer):>11,.0f}"
            f"{ratio:>7.2f}{ratio / JEMSS_SHARE:>11.2f}x"
        )


def _print_growth(data: Path) -> None:
    """Cost must grow no faster than the number of calls."""
    print("\nMicroseconds per call by length of the run, setting b:")
    for days in (10, 100, 1000):
        scenario = _scenario(data, SETTINGS["b"][1], days)
        speed = max(_calls_per_second(scenario, k) for k in range(2))
        print(f"  {days * 451.2:>9,.0f} calls  {1e6 / speed:6.1f}")


def _print_memory(data: Path) -> None:
    """Peak of a fresh process that runs setting b once."""
    print("\nPeak memory of a process by length of its run, setting b:")
    for days in (14, 200, 1000):
        code = (
            "import sys; from pathlib import Path;"
            "from benchmarks.speed import calls_per_second as c;"
            "c.run_once(Path(sys.argv[1]), float(sys.argv[2])); print(c.peak_mb())"
        )
        command = [sys.executable, "-c", code, str(data), str(days)]
        answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        print(f"  {days * 451.2:>9,.0f} calls  {int(answer.stdout):6,} MB")


def run_once(data: Path, days: float) -> None:
    """One run of setting b."""
    simulate(_scenario(data, SETTINGS["b"][1], days))


def peak_mb() -> int:
    """Peak memory of this process (Linux); `ru_maxrss` would count that of its parent, too."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _print_parts(data: Path) -> None:
    """Where the time goes; profiling makes Python look slower than compiled code."""
    print("\nWhere the time goes (share of the profiled event loop, by where the code is):")
    for key, (_, changes) in SETTINGS.items():
        model = EmergencyModel(_scenario(data, changes, 50))
        profile = cProfile.Profile()
        profile.runcall(model.env.run)
        seconds: Counter[str] = Counter()
        for (path, _, function), (_, _, own_s, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
            seconds[_part(path, function)] += own_s
        total_s = sum(seconds.values())
        shares = ", ".join(f"{part} {s / total_s:.0%}" for part, s in seconds.most_common(6))
        print(f"  {key}: {shares}")


def _part(path: str, function: str) -> str:
    """What a function belongs to; SimPy's heap and generators are built in."""
    folders = Path(path).parts
    if "simpy" in folders or "heap" in function or "generator" in function:
        return "SimPy"
    if Path(path).name in ("trips.py", "arrivals.py", "hub_labels.py"):
        return "compiled trips and dispatch"
    ours = {"agents", "policies", "environment", "simulation"}.intersection(folders)
    return min(ours, default="the rest")


def _calls_per_second(scenario: Scenario, replication: int) -> float:
    start = time.process_time()
    result = simulate(scenario, replication)
    return len(result.calls) / (time.process_time() - start)


def _scenario(data: Path, changes: dict[str, object], days: float) -> Scenario:
    return load_scenario("manhattan", {"run.days": days, **changes}, data)


def _beside_checkout() -> Path:
    return ROOT.parent / "shared" / "data" / "manhattan"


if __name__ == "__main__":
    main()
