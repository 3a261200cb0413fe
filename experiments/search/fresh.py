"""The best of a search, judged in replications by which they were not chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.errors import BatchError
from experiments.growing_queues import notes_on_growth
from experiments.search.asking import Candidate
from experiments.search.fronts import dominators
from experiments.search.optimum import SURE
from experiments.search.question import Question
from experiments.search.trials import PRESENT, Runs, Trial
from experiments.statistics import bca_interval, is_skewed, paired_interval, t_interval

LEAST_FRESH = 20
"""Replications of each finalist that no candidate was judged by."""


@dataclass(frozen=True, eq=False)
class Finalists:
    """The present plan and the best trials in fresh replications.

    Attributes
    ----------
    table : DataFrame
        As `Optimum.fresh`.
    front, dominated : tuple of str
        As `Optimum` has them.
    replications : int
    notes : list of str
    """

    table: pd.DataFrame
    front: tuple[str, ...]
    dominated: tuple[str, ...]
    replications: int
    notes: list[str]


def best_trials(trials: Sequence[Trial]) -> list[Trial]:
    """The trials with all replications that no other of these dominates.

    Raises
    ------
    BatchError
        If there is none.
    """
    full = [one for one in trials if one.is_full]
    if not full:
        reasons = list(dict.fromkeys(one.failure for one in trials if one.failure))
        raise BatchError(f"every candidate failed: {reasons[0]}")
    above = dominators([-one.gains for one in full])
    best = [one for one, count in zip(full, above, strict=True) if count == 0]
    best.sort(key=lambda one: -one.gains[0])
    return best if len(best[0].gains) > 1 else best[:1]


def judge(
    runs: Runs,
    question: Question,
    best: Sequence[Trial],
    present: tuple[Candidate, NDArray[np.float64]],
    level: float,
) -> Finalists:
    """Run the present plan and the best trials in fresh replications.

    Parameters
    ----------
    runs : Runs
    question : Question
    best : sequence of Trial
    present : (Candidate, (n, g) float64)
        The present plan, and its values in the search.
    level : float
        Of the intervals.
    """
    had = question.replications
    numbers = range(had, had + max(LEAST_FRESH, had))
    plan, in_search = present
    candidates = [plan, *(one.candidate for one in best)]
    values = {
        one.name: runs.of([one], numbers, f"fresh/{one.name}")[one.name] for one in candidates
    }
    searched = {PRESENT: in_search, **{one.candidate.name: one.values for one in best}}
    rows = [
        row
        for name, own in values.items()
        for row in _rows(question, runs.signs, (name, level), (searched, values), own)
    ]
    names = [one.candidate.name for one in best]
    above = dominators([-runs.signs * np.nanmean(values[name], axis=0) for name in names])
    front = tuple(name for name, count in zip(names, above, strict=True) if count == 0)
    dominated = tuple(name for name in names if name not in front)
    notes = [*_notes(runs, names), *_skewed(question, names, values, level)]
    return Finalists(pd.DataFrame(rows), front, dominated, len(numbers), notes)


def _rows(
    question: Question,
    signs: NDArray[np.float64],
    of: tuple[str, float],
    all_values: tuple[Mapping[str, NDArray[np.float64]], Mapping[str, NDArray[np.float64]]],
    own: NDArray[np.float64],
) -> Iterator[dict[str, Any]]:
    (name, level), (searched, values) = of, all_values
    for column, goal in enumerate(question.goals):
        mean = t_interval(own[:, column], level)
        change = paired_interval(own[:, column], values[PRESENT][:, column], level)
        before = searched[name][:, column]
        promised = float((before - searched[PRESENT][:, column]).mean())
        lower, higher = change.high < 0, change.low > 0
        is_better = None if not (lower or higher) else bool(higher == (signs[column] > 0))
        yield {
            "arm": name,
            "measure": goal,
            "search_mean": float(before.mean()),
            "search_change": promised,
            "mean": mean.mean,
            "low": mean.low,
            "high": mean.high,
            "change": change.mean,
            "change_low": change.low,
            "change_high": change.high,
            "optimism": float(signs[column] * (promised - change.mean)) + 0.0,
            "sure": "" if name == PRESENT else SURE[is_better],
        }


def _skewed(
    question: Question,
    names: Sequence[str],
    values: Mapping[str, NDArray[np.float64]],
    level: float,
) -> Iterator[str]:
    """Which changes are too skewed for Student's t, and their intervals by bootstrap."""
    for column, goal in enumerate(question.measures):
        told = {}
        for name in names:
            change = values[name][:, column] - values[PRESENT][:, column]
            if is_skewed(change):
                mean, low, high = map(goal.difference_text, bca_interval(change, level)[:3])
                told[name] = f"{mean} [{low}, {high}]"
        if len(told) == 1:
            (name, text), *_ = told.items()
            yield (
                f"{name}: the change of {goal.full_heading} is skewed, and its t-interval may be "
                f"too narrow; by BCa bootstrap it is {text}"
            )
        elif told:
            yield (
                f"some changes of {goal.full_heading} are skewed, and their t-intervals may be too "
                "narrow; by BCa bootstrap: "
                + ", ".join(f"{name} {text}" for name, text in told.items())
            )


def _notes(runs: Runs, names: Sequence[str]) -> Iterator[str]:
    """What went wrong in the fresh replications, and where queues grow."""
    for name in (PRESENT, *names):
        batch = runs.batches[f"fresh/{name}"]
        told = "the present plan" if name == PRESENT else name
        for note in notes_on_growth(batch):
            yield f"{told}: {note}"
        if batch.failures:
            count, first = len(batch.failures), batch.failures[0].message
            yield f"{told}: {count} of {batch.replications} fresh replications failed: {first}"
