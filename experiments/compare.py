"""What would it change? Arms compared on common random numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self, Unpack

import pandas as pd

from experiments.batch.engine import KEY, Batch, BatchOptions, run_batch
from experiments.errors import BatchError
from experiments.growing_queues import notes_on_growth
from experiments.one_city import one_city_note
from experiments.statistics import note_on_few, paired_interval, pairing_gain, t_interval
from scenarios.scenario import Scenario
from simulation.measures.catalogue import WAIT_TREND, measure_of
from simulation.tables.files import to_json, write_file
from simulation.tables.result import to_parquet

COMPARISON = "comparison"
SHOWN_REPLICATIONS = 8


@dataclass(frozen=True, eq=False)
class Comparison:
    """What each arm gives, and how it differs from the first, with an interval at every figure.

    Attributes
    ----------
    table : DataFrame
        One row per arm and measure, in the units of `Result.summary`: ``arm``, ``measure``,
        ``mean``, ``low``, ``high``, ``replications``; and against the base arm ``difference``,
        ``difference_low``, ``difference_high``, ``pairs`` (replications that both have) and
        ``pairing_gain`` (see `experiments.statistics.pairing_gain`), which the base arm lacks.
    base : str
        The arm that the others are compared with.
    level : float
        Of the intervals.
    notes : tuple of str
        What a reader of the table must know: runs that failed, measures that are missing.
    batch : Batch
        The runs behind it.
    """

    table: pd.DataFrame
    base: str
    level: float
    notes: tuple[str, ...]
    batch: Batch

    @classmethod
    def of(cls, batch: Batch, level: float = 0.95) -> Self:
        """Compare the arms of a batch with the first of them.

        Raises
        ------
        BatchError
            If `level` is no probability.
        """
        if not 0 < level < 1:
            raise BatchError(f"the level of an interval must be between 0 and 1, got {level:g}")
        base, *_ = batch.arms
        values = _by_arm(batch)
        rows = [
            {"arm": arm, "measure": measure}
            | _row(own[measure], values[base][measure], level, is_base=arm == base)
            for arm, own in values.items()
            for measure in own
        ]
        return cls(pd.DataFrame(rows), base, level, tuple(_notes(batch, values)), batch)

    def to_dict(self) -> dict[str, Any]:
        """All of it but the runs, ready for JSON once NaN is written as null."""
        return {
            "base": self.base,
            "arms": list(self.batch.arms),
            "replications": self.batch.replications,
            "level": self.level,
            "rows": self.table.to_dict(orient="records"),
            "notes": list(self.notes),
            "failures": [asdict(failure) for failure in self.batch.failures],
        }

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def save(self, out: Path) -> None:
        """Write ``comparison.json`` and ``comparison.parquet`` into a folder.

        Raises
        ------
        ResultError
            If one cannot be written; it is not half there then.
        """
        write_file(out / f"{COMPARISON}.json", to_json(self.to_dict()))
        write_file(out / f"{COMPARISON}.parquet", to_parquet(self.table))


def compare(
    arms: Mapping[str, Scenario],
    replications: int,
    *,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> Comparison:
    """Run arms on common random numbers and compare them with the first.

    Parameters
    ----------
    arms : mapping of str to Scenario
    replications : int
    level : float
        Of the confidence intervals.
    **options
        As `run_batch` takes them; with ``out`` the comparison is saved, too.

    Raises
    ------
    CorridorError
        As `experiments.batch.engine.run_batch` does.
    """
    comparison = Comparison.of(run_batch(arms, replications, **options), level)
    if comparison.batch.folder is not None:
        comparison.save(comparison.batch.folder.path)
    return comparison


def _by_arm(batch: Batch) -> dict[str, pd.DataFrame]:
    """Measures by arm, a row for every replication that was asked for, failed or not."""
    numbers = pd.RangeIndex(batch.replications, name="replication")
    groups = dict(iter(batch.summaries.groupby("arm")))
    measures = [name for name in batch.summaries.columns if name not in KEY]
    nothing = pd.DataFrame(columns=[*KEY, *measures], dtype=float)
    return {
        arm: groups.get(arm, nothing).set_index("replication")[measures].reindex(numbers)
        for arm in batch.arms
    }


def _row(own: pd.Series, base: pd.Series, level: float, *, is_base: bool) -> dict[str, Any]:
    interval = t_interval(own, level)
    paired = own * float("nan") if is_base else own  # nothing differs from itself
    difference = paired_interval(paired, base, level)
    return {
        "mean": interval.mean,
        "low": interval.low,
        "high": interval.high,
        "replications": interval.size,
        "difference": difference.mean,
        "difference_low": difference.low,
        "difference_high": difference.high,
        "pairs": difference.size,
        "pairing_gain": pairing_gain(paired, base),
    }


def _notes(batch: Batch, values: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    if batch.replications == 1:
        yield "one replication has no interval; ask for more"
    if len({scenario.seed for scenario in batch.arms.values()}) > 1:
        yield "the arms have different seeds, and so no common random numbers"
    yield from notes_on_growth(batch)
    base, *_ = values
    for arm, own in values.items():
        whose = f"{arm}: " if len(values) > 1 else ""
        if arm != base and own.equals(values[base]) and own.notna().any(axis=None):
            yield f"{whose}nothing that is measured differs from {base}"
        failed = [failure.replication for failure in batch.failures if failure.arm == arm]
        if failed:
            yield f"{whose}{len(failed)} of {len(own)} replications failed ({_numbers(failed)})"
        for headings, missing in _missing(own.drop(index=failed)):
            of_all = f"{len(missing)} of {len(own) - len(failed)} replications"
            where = f" in {of_all} ({_numbers(missing)})" if batch.replications > 1 else ""
            yield f"{whose}no value{where}: {headings}"
    if few := note_on_few(batch.replications, "replications"):
        yield few
    yield from one_city_note(batch)


def _missing(own: pd.DataFrame) -> Iterator[tuple[str, list[int]]]:
    """Measures without a value in the same replications, in one text, and these replications.

    Where nobody ever calls, nothing that is measured of patients is missing. Too few calls have no
    trend, which nobody need know.
    """
    nobody_calls = "calls" in own and bool((own["calls"] == 0).all())
    gaps: dict[tuple[int, ...], list[str]] = {}
    for name, column in own.items():
        measure, missing = measure_of(str(name)), tuple(column.index[column.isna()])
        told = name != WAIT_TREND and not (nobody_calls and measure.system == "patients")
        if missing and told:
            gaps.setdefault(missing, []).append(measure.full_heading)
    for missing, headings in gaps.items():
        yield "; ".join(headings), list(missing)


def _numbers(replications: list[int]) -> str:
    shown = ", ".join(map(str, replications[:SHOWN_REPLICATIONS]))
    return f"{shown}, …" if len(replications) > SHOWN_REPLICATIONS else shown
