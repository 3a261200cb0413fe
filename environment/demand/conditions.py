"""Conditions: what patients have, where they must be taken for it, and how it may end."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import AfterValidator, Field, field_validator
from scipy.special import expit

from environment.parameters import Parameters, Share
from environment.units import MINUTE_S


@dataclass(frozen=True)
class SurvivalFunction:
    """A survival function from the literature.

    Attributes
    ----------
    description : str
        Of whom it tells what.
    equation : str
        In minutes.
    source : str
    since : str
        The moment from which its time counts: the call, or the onset where it is the collapse.
    of_minutes : callable
        Minutes until the first crew is there, (n,), to probabilities, (n,).
    """

    description: str
    equation: str
    source: str
    since: Literal["called_s", "onset_s"]
    of_minutes: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def _de_maio(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return expit(-(0.679 + 0.262 * minutes))


def _larsen(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum(0.67 - (0.023 + 0.011 + 0.021) * minutes, 0.0)


def _valenzuela(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    return expit(-(-0.260 + (0.106 + 0.139) * minutes))


SURVIVAL_FUNCTIONS = {
    "de_maio": SurvivalFunction(
        "survival to discharge after cardiac arrest out of hospital, of any first rhythm",
        "1 / (1 + exp(0.679 + 0.262 t)), t from the call to the first crew",
        "De Maio, Stiell, Wells and Spaite, Optimal defibrillation response intervals for maximum "
        "out-of-hospital cardiac arrest survival rates, Annals of Emergency Medicine 42(2), "
        "242-250, 2003, doi 10.1067/mem.2003.266; as used by Erkut, Ingolfsson and Erdogan, "
        "Ambulance location for maximum survival, Naval Research Logistics 55(1), 42-58, 2008",
        "called_s",
        _de_maio,
    ),
    "larsen": SurvivalFunction(
        "survival after cardiac arrest with ventricular fibrillation before a crew was there",
        "max(0.67 - 0.023 c - 0.011 d - 0.021 a, 0), from collapse to CPR (c), defibrillation (d) "
        "and advanced care (a); here the first crew brings all three: c = d = a = t",
        "Larsen, Eisenberg, Cummins and Hallstrom, Predicting survival from out-of-hospital "
        "cardiac arrest: a graphic model, Annals of Emergency Medicine 22(11), 1652-1658, 1993",
        "onset_s",
        _larsen,
    ),
    "valenzuela": SurvivalFunction(
        "survival to discharge after witnessed cardiac arrest with ventricular fibrillation",
        "1 / (1 + exp(-0.260 + 0.106 c + 0.139 d)), from collapse to CPR (c) and defibrillation "
        "(d); here the first crew brings both: c = d = t",
        "Valenzuela, Roe, Cretin, Spaite and Larsen, Estimating effectiveness of cardiac arrest "
        "interventions: a logistic regression survival model, Circulation 96(10), 3308-3313, "
        "1997, doi 10.1161/01.cir.96.10.3308",
        "onset_s",
        _valenzuela,
    ),
}
"""By the name under which a condition asks for them."""


def survival_function(name: str) -> SurvivalFunction:
    """Find a survival function by its name.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in SURVIVAL_FUNCTIONS:
        close = difflib.get_close_matches(name, SURVIVAL_FUNCTIONS, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise ValueError(f"must be one of {', '.join(SURVIVAL_FUNCTIONS)}, got {name!r}{hint}")
    return SURVIVAL_FUNCTIONS[name]


def survival_probability(name: str, response_s: ArrayLike) -> NDArray[np.float64]:
    """Probability that a patient survives.

    Parameters
    ----------
    name
        A key of `SURVIVAL_FUNCTIONS`.
    response_s : (n,) array of float
        Seconds until the first crew is with the patient, from the moment that the function names
        (`SurvivalFunction.since`); infinite if nobody ever comes.

    Returns
    -------
    (n,) float64
        In [0, 1], falling with time; at infinity its limit, which is 0 for all of them.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    return survival_function(name).of_minutes(np.asarray(response_s, dtype=float) / MINUTE_S)


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
