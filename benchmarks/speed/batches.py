"""What a batch costs beside its runs, as ratios measured side by side.

    python -m benchmarks.speed.batches [--replications 10000]

prints the gain of two workers against two plain processes that each run half in a loop, the
overhead of a replication, what many small ones take in memory and on disk, and Dask against loky.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from experiments.batch import BatchOptions, executor_for, run_batch
from experiments.batch.saved_runs import read_summaries
from experiments.batch.task import Task, run_task
from scenarios.loader import load_scenario
from simulation.model import simulate

SMALL = {"run.days": 0.02, "run.warm_up_days": 0, "demand.calls_per_day": 100}
MIDDLE = {"run.days": 2}
RUNS = 40
LOOP = """
import sys
from experiments.batch.task import Task, run_task
from scenarios.loader import load_scenario
from simulation.model import simulate
city = load_scenario("city", {"run.days": 2})
for replication in range(int(sys.argv[1]), int(sys.argv[2])):
    simulate(city, replication)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Batches beside plain loops.")
    parser.add_argument("--replications", type=int, default=10_000)
    two_workers()
    overhead()
    many(parser.parse_args().replications)
    dask()


def two_workers() -> None:
    """Both begin anew: they start, import, and load compiled code and the city."""
    city = load_scenario("city", MIDDLE)
    simulate(city)
    plain_s = seconds(lambda: [process.wait() for process in [loop(0, 20), loop(20, 40)]])
    cold_s = seconds(lambda: run_batch({"run": city}, RUNS, workers=2))
    warm_s = seconds(lambda: run_batch({"run": city}, RUNS, workers=2))
    alone_s = seconds(lambda: run_batch({"run": city}, RUNS))
    print(
        f"{RUNS} runs of two days: two plain processes {plain_s:.1f} s, two workers {cold_s:.1f} s "
        f"({plain_s / cold_s:.2f} of their gain), warm ones {warm_s:.1f} s, one {alone_s:.1f} s"
    )


def loop(first: int, last: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", LOOP, str(first), str(last)]
    return subprocess.Popen(command, cwd=Path(__file__).resolve().parents[2])


def overhead() -> None:
    small, runs = load_scenario("city", SMALL), 300
    with tempfile.TemporaryDirectory() as folder:
        tasks = [Task("run", number, small, {}, tables=False) for number in range(runs)]
        run_task(tasks[0])
        plain_s = seconds(lambda: [run_task(task) for task in tasks])
        batch_s = seconds(lambda: run_batch({"run": small}, runs, out=Path(folder), tables=False))
    print(f"overhead of a replication: {1000 * (batch_s - plain_s) / runs:.1f} ms")


def many(replications: int) -> None:
    small = load_scenario("city", SMALL)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options: BatchOptions = {"workers": 2, "out": folder, "tables": False}
        took_s = seconds(lambda: run_batch({"run": small}, replications, **options))
        most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        disk_mb = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        read_s = seconds(lambda: read_summaries(folder))
    print(
        f"{replications:,} replications: {took_s:.0f} s, parent {most_mb:.0f} MB, "
        f"{disk_mb:.1f} MB on disk, read back in {read_s:.2f} s"
    )


def dask() -> None:
    small, runs = load_scenario("city", SMALL), 2000
    run_batch({"run": small}, runs, workers=2)
    loky_s = seconds(lambda: run_batch({"run": small}, runs, workers=2))
    with executor_for("local", 2) as (executor, workers):
        run_batch({"run": small}, 100, workers=workers, executor=executor)
        dask_s = seconds(
            lambda: run_batch({"run": small}, runs, workers=workers, executor=executor)
        )
    print(f"{runs:,} replications: Dask takes {dask_s / loky_s:.2f} of loky's time")


def seconds(work: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    work()
    return time.perf_counter() - start_s


if __name__ == "__main__":
    main()
