"""Many runs: every replication of every arm, on however many workers there are."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypedDict

import pandas as pd

from environment.errors import CorridorError
from experiments.batch.description import Origins
from experiments.batch.executors import own_executor
from experiments.batch.folder import BATCH, FAILURES, BatchFolder, Failure, require_out
from experiments.batch.ledger import Ledger, Progress
from experiments.batch.saved_runs import KEY, SavedRuns, require_untouched
from experiments.batch.submission import run_tasks
from experiments.batch.task import Failed, Task, run_task, settle
from experiments.errors import BatchError, BatchInterrupted
from policies.base import PolicyError
from scenarios.scenario import Scenario
from simulation.policies import Sources, find_sources
from simulation.preparation import prepare
from simulation.tables.map_copy import MAPS
from simulation.tables.result import Result, load_result, origin

__all__ = ["KEY", "Batch", "BatchOptions", "Progress", "run_batch"]

ARM_NAME = re.compile(r"[\w][\w.+-]{0,99}")
TAKEN = {MAPS, FAILURES, "combinations", "prices"}
TAKEN_ENDINGS = (".json", ".parquet", ".journal", ".png", ".svg", ".html", ".csv")
"""Names that other things in the folder of a batch have."""
SETTLED_HERE = 32
"""Arms that are tried in this process before the batch begins; of more, the rest by the workers."""
MOST_LINES = 19


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
    mended : tuple of str
        What in that folder was not as it had been saved, and was done again.
    """

    arms: Mapping[str, Scenario]
    replications: int
    summaries: pd.DataFrame
    failures: tuple[Failure, ...]
    folder: BatchFolder | None
    mended: tuple[str, ...] = ()

    def result(self, arm: str, replication: int) -> Result:
        """Read a run with its tables.

        Raises
        ------
        BatchError
            If the batch was not saved.
        ResultError
            If there is no such run, it was saved without tables, or somebody has changed it.
        """
        if self.folder is None:
            raise BatchError("the tables of runs are kept only if the batch has an out folder")
        require_untouched(self.folder, arm, replication)
        return load_result(self.folder.run_folder(arm, replication))


def run_batch(
    arms: Mapping[str, Scenario],
    replications: int | range,
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
    replications : int or range
        How many; or their numbers, where those before them are another batch's.
    workers : int
        How many runs are under way at a time. One runs in this process, unless an arm has a
        policy of the user's own: whatever that does to its process is not done to this one.
    out : Path, optional
        Where runs are saved, each whole or not at all; without it only summaries are kept.
    tables : bool
        Whether they are saved with their tables, or as rows of one table of measures.
    resume : bool
        Go on in a folder that has a part of this batch already.
    executor : concurrent.futures.Executor, optional
        Runs the tasks in place of processes of our own (see
        `experiments.batch.cluster.open_cluster`). It stays open.
    progress : callable, optional
        Called once at the start and after each run.

    Raises
    ------
    CorridorError
        For a mistake that every replication would meet: of map, places, calls or policies.
    BatchError
        If `out` holds something else, or there is none to resume; or the executor that was handed
        in has broken.
    ResultError
        If a run cannot be saved.
    BatchInterrupted
        After Ctrl-C.
    """
    count = len(replications) if isinstance(replications, range) else replications
    _require_sensible(arms, count, workers)
    require_out(out, resume=resume)
    numbers = replications if isinstance(replications, range) else range(count)
    plan = _plan(arms)
    has_own = any(arm.sources for arm in plan.values())
    make_own = functools.partial(own_executor, workers, apart=has_own)
    make_executor = make_own if executor is None else _only(executor)
    is_begun = resume and out is not None and (out / BATCH).exists()  # what it asks is sound then
    _settle(
        dict(list(plan.items())[:SETTLED_HERE]) if is_begun else plan,
        functools.partial(own_executor, workers, apart=True),
        make_executor,
        workers,
    )
    folder = None
    if out is not None:
        origins = Origins.of(
            (name, origin(arm.scenario, arm.sources)) for name, arm in plan.items()
        )
        folder = BatchFolder(out, origins, count, tables, numbers[0])
    with _saved(folder, resume=resume) as (saved, mended):
        if folder is not None and tables:
            for name, arm in plan.items():
                folder.keep_map(folder.origins[name]["ground"], prepare(arm.scenario).city)
        ledger = Ledger(list(plan), len(plan) * count, folder, saved, progress)
        tasks = _tasks_left(plan, numbers, ledger, tables=tables and folder is not None)
        _run(tasks, ledger, make_executor, workers, folder)
        summaries = ledger.summaries()
        if saved is not None:
            saved.compact(summaries)
    failures = ledger.sorted_failures()
    return Batch(dict(arms), count, summaries, failures, folder, tuple(mended))


def mistakes_of(arms: Mapping[str, Scenario]) -> dict[str, str]:
    """Which arms cannot be run at all, and why: those for which `run_batch` refuses a batch."""
    found = {}
    apart = functools.partial(own_executor, 1, apart=True)
    for name, scenario in arms.items():
        try:
            _settle(_plan({name: scenario}), apart, apart, 1)
        except CorridorError as error:
            found[name] = str(error)
    return found


@dataclass(frozen=True)
class _Arm:
    scenario: Scenario
    sources: Sources


def _require_sensible(arms: Mapping[str, Scenario], replications: int, workers: int) -> None:
    if not arms:
        raise BatchError("at least one arm is required, got none")
    for name in arms:
        if not ARM_NAME.fullmatch(name):
            raise BatchError(
                "the name of an arm must consist of at most 100 letters, digits and _ . + -, "
                f"got {name!r}"
            )
        if name in TAKEN or name.endswith(TAKEN_ENDINGS):
            raise BatchError(f"no arm can be called {name!r}: files of a batch have such names")
    for what, number in (("replications", replications), ("workers", workers)):
        if number < 1:
            raise BatchError(f"{what} must be >= 1, got {number}")


@contextmanager
def _saved(
    folder: BatchFolder | None, *, resume: bool
) -> Iterator[tuple[SavedRuns | None, list[str]]]:
    """What a batch's folder has, and what was not as it had been left; without one, nothing."""
    if folder is None:
        yield None, []
        return
    with folder.opened(resume=resume) as mended:
        saved = SavedRuns(folder, mended)
        try:
            yield saved, mended
        finally:
            saved.close()


def _plan(arms: Mapping[str, Scenario]) -> dict[str, _Arm]:
    """Find the policies of each arm.

    Paths are made absolute: a worker need not run in the folder where the batch was begun.
    """
    plan = {}
    for name, given in arms.items():
        scenario = given.model_copy(update={"folder": given.folder.resolve()})
        with _of_arm(name, arms):
            sources = {
                decision: replace(source, path=str(Path(source.path).resolve()))
                for decision, source in find_sources(scenario).items()
            }
        plan[name] = _Arm(scenario, sources)
    return plan


@contextmanager
def _of_arm(name: str, arms: Mapping[str, object]) -> Iterator[None]:
    """Begin each line of a mistake with the arm that it is of, where there are several."""
    try:
        yield
    except CorridorError as error:
        prefix = "" if len(arms) == 1 else f"arm {name}: "
        raise type(error)(textwrap.indent(str(error), prefix)) from None


def _settle(
    plan: Mapping[str, _Arm],
    make_apart: Callable[[], Executor],
    make_executor: Callable[[], Executor],
    workers: int,
) -> None:
    """Build a run of each arm, so that its mistakes are told but once, and before all else.

    Those of many arms are built by the workers: it takes a tenth of what running one does.
    """
    trials = [Task(name, 0, arm.scenario, arm.sources, tables=False) for name, arm in plan.items()]
    first, rest = trials[:SETTLED_HERE], trials[SETTLED_HERE:]
    for trial in first:
        if not trial.sources:
            with _of_arm(trial.arm, plan):
                settle(trial)
    own = [trial for trial in first if trial.sources]
    for trial, ending in run_tasks(settle, own, make_apart, 1):
        if isinstance(ending, Failed):
            with _of_arm(trial.arm, plan):
                raise PolicyError(ending.message)
    wrong = {
        trial.arm: ending.message
        for trial, ending in run_tasks(settle, rest, make_executor, workers)
        if isinstance(ending, Failed)
    }
    if wrong:
        raise BatchError(_of_arms(wrong, list(plan)))


def _of_arms(wrong: Mapping[str, str], order: Sequence[str]) -> str:
    """Mistakes of some of many arms, each once, with the first arm that has it."""
    arms: dict[str, list[str]] = {}
    for arm in sorted(wrong, key=order.index):
        arms.setdefault(wrong[arm], []).append(arm)
    lines = []
    for message, those in arms.items():
        others = f" and {len(those) - 1} more" if len(those) > 1 else ""
        lines += textwrap.indent(message, f"arm {those[0]}{others}: ").splitlines()
    more = [f"… and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more])


def _tasks_left(
    plan: Mapping[str, _Arm], numbers: range, ledger: Ledger, *, tables: bool
) -> Iterator[Task]:
    """What is still to be run: all arms of a replication before the next, to compare early."""
    for replication in numbers:
        for name, arm in plan.items():
            if (name, replication) not in ledger:
                yield Task(name, replication, arm.scenario, arm.sources, tables)


def _run(
    tasks: Iterator[Task],
    ledger: Ledger,
    make_executor: Callable[[], Executor],
    workers: int,
    folder: BatchFolder | None,
) -> None:
    """Run tasks and enter what comes of them in the ledger."""
    ledger.tell()
    try:
        with closing(run_tasks(run_task, list(tasks), make_executor, workers)) as endings:
            for task, ending in endings:
                ledger.enter(task, ending)
    except KeyboardInterrupt:
        raise BatchInterrupted(_farewell(ledger, folder)) from None


def _only(executor: Executor) -> Callable[[], Executor]:
    """Give the executor that was handed in once; once it has broken there is no other."""
    left = [executor]

    def make_executor() -> Executor:
        if not left:
            raise BatchError(
                "the cluster, or whatever executor was handed in, has ended or broken and takes no "
                "more tasks; what is complete is kept, and --resume goes on from there"
            )
        return left.pop()

    return make_executor


def _farewell(ledger: Ledger, folder: BatchFolder | None) -> str:
    count = f"stopped after {ledger.done} of {ledger.total} runs"
    if folder is None:
        return f"{count}; nothing was saved, there being no out folder"
    return f"{count}; what is complete is in {folder.path}: go on with --resume"
