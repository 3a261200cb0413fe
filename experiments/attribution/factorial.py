"""Switches in all their combinations, and the effect of each and of several together.

With k switches there are 2^k combinations. They stand in Yates's order wherever they are an axis
of an array: switch j is on in combination c where bit j of c is set, so that the first of them
changes fastest: off, a, b, a+b, c, … The arms of a batch go by the same names.

Sources: F. Yates, The Design and Analysis of Factorial Experiments, 1937; G. E. P. Box, J. S.
Hunter and W. G. Hunter, Statistics for Experimenters, 2nd ed., 2005, chapter 5; D. C. Montgomery,
Design and Analysis of Experiments, chapter 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.batch.engine import KEY, Batch
from experiments.errors import BatchError
from experiments.statistics import t_interval
from policies.coordination import MECHANISMS, Coordination
from scenarios.scenario import Scenario

OFF, ON = "off", "on"
TOGETHER = ":"
"""Between the switches of an interaction, as in ``information:rules``."""

Array = NDArray[np.float64]


def factorial_arms(scenario: Scenario, of: Sequence[str] = MECHANISMS) -> dict[str, Scenario]:
    """The scenario with mechanisms of coordination in all combinations.

    Parameters
    ----------
    scenario : Scenario
    of : sequence of str
        The mechanisms that are switched; others stay as the scenario has them.

    Returns
    -------
    dict of str to Scenario
        ``off`` first, then ``on``, then those between by how many are on. With all four
        mechanisms the names are those of `policies.coordination.Coordination.label`.

    Raises
    ------
    PolicyError
        With every name that is not one of a mechanism.
    BatchError
        If there is none.
    """
    switched = Coordination.of(of).names
    if not switched:
        raise BatchError(
            f"there must be a mechanism to switch, got none of {', '.join(MECHANISMS)}"
        )
    kept = tuple(m for m in scenario.coordination.mechanisms or () if m not in switched)
    by_size = [on for size in range(len(switched) + 1) for on in combinations(switched, size)]
    return {
        arm_name(on, switched): scenario.changed({"coordination.mechanisms": [*kept, *on]})
        for on in (by_size[0], by_size[-1], *by_size[1:-1])
    }


def arm_name(on: Sequence[str], factors: Sequence[str]) -> str:
    """``off``, ``on``, or the switches that are on, joined by ``+``."""
    if not on:
        return OFF
    return ON if len(on) == len(factors) else "+".join(on)


def yates_order(factors: Sequence[str]) -> list[tuple[str, ...]]:
    """The switches that are on in each of the 2^k combinations."""
    return [
        tuple(name for j, name in enumerate(factors) if code >> j & 1)
        for code in range(2 ** len(factors))
    ]


def effects(values: Array) -> Array:
    """The mean of all combinations, and the effect of each switch and of several together.

    Parameters
    ----------
    values : (..., 2^k) array
        What each combination gave, in Yates's order.

    Returns
    -------
    (..., 2^k) array
        In the same order: the mean, then at code c the effect of the switches whose bits are set.

    Notes
    -----
    The effect of the switches S is the contrast ``2^(1-k) · Σ_T Π_{i∈S} x_i(T) · v(T)`` with x = 1
    where switch i is on in T and -1 where it is off. Of one switch it is the mean with it less the
    mean without it, over all settings of the others. Of two it is half of what one changes in the
    effect of the other, and so on with a half for each more (Box, Hunter and Hunter, section 5.4;
    Montgomery, section 6.4). They are twice the coefficients of a regression on the x.
    """
    count = values.shape[-1].bit_length() - 1
    table = values.reshape(*values.shape[:-1], *(2,) * count)
    for axis in range(-count, 0):
        off, on = np.split(table, 2, axis)
        table = np.concatenate((off + on, on - off), axis)
    sums = table.reshape(values.shape)
    return sums / np.where(np.arange(2**count) == 0, 2.0**count, 2.0 ** (count - 1))


@dataclass(frozen=True, eq=False)
class FactorialRuns:
    """What every combination of some switches gave, replication by replication.

    Attributes
    ----------
    factors : tuple of str
        The switches.
    values : mapping of str to (n, 2^k) array
        By measure, in the units of `Result.summary`; the columns in Yates's order. It has those
        replications in which every combination gave a value: the others cannot be compared.
    notes : tuple of str
        Which replications had to be left out, and why.
    """

    factors: tuple[str, ...]
    values: Mapping[str, Array]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, batch: Batch, factors: Sequence[str] = MECHANISMS) -> Self:
        """Read them from a batch that has an arm for every combination.

        Raises
        ------
        BatchError
            If it lacks some.
        """
        arms = [arm_name(on, factors) for on in yates_order(factors)]
        missing = [arm for arm in arms if arm not in batch.arms]
        if missing:
            raise BatchError(f"the batch has no arm {', '.join(missing)}, which attribution needs")
        runs = batch.summaries.set_index(KEY)
        whole = {
            str(measure): column.unstack("arm").reindex(columns=arms).dropna()
            for measure, column in runs.items()
        }
        values = {measure: table.to_numpy(float) for measure, table in whole.items()}
        return cls(tuple(factors), values, tuple(_notes(batch, arms, values)))

    def effect_table(self, level: float = 0.95) -> pd.DataFrame:
        """Main effects and all interactions with t-intervals over replications.

        Returns
        -------
        DataFrame
            One row per measure and effect: ``measure``, ``term`` (a switch, or several joined by
            ``:``), ``order`` (how many), ``effect``, ``low``, ``high``, ``replications``.
        """
        terms = sorted(enumerate(yates_order(self.factors)), key=lambda term: len(term[1]))
        rows = []
        for measure, values in self.values.items():
            own = effects(values)
            for code, switches in terms[1:]:
                interval = t_interval(own[:, code], level)
                rows.append((measure, TOGETHER.join(switches), len(switches), *interval))
        columns = ["measure", "term", "order", "effect", "low", "high", "replications"]
        return pd.DataFrame(rows, columns=columns)


def _notes(batch: Batch, arms: Sequence[str], values: Mapping[str, Array]) -> Iterator[str]:
    """What was left out, and why."""
    failed = [failure for failure in batch.failures if failure.arm in arms]
    left_out = sorted({failure.replication for failure in failed})
    if left_out:
        culprits = ", ".join(dict.fromkeys(failure.arm for failure in failed))
        yield (
            f"attribution leaves out {len(left_out)} of {batch.replications} replications "
            f"({', '.join(map(str, left_out))}), in which runs failed: {culprits}"
        )
    whole = batch.replications - len(left_out)
    for measure, table in values.items():
        if len(table) < whole:
            yield (
                f"{measure} is attributed from {len(table)} of {whole} replications; in the "
                "others some combination has no value"
            )
