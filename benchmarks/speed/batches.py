"""What a batch costs beside its runs, as ratios measured side by side.

    python -m benchmarks.speed.batches [gain overhead many dask chunks] [--rounds 3]

prints the gain of two workers over one, beside that of two plain loops over one (whole commands,
by turns, the best of some rounds); the overhead of a replication; what many small ones take in
memory and on disk; Dask against loky; and what a scheduler takes for very many replications.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from experiments.batch import BatchOptions, executor_for, run_batch
from experiments.batch.saved_runs import read_summaries
from experiments.batch.task import Task, run_task
from scenarios.loader import load_scenario

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"run.days": 0.02, "run.warm_up_days": 0, "demand.calls_per_day": 100}
LOOP = """
import sys
from scenarios.loader import load_scenario
from simulation.model import simulate
case = load_scenario(sys.argv[1])
for replication in range(int(sys.argv[2]), int(sys.argv[3])):
    simulate(case, replication)
"""


def main() -> None:
    """Measure and print."""
    parts = {"gain": gain, "overhead": overhead, "many": many, "dask": dask, "chunks": chunks}
    parser = argparse.ArgumentParser(description="Batches beside plain loops.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(parts))
    parser.add_argument("--cases", nargs="+", default=["city", "metropolis"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=24, help="of each case, for the gain")
    parser.add_argument("--replications", type=int, default=10_000, help="of many and chunks")
    asked = parser.parse_args()
    for name in asked.parts or parts:
        parts[name](asked)


def gain(asked: argparse.Namespace) -> None:
    """Two workers over one, and two plain loops over one; each begins anew."""
    for case in asked.cases:
        loop = [sys.executable, "-c", LOOP, case]
        half, whole = str(asked.runs // 2), str(asked.runs)
        batch = [sys.executable, "run.py", "batch", case, "-n", whole, "--workers"]
        commands = {
            "one loop": [[*loop, "0", whole]],
            "two loops": [[*loop, "0", half], [*loop, half, whole]],
            "one worker": [[*batch, "1"]],
            "two workers": [[*batch, "2"]],
        }
        found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for _ in range(asked.rounds):
            for name, together in commands.items():
                found[name].append(in_parallel(together))
        print(f"{whole} runs of {case}, best of {asked.rounds}:")
        for place, what in enumerate(("elapsed", "processor time of the longest way through")):
            best = {name: min(took[place] for took in rounds) for name, rounds in found.items()}
            plain = best["one loop"] / best["two loops"]
            own = best["one worker"] / best["two workers"]
            told = ", ".join(f"{name} {took_s:.1f} s" for name, took_s in best.items())
            print(
                f"  {what}: {told}; gain of loops {plain:.2f}, of workers {own:.2f}: "
                f"{own / plain:.2f} of it",
                flush=True,
            )


def in_parallel(commands: list[list[str]]) -> tuple[float, float]:
    """Seconds that commands take together, and what they would on processors of their own.

    The latter is processor time, which a crowded machine changes little: that of the command or
    of the nursery that imports meanwhile, whichever is longer, and then of the slowest worker.
    """
    start_s = time.perf_counter()
    roots = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    ways = [[0.0, 0.0] for _ in roots]
    while any(root.poll() is None for root in roots):
        for root, way in zip(roots, ways, strict=True):
            look(root.pid, way)
        time.sleep(0.03)
    if any(root.returncode for root in roots):
        raise SystemExit(f"{commands} failed")
    return time.perf_counter() - start_s, max(map(sum, ways))


def look(root: int, way: list[float]) -> None:
    """Note the processor time so far: of a command and what it starts, and of what these start."""
    with suppress(OSError):  # one of them has just ended
        started = children(root)
        way[0] = max(way[0], *map(cpu_s, [root, *started]))
        way[1] = max(way[1], *(cpu_s(one) for child in started for one in children(child)), 0.0)


def children(process: int) -> list[int]:
    return [
        int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def cpu_s(process: int) -> float:
    user, system = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def mb(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def overhead(asked: argparse.Namespace) -> None:
    """Of a replication in this process, in processor time: journal, ledger and table."""
    small, runs = load_scenario("city", SMALL), 300
    tasks = [Task("run", number, small, {}, tables=False) for number in range(runs)]
    run_task(tasks[0])
    extra_s = []
    for _ in range(asked.rounds):
        with tempfile.TemporaryDirectory() as name:
            batch = partial(run_batch, {"run": small}, runs, out=Path(name) / "out", tables=False)
            plain_s = seconds(lambda: [run_task(task) for task in tasks], time.process_time)
            batch_s = seconds(batch, time.process_time)
        extra_s.append(batch_s - plain_s)
    print(f"overhead of a replication: {1000 * min(extra_s) / runs:.2f} ms", flush=True)


def many(asked: argparse.Namespace) -> None:
    """In one batch with two workers, summaries kept."""
    small = load_scenario("city", SMALL)
    before_mb = most_mb()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "out"
        options: BatchOptions = {"workers": 2, "out": folder, "tables": False}
        took_s = seconds(lambda: run_batch({"run": small}, asked.replications, **options))
        disk_mb = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
        read_s = seconds(lambda: read_summaries(folder))
    print(
        f"{asked.replications:,} replications: {took_s:.0f} s, parent {before_mb:.0f} MB before "
        f"and {most_mb():.0f} MB at most, {disk_mb:.1f} MB on disk, read back in {read_s:.2f} s",
        flush=True,
    )


def most_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def dask(asked: argparse.Namespace) -> None:
    """Two workers each, warm, by turns."""
    small, runs = load_scenario("city", SMALL), 2000
    with executor_for("local", 2) as (executor, workers):
        ours: BatchOptions = {"workers": 2}
        theirs: BatchOptions = {"workers": workers, "executor": executor}
        took: dict[str, list[float]] = {"loky": [], "dask": []}
        for count in (100, *[runs] * asked.rounds):
            for name, options in (("loky", ours), ("dask", theirs)):
                took[name].append(seconds(partial(run_batch, {"run": small}, count, **options)))
    ratio = min(took["dask"][1:]) / min(took["loky"][1:])
    print(f"{runs:,} replications: Dask takes {ratio:.2f} of loky's time", flush=True)


def chunks(asked: argparse.Namespace) -> None:
    """Memory of a scheduler in this process and of its workers, as replications go by."""
    small = load_scenario("city", SMALL)
    seen: list[tuple[int, float, float]] = []

    def tell(done: int, total: int, _failed: int) -> None:
        if done % max(total // 8, 1) == 0:
            started = children(os.getpid())
            workers = [mb(one) for child in started for one in [child, *children(child)]]
            seen.append((done, mb(os.getpid()), max(workers, default=0.0)))

    with executor_for("local", 2) as (executor, workers):
        options: BatchOptions = {"workers": workers, "executor": executor, "progress": tell}
        took_s = seconds(lambda: run_batch({"run": small}, asked.replications, **options))
    print(f"{asked.replications:,} replications on a local Dask cluster: {took_s:.0f} s")
    for done, scheduler_mb, worker_mb in seen:
        print(
            f"  after {done:>7,}: with scheduler {scheduler_mb:.0f} MB, a worker {worker_mb:.0f} MB"
        )


def seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start_s = clock()
    work()
    return clock() - start_s


if __name__ == "__main__":
    main()
