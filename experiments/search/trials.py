"""Trials of a search: candidates of a round are run in stages, and the worse half is given up.

Source: K. Jamieson and A. Talwalkar, Non-stochastic best arm identification and hyperparameter
optimization, AISTATS 2016 (successive halving). All candidates and the present plan meet the same
patients, and a candidate is judged by its differences from the present plan: so one that was given
up after few replications can be compared with one that has all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import CorridorError, suggest
from experiments.batch import BATCH, Batch, BatchOptions, run_batch
from experiments.batch.engine import mistakes_of
from experiments.errors import BatchError
from experiments.search.asking import Candidate
from experiments.search.fronts import better_half
from experiments.search.question import COST, ROUND, Question
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.measures.catalogue import MEASURES

PRESENT = "present"
"""The name under which the present plan is run."""


@dataclass(frozen=True, eq=False)
class Trial:
    """A candidate and what it gave.

    Attributes
    ----------
    candidate : Candidate
    values : (n, g) float64
        Of each goal in its first replications, as the measures have them.
    gains : (g,) float64
        By how much it is better than the present plan in these, on average; negative if worse.
    is_full : bool
        Whether it had all replications.
    spent : int
        Runs of all that had been made when it was judged.
    failure : str
        Why it gave nothing; empty if it did.
    """

    candidate: Candidate
    values: NDArray[np.float64]
    gains: NDArray[np.float64]
    is_full: bool
    spent: int
    failure: str = ""


class Runs:
    """Runs candidates, and gives the values of the goals.

    Parameters
    ----------
    base : Scenario
        The present plan.
    question : Question
    folder : Path
    options : BatchOptions

    Attributes
    ----------
    spent : int
        Runs that were made.
    batches : dict of str to Batch
        By their folders.
    failures : dict of str to str
        Why candidates gave nothing, or not all.
    signs : (g,) float64
        1 for a goal of which more is better, else -1.
    """

    def __init__(
        self, base: Scenario, question: Question, folder: Path, options: BatchOptions
    ) -> None:
        self.spent = 0
        self.batches: dict[str, Batch] = {}
        self.failures: dict[str, str] = {}
        self._base, self._question = base, question
        self._folder, self._options = folder, options
        measures = question.measures
        self.signs = np.array([1.0 if one.better == "higher" else -1.0 for one in measures])
        self._left = self._planned()
        self._progress = options.get("progress")

    def of(
        self, candidates: Sequence[Candidate], numbers: range, where: str
    ) -> dict[str, NDArray[np.float64]]:
        """The values of the goals in some replications of candidates, each (n, g).

        A replication that failed, or has no value of a goal, is NaN.

        Parameters
        ----------
        candidates : sequence of Candidate
        numbers : range
        where : str
            The folder of their batch, below that of the search.

        Raises
        ------
        CorridorError
            As `experiments.batch.run_batch` does.
        """
        arms = {}
        for one in candidates:
            try:
                arms[one.name] = self._base.changed(one.values)
            except ScenarioError as error:
                self.failures[one.name] = str(error).removeprefix(f"{self._base.name}: ")
        batch = self._run(arms, numbers, where)
        self._left -= len(candidates) * len(numbers)
        return {one.name: self._values(batch, one, numbers) for one in candidates}

    def _run(self, arms: dict[str, Scenario], numbers: range, where: str) -> Batch:
        """Run a batch; arms that cannot be run, as with too few vehicles, are left out of it."""
        path = self._folder / where
        given: BatchOptions = {**self._options, "out": path, "resume": (path / BATCH).exists()}
        given["progress"] = self._tell
        try:
            batch = run_batch(arms, numbers, **given) if arms else _nothing()
        except (BatchError, ResultError):
            raise
        except CorridorError:
            wrong = mistakes_of(arms)
            if not wrong or PRESENT in wrong:
                raise
            self.failures |= wrong
            rest = {name: one for name, one in arms.items() if name not in wrong}
            return self._run(rest, numbers, where)
        for failure in batch.failures:
            self.failures.setdefault(failure.arm, failure.message)
        self.batches[where] = batch
        self.spent += len(batch.arms) * len(numbers)
        return batch

    def _values(self, batch: Batch, candidate: Candidate, numbers: range) -> NDArray[np.float64]:
        found = np.full((len(numbers), len(self._question.goals)), np.nan)
        if candidate.name not in batch.arms:
            return found
        rows = batch.summaries[batch.summaries["arm"] == candidate.name]
        rows = rows.set_index("replication").reindex(list(numbers))
        for column, goal in enumerate(self._question.goals):
            if goal == COST:
                found[:, column] = candidate.cost
            elif goal in rows:
                found[:, column] = rows[goal]
            elif len(batch.summaries):
                known = [name for name in rows.columns if name.partition("[")[0] in MEASURES]
                raise BatchError(f"the runs have no measure {goal!r} ({suggest(goal, known)})")
        return found

    def _planned(self) -> int:
        """Runs of the search, if the trials of each round are halved evenly."""
        total, left = self._question.replications, self._question.trials
        while left > 0:
            going = min(left, ROUND)
            left -= going
            for stage in self._question.stages:
                total += going * len(stage)
                going = (going + 1) // 2
        return total

    def _tell(self, done: int, total: int, failed: int) -> None:
        if self._progress is not None:
            self._progress(self.spent + done, self.spent + max(self._left, total), failed)


def play_round(
    runs: Runs,
    candidates: Sequence[Candidate],
    present: NDArray[np.float64],
    stages: Sequence[range],
    where: str,
) -> list[Trial]:
    """Run candidates in stages; after each but the last the worse half is given up.

    Parameters
    ----------
    runs : Runs
    candidates : sequence of Candidate
    present : (n, g) float64
        Values of the present plan in all replications.
    stages : sequence of range
        The replications of each stage.
    where : str
        Folder of the round.

    Returns
    -------
    list of Trial
        In the order of the candidates.
    """
    values = {one.name: np.empty((0, present.shape[1])) for one in candidates}
    ended: dict[str, Trial] = {}
    going = list(candidates)
    for number, stage in enumerate(stages, start=1):
        for name, more in runs.of(going, stage, f"{where}/stage-{number}").items():
            values[name] = np.vstack([values[name], more])
        so_far = {one.name: _judged(runs, one, values[one.name], present) for one in going}
        ended |= so_far
        going = [one for one in going if not so_far[one.name].failure]
        if going and number < len(stages):
            kept = better_half([-so_far[one.name].gains for one in going])
            going = [one for one, is_kept in zip(going, kept, strict=True) if is_kept]
        if not going:
            break
    return [ended[one.name] for one in candidates]


def _judged(
    runs: Runs,
    candidate: Candidate,
    values: NDArray[np.float64],
    present: NDArray[np.float64],
) -> Trial:
    failure = runs.failures.get(candidate.name, "").partition("\n")[0]
    if not failure and np.isnan(values).any():
        failure = "a replication has no value of a measure that is looked for"
    gains = runs.signs * (values - present[: len(values)]).mean(axis=0)
    is_full = len(values) == len(present) and not failure
    return Trial(candidate, values, gains, is_full, runs.spent, failure)


def _nothing() -> Batch:
    return Batch({}, 0, pd.DataFrame(), (), None)
