"""The best of several arms of a case: with a promise, or as well as a budget of runs allows.

All arms of a replication meet the same patients. What the winner gives is told from fresh
replications: among those by which it was chosen, it is chosen for its luck, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.errors import suggest
from experiments.batch import BatchOptions, HowToRun, batch_options
from experiments.batch.growing import grow_batch, growing_folder
from experiments.errors import BatchError
from experiments.statistics import Interval, Selection, kim_nelson, next_allocation, t_interval
from experiments.statistics.selection import FIRST_STAGE
from scenarios.arms import load_each
from scenarios.loader import load_case
from scenarios.scenario import Scenario
from simulation.measures.catalogue import MEASURES, measure_of
from simulation.measures.measure import Measure
from simulation.tables.files import to_json, write_file

SELECTION = "selection.json"
FRESH = 20
"""Replications of the winner that it was not chosen by."""
BLOCK = 10
"""Replications of an arm that are run at once, needed or not, so that workers have some to do."""


@dataclass(frozen=True, eq=False)
class ArmChoice:
    """Which arm was chosen, and how sure that is.

    Attributes
    ----------
    measure : str
    best : str
    promise : str
        What the procedure promises, in words.
    table : DataFrame
        One row per arm: ``arm``, ``replications`` by which it was judged, ``mean``, ``low`` and
        ``high`` over these, and ``left_out_at``, the replications after which it was left out (0:
        it never was).
    fresh : Interval
        The winner's mean over replications by which it was not chosen.
    regret : float
        How much worse than the best the winner is to be expected, in the unit of the measure, at
        most.
    level : float
        Of the intervals, and of the promise if there is one.
    """

    measure: str
    best: str
    promise: str
    table: pd.DataFrame
    fresh: Interval
    regret: float
    level: float

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        told = {name: getattr(self, name) for name in ("measure", "best", "promise", "level")}
        told |= {"regret": self.regret, "fresh": self.fresh._asdict()}
        return to_json(told | {"arms": self.table.to_dict(orient="records")}).decode()


def select_arm(
    arms: Mapping[str, Scenario],
    measure: str,
    *,
    indifference: float | None = None,
    budget: int | None = None,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> ArmChoice:
    """Choose the arm that is best in a measure.

    Parameters
    ----------
    arms : mapping of str to Scenario
        At least two.
    measure : str
        Such as ``response_s``; one of which more or less is better.
    indifference : float, optional
        The least difference that counts, in the unit of `Result.summary`: the procedure of Kim
        and Nelson runs until it can promise.
    budget : int, optional
        Runs of all arms together, spent by optimal computing budget allocation, which promises
        nothing. Either this or `indifference`.
    level : float
    **options
        As `experiments.batch.run_batch` takes them; in ``out`` are a batch for each arm, without
        tables, and ``selection.json``.

    Raises
    ------
    BatchError
        If a number is out of its range, a measure has no better side, or a replication gave no
        value: then there is no fair choice.
    CorridorError
        As `experiments.batch.run_batch` does.
    """
    told = _require_sensible(arms, measure, indifference, budget, level)
    out, resume = options.pop("out", None), options.pop("resume", False)
    options["tables"] = False
    with growing_folder(out, resume=resume) as folder:
        runs = _Runs(arms, told, folder, options)
        if indifference is not None:
            found = kim_nelson(runs.observe, len(arms), indifference, level=level)
        else:
            found = _allocated(runs, len(arms), budget or 0)
        chosen = _choice(runs, found, _promise(told, indifference, budget, level), level)
    if out is not None:
        write_file(out / SELECTION, chosen.to_json().encode())
    return chosen


def select(
    case: str | Path | Scenario,
    arms: Mapping[str, Mapping[str, Any]],
    measure: str,
    *,
    indifference: float | None = None,
    budget: int | None = None,
    probability: float = 0.95,
    **how: Unpack[HowToRun],
) -> ArmChoice:
    """Choose the best of several arms of a case.

    Parameters
    ----------
    case : str, Path or Scenario
    arms : mapping of str to mapping
        What each arm changes, by its name.
    measure, indifference, budget
        As `select_arm` takes them.
    probability : float
        Of the promise, and of the intervals.
    **how
        As `corridor.batch` takes it; tables are not kept.

    Returns
    -------
    ArmChoice
        ``best``, the ``promise`` in words, ``table`` with a row for each arm, ``fresh``, the mean
        of the winner in replications by which it was not chosen, and ``regret``.

    Raises
    ------
    CorridorError
        As `corridor.compare` raises it, or if a replication gave no value.

    Examples
    --------
    >>> arms = {"one": {"fleet.ambulances": 22}, "two": {"fleet.ambulances": 9}}
    >>> city = load_case("city", "changes", {"run.days": 0.05})
    >>> found = select(city, arms, "response_s", budget=20, workers=1)
    >>> found.best, found.fresh.size
    ('one', 20)
    """
    scenarios = load_each(arms, lambda name: load_case(case, f"arm {name}", arms[name]))
    with batch_options(**how) as options:
        return select_arm(
            scenarios,
            measure,
            indifference=indifference,
            budget=budget,
            level=probability,
            **options,
        )


class _Runs:
    """The values of arms, by replication; greater is better. What is missing is run."""

    def __init__(
        self,
        arms: Mapping[str, Scenario],
        measure: Measure,
        folder: Path,
        options: BatchOptions,
    ) -> None:
        self.names = list(arms)
        self.measure = measure
        self.sign = -1.0 if measure.better == "lower" else 1.0
        self._arms, self._folder, self._options = arms, folder, options
        self._values = {name: np.empty(0) for name in arms}

    def of(self, arm: int, count: int) -> NDArray[np.float64]:
        """The values of the first replications of an arm."""
        name = self.names[arm]
        if count > len(self._values[name]):
            whole = -(-count // BLOCK) * BLOCK
            self._values[name] = self._run(name, whole)
        return self._values[name][:count]

    def observe(self, number: int, arms: NDArray[np.int64]) -> NDArray[np.float64]:
        """The values of some arms in one replication."""
        first = max(number + 1, FIRST_STAGE)
        return np.array([self.of(int(arm), first)[number] for arm in arms])

    def _run(self, name: str, count: int) -> NDArray[np.float64]:
        batch = grow_batch({name: self._arms[name]}, count, self._folder / name, **self._options)
        if batch.failures:
            failed = batch.failures[0]
            raise BatchError(
                f"arm {name}: replication {failed.replication} failed, and without it there is no "
                f"fair choice: {failed.message}"
            )
        if self.measure.name not in batch.summaries:
            known = [column for column in batch.summaries.columns if column in MEASURES]
            raise BatchError(
                f"arm {name}: has no measure {self.measure.name!r} "
                f"({suggest(self.measure.name, known)})"
            )
        values = batch.summaries[self.measure.name].to_numpy(dtype=float)
        if np.isnan(values).any():
            missing = int(np.flatnonzero(np.isnan(values))[0])
            raise BatchError(
                f"arm {name}: replication {missing} has no value of {self.measure.name}, and "
                "without it there is no fair choice"
            )
        return self.sign * values


def _allocated(runs: _Runs, arms: int, budget: int) -> Selection:
    """Spend a budget of runs, a block at a time."""
    had = np.full(arms, BLOCK, np.int64)
    while True:
        own = [runs.of(arm, int(count)) for arm, count in enumerate(had)]
        mean = np.array([values.mean() for values in own])
        more = min(BLOCK, budget - int(had.sum()))
        if more <= 0:
            return Selection(int(np.argmax(mean)), had, mean, np.zeros(arms, np.int64))
        had = had + next_allocation(mean, [values.std(ddof=1) for values in own], had, more)


def _choice(runs: _Runs, found: Selection, promise: str, level: float) -> ArmChoice:
    own = [runs.of(arm, int(count)) for arm, count in enumerate(found.replications)]
    rows = []
    for name, values, left in zip(runs.names, own, found.left_out_at, strict=True):
        interval = t_interval(runs.sign * values, level)
        row = {"arm": name, "replications": interval.size, "mean": interval.mean}
        rows.append(row | {"low": interval.low, "high": interval.high, "left_out_at": int(left)})
    used = int(found.replications.max())
    fresh = runs.of(found.best, used + FRESH)[used:]
    return ArmChoice(
        measure=runs.measure.name,
        best=runs.names[found.best],
        promise=promise,
        table=pd.DataFrame(rows),
        fresh=t_interval(runs.sign * fresh, level),
        regret=expected_regret(own, found.best),
        level=level,
    )


def expected_regret(values: list[NDArray[np.float64]], best: int) -> float:
    """A bound of how much better than the one chosen the best arm is to be expected.

    Parameters
    ----------
    values : list of (n,) float64
        Of each arm, greater being better; replications with the same number are pairs.
    best : int
        The arm chosen.

    Notes
    -----
    The expected opportunity cost, summed over all others (S. E. Chick and K. Inoue, New two-stage
    and sequential procedures for selecting the best simulated system, Operations Research 49(5),
    2001, 732-743): s Ψ(g / s) with n - 1 degrees of freedom, g being the lead over another in the
    replications of both and s its standard error.
    """
    total = 0.0
    for arm, other in enumerate(values):
        if arm == best:
            continue
        count = min(len(other), len(values[best]))
        lead = values[best][:count] - other[:count]
        error = float(lead.std(ddof=1) / np.sqrt(count))
        gap = float(lead.mean())
        total += error * _loss(gap / error, count - 1) if error > 0 else max(-gap, 0.0)
    return total


def _loss(gap: float, degrees: int) -> float:
    """Expected excess of a Student's t variable over a gap."""
    from scipy.stats import t

    density = float(t.pdf(gap, degrees))
    beyond = float(t.sf(gap, degrees))
    return (degrees + gap**2) / (degrees - 1) * density - gap * beyond


def _promise(measure: Measure, indifference: float | None, budget: int | None, level: float) -> str:
    if indifference is None:
        return (
            f"no promise: {budget:,} runs were spent where they tell most, and the arm with the "
            f"best mean {measure.name} was taken"
        )
    least = f"{indifference:g} ({_in_words(measure, indifference)})"
    return (
        f"with a probability of at least {level:g} this is the arm with the best mean "
        f"{measure.name}, if the best is ahead of all others by {least} or more; else it is one "
        "that is worse than the best by less than that, with about that probability"
    )


def _in_words(measure: Measure, value: float) -> str:
    return f"{measure.text(value)} {measure.unit_of_differences}".strip()


def _require_sensible(
    arms: Mapping[str, Scenario],
    measure: str,
    indifference: float | None,
    budget: int | None,
    level: float,
) -> Measure:
    told, mistakes = measure_of(measure), []
    if len(arms) < 2:
        mistakes.append(f"two arms or more are required to select from, got {len(arms)}")
    if told.better is None:
        better = [name for name, known in MEASURES.items() if known.better is not None]
        mistakes.append(
            f"{measure!r} is no measure that has a better side ({suggest(measure, better)})"
        )
    if (indifference is None) == (budget is None):
        mistakes.append("either an indifference or a budget is required, and not both")
    if indifference is not None and not indifference > 0:
        mistakes.append(f"the indifference must be above 0, got {indifference:g}")
    if budget is not None and budget < BLOCK * len(arms):
        least = BLOCK * len(arms)
        mistakes.append(f"the budget must be at least {least} runs, {BLOCK} an arm, got {budget}")
    if len(arms) > 1 and not 1 / len(arms) < level < 1:
        mistakes.append(f"the probability must be from {1 / len(arms):g} to 1, got {level:g}")
    if len({scenario.seed for scenario in arms.values()}) > 1:
        mistakes.append("the arms have different seeds, and so no common random numbers")
    if mistakes:
        raise BatchError("\n".join(mistakes))
    return told
