"""What a worker process does: one replication of one arm.

A worker imports this module and what it needs, which is neither OSMnx nor matplotlib.
"""

from __future__ import annotations

import gc
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment.errors import CorridorError
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.policies import Sources


@dataclass(frozen=True)
class Task:
    """One replication of one arm, with all that a worker anywhere needs to run it.

    Attributes
    ----------
    arm : str
    replication : int
    scenario : Scenario
    sources : mapping of str to PolicySource
        Texts of the user's own policies.
    tables : bool
        Whether the outcome has the tables of the run, and not its summary alone.
    """

    arm: str
    replication: int
    scenario: Scenario
    sources: Sources
    tables: bool


@dataclass(frozen=True)
class Outcome:
    """What a replication gave: its measures, and its files as they are to be saved."""

    summary: dict[str, float]
    files: dict[str, bytes]


@dataclass(frozen=True)
class Failed:
    """Why a replication gave nothing."""

    message: str


def run_task(task: Task) -> Outcome | Failed:
    """Run a replication; whatever goes wrong with it is told, not raised.

    An exception would have to travel between processes, and one that the user's own policy
    defines would not arrive.
    """
    try:
        with _rare_collections():
            result = simulate(task.scenario, task.replication, task.sources)
        return Outcome(result.summary, result.files(tables=task.tables))
    except CorridorError as error:
        return Failed(str(error))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the other replications go on
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}, line {frame.lineno}"
        return Failed(f"{type(error).__name__}: {error} ({where})")


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for cycles of garbage seldom: a run makes few, and looking takes a seventh.

    By default it looks whenever 700 objects more were made than freed.
    """
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
