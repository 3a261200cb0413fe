"""The points of a design run as the arms of a batch, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from environment.errors import suggest
from experiments.batch import KEY, Batch, BatchOptions, HowToRun, batch_options, run_batch
from experiments.control import controlled_means
from experiments.designs.design import ARM, Design, make_design, read_design
from experiments.designs.factors import Factor, factor_of
from experiments.designs.worlds import table_over_worlds
from experiments.errors import BatchError
from experiments.growing_queues import notes_on_growth
from experiments.one_city import one_city_note
from experiments.statistics import note_on_few, t_interval
from scenarios.loader import load_case
from scenarios.scenario import Scenario
from simulation.tables.files import read_json, to_json, write_file

POINTS = "points.csv"
MEANS = "means.json"


@dataclass(frozen=True, eq=False)
class Study:
    """A design and its runs.

    Attributes
    ----------
    design : Design
    batch : Batch
        Every point is an arm of it, on the same random numbers unless ``seed`` is a factor.
    level : float
        Of the intervals.
    """

    design: Design
    batch: Batch
    level: float = 0.95

    @property
    def measures(self) -> list[str]:
        """The names of all that was measured."""
        return [name for name in self.batch.summaries.columns if name not in KEY]

    @property
    def runs(self) -> pd.DataFrame:
        """One row per run: the arm, the value of each key, the replication, and the measures."""
        return self.design.table().merge(self.batch.summaries, on=ARM, how="inner")

    @property
    def notes(self) -> list[str]:
        """What a reader of the means must know."""
        few = note_on_few(self.batch.replications, "replications")
        return [
            *([few] if few else []),
            *notes_on_growth(self.batch),
            *one_city_note(self.batch),
        ]

    def _require(self, measure: str) -> None:
        known = self.measures
        if known and measure not in known:
            raise BatchError(f"the runs have no measure {measure!r} ({suggest(measure, known)})")

    def over_worlds(self, measure: str) -> pd.DataFrame:
        """A row for each setting of the levers, over worlds; empty without worlds.

        See `experiments.designs.worlds.table_over_worlds` for its columns.
        """
        self._require(measure)
        if not self.design.worlds:
            return pd.DataFrame()
        return table_over_worlds(self.design, self.batch.summaries, measure, self.level)

    def means(self, measure: str) -> pd.DataFrame:
        """A row per point: ``arm``, the keys, and the ``mean``, ``low`` and ``high`` of a measure.

        The interval is Student's t over replications; a point without runs has NaN.

        Raises
        ------
        BatchError
            If there is no such measure.
        """
        self._require(measure)
        own = {arm: rows[measure] for arm, rows in self.batch.summaries.groupby(ARM, sort=False)}
        nothing = pd.Series(dtype=float)
        table = self.design.table()
        found = [t_interval(own.get(arm, nothing), self.level) for arm in table[ARM]]
        return table.assign(
            mean=[one.mean for one in found],
            low=[one.low for one in found],
            high=[one.high for one in found],
            replications=[one.size for one in found],
        )

    def to_dict(self) -> dict[str, Any]:
        """Every point with the means of all measures, ready for JSON once NaN is null."""
        rows: list[dict[str, Any]] = [
            {"arm": name, "values": dict(values), "measures": {}}
            for name, values in self.design.points.items()
        ]
        for measure in self.measures:
            table = self.means(measure)[["mean", "low", "high", "replications"]]
            for row, told in zip(rows, table.to_dict(orient="records"), strict=True):
                row["measures"][measure] = told
        over = {name: self.over_worlds(name).to_dict(orient="records") for name in self.measures}
        return {
            "keys": list(self.design.keys),
            "worlds": list(self.design.worlds),
            "replications": self.batch.replications,
            "level": self.level,
            "points": rows,
            "over_worlds": over if self.design.worlds else {},
            "notes": self.notes,
            "failures": len(self.batch.failures),
        }

    def controlled(self, measure: str) -> pd.DataFrame:
        """Means with the number of calls as control variate (`controlled_means`), by ``arm``.

        Raises
        ------
        BatchError
            If it is not known how many calls are to be expected, or there is no such measure.
        """
        self._require(measure)
        return controlled_means(self.batch, measure, self.level)

    def to_json(self, *, control: bool = False) -> str:
        """As JSON; what has no value is null. With `control` such means as well."""
        told = self.to_dict()
        if control:
            tables = {name: self.controlled(name) for name in self.measures}
            told["controlled"] = {
                name: table.to_dict(orient="records") for name, table in tables.items()
            }
        return to_json(told).decode()


def read_saved_design(folder: Path) -> Design:
    """The design of a study that was saved.

    Raises
    ------
    ScenarioError, BatchError
        As `experiments.designs.design.read_design` does.
    ResultError
        If its means cannot be read.
    """
    declared = tuple(read_json(folder / MEANS).get("worlds", ()))
    return replace(read_design(folder / POINTS), declared=declared)


def run_study(
    base: Scenario,
    design: Design,
    replications: int,
    *,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> Study:
    """Run every point of a design.

    Parameters
    ----------
    base : Scenario
        What the points change.
    design : Design
    replications : int
        Of each point.
    level : float
        Of the intervals.
    **options
        As `experiments.batch.run_batch` takes them; with ``out`` the points and their means are
        saved, too. By default without tables.

    Raises
    ------
    CorridorError
        As `Design.arms` and `experiments.batch.run_batch` do.
    """
    options = {"tables": False, **options}
    study = Study(design, run_batch(design.arms(base), replications, **options), level)
    if study.batch.folder is not None:
        write_file(study.batch.folder.path / POINTS, design.to_csv())
        write_file(study.batch.folder.path / MEANS, study.to_json().encode())
    return study


def sweep(
    case: str | Path | Scenario,
    factors: Mapping[str, Sequence[Any] | str],
    replications: int = 10,
    *,
    design: str = "grid",
    points: int | None = None,
    worlds: str | Sequence[str] = (),
    **how: Unpack[HowToRun],
) -> Study:
    """Run a case with several values of some keys, by a design.

    Parameters
    ----------
    case : str, Path or Scenario
    factors : mapping
        For each key its values, or its range as a text: ``{"fleet.ambulances": [18, 22],
        "demand.calls_per_day": "200..400", "roads.seed": [1, 2, 3]}``.
    replications : int
        Runs of each point, all on the same random numbers unless ``seed`` is a factor.
    design : str
        ``grid``, ``factorial``, ``lhs``, ``sobol`` or ``random``, or a table of points
        (``FILE.csv``) in place of factors.
    points : int, optional
        How many, of ``lhs``, ``sobol`` and ``random``.
    worlds : str or sequence of str
        The keys that make worlds, which nobody chooses; ``roads.seed`` always does.
    **how
        As `corridor.batch` takes it, but tables are kept only if asked for.

    Returns
    -------
    Study
        Its ``runs`` has one row per run with the values of the keys and all measures;
        ``means(measure)`` has one row per point, with an interval; ``over_worlds(measure)`` one
        per setting of the keys that make no worlds.

    Raises
    ------
    CorridorError
        With a line for every mistake of every point; or as `corridor.batch` raises it.

    Examples
    --------
    >>> city = load_case("city", "changes", {"run.days": 0.2})
    >>> study = sweep(city, {"fleet.ambulances": [18, 30]}, replications=2, workers=1)
    >>> study.means("response_s")["mean"].round().to_list()
    [363.0, 330.0]
    """
    scenario = load_case(case, "changes", {})
    worlds = (worlds,) if isinstance(worlds, str) else worlds
    named = {**factors, **{key: () for key in worlds if key not in factors}}
    chosen = [
        replace(factor_of(key, values), is_world=key in worlds)
        if key in factors
        else Factor(key, (), is_world=True)
        for key, values in named.items()
    ]
    made = make_design(design, chosen, points, scenario.seed)
    how.setdefault("tables", False)
    with batch_options(**how) as options:
        return run_study(scenario, made, replications, **options)
