"""Conditions: what patients have, where they must be taken for it, and how it may end."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, field_validator

from environment.demand.survival import survival_function, survival_probability
from environment.parameters import Parameters, Share

NONE = -1
"""The row of what is not there."""

NO_CONDITION = "none"
"""What a record of calls writes for a patient without any."""


def _one_word(name: str) -> str:
    if ";" in name or name.split() != [name]:
        raise ValueError(f"must be one word, without spaces or semicolons, got {name!r}")
    return name


Specialty = Annotated[str, AfterValidator(_one_word)]
"""What a hospital may have; a word, since tables of sites list several in one cell."""


class Condition(Parameters):
    """What some patients of some priorities have; all others have no condition.

    ``{ name = "cardiac arrest", shares = { high = 0.05 }, survival = "de_maio" }``
    """

    name: Annotated[str, Field(min_length=1, description="as results and recorded calls call it")]
    shares: Annotated[
        dict[str, Share],
        Field(min_length=1, description="share of the calls of a priority that have it, by name"),
    ]
    specialty: Annotated[Specialty | None, Field(description="that the hospital must have")] = None
    survival: Annotated[
        str | None, Field(description="published survival function: see docs/models/patients.md")
    ] = None

    @field_validator("name")
    @classmethod
    def _own_name(cls, name: str) -> str:
        if name == NO_CONDITION:
            raise ValueError(
                f"must not be {NO_CONDITION!r}, which in a record of calls means: no condition"
            )
        return name

    @field_validator("survival")
    @classmethod
    def _known_function(cls, name: str | None) -> str | None:
        if name is not None:
            survival_function(name)  # which tells the nearest name
        return name


def condition_mistakes(conditions: Sequence[Condition], priorities: Sequence[str]) -> list[str]:
    """What is wrong with the conditions of a scenario whose priorities have these names."""
    names = [condition.name for condition in conditions]
    mistakes = [] if len(set(names)) == len(names) else [_twice(names)]
    for condition in conditions:
        mistakes += [
            f"condition {condition.name!r} names the priority {name!r}; "
            f"it must be one of {_known(name, priorities)}"
            for name in condition.shares
            if name not in priorities
        ]
    for priority in priorities:
        total = sum(condition.shares.get(priority, 0.0) for condition in conditions)
        if total > 1 + 1e-9:
            mistakes.append(
                f"the conditions of priority {priority!r} must have shares of at most 1 in all, "
                f"got {total:g}"
            )
    return mistakes


def _twice(names: list[str]) -> str:
    return f"the names of conditions must differ, got {', '.join(names)}"


def _known(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return f"{', '.join(known)}, got {name!r}{hint}"


def draw_conditions(
    conditions: Sequence[Condition],
    priorities: Sequence[str],
    priority: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw the row of each call's condition, -1 for none, from one uniform per call.

    Parameters
    ----------
    priorities
        Their names, in the order of the scenario.
    priority : (n,) int64
        Row of each call's priority.
    """
    mark = rng.random(len(priority))
    drawn = np.full(len(priority), NONE)
    for row, name in enumerate(priorities):
        ends = np.cumsum([condition.shares.get(name, 0.0) for condition in conditions])
        here = np.searchsorted(ends, mark, side="right")
        ill = (priority == row) & (here < len(conditions))
        drawn[ill] = here[ill]
    return drawn


def specialties_of(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """The list of specialties: those that conditions name, each once, in their order."""
    named = (condition.specialty for condition in conditions)
    return tuple(dict.fromkeys(name for name in named if name is not None))


def specialty_rows(
    conditions: Sequence[Condition], condition: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Row in the list of specialties that each call needs, -1 for none, (n,)."""
    wanted = specialties_of(conditions)
    rows = [NONE if c.specialty is None else wanted.index(c.specialty) for c in conditions]
    return np.array([*rows, NONE], dtype=np.int64)[condition]  # -1 takes the last


def survival_of_calls(table: pd.DataFrame, conditions: Sequence[Condition]) -> NDArray[np.float64]:
    """Probability that each patient survives; NaN where the condition has no function, (n,).

    Parameters
    ----------
    table : DataFrame
        One row per call: ``condition`` (its row, -1 for none), ``onset_s``, ``called_s``, and
        ``arrived_s`` of the first crew, NaN if none came: who is never reached waits for ever.
    """
    probability = np.full(len(table), np.nan)
    for row, condition in enumerate(conditions):
        if condition.survival is None:
            continue
        mine = (table["condition"] == row).to_numpy()
        since_s = table.loc[mine, survival_function(condition.survival).since]
        waited_s = (table.loc[mine, "arrived_s"] - since_s).fillna(np.inf)
        probability[mine] = survival_probability(condition.survival, waited_s)
    return probability
