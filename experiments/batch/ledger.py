"""What has come of a batch's runs so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch.folder import BatchFolder, Failure
from experiments.batch.saved_runs import KEY, Run, SavedRuns
from experiments.batch.task import Failed, Outcome, Task

Progress = Callable[[int, int, int], None]
"""Is told how many runs are done (failed ones too), of how many, and how many have failed."""


class Ledger:
    """Keeps count of what is done, and keeps what came of it.

    Parameters
    ----------
    arms : sequence of str
    total : int
        Runs that are to be done.
    folder : BatchFolder or None
    saved : SavedRuns or None
        Where runs are kept, if they are.
    progress : callable or None
    """

    def __init__(
        self,
        arms: Sequence[str],
        total: int,
        folder: BatchFolder | None,
        saved: SavedRuns | None,
        progress: Progress | None,
    ) -> None:
        self.total = total
        self.failures: list[Failure] = []
        self._order = {arm: place for place, arm in enumerate(arms)}
        self._measures: dict[Run, tuple[tuple[str, ...], NDArray[np.float64]]] = {}
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._folder, self._saved, self._progress = folder, saved, progress
        for run, summary in saved.summaries.items() if saved is not None else ():
            self._note(run, summary)

    @property
    def done(self) -> int:
        """Runs that have ended, well or not."""
        return len(self._measures) + len(self.failures)

    def __contains__(self, run: Run) -> bool:
        """Whether a run has ended well."""
        return run in self._measures

    def tell(self) -> None:
        """Report progress."""
        if self._progress is not None:
            self._progress(self.done, self.total, len(self.failures))

    def enter(self, task: Task, ending: Outcome | Failed) -> None:
        """Note what came of a run."""
        if isinstance(ending, Failed):
            failure = Failure(task.arm, task.replication, task.scenario.seed, ending.message)
            self.failures.append(failure)
            if self._folder is not None:
                self._folder.save_failure(failure)
        else:
            run = (task.arm, task.replication)
            if self._saved is not None:
                self._saved.add(run, ending.summary, ending.files)
            self._note(run, ending.summary)
        self.tell()

    def summaries(self) -> pd.DataFrame:
        """One row per run, whatever the order in which they ended."""
        runs = sorted(self._measures, key=lambda run: (self._order[run[0]], run[1]))
        columns = list(dict.fromkeys(name for run in runs for name in self._measures[run][0]))
        place = {name: number for number, name in enumerate(columns)}
        values = np.full((len(runs), len(columns)), np.nan)
        for row, run in enumerate(runs):
            names, own = self._measures[run]
            values[row, [place[name] for name in names]] = own
        table = pd.DataFrame(values, columns=columns)
        arms, numbers = [run[0] for run in runs], [run[1] for run in runs]
        table.insert(0, "arm", pd.Series(arms, dtype=str))
        table.insert(1, "replication", pd.Series(numbers, dtype="int64"))
        return table if runs else pd.DataFrame(columns=KEY)

    def sorted_failures(self) -> tuple[Failure, ...]:
        """The failures, whatever the order in which they happened."""
        return tuple(sorted(self.failures, key=lambda f: (self._order[f.arm], f.replication)))

    def _note(self, run: Run, summary: dict[str, float]) -> None:
        names = tuple(summary)
        names = self._names.setdefault(names, names)
        self._measures[run] = (names, np.fromiter(summary.values(), float, len(names)))
