"""What a measure is: its name, its unit, how it is computed, and how it is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S
from simulation.measures.counts import Counts, counts_of_calls, counts_of_needs
from simulation.measures.service import (
    call_values,
    coverage,
    epidemic_measures,
    greens_by_hour,
    mean,
    moves_by_day,
    response_measures,
)
from simulation.measures.supply import counted_needs, supply_summary
from simulation.tables.result import Result


@dataclass(frozen=True, eq=False)
class MeasuredRun:
    """A run as formulas of measures see it; what several of them need is worked out once.

    Attributes
    ----------
    result : Result
    calls : DataFrame
        Those that count: after the warm-up, and of one priority if the measure is of one.
    """

    result: Result
    calls: pd.DataFrame

    @cached_property
    def values(self) -> dict[str, NDArray[np.float64]]:
        """What each call gives to measures that are means over calls."""
        return call_values(self.calls)

    def mean(self, name: str) -> float:
        """The mean over calls of one of `values`."""
        return mean(self.values[name])

    @cached_property
    def counts(self) -> Counts:
        """What has been counted of the calls, and of the supply side if there is one."""
        of_calls = counts_of_calls(self.values)
        tables = self.result.supplies
        if tables is None:
            return of_calls
        return of_calls | counts_of_needs(counted_needs(tables, *self._counted_s))

    @property
    def _counted_s(self) -> tuple[float, float]:
        """End of the warm-up and of the run."""
        warm_up_s, days = self.result.warm_up_s, self.result.manifest["scenario"]["run"]["days"]
        return warm_up_s, warm_up_s + days * DAY_S

    @cached_property
    def response(self) -> dict[str, float]:
        """See `simulation.measures.service.response_measures`."""
        return response_measures(self.calls)

    @cached_property
    def coverage(self) -> dict[str, float]:
        """See `simulation.measures.service.coverage`."""
        return coverage(self.result)

    @cached_property
    def moves(self) -> dict[str, float]:
        """See `simulation.measures.service.moves_by_day`."""
        return moves_by_day(self.result)

    @cached_property
    def greens(self) -> dict[str, float]:
        """See `simulation.measures.service.greens_by_hour`."""
        return greens_by_hour(self.result)

    @cached_property
    def epidemic(self) -> dict[str, float]:
        """See `simulation.measures.service.epidemic_measures`; empty without an epidemic."""
        return epidemic_measures(self.result, self.calls)

    @cached_property
    def supplies(self) -> dict[str, float]:
        """See `simulation.measures.supply.supply_summary`; empty without supplies."""
        if self.result.supplies is None:
            return {}
        scenario = self.result.manifest["scenario"]
        return supply_summary(self.result.supplies, scenario, *self._counted_s)


@dataclass(frozen=True)
class Measure:
    """One measure, of a whole run, of a run so far, or of both.

    Attributes
    ----------
    name : str
        As in the summary, with its priority: ``response_s[high]``.
    label : str
    unit : str
        In which it is shown; empty if it has none.
    better : {"lower", "higher"} or None
        None where neither is better in itself.
    scale : float
        Shown units in one of its values': 1/60 for seconds shown as minutes.
    digits : int
        Behind the point, when shown.
    shown : {"always", "if any", "in files"}
        Whether it is printed always, if it is not zero everywhere, or stands in files alone.
    part : str
        The priority, item, site or state that it is of; empty if it is of all.
    system : {"patients", "supplies", "epidemic"}
        What it tells of.
    of : callable or None
        Its value for a run, from tables; NaN if there is nothing to tell. None: the summary does
        not have it.
    now : callable or None
        Its value for a run so far, from what has been counted and the measure's whole name; NaN if
        there is nothing to tell. None: the live view and the replay do not have it.
    by : {"", "priority", "item", "site", "state"}
        Of what it is told: of each priority and of all; of each item, site and item, or state of a
        vehicle, and of nothing else.
    """

    name: str
    label: str
    unit: str = ""
    better: Literal["lower", "higher"] | None = None
    scale: float = 1.0
    digits: int = 2
    shown: Literal["always", "if any", "in files"] = "always"
    part: str = ""
    system: Literal["patients", "supplies", "epidemic"] = "patients"
    of: Callable[[MeasuredRun], float] | None = field(default=None, repr=False, compare=False)
    now: Callable[[Counts, str], float] | None = field(default=None, repr=False, compare=False)
    by: Literal["", "priority", "item", "site", "state"] = ""

    @property
    def heading(self) -> str:
        """Label and unit, as over a column or beside an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def label_so_far(self) -> str:
        """What it is called while the run goes on; one of the moment has its label."""
        label = self.label if self.of is None else f"{self.label} so far"
        return f"{label}, {self.part}" if self.part else label

    @property
    def full_heading(self) -> str:
        """The heading with the priority or item that it is of."""
        return f"{self.heading}, {self.section}" if self.part else self.heading

    @property
    def section(self) -> str:
        """Under which it stands in a table; empty for the first one."""
        if self.part:
            return f"{self.part} priority" if self.system == "patients" else self.part
        return "Supplies" if self.system == "supplies" else ""

    @property
    def unit_of_differences(self) -> str:
        """Shares differ by points, not by per cent."""
        return "points" if self.unit == "%" else self.unit

    def text(self, value: float) -> str:
        """A value without its unit; a dash if there is none."""
        return "–" if math.isnan(value) else self._shown(value, "")

    def difference_text(self, value: float) -> str:
        """A difference with its sign, without its unit; a dash if there is none."""
        if math.isnan(value):
            return "–"
        text = self._shown(value, "+")
        return text if text.strip("+-0.") else text[1:]  # what rounds to nothing has no sign

    def _shown(self, value: float, sign: str) -> str:
        """From a thousand on, nothing behind the point: it says nothing, and has no room."""
        shown = value * self.scale
        digits = self.digits if abs(shown) < 1000 else 0
        return f"{shown:{sign}z,.{digits}f}"
