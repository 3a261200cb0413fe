"""What a worker process does: replications, one after the other.

A worker imports this module and what it needs, which is neither OSMnx nor matplotlib.
"""

from __future__ import annotations

import gc
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from environment.errors import CorridorError
from policies.source import describe, is_interrupt
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel, simulate
from simulation.policies import Sources

T = TypeVar("T")
A = TypeVar("A")


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
    """What a replication gave: its measures, and the files that are to be saved of it."""

    summary: dict[str, float]
    files: dict[str, bytes]


@dataclass(frozen=True)
class Failed:
    """Why a replication gave nothing."""

    message: str


@dataclass(frozen=True)
class ChunkEnding(Generic[A]):
    """What some tasks gave, in their order, and the seconds that they took in all."""

    answers: list[A | Failed]
    seconds: float


def run_task(task: Task) -> Outcome:
    """Run a replication."""
    with _rare_collections():
        result = simulate(task.scenario, task.replication, task.sources)
    return Outcome(result.summary, result.files() if task.tables else {})


def settle(task: Task) -> None:
    """Build a run and do not start it, so that the mistakes of its scenario come up."""
    EmergencyModel(task.scenario, task.replication, task.sources).close()


def run_chunk(work: Callable[[T], A], tasks: Sequence[T]) -> ChunkEnding[A]:
    """Do some tasks one after the other; a process does one chunk at a time."""
    with _one_at_a_time:
        start_s = time.monotonic()
        answers = [run_safely(work, task) for task in tasks]
        return ChunkEnding(answers, time.monotonic() - start_s)


def run_safely(work: Callable[[T], A], task: T) -> A | Failed:
    """Do a task; whatever goes wrong with it is told, not raised.

    An exception would have to travel between processes, and one that the user's own policy
    defines would not arrive.
    """
    process, forks = os.getpid(), _forks[0]
    try:
        answer = work(task)
        if os.getpid() == process:
            return Failed(FORKED) if _forks[0] > forks else answer
    except CorridorError as error:
        if os.getpid() == process:
            return Failed(str(error))
    except BaseException as error:
        if os.getpid() == process:
            if is_interrupt(error):
                raise
            return Failed(f"{describe(error)} ({_place(error)})")
    os._exit(0)  # a copy of this process, which the policy has forked: nobody waits for its answer


FORKED = (
    "its policy forked the process, which a policy must not; programs are started by subprocess"
)
_forks = [0]
_one_at_a_time = threading.RLock()  # a task may be a batch itself


def _count_fork() -> None:
    _forks[0] += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_parent=_count_fork)


def _place(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"


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
