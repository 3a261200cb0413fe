"""How long Corridor takes to start: help, the default city, Manhattan's map from the cache.

    python -m benchmarks.speed.start [--data ../shared/data/manhattan]

Each figure is the best of five whole processes once bytecode, compiled code and maps are cached;
that of a bare Python stands beside them. Limits: help 0.5 s, a cached map 2 s.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "manhattan")
    data = str(parser.parse_args().data)
    load = (
        "import sys; from pathlib import Path;"
        "from scenarios.loader import load_scenario; from simulation.preparation import prepare;"
        "prepare(load_scenario(sys.argv[1], {}, Path(sys.argv[2]) if sys.argv[2:] else None))"
    )
    commands = {
        "a bare Python": ["-c", "pass"],
        "run.py --help": ["run.py", "--help"],
        "the default city, ready to run": ["-c", load, "city"],
        "Manhattan, ready to run": ["-c", load, "manhattan", data],
    }
    for what, command in commands.items():
        print(f"{what:<34}{_best_s(command):6.2f} s")


def _best_s(command: list[str]) -> float:
    # Bytecode may be switched off for the session; a user's is not.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds.append(time.perf_counter() - start)
    return min(seconds[1:])


if __name__ == "__main__":
    main()
