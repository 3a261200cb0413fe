"""Which keys of a case a measure depends on, from runs at many points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import suggest
from experiments.batch import BatchOptions, HowToRun, batch_options
from experiments.designs import Factor, Study, factor_of, run_study
from experiments.designs.factors import RANGE
from experiments.errors import BatchError
from experiments.sensitivity.indices import INTERVALS, Indices, indices_of
from experiments.sensitivity.points import METHODS, SIZES, draw_points
from scenarios.loader import load_case
from scenarios.scenario import Scenario
from scenarios.toml_text import inline
from simulation.measures.catalogue import MEASURES
from simulation.tables.files import to_json, write_file

SENSITIVITY = "sensitivity.json"
USUAL = {"morris": 20, "sobol": 64}
"""Trajectories and samples, if nobody says how many."""
WIDE = 0.3
"""Half-width of a Sobol' index from which on it is told that little is known."""
MUCH_NOISE = 0.5
"""Share of the variance from which on it is told that replications are too few."""
WANTED = 0.1
"""To which so many replications as are told would bring it."""
SHOWN = 8
"""Replications that are named."""


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """What each key does to a measure, and how sure that is.

    Attributes
    ----------
    measure : str
    method : {"morris", "sobol"}
    size : int
        Trajectories or samples.
    table : DataFrame
        One row per key, as `experiments.sensitivity.Indices` has it, and ``over`` what it went.
    noise_share : float
        Share of the variance between points that is simulation noise; NaN with one replication.
    level : float
        Of the intervals.
    replications : int
        By which the points were judged.
    notes : tuple of str
        What a reader must know.
    study : Study
        The points and their runs.
    """

    measure: str
    method: str
    size: int
    table: pd.DataFrame
    noise_share: float
    level: float
    replications: int
    notes: tuple[str, ...]
    study: Study

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        names = ("measure", "method", "noise_share", "level", "replications")
        told = {name: getattr(self, name) for name in names}
        told |= {SIZES[self.method]: self.size, "points": len(self.study.design.points)}
        told |= {"keys": self.table.to_dict(orient="records"), "notes": list(self.notes)}
        return to_json(told).decode()


def run_sensitivity(
    base: Scenario,
    factors: Sequence[Factor],
    measure: str,
    *,
    method: str = "morris",
    size: int | None = None,
    replications: int = 4,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> Sensitivity:
    """Tell which keys a measure depends on.

    Parameters
    ----------
    base : Scenario
        What the points change.
    factors : sequence of Factor
    measure : str
        Such as ``response_s`` or ``response_s[high]``.
    method : {"morris", "sobol"}
    size : int, optional
        Trajectories of Morris, by default 20; samples of Sobol', by default 64.
    replications : int
        Of each point, on the same random numbers at all.
    level : float
        Of the intervals.
    **options
        As `experiments.batch.run_batch` takes them; with ``out`` the points, their means and
        ``sensitivity.json`` are saved, by default without tables.

    Raises
    ------
    BatchError
        If the method cannot be asked so, or a point has no value of the measure.
    CorridorError
        As `experiments.designs.run_study` does.
    """
    if measure.partition("[")[0] not in MEASURES:
        raise BatchError(f"no measure {measure!r} ({suggest(measure, list(MEASURES))})")
    if not 0 < level < 1:
        raise BatchError(f"the level of an interval must be between 0 and 1, got {level:g}")
    chosen = USUAL.get(method, 0) if size is None else size
    points = draw_points(method, factors, chosen, base.seed)
    study = run_study(base, points.design, replications, level=level, **options)
    outcomes, left_out = outcomes_of(study, measure)
    told = indices_of(points, outcomes, level)
    told.table.insert(1, "over", [_text(factor) for factor in factors])
    found = Sensitivity(
        measure=measure,
        method=method,
        size=chosen,
        table=told.table,
        noise_share=told.noise_share,
        level=level,
        replications=outcomes.shape[1],
        notes=(*left_out, *_notes(outcomes, told.noise_share), *_width(told, method), *study.notes),
        study=study,
    )
    if study.batch.folder is not None:
        write_file(study.batch.folder.path / SENSITIVITY, found.to_json().encode())
    return found


def sensitivity(
    case: str | Path | Scenario,
    over: Mapping[str, Sequence[Any] | str],
    measure: str,
    *,
    method: str = "morris",
    trajectories: int | None = None,
    samples: int | None = None,
    replications: int = 4,
    **how: Unpack[HowToRun],
) -> Sensitivity:
    """Tell which keys of a case a measure depends on.

    Parameters
    ----------
    case : str, Path or Scenario
    over : mapping
        For each key its range as a text: ``{"demand.calls_per_day": "200..400"}``; with Sobol' a
        list of values, too.
    measure : str
    method : {"morris", "sobol"}
        Elementary effects, which sort out keys that do nothing in few runs; or shares of the
        variance, which take more.
    trajectories, samples : int, optional
        Of Morris, by default 20; of Sobol', a power of two, by default 64.
    replications : int
        Of each point, on the same random numbers at all.
    **how
        As `corridor.batch` takes it, but tables are kept only if asked for.

    Returns
    -------
    Sensitivity
        Its ``table`` has one row per key, with intervals; ``noise_share`` tells how much of the
        variance is simulation noise.

    Raises
    ------
    CorridorError
        As `corridor.sweep` raises it, or if the method cannot be asked so.

    Examples
    --------
    >>> city = load_case("city", "changes", {"run.days": 0.05})
    >>> over = {"fleet.ambulances": "9..30"}
    >>> found = sensitivity(city, over, "utilisation", trajectories=3, replications=2, workers=1)
    >>> found.table["key"].to_list(), len(found.study.runs)
    (['fleet.ambulances'], 6)
    """
    size = size_of(method, trajectories, samples)
    scenario = load_case(case, "changes", {})
    factors = [factor_of(key, values) for key, values in over.items()]
    how.setdefault("tables", False)
    with batch_options(**how) as options:
        return run_sensitivity(
            scenario,
            factors,
            measure,
            method=method,
            size=size,
            replications=replications,
            **options,
        )


def size_of(method: str, trajectories: int | None, samples: int | None) -> int | None:
    """How many of what a method has; None if nobody says.

    Raises
    ------
    BatchError
        If there is no such method, or a number is of another one.
    """
    if method not in METHODS:
        raise BatchError(f"no method {method!r} ({suggest(method, METHODS)})")
    given = {"morris": trajectories, "sobol": samples}
    for other, size in given.items():
        if other != method and size is not None:
            raise BatchError(
                f"{SIZES[other]} are of the method {other}; {method} takes {SIZES[method]}"
            )
    return given[method]


def outcomes_of(study: Study, measure: str) -> tuple[NDArray[np.float64], list[str]]:
    """The values of a measure by point and replication, and what was left out.

    A replication that has no value at some point is left out at all of them, because points are
    compared on the same replications.

    Returns
    -------
    (points, replications) float64, list of str

    Raises
    ------
    BatchError
        If no replication is left, or the runs do not have the measure.
    """
    batch, arms = study.batch, list(study.design.points)
    if measure not in batch.summaries:
        if batch.failures:
            raise BatchError(f"every run failed: {batch.failures[0].message}")
        known = [name for name in study.measures if name in MEASURES or "[" in name]
        raise BatchError(f"the runs have no measure {measure!r} ({suggest(measure, known)})")
    table = batch.summaries.pivot(index="arm", columns="replication", values=measure)
    table = table.reindex(index=arms, columns=range(batch.replications))
    whole = table.notna().all()
    if not whole.any():
        arm = str(table.isna().sum(axis=1).idxmax())
        values = ", ".join(f"{key}={one}" for key, one in study.design.points[arm].items())
        why = next((f": {f.message}" for f in batch.failures if f.arm == arm), "")
        raise BatchError(
            f"no replication has a value of {measure} at every point; {arm} ({values}) lacks most"
            f"{why}; narrow the ranges"
        )
    lost = table.columns[~whole]
    notes = []
    if len(lost):
        shown = ", ".join(map(str, lost[:SHOWN])) + (", …" if len(lost) > SHOWN else "")
        notes.append(
            f"{len(lost)} of {batch.replications} replications are left out, some points having no "
            f"value of {measure} in them ({shown})"
        )
    return table.loc[:, whole].to_numpy(dtype=float), notes


def _width(found: Indices, method: str) -> Iterator[str]:
    """Tell where Sobol' indices, which lie from 0 to 1, are hardly known."""
    if method != "sobol":
        return
    half = max(
        float((found.table[f"{name}_high"] - found.table[name]).max()) for name in INTERVALS[method]
    )
    if half > WIDE:
        yield (
            f"indices lie from 0 to 1, and one of these is known to ± {half:.2f} only: ask for "
            "more samples or replications, or have morris sort out keys first"
        )


def _text(factor: Factor) -> str:
    """A range or values as they are asked for."""
    if factor.is_range:
        return RANGE.join(map(str, factor.levels))
    return ",".join(one if isinstance(one, str) else inline(one) for one in factor.levels)


def _notes(outcomes: NDArray[np.float64], noise_share: float) -> Iterator[str]:
    if np.ptp(outcomes.mean(axis=1)) == 0:
        yield "the measure is the same at all points: nothing that is varied changes it"
    elif outcomes.shape[1] == 1:
        yield (
            "with one replication nothing tells what is noise: whatever is not 0 may be; ask for "
            "more"
        )
    elif noise_share >= 1:
        yield (
            "all that differs between points is simulation noise, and there is nothing to share "
            "out: ask for longer runs, wider ranges or many more replications"
        )
    elif noise_share > MUCH_NOISE:
        needed = outcomes.shape[1] * noise_share / (1 - noise_share) * (1 - WANTED) / WANTED
        yield (
            f"{noise_share:.0%} of the variance between points is simulation noise; about "
            f"{int(np.ceil(needed)):,} replications would make it {WANTED:.0%}"
        )
