"""Attribution of a gain: The difference between off and on, shared out among the mechanisms.

The Shapley value of a mechanism is what it adds to those that are on before it, averaged over all
orders in which they can be switched on. It is worked out for each replication, from the runs of
all combinations on the same random numbers, and adds up to that replication's difference.

Source: L. S. Shapley, A value for n-person games, Contributions to the Theory of Games II, 1953.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from math import factorial
from pathlib import Path
from typing import Any, Self, Unpack

import numpy as np
import pandas as pd

from experiments.attribution.factorial import OFF, ON, Array, FactorialRuns, factorial_arms
from experiments.batch.engine import Batch, BatchOptions, run_batch
from experiments.compare import Comparison
from experiments.errors import BatchError
from experiments.statistics import Interval, t_interval
from policies.coordination import MECHANISMS, Coordination
from scenarios.scenario import Scenario
from simulation.tables.files import to_json, write_file
from simulation.tables.result import to_parquet

ATTRIBUTION = "attribution"
COMBINATIONS = "combinations"
"""Where, in the folder of off and on, the runs of the other combinations are kept."""


def shapley_values(values: Array) -> Array:
    """What each of k players adds, on average over all orders in which they can come.

    Parameters
    ----------
    values : (..., 2^k) array
        What each coalition attains, in the order of `factorial_arms`: player j is in
        coalition c where bit j of c is set.

    Returns
    -------
    (..., k) array
        Their sum is the value of all less the value of none.

    Notes
    -----
    ``φ_j = Σ_{S∌j} |S|! (k-1-|S|)! / k! · (v(S ∪ j) - v(S))``, exact: nothing is sampled.
    """
    count = values.shape[-1].bit_length() - 1
    coalitions = np.arange(2**count)
    added = []
    for player in range(count):
        others = coalitions[coalitions >> player & 1 == 0]
        sizes = [int(code).bit_count() for code in others]
        weights = [factorial(n) * factorial(count - 1 - n) / factorial(count) for n in sizes]
        added.append((values[..., others | 1 << player] - values[..., others]) @ weights)
    return np.stack(added, axis=-1)


@dataclass(frozen=True, eq=False)
class Attribution:
    """How the difference between off and on is made up, with an interval at every figure.

    All figures are in the units of `Result.summary`; each interval is one by itself.

    Attributes
    ----------
    factors : tuple of str
        The mechanisms.
    shapley : DataFrame
        One row per measure and mechanism: ``measure``, ``mechanism``, ``value``, ``low``,
        ``high``, ``replications``.
    totals : DataFrame
        One row per measure: ``measure``, ``difference`` (on minus off, the sum of the Shapley
        values), ``low``, ``high``, ``replications``.
    effects : DataFrame
        See `experiments.attribution.factorial.FactorialRuns.effect_table`.
    level : float
        Of the intervals.
    notes : tuple of str
        What a reader must know.
    batch : Batch
        The runs of all combinations.
    """

    factors: tuple[str, ...]
    shapley: pd.DataFrame
    totals: pd.DataFrame
    effects: pd.DataFrame
    level: float
    notes: tuple[str, ...]
    batch: Batch

    @classmethod
    def of(cls, batch: Batch, factors: Sequence[str] = MECHANISMS, level: float = 0.95) -> Self:
        """Attribute the differences of a batch that has an arm for every combination.

        Raises
        ------
        BatchError
            If it lacks some, or `level` is no probability.
        """
        if not 0 < level < 1:
            raise BatchError(f"the level of an interval must be between 0 and 1, got {level:g}")
        runs = FactorialRuns.of(batch, factors)
        shares, totals = [], []
        for measure, values in runs.values.items():
            for name, share in zip(factors, shapley_values(values).T, strict=True):
                shares.append(_row(measure, t_interval(share, level), "value", mechanism=name))
            difference = t_interval(values[:, -1] - values[:, 0], level)
            totals.append(_row(measure, difference, "difference"))
        notes = (*runs.notes, _note_on_many(level))
        effects = runs.effect_table(level)
        return cls(
            runs.factors, pd.DataFrame(shares), pd.DataFrame(totals), effects, level, notes, batch
        )

    def to_dict(self) -> dict[str, Any]:
        """All of it but the runs, ready for JSON once NaN is written as null."""
        return {
            "mechanisms": list(self.factors),
            "arms": list(self.batch.arms),
            "replications": self.batch.replications,
            "level": self.level,
            "shapley": self.shapley.to_dict(orient="records"),
            "totals": self.totals.to_dict(orient="records"),
            "effects": self.effects.to_dict(orient="records"),
            "notes": list(self.notes),
            "failures": [asdict(failure) for failure in self.batch.failures],
        }

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def save(self, out: Path) -> None:
        """Write ``attribution.json``, ``shapley.parquet`` and ``effects.parquet`` into a folder.

        Raises
        ------
        ResultError
            If one cannot be written; it is not half there then.
        """
        write_file(out / f"{ATTRIBUTION}.json", to_json(self.to_dict()))
        write_file(out / "shapley.parquet", to_parquet(self.shapley))
        write_file(out / "effects.parquet", to_parquet(self.effects))


def off_and_on(scenario: Scenario, of: Sequence[str] = MECHANISMS) -> dict[str, Scenario]:
    """The two arms that are to be compared first (see `factorial_arms`)."""
    arms = factorial_arms(scenario, of)
    return {OFF: arms[OFF], ON: arms[ON]}


def attribute(
    comparison: Comparison, of: Sequence[str] = MECHANISMS, **options: Unpack[BatchOptions]
) -> Attribution:
    """Run the combinations between off and on, and tell what each mechanism adds.

    They are a batch of their own, so that off and on can be shown while these still run. If the
    comparison was saved, they are kept below its folder, without tables, and the attribution
    beside it.

    Parameters
    ----------
    comparison : Comparison
        Of the arms that `off_and_on` gives.
    of : sequence of str
        The mechanisms that are switched, as they were for `off_and_on`.
    **options
        As `experiments.batch.engine.run_batch` takes them.

    Raises
    ------
    BatchError
        If the comparison is of other arms.
    CorridorError
        As `experiments.batch.engine.run_batch` does.
    """
    ends = comparison.batch
    folder = None if ends.folder is None else ends.folder.path
    batch = ends
    if between := _arms_between(ends, of):
        below = None if folder is None else folder / COMBINATIONS
        how: BatchOptions = {"out": below, "tables": False, **options}
        batch = _joined(ends, run_batch(between, ends.replications, **how))
    attribution = Attribution.of(batch, Coordination.of(of).names, comparison.level)
    if folder is not None:
        attribution.save(folder)
    return attribution


def _arms_between(ends: Batch, of: Sequence[str]) -> dict[str, Scenario]:
    """The combinations that a batch of off and on lacks."""
    if set(ends.arms) == {OFF, ON}:
        arms = factorial_arms(ends.arms[OFF], of)
        if all(arms[name] == ends.arms[name] for name in (OFF, ON)):
            return {name: arm for name, arm in arms.items() if name not in ends.arms}
    raise BatchError(
        "attribution goes on from a comparison of off and on, which switches "
        f"{', '.join(of)} and nothing else; got one of {', '.join(ends.arms)}"
    )


def _joined(ends: Batch, between: Batch) -> Batch:
    """Two batches of the same replications as one, which is not saved as such."""
    return replace(
        ends,
        arms={**ends.arms, **between.arms},
        summaries=pd.concat([ends.summaries, between.summaries], ignore_index=True),
        failures=ends.failures + between.failures,
        folder=None,
    )


def _row(measure: str, interval: Interval, what: str, **more: str) -> dict[str, Any]:
    mean, low, high, size = interval
    return {"measure": measure, **more, what: mean, "low": low, "high": high, "replications": size}


def _note_on_many(level: float) -> str:
    return (
        f"each {level:.0%} interval is one by itself: of many, about {1 - level:.0%} miss "
        "their true value by chance"
    )
