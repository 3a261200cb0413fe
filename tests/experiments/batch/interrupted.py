"""A batch of 24 short runs for tests that kill it, in a process of its own or in theirs."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from experiments.compare import compare
from experiments.nursery import open_nursery
from scenarios.scenario import Scenario


def go_on(
    folder: Path, out: Path, workers: int = 1, progress: Callable[..., object] | None = None
) -> None:
    """Begin the batch, or go on with what is there; `folder` has its sites and zones."""
    base = Scenario.model_validate(
        {
            "folder": folder,
            "roads": {"source": "plane_grid", "rows": 5, "columns": 5},
            "places": {"sites": "sites.csv", "zones": "zones.csv"},
            "run": {"days": 2},
        }
    )
    arms = {"base": base, "district": base.changed({"policies.dispatch": "district_only"})}
    compare(arms, 12, workers=workers, out=out, resume=True, progress=progress or _say_nothing)


def go_on_apart(told: Connection, complaints: Path, folder: Path, out: Path, workers: int) -> None:
    """The same as the leader of a session, which sends its counts and complains into a file."""
    os.setsid()
    os.dup2(os.open(complaints, os.O_CREAT | os.O_WRONLY), sys.stderr.fileno())
    go_on(folder, out, workers, lambda *counts: told.send(counts))


def _say_nothing(*_: int) -> None:
    pass


if __name__ == "__main__":
    # Tests that run in the background may have been told to ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if "nursery" in sys.argv:
        open_nursery(["tests.experiments.batch.interrupted"])
    try:
        go_on(Path(sys.argv[1]), Path(sys.argv[2]), 2, lambda *_: os.write(1, b"one more\n"))
    except KeyboardInterrupt as stop:
        sys.exit(str(stop))
