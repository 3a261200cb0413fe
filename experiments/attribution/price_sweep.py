"""What coordination costs: its gain over a range of its prices, and where it turns into harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import suggest
from environment.parameters import Parameters
from experiments.attribution.factorial import OFF, ON
from experiments.attribution.shapley import off_and_on
from experiments.attribution.turning_points import turning_points
from experiments.batch.engine import KEY, Batch, BatchOptions, run_batch
from experiments.compare import Comparison, compare
from experiments.errors import BatchError
from experiments.statistics import t_interval
from policies.coordination import MECHANISMS, CoordinationParameters
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.measures.catalogue import measure_of
from simulation.tables.files import to_json, write_file
from simulation.tables.result import to_parquet

SWEEP = "price_sweep"
ALL_PRICES = "all prices, times"
NOT_SCALED = "coordination.rules.grades"
"""More grades are better, not dearer."""


@dataclass(frozen=True, eq=False)
class PriceSweep:
    """Coordination on against off at several prices.

    Attributes
    ----------
    key : str
        The price, a dotted key of the scenario; or that all were scaled.
    table : DataFrame
        One row per measure and price, in the units of `Result.summary`: ``measure``, ``price``,
        ``difference`` (on minus off), ``low``, ``high``, ``pairs``.
    turning_points : DataFrame
        For each measure that has a better side, one row for each change of sign of its mean gain:
        ``measure``, ``found`` (``turns to harm`` or ``turns to gain``), ``price`` and the ends
        ``low`` and ``high`` of the stretch in which it cannot be told apart from zero. A measure
        without any has one row without a price: ``gain throughout`` or ``harm throughout``; so
        has one whose intervals hold zero at every price: ``undecided throughout``, or ``no
        difference`` where there is none in any replication.
    comparison : Comparison
        What it was worked out from.
    """

    key: str
    table: pd.DataFrame
    turning_points: pd.DataFrame
    comparison: Comparison

    @classmethod
    def of(cls, comparison: Comparison, key: str, prices: Mapping[str, float]) -> Self:
        """Read the sweep from a comparison with off.

        Parameters
        ----------
        comparison : Comparison
            Its first arm is without coordination.
        key : str
        prices : mapping of str to float
            By the other arms, rising.
        """
        rows = comparison.table[comparison.table["arm"].isin(list(prices))]
        rows = rows.assign(price=rows["arm"].map(prices)).sort_values("price", kind="stable")
        columns = {
            "measure": "measure",
            "price": "price",
            "difference": "difference",
            "difference_low": "low",
            "difference_high": "high",
            "pairs": "pairs",
        }
        table = rows[list(columns)].rename(columns=columns).reset_index(drop=True)
        found = pd.DataFrame(
            _turning_points(comparison, prices),
            columns=["measure", "found", "price", "low", "high"],
        )
        return cls(key, table, found, comparison)

    def to_dict(self) -> dict[str, Any]:
        """All of it but the runs, ready for JSON once NaN is written as null."""
        return {
            "key": self.key,
            "replications": self.comparison.batch.replications,
            "level": self.comparison.level,
            "rows": self.table.to_dict(orient="records"),
            "turning_points": self.turning_points.to_dict(orient="records"),
            "notes": list(self.comparison.notes),
        }

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def save(self, out: Path) -> None:
        """Write ``price_sweep.json`` and ``price_sweep.parquet`` into a folder.

        Raises
        ------
        ResultError
            If one cannot be written; it is not half there then.
        """
        write_file(out / f"{SWEEP}.json", to_json(self.to_dict()))
        write_file(out / f"{SWEEP}.parquet", to_parquet(self.table))


def sweep_price(
    scenario: Scenario,
    key: str,
    prices: Sequence[float],
    replications: int,
    *,
    of: Sequence[str] = MECHANISMS,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> PriceSweep:
    """Compare coordination on with off at several values of one price.

    Parameters
    ----------
    scenario : Scenario
    key : str
        The price, such as ``coordination.information.error_cv``.
    prices : sequence of float
        Two or more.
    replications : int
    of : sequence of str
        The mechanisms that are switched; others stay as the scenario has them.
    level : float
        Of the intervals.
    **options
        As `experiments.batch.engine.run_batch` takes them; with ``out`` the sweep is saved, too.

    Raises
    ------
    ScenarioError
        If there is no such price, or a value is not allowed for it.
    CorridorError
        As `experiments.compare.compare` does.
    """
    if key not in price_keys():
        raise ScenarioError(f"no price {key!r} ({suggest(key, price_keys())})")
    changes = {price: {key: price} for price in _rising(prices)}
    return _sweep(scenario, key, changes, replications, of, level, options)


def sweep_all_prices(
    scenario: Scenario,
    factors: Sequence[float],
    replications: int,
    *,
    of: Sequence[str] = MECHANISMS,
    level: float = 0.95,
    known: Batch | None = None,
    **options: Unpack[BatchOptions],
) -> PriceSweep:
    """Compare coordination on with off, all prices of the scenario times several factors.

    Parameters
    ----------
    factors : sequence of float
        Two or more; the other parameters are as `sweep_price` takes them. The grades of a rule
        are not scaled, for more of them are better, not dearer.
    known : Batch, optional
        Off and on of this scenario, with as many replications at least: they are not run again,
        and on stands for the factor 1.
    """
    own = {key: _value(scenario.coordination, key) for key in price_keys() if key != NOT_SCALED}
    changes = {
        factor: {key: factor * price for key, price in own.items()}
        for factor in _rising(factors)
        if known is None or factor != 1
    }
    return _sweep(scenario, ALL_PRICES, changes, replications, of, level, options, known)


def price_keys() -> list[str]:
    """The dotted keys of all prices of coordination."""
    return [
        f"coordination.{mechanism}.{name}"
        for mechanism in MECHANISMS
        for name in type(_prices_of(CoordinationParameters(), mechanism)).model_fields
    ]


def _sweep(
    scenario: Scenario,
    key: str,
    changes: Mapping[float, Mapping[str, float]],
    replications: int,
    of: Sequence[str],
    level: float,
    options: BatchOptions,
    known: Batch | None = None,
) -> PriceSweep:
    """Off is run once: where nothing is coordinated, nothing is paid."""
    ends = off_and_on(scenario, of)
    arms = {f"{price:g}": ends[ON].changed(values) for price, values in changes.items()}
    prices = dict(zip(arms, changes, strict=False))
    if len(arms) < len(changes):
        raise BatchError(f"prices must differ in six digits, got {list(changes)}")
    if known is None:
        comparison = compare({OFF: ends[OFF], **arms}, replications, level=level, **options)
    else:
        batch = _beside(known, run_batch(arms, replications, **options))
        comparison = Comparison.of(batch, level)
        prices = dict(sorted({**prices, "1": 1.0}.items(), key=lambda arm: arm[1]))
    sweep = PriceSweep.of(comparison, key, prices)
    if comparison.batch.folder is not None:
        sweep.save(comparison.batch.folder.path)
    return sweep


def _beside(known: Batch, batch: Batch) -> Batch:
    """A batch with the first replications of off and on, which is named 1, before its own."""
    names = {OFF: OFF, ON: "1"}
    rows = known.summaries[known.summaries["replication"] < batch.replications]
    ends = rows[rows["arm"].isin(names)].assign(arm=lambda table: table["arm"].map(names))
    failures = [
        replace(failure, arm=names[failure.arm])
        for failure in known.failures
        if failure.arm in names and failure.replication < batch.replications
    ]
    return replace(
        batch,
        arms={names[arm]: known.arms[arm] for arm in names} | dict(batch.arms),
        summaries=pd.concat([ends, batch.summaries], ignore_index=True),
        failures=(*failures, *batch.failures),
    )


def _rising(prices: Sequence[float]) -> list[float]:
    rising = sorted(set(prices))
    if len(rising) < 2:
        raise BatchError(f"a sweep needs two different prices or more, got {list(prices)}")
    return rising


def _prices_of(coordination: CoordinationParameters, mechanism: str) -> Parameters:
    prices: Parameters = getattr(coordination, mechanism)
    return prices


def _value(coordination: CoordinationParameters, key: str) -> float:
    _, mechanism, name = key.split(".")
    return float(getattr(_prices_of(coordination, mechanism), name))


def _turning_points(
    comparison: Comparison, prices: Mapping[str, float]
) -> Iterator[tuple[str, str, float, float, float]]:
    level = comparison.level
    for name in dict.fromkeys(comparison.table["measure"]):
        better = measure_of(name).better
        if better is None:
            continue
        gains = _gains(comparison.batch, name, list(prices)) * (-1 if better == "lower" else 1)
        points = turning_points(list(prices.values()), gains, level)
        if points and _decided_anywhere(gains, level):
            for point in points:
                yield name, f"turns to {point.to}", point.at, point.low, point.high
        else:
            yield name, _throughout(gains, level), np.nan, np.nan, np.nan


def _gains(batch: Batch, measure: str, arms: list[str]) -> NDArray[np.float64]:
    """On minus off in those replications that all arms have, (n, prices)."""
    table = batch.summaries.set_index(KEY)[measure].unstack("arm")
    whole = table.reindex(columns=[OFF, *arms]).dropna().to_numpy(float)
    return whole[:, 1:] - whole[:, :1]


def _decided_anywhere(gains: NDArray[np.float64], level: float) -> bool:
    """Whether the gain's interval leaves zero out at a price at least."""
    intervals = [t_interval(column, level) for column in gains.T]
    return any(interval.low > 0 or interval.high < 0 for interval in intervals)


def _throughout(gains: NDArray[np.float64], level: float) -> str:
    """What holds at every price of a measure whose gain never surely changes its sign."""
    if len(gains) and not gains.any():
        return "no difference"
    if not _decided_anywhere(gains, level):
        return "undecided throughout"
    return "gain throughout" if gains.sum() > 0 else "harm throughout"
