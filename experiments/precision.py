"""How precise a comparison is: runs until it is precise enough, and what is told of it beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np
import pandas as pd
from scipy.special import stdtr

from environment.errors import suggest
from experiments.batch import Batch, BatchOptions
from experiments.batch.growing import grow_batch, growing_folder
from experiments.compare import Comparison
from experiments.errors import BatchError
from experiments.statistics import (
    bca_interval,
    holm_p_values,
    is_skewed,
    paired_interval,
    pairing_gain,
    precise_enough,
    replications_needed,
    t_interval,
)
from scenarios.scenario import Scenario
from simulation.measures.catalogue import MEASURES, measure_of

STEP = 10
"""Replications of each arm between two looks."""
HEADLINES = ("response_s", "in_target_share", "wait_s", "fill_rate")
"""Measures of which it is told how precise they are."""
MOST_NEEDED = 1_000_000
TARGET = re.compile(r"(?P<measure>[^:]+):(?P<percent>\d+(\.\d+)?)%")


@dataclass(frozen=True)
class Target:
    """Until when replications are added.

    Attributes
    ----------
    measure : str
    relative : float
        Greatest error of its mean, as a share of the true one.
    """

    measure: str
    relative: float


def read_target(text: str) -> Target:
    """Read ``response_s:2%``.

    Raises
    ------
    BatchError
        If it is something else.
    """
    found = TARGET.fullmatch(text.strip())
    if found is None or not 0 < float(found["percent"]) < 100:
        raise BatchError(
            f"--until {text!r}: expected MEASURE:PERCENT%, such as response_s:2%, above 0 and "
            "below 100"
        )
    name = found["measure"].strip()
    if name.partition("[")[0] not in MEASURES:
        raise BatchError(f"--until {text!r}: no measure {name!r} ({suggest(name, list(MEASURES))})")
    return Target(name, float(found["percent"]) / 100)


def compare_until(
    arms: Mapping[str, Scenario],
    target: Target,
    at_most: int,
    *,
    level: float = 0.95,
    **options: Unpack[BatchOptions],
) -> Comparison:
    """Compare arms with as many replications as the mean of a measure needs in every one of them.

    Parameters
    ----------
    arms : mapping of str to Scenario
    target : Target
    at_most : int
        Replications of each arm, however imprecise the mean still is; at least 10.
    level : float
        Of the intervals.
    **options
        As `experiments.batch.run_batch` takes them.

    Raises
    ------
    BatchError
        If the runs do not have the measure, or `at_most` is below 10.
    CorridorError
        As `run_batch` does.

    Notes
    -----
    Looked at after every ten replications (see `experiments.statistics.precise_enough`), whatever
    the number of workers, so that the answer does not depend on that.
    """
    if at_most < STEP:
        raise BatchError(f"at most {at_most} replications: {STEP} or more are required")
    out, resume = options.pop("out", None), options.pop("resume", False)
    options.setdefault("tables", out is not None)
    with growing_folder(out, resume=resume) as folder:
        count, precise = 0, False
        while not precise and count < at_most:
            batch = grow_batch(arms, min(count + STEP, at_most), folder, **options)
            count = batch.replications
            precise = all(
                precise_enough(own, target.relative, level) for own in _of(batch, target.measure)
            )
        found = Comparison.of(batch if out is not None else replace(batch, folder=None), level)
        found = replace(found, notes=(*found.notes, *_endings(batch, target, level, precise)))
    if out is not None:
        found.save(out)
    return found


def precision_notes(comparison: Comparison) -> Iterator[str]:
    """What to know of the intervals of the headline measures, with t and paired replications."""
    batch, level = comparison.batch, comparison.level
    for name in HEADLINES:
        if batch.replications < 3 or name not in batch.summaries:
            continue
        values = batch.summaries.pivot(index="replication", columns="arm", values=name)
        if len(batch.arms) == 1:
            yield from _skewed(name, "", values[comparison.base], level)
        elif comparison.base in values:
            yield from _of_many(name, values, comparison.base, level)
            yield from _of_differences(name, values, comparison.base, level)


def _of_many(name: str, values: pd.DataFrame, base: str, level: float) -> Iterator[str]:
    """Name the arms that differ beyond doubt one by one, and not as some of many."""
    others = [arm for arm in values if arm != base]
    if len(others) < 2:
        return
    change = values[others].sub(values[base], axis=0).dropna()
    error = change.std(ddof=1) / np.sqrt(len(change))
    if len(change) < 2 or not (error > 0).all():
        return
    chance = 2 * stdtr(len(change) - 1, -(change.mean() / error).abs().to_numpy())
    unsure = (chance < 1 - level) & (holm_p_values(chance) >= 1 - level)
    if unsure.any():
        named = ", ".join(str(arm) for arm, is_so in zip(others, unsure, strict=True) if is_so)
        yield (
            f"{measure_of(name).full_heading}: a difference as sure as that of {named} comes about "
            f"by chance in one of {len(others)} arms with a probability above {1 - level:.0%} "
            "(Holm)"
        )


def _of_differences(name: str, values: pd.DataFrame, base: str, level: float) -> Iterator[str]:
    """What pairing saved, how many replications are lacking, and which differences are skewed."""
    heading, first = measure_of(name).full_heading, values[base]
    told = {str(arm): paired_interval(own, first, level) for arm, own in values.items()}
    varied = [
        arm for arm, own in told.items() if own.size > 2 and not np.isclose(own.low, own.high)
    ]
    if name == HEADLINES[0] and varied:
        gains = ", ".join(f"{pairing_gain(values[arm], first):.1f} ({arm})" for arm in varied)
        yield (
            f"without common random numbers the difference of {heading} would need {gains} times "
            "as many replications"
        )
    unsure = {
        arm: replications_needed(values[arm] - first, abs(told[arm].mean))
        for arm in varied
        if told[arm].low <= 0 <= told[arm].high and told[arm].mean != 0
    }
    needed = ", ".join(f"{n:,} ({arm})" for arm, n in unsure.items() if n <= MOST_NEEDED)
    if needed:
        yield (
            f"to tell the difference of {heading} from 0, about {needed} replications are needed, "
            "if it is as large as it seems"
        )
    for arm in varied:
        yield from _skewed(name, f"{arm}: ", values[arm] - first, level, is_difference=True)


def _skewed(
    name: str, whose: str, values: pd.Series, level: float, *, is_difference: bool = False
) -> Iterator[str]:
    if not is_skewed(values):
        return
    measure, found = measure_of(name), bca_interval(values, level)
    text = measure.difference_text if is_difference else measure.text
    low, high = text(found.low), text(found.high)
    if low == high:
        return  # it rounds to nothing
    what = "the difference of " if is_difference else ""
    yield (
        f"{whose}{what}{measure.full_heading} is skewed, and its t-interval may be too narrow; by "
        f"BCa bootstrap it is {text(found.mean)} [{low}, {high}]"
    )


def _of(batch: Batch, measure: str) -> Iterator[pd.Series]:
    """The values of a measure, arm by arm."""
    if measure not in batch.summaries and not batch.summaries.empty:
        known = [name for name in batch.summaries.columns if name not in ("arm", "replication")]
        raise BatchError(f"the runs have no measure {measure!r} ({suggest(measure, known)})")
    for arm in batch.arms:
        rows = batch.summaries[batch.summaries["arm"] == arm]
        yield rows[measure] if measure in rows else pd.Series(dtype=float)


def _endings(batch: Batch, target: Target, level: float, precise: bool) -> Iterator[str]:
    heading = measure_of(target.measure).full_heading
    if precise:
        yield (
            f"{batch.replications} replications were enough for {heading} to be known to "
            f"{target.relative:.3g} of its mean"
        )
        return
    needed = 0
    for own in _of(batch, target.measure):
        found = t_interval(own, level)
        half = target.relative / (1 + target.relative) * abs(found.mean)
        if found.size >= 2 and half > 0:
            needed = max(needed, replications_needed(own, half, level))
    told = f"; about {needed:,} are needed" if needed else ""
    yield (
        f"{batch.replications} replications, which was the limit, were too few for {heading} to be "
        f"known to {target.relative:.3g} of its mean{told}"
    )
