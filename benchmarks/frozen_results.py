"""Results, frozen: runs all kinds of cases and arms and tells which table differs from before.

    python -m benchmarks.frozen_results --write before.json
    python -m benchmarks.frozen_results --check before.json

A change of structure must leave every table of every run as it was, to the last bit. Each job is a
command of the command line; of what it leaves in its folder, every table is hashed by its columns,
types and values, and every summary by its figures. Tables that are new are told, not refused.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

HOME = Path(__file__).resolve().parent.parent
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR")}
BAD_DAY = """disruptions=[
    {kind="station_closed", station="S3", from_hour=4, until_hour=30},
    {kind="hospital_closed", hospital="H2", from_hour=6, until_hour=20},
    {kind="surge", from_hour=8, until_hour=14, factor=1.8},
    {kind="road_closure", streets=[[1520, 1674]], from_hour=5, until_hour=40},
    {kind="mass_casualty", at_hour=12, x=5500, y=5400, casualties=30,
     triage={high=0.3, low=0.7}, reported_as="high"}]"""
JOBS: dict[str, list[str]] = {
    "city": [
        "compare", "city", "-n", "2", "--set", "run.days=3",
        "--arm", "now",
        "--arm", "waves:policies.signals=green_wave",
        "--arm", "move_up:policies.relocation=dmexclp,dispatch_centre.redispatch=true",
        "--arm", "table:policies.location=mexclp,fleet.ambulances=15",
        "--arm", "robust:policies.location=robust,policies.hospital=least_busy",
        "--arm", "lists:policies.dispatch=hypercube,policies.hospital=soonest_handover",
        "--arm", "district:policies.dispatch=district_only,fleet.ambulances=30",
        "--arm", f"bad_day:{' '.join(BAD_DAY.split())},policies.signals=green_wave",
    ],
    "service": [
        "compare", "service", "-n", "2", "--set", "run.days=2",
        "--arm", "now", "--arm", "one_bay:hospitals.bays=1",
    ],
    "metropolis": [
        "compare", "metropolis", "-n", "2", "--set", "run.days=10",
        "--arm", "off:coordination.mechanisms=off",
        "--arm", "on:coordination.mechanisms=on",
        "--arm", 'shared:coordination.mechanisms=["information","risk"]',
        "--arm", 'planned:coordination.mechanisms=["planning","rules"]',
        "--arm", "up_to:coordination.mechanisms=on,policies.ordering=order_up_to",
        "--arm", "shares:policies.allocation=proportional,policies.routing=savings",
    ],
    "covid": ["simulate", "covid-supplies", "-n", "2"],
    "hypercube": ["hypercube", "city", "-n", "2", "--set", "run.days=4", "--workers", "1"],
    "locate": ["locate", "city", "--model", "p_median", "--days", "10"],
    "locate_covering": ["locate", "service", "--model", "mclp", "--days", "10"],
    "smart_ems": ["reproduce", "smart-ems", "--quick"],
    "zaatari": ["reproduce", "zaatari", "--quick"],
    "zhao": ["reproduce", "zhao", "--quick"],
}  # fmt: skip


def table_hash(path: Path) -> str:
    """The hash of a table's columns, types and values."""
    table = pd.read_parquet(path)
    told = hashlib.sha256()
    for name in table.columns:
        told.update(f"{name} {table[name].dtype}".encode())
        told.update(pd.util.hash_pandas_object(table[name], index=False).to_numpy().tobytes())
    return told.hexdigest()[:16]


def hashes(folder: Path) -> Iterator[tuple[str, str]]:
    """The hash of each table and summary in a folder, by its path."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".parquet":
            yield name, table_hash(path)
        elif path.name in ("summary.json", "sites.csv") or path.suffix == ".geojson":
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def run_job(name: str) -> dict[str, str]:
    """Run one job's command; the hashes of what it leaves, by ``job/path``."""
    with tempfile.TemporaryDirectory() as temporary:
        out = Path(temporary) / "out"
        command = [sys.executable, str(HOME / "run.py"), *JOBS[name], "--out", str(out)]
        done = subprocess.run(
            command,
            cwd=temporary,
            env={**os.environ, **ONE_THREAD},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{name} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        found = dict(hashes(out))
    if "Seconds" not in done.stdout:  # how long a solver took is another figure each time
        found["printed figures"] = _figures(done.stdout)
    return {f"{name}/{path}": digest for path, digest in found.items()}


def _figures(printed: str) -> str:
    """The hash of the numbers of an output: its words may change."""
    words = printed.replace("│", " ").split()
    numbers = [word for word in words if any(letter.isdigit() for letter in word)]
    return hashlib.sha256(" ".join(numbers).encode()).hexdigest()[:16]


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What differs, a line each."""
    gone = [f"{path}: is not there any more" for path in before if path not in after]
    changed = [
        f"{path}: differs" for path in before if path in after and before[path] != after[path]
    ]
    return gone + changed


def main() -> None:
    """Write the hashes of all jobs, or check them."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--write", type=Path)
    asked.add_argument("--check", type=Path)
    asked.add_argument("--jobs", nargs="*", default=list(JOBS), choices=list(JOBS))
    args = asked.parse_args()
    after: dict[str, str] = {}
    for name in args.jobs:
        print(name, flush=True)
        after |= run_job(name)
    if args.write:
        args.write.write_text(json.dumps(after, indent=1, sort_keys=True))
        return
    before = json.loads(args.check.read_text())
    before = {path: told for path, told in before.items() if path.split("/")[0] in args.jobs}
    found = differences(before, after)
    new = sorted({path.rsplit("/", 1)[-1] for path in after if path not in before})
    print(f"{len(before)} tables and summaries before; new: {', '.join(new) or 'none'}")
    print("\n".join(found) if found else "nothing differs")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
