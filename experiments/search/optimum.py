"""What a search found: its trials, and the best of them in fresh replications."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from environment.errors import suggest
from experiments.errors import BatchError
from experiments.search.question import Question
from experiments.search.trials import PRESENT, Trial
from scenarios.toml_text import inline
from simulation.tables.files import to_json

SURE = {True: "better", False: "worse", None: "not sure"}


@dataclass(frozen=True, eq=False)
class Optimum:
    """The best plans of a search, judged in replications by which they were not chosen.

    Attributes
    ----------
    question : Question
        What was asked, with what may be spent.
    trials : tuple of Trial
        In the order in which they were asked.
    present : mapping
        The present plan's value of every key, and its ``cost``; None or NaN where it has none.
    front : tuple of str
        The winner; of several measures all that no other dominates in the fresh replications.
    dominated : tuple of str
        Trials that were on the front of the search, and that the fresh replications left out.
    fresh : DataFrame
        One row per finalist (the present plan among them) and measure: ``arm``, ``measure``,
        ``search_mean`` and ``search_change`` from the present plan in the search; ``mean``, ``low``
        and ``high`` in the fresh replications; ``change``, ``change_low``, ``change_high`` from the
        present plan, paired; ``optimism``, by how much the search flattered the change; and
        ``sure``: whether that interval leaves no doubt that the arm is ``better`` or ``worse``.
    replications : int
        Fresh ones of each finalist.
    runs : int
        All that were made.
    notes : tuple of str
        What a reader of the figures must know.
    level : float
        Of the intervals.
    """

    question: Question
    trials: tuple[Trial, ...]
    present: Mapping[str, Any]
    front: tuple[str, ...]
    dominated: tuple[str, ...]
    fresh: pd.DataFrame
    replications: int
    runs: int
    notes: tuple[str, ...]
    level: float = 0.95

    @property
    def best(self) -> str:
        """The winner; of several measures the one that is best in the first of them."""
        return self.front[0]

    def with_notes(self, notes: Sequence[str]) -> Optimum:
        """The same, with notes."""
        return replace(self, notes=tuple(notes))

    def values_of(self, name: str) -> dict[str, Any]:
        """The values of a finalist's keys, as ``--set`` and `corridor.load` take them."""
        if name == PRESENT:
            return {key: value for key, value in self.present.items() if key != "cost"}
        return dict(self._trial(name).candidate.values)

    def cost_of(self, name: str) -> float:
        """What a finalist costs; NaN if that is not known."""
        if name == PRESENT:
            return float(self.present["cost"])
        return self._trial(name).candidate.cost

    def row(self, name: str, goal: str) -> Mapping[str, Any]:
        """The row of `fresh` for a finalist and a measure."""
        table = self.fresh
        found = table[(table["arm"] == name) & (table["measure"] == goal)]
        return {str(key): value for key, value in found.iloc[0].items()}

    @property
    def table(self) -> pd.DataFrame:
        """One row per trial: its keys, its cost, and the mean of each measure in the search.

        ``ended`` says whether it had all replications (``in full``), was given up, or failed;
        ``MEASURE change`` is its mean difference from the present plan in the same replications.
        """
        signs = [1.0 if one.better == "higher" else -1.0 for one in self.question.measures]
        return pd.DataFrame([_row_of(one, self.question, signs) for one in self.trials])

    def to_csv(self) -> bytes:
        """The table of trials as a file; lists and tables in it are TOML."""
        table, out = self.table, io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.columns)
        for row in table.itertuples(index=False, name=None):
            writer.writerow([_cell(value) for value in row])
        return out.getvalue().encode()

    def to_dict(self) -> dict[str, Any]:
        """All of it, ready for JSON once NaN is null."""
        return {
            "question": self.question.description(),
            "best": self.best,
            "front": [self._told(name) for name in self.front],
            "dominated_in_fresh_replications": list(self.dominated),
            "present": {"values": self.values_of(PRESENT), "cost": self.cost_of(PRESENT)},
            "fresh": self.fresh.to_dict(orient="records"),
            "fresh_replications": self.replications,
            "level": self.level,
            "runs": self.runs,
            "notes": list(self.notes),
            "trials": [
                {**row, "values": dict(one.candidate.values)}
                for row, one in zip(self._rows(), self.trials, strict=True)
            ],
        }

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def _rows(self) -> list[dict[str, Any]]:
        keys = [one.key for one in self.question.factors]
        return [
            {str(name): value for name, value in row.items()}
            for row in self.table.drop(columns=keys).to_dict(orient="records")
        ]

    def _told(self, name: str) -> dict[str, Any]:
        return {"arm": name, "values": self.values_of(name), "cost": self.cost_of(name)}

    def _trial(self, name: str) -> Trial:
        trials = {one.candidate.name: one for one in self.trials}
        if name not in trials:
            raise BatchError(f"no trial {name!r} ({suggest(name, [PRESENT, *trials])})")
        return trials[name]


def _row_of(trial: Trial, question: Question, signs: Sequence[float]) -> dict[str, Any]:
    ended = "failed" if trial.failure else "in full" if trial.is_full else "given up"
    row: dict[str, Any] = {"arm": trial.candidate.name, **trial.candidate.values}
    if question.prices.of:
        row["cost"] = trial.candidate.cost
    row |= {"ended": ended, "replications": len(trial.values), "runs_so_far": trial.spent}
    means = trial.values.mean(axis=0)
    for goal, mean, gain, sign in zip(question.goals, means, trial.gains, signs, strict=True):
        row |= {goal: float(mean), f"{goal} change": float(sign * gain)}
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return value if isinstance(value, str | int) and not isinstance(value, bool) else inline(value)
