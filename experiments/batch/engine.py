"""Many runs: every replication of every arm, on however many workers there are."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import pandas as pd

from environment.errors import CorridorError
from environment.places.city import City
from experiments.batch.executors import own_executor
from experiments.batch.folder import BatchFolder, Failure
from experiments.batch.submission import run_tasks
from experiments.batch.task import Failed, Task
from experiments.errors import BatchError, BatchInterrupted
from scenarios.scenario import Scenario
from simulation.model import EmergencyModel
from simulation.policies import Sources, find_sources
from simulation.tables.result import Result, load_result, origin

Progress = Callable[[int, int, int], None]
"""Is told how many runs are done (failed ones too), of how many, and how many have failed."""

ARM_NAME = re.compile(r"[\w][\w.+-]*")
KEY = ["arm", "replication"]


class BatchOptions(TypedDict, total=False):
    """How a batch is run, whatever is asked of it; see `run_batch`."""

    workers: int
    out: Path | None
    tables: bool
    resume: bool
    executor: Executor | None
    progress: Progress | None


@dataclass(frozen=True, eq=False)
class Batch:
    """The runs of some arms, replication for replication on the same random numbers.

    Attributes
    ----------
    arms : mapping of str to Scenario
    replications : int
        How many each arm was to have.
    summaries : DataFrame
        One row per run that succeeded, in the order of the arms: ``arm``, ``replication`` and
        one column for each measure of `Result.summary`.
    failures : tuple of Failure
        The runs that gave nothing.
    folder : BatchFolder or None
        Where it is saved; None if it is not.
    """

    arms: Mapping[str, Scenario]
    replications: int
    summaries: pd.DataFrame
    failures: tuple[Failure, ...]
    folder: BatchFolder | None

    def result(self, arm: str, replication: int) -> Result:
        """Read a run with its tables.

        Raises
        ------
        BatchError
            If the batch was not saved.
        ResultError
            If there is no such run, or it was saved without tables.
        """
        if self.folder is None:
            raise BatchError("the tables of runs are kept only if the batch has an out folder")
        return load_result(self.folder.run_folder(arm, replication))


def run_batch(
    arms: Mapping[str, Scenario],
    replications: int,
    *,
    workers: int = 1,
    out: Path | None = None,
    tables: bool = True,
    resume: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Run every replication of every arm.

    A replication that fails is noted, and the rest goes on; so it does when a worker process
    dies. The answers do not depend on the number of workers.

    Parameters
    ----------
    arms : mapping of str to Scenario
        By a name that a folder can have.
    replications : int
    workers : int
        How many runs are under way at a time; one runs in this process.
    out : Path, optional
        Where runs are saved, each whole or not at all; without it only summaries are kept.
    tables : bool
        Whether they are saved with their tables, or with manifest and summary alone.
    resume : bool
        Go on in a folder that has a part of this batch already.
    executor : concurrent.futures.Executor, optional
        Runs the tasks in place of processes of our own, such as Dask's
        ``Client(address).get_executor()``. It stays open.
    progress : callable, optional
        Called once at the start and after each run.

    Raises
    ------
    CorridorError
        For a mistake that every replication would meet: of map, places, calls or policies.
    BatchError
        If `out` holds something else, or the executor that was handed in has broken.
    ResultError
        If a run cannot be saved.
    BatchInterrupted
        After Ctrl-C.
    """
    _require_sensible(arms, replications, workers)
    alone = len(arms) == 1
    plan = {
        name: _prepare("" if alone else f"arm {name}: ", scenario)
        for name, scenario in arms.items()
    }
    folder = None
    if out is not None:
        origins = {name: origin(arm.scenario, arm.sources) for name, arm in plan.items()}
        folder = BatchFolder(out, origins, replications, tables)
        folder.open(resume=resume)
        for name, arm in plan.items() if tables else ():
            folder.keep_map(origins[name]["ground"], arm.city)
    ledger = _Ledger(len(plan) * replications, folder, progress)
    tasks = _tasks_left(plan, replications, ledger, tables=tables and folder is not None)
    _run(tasks, ledger, workers, executor)
    summaries = ledger.summaries(list(plan))
    if folder is not None:
        folder.save_summaries(summaries)
    return Batch(dict(arms), replications, summaries, ledger.sorted_failures(list(plan)), folder)


@dataclass(frozen=True)
class _Arm:
    scenario: Scenario
    sources: Sources
    city: City


def _require_sensible(arms: Mapping[str, Scenario], replications: int, workers: int) -> None:
    if not arms:
        raise BatchError("at least one arm is required, got none")
    for name in arms:
        if not ARM_NAME.fullmatch(name):
            raise BatchError(
                f"the name of an arm must consist of letters, digits and _ . + -, got {name!r}"
            )
    for what, number in (("replications", replications), ("workers", workers)):
        if number < 1:
            raise BatchError(f"{what} must be >= 1, got {number}")


def _prepare(prefix: str, scenario: Scenario) -> _Arm:
    """Find a scenario's policies, and settle it once, so that its mistakes are told but once.

    Each of their lines begins with a prefix that tells the arm. Paths are made absolute: a worker
    need not run in the folder where the batch was begun.
    """
    scenario = scenario.model_copy(update={"folder": scenario.folder.resolve()})
    try:
        sources = {
            decision: replace(source, path=str(Path(source.path).resolve()))
            for decision, source in find_sources(scenario).items()
        }
        model = EmergencyModel(scenario, 0, sources)
        model.close()
    except CorridorError as error:
        raise type(error)(textwrap.indent(str(error), prefix)) from None
    return _Arm(scenario, sources, model.area.city)


class _Ledger:
    """Keeps count of what is done, and keeps what came of it."""

    def __init__(self, total: int, folder: BatchFolder | None, progress: Progress | None) -> None:
        self.total = total
        self.folder = folder
        self.failures: list[Failure] = []
        self.measures: dict[tuple[str, int], dict[str, float]] = {}
        self._progress = progress
        if folder is not None:
            for arm, replication, summary in folder.saved():
                self.measures[arm, replication] = summary

    @property
    def done(self) -> int:
        """Runs that have ended, well or not."""
        return len(self.measures) + len(self.failures)

    def tell(self) -> None:
        """Report progress."""
        if self._progress is not None:
            self._progress(self.done, self.total, len(self.failures))

    def enter_failure(self, task: Task, message: str) -> None:
        """Note that a run failed."""
        failure = Failure(task.arm, task.replication, task.scenario.seed, message)
        self.failures.append(failure)
        if self.folder is not None:
            self.folder.save_failure(failure)
        self.tell()

    def enter_run(self, task: Task, summary: dict[str, float], files: dict[str, bytes]) -> None:
        """Note what a run gave."""
        if self.folder is not None:
            self.folder.save_run(task.arm, task.replication, files)
        self.measures[task.arm, task.replication] = summary
        self.tell()

    def summaries(self, arms: list[str]) -> pd.DataFrame:
        """One row per run, whatever the order in which they ended."""
        order = sorted(self.measures, key=lambda key: (arms.index(key[0]), key[1]))
        rows = [{**dict(zip(KEY, key, strict=True)), **self.measures[key]} for key in order]
        return pd.DataFrame(rows, columns=None if rows else KEY)

    def sorted_failures(self, arms: list[str]) -> tuple[Failure, ...]:
        """The failures, whatever the order in which they happened."""
        return tuple(sorted(self.failures, key=lambda f: (arms.index(f.arm), f.replication)))


def _tasks_left(
    plan: Mapping[str, _Arm], replications: int, ledger: _Ledger, *, tables: bool
) -> list[Task]:
    """What is still to be run: all arms of a replication before the next, to compare early."""
    return [
        Task(name, replication, arm.scenario, arm.sources, tables)
        for replication in range(replications)
        for name, arm in plan.items()
        if (name, replication) not in ledger.measures
    ]


def _run(tasks: list[Task], ledger: _Ledger, workers: int, given: Executor | None) -> None:
    """Run tasks and enter what comes of them in the ledger."""
    make_executor = _only(given) if given else functools.partial(own_executor, workers)
    ledger.tell()
    try:
        with closing(run_tasks(tasks, make_executor, workers)) as endings:
            for task, ending in endings:
                if isinstance(ending, Failed):
                    ledger.enter_failure(task, ending.message)
                else:
                    ledger.enter_run(task, ending.summary, ending.files)
    except KeyboardInterrupt:
        raise BatchInterrupted(_farewell(ledger)) from None


def _only(executor: Executor) -> Callable[[], Executor]:
    """Give the executor that was handed in once; once it has broken there is no other."""
    left = [executor]

    def make_executor() -> Executor:
        if not left:
            raise BatchError(
                "the executor that was handed in has broken, and takes no more tasks; what is "
                "complete is kept, and --resume goes on from there"
            )
        return left.pop()

    return make_executor


def _farewell(ledger: _Ledger) -> str:
    count = f"stopped after {ledger.done} of {ledger.total} runs"
    if ledger.folder is None:
        return f"{count}; nothing was saved, there being no out folder"
    return f"{count}; what is complete is in {ledger.folder.path}: go on with --resume"
