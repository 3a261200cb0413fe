"""What measures are computed from, counted in a run's tables or while the run goes on.

Both ways of counting stand side by side, so that a measure has one formula for the summary, the
live view and the replay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Counts = dict[str, float]
Formula = Callable[[Counts], float]

PEOPLE = ("ill", "public")


def ratio(part: str, whole: str) -> Formula:
    """The formula of one count over another; NaN over nothing."""

    def of(counts: Counts) -> float:
        return counts[part] / counts[whole] if counts[whole] > 0 else np.nan

    return of


# Calls


@dataclass
class CallTally:
    """Calls of a run so far.

    Attributes
    ----------
    calls : int
        That have come in.
    ended : int
        That were reached, or to whom nobody will come.
    reached, in_target : int
        Reached by anybody, and within the target time.
    response_s : float
        Sum over those reached.
    unserved : int
        To whom nobody will come.
    """

    calls: int = 0
    ended: int = 0
    reached: int = 0
    in_target: int = 0
    response_s: float = 0.0
    unserved: int = 0

    def reach(self, response_s: float, target_s: float) -> None:
        """Count a call that was reached."""
        self.ended += 1
        self.reached += 1
        self.in_target += response_s <= target_s
        self.response_s += response_s

    def lose(self) -> None:
        """Count a call to whom nobody will come."""
        self.ended += 1
        self.unserved += 1

    @property
    def counts(self) -> Counts:
        """As formulas of measures read them."""
        return vars(self)


def counts_of_calls(values: Mapping[str, NDArray[np.float64]]) -> Counts:
    """The same of calls in a table.

    Parameters
    ----------
    values : mapping of str to array
        As `simulation.measures.service.call_values` gives them.
    """
    response_s, in_target = values["response_s"], values["in_target_share"]
    return {
        "calls": float(len(in_target)),
        "ended": float(len(in_target)),
        "reached": float(len(response_s)),
        "in_target": float(in_target.sum()),
        "response_s": float(response_s.sum()),
        "unserved": float(values["lost_share"].sum() + values["left_share"].sum()),
    }


# Supplies


@dataclass
class NeedTally:
    """Needs of a run so far.

    Attributes
    ----------
    units_needed, units_met : int
        Of everybody.
    units_given : int
        To people.
    waited_unit_s : float
        How long people waited for the units that they were given, summed over units.
    """

    units_needed: int = 0
    units_met: int = 0
    units_given: int = 0
    waited_unit_s: float = 0.0

    def give(self, units: int, waited_unit_s: float) -> None:
        """Count units that people were given."""
        self.units_given += units
        self.waited_unit_s += waited_unit_s

    @property
    def counts(self) -> Counts:
        """As formulas of measures read them."""
        return vars(self)


def counts_of_needs(needs: pd.DataFrame) -> Counts:
    """The same of needs in a table."""
    people = needs[needs["who"].isin(PEOPLE)]
    return {
        "units_needed": float(needs["units"].sum()),
        "units_met": float(needs["given"].sum()),
        "units_given": float(people["given"].sum()),
        "waited_unit_s": float(people["waited_unit_s"].sum()),
    }
