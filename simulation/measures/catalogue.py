"""The measures of a run: what each is called, how it is computed, and how it is printed.

A measure is one entry of `MEASURES`; its `of` is a formula over a run's tables, or names a function
of `simulation.measures.service` and `simulation.measures.supply`. What the live view tells moment
by moment is in `viz.live.figures`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S, HOUR_S
from simulation.measures.service import (
    call_values,
    counted_calls,
    coverage,
    epidemic_measures,
    greens_by_hour,
    km_per_call,
    mean,
    moves_by_day,
    response_measures,
    siren_km_per_call,
    utilisation,
    waiting_bay_s,
    zone_gini,
)
from simulation.measures.supply import supply_summary
from simulation.tables.result import Result

NAN = float("nan")


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
        warm_up_s = self.result.warm_up_s
        horizon_s = warm_up_s + scenario["run"]["days"] * DAY_S
        return supply_summary(self.result.supplies, scenario, warm_up_s, horizon_s)


def _nothing(_: MeasuredRun) -> float:
    return NAN


@dataclass(frozen=True)
class Measure:
    """One measure.

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
        Shown units in one of the summary's: 1/60 for seconds shown as minutes.
    digits : int
        Behind the point, when shown.
    shown : {"always", "if any", "in files"}
        Whether it is printed always, if it is not zero everywhere, or stands in files alone.
    part : str
        The priority or item that it is of; empty if it is of all.
    system : {"patients", "supplies"}
        Which of the two systems it tells of.
    of : callable
        Its value for a run; NaN if there is nothing to tell.
    by_priority : bool
        Whether it is told of each priority, too.
    by_item : bool
        Whether it is told of each item of supplies, and of nothing else.
    """

    name: str
    label: str
    unit: str = ""
    better: Literal["lower", "higher"] | None = None
    scale: float = 1.0
    digits: int = 2
    shown: Literal["always", "if any", "in files"] = "always"
    part: str = ""
    system: Literal["patients", "supplies"] = "patients"
    of: Callable[[MeasuredRun], float] = field(default=_nothing, repr=False, compare=False)
    by_priority: bool = False
    by_item: bool = False

    @property
    def heading(self) -> str:
        """Label and unit, as over a column or beside an axis."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

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


Formula = Callable[[MeasuredRun], float]
Better = Literal["lower", "higher"] | None


def _time(name: str, label: str, of: Formula = _nothing) -> Measure:
    return Measure(name, label, "min", "lower", scale=1 / 60, of=of)


def _hours(name: str, label: str) -> Measure:
    return Measure(name, label, "h", "lower", scale=1 / HOUR_S)


def _thousands(name: str, label: str, digits: int = 1) -> Measure:
    return Measure(name, label, "thousand", "lower", scale=1 / 1000, digits=digits)


def _share(name: str, label: str, better: Better, of: Formula = _nothing) -> Measure:
    return Measure(name, label, "%", better, scale=100, digits=1, of=of)


def _if_any(measure: Measure) -> Measure:
    return replace(measure, shown="if any")


def _in_files(measure: Measure) -> Measure:
    return replace(measure, shown="in files")


def _by_priority(measure: Measure) -> Measure:
    return replace(measure, by_priority=True)


def _of_calls(measure: Measure) -> Measure:
    """A mean over calls of the values of the same name."""
    return replace(measure, of=lambda run: run.mean(measure.name))


def _supplies(measure: Measure) -> Measure:
    """A measure of the supply side, by its name in `supply_summary`."""
    of = lambda run: run.supplies.get(measure.name, NAN)  # noqa: E731
    return replace(measure, system="supplies", shown="if any", of=of)


def _items(measure: Measure) -> Measure:
    """A measure of each item."""
    return replace(_in_files(_supplies(measure)), by_item=True)


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("calls", "Calls", digits=0, of=lambda run: float(len(run.calls))),
        _by_priority(_of_calls(_time("response_s", "Response, mean"))),
        _by_priority(
            _time(
                "response_median_s", "Response, median",
                lambda run: run.response["response_median_s"],
            )
        ),
        _by_priority(
            _time("response_p90_s", "90th percentile", lambda r: r.response["response_p90_s"])
        ),
        _by_priority(_of_calls(_share("in_target_share", "In target time", "higher"))),
        _if_any(_of_calls(_share("survival_share", "Survival", "higher"))),
        _of_calls(_share("lost_share", "Lost", "lower")),
        _if_any(_of_calls(_share("left_share", "Gave up waiting", "lower"))),
        _if_any(_of_calls(_share("short_share", "Short of vehicles", "lower"))),
        _of_calls(_time("wait_s", "Wait, mean")),
        _of_calls(_share("waiting_share", "Calls that wait", "lower")),
        _if_any(_of_calls(Measure("called_off_per_call", "Called off per call", "", "lower"))),
        _if_any(_of_calls(Measure("broken_down_per_call", "Breakdowns per call", "", "lower"))),
        _if_any(_time("waiting_bay_s", "Bay wait, mean", lambda run: waiting_bay_s(run.result))),
        _share("utilisation", "Utilisation", None, lambda run: utilisation(run.result)),
        _in_files(
            _share("availability", "Available", "higher", lambda r: r.coverage["availability"])
        ),
        _if_any(_share("coverage", "Covered in time", "higher", lambda r: r.coverage["coverage"])),
        Measure(
            "km_per_call", "Driven per call", "km", "lower",
            of=lambda run: km_per_call(run.result, run.calls),
        ),
        _in_files(
            Measure(
                "siren_km_per_call", "Driven with siren per call", "km", "lower",
                of=lambda run: siren_km_per_call(run.result, run.calls),
            )
        ),
        _if_any(
            Measure(
                "moves_per_day", "Moves per day", "", "lower", digits=1,
                of=lambda run: run.moves["moves_per_day"],
            )
        ),
        _in_files(
            Measure(
                "km_moved_per_day", "Moved per day", "km", "lower", digits=1,
                of=lambda run: run.moves["km_moved_per_day"],
            )
        ),
        _if_any(
            Measure(
                "forced_green_s_per_hour", "Cross red per hour", "s", "lower", digits=1,
                of=lambda run: run.greens["forced_green_s_per_hour"],
            )
        ),
        _if_any(
            Measure(
                "held_vehicles_per_hour", "Vehicles held per hour", "", "lower", digits=1,
                of=lambda run: run.greens["held_vehicles_per_hour"],
            )
        ),
        _if_any(
            Measure(
                "epidemic_calls", "Calls of the epidemic", digits=0,
                of=lambda run: run.epidemic.get("epidemic_calls", NAN),
            )
        ),
        _if_any(
            Measure(
                "epidemic_cases", "Cases of the epidemic", "", "lower", digits=0,
                of=lambda run: run.epidemic.get("epidemic_cases", NAN),
            )
        ),
        _if_any(
            replace(
                _share("peak_infectious_share", "Infectious at the peak", "lower"), digits=2,
                of=lambda run: run.epidemic.get("peak_infectious_share", NAN),
            )
        ),
        _share(
            "zone_response_gini", "Inequality, Gini", "lower", lambda run: zone_gini(run.calls)
        ),
        _supplies(_share("fill_rate", "Fill rate", "higher")),
        _supplies(_share("ready_rate", "Met at once", "higher")),
        _supplies(_share("least_district_fill_rate", "Fill rate, worst district", "higher")),
        _supplies(_hours("acquisition_s", "Acquisition time, mean")),
        _supplies(_share("stock_out_share", "Out of stock", "lower")),
        _supplies(_share("spoilt_share", "Spoilt", "lower")),
        _supplies(Measure("bullwhip", "Bullwhip", "", "lower")),
        _supplies(Measure("truck_km_per_day", "Trucks, driven per day", "km", "lower", digits=1)),
        _supplies(_thousands("supply_cost_per_day", "Cost per day")),
        _supplies(_thousands("coordination_cost_per_day", "of it, coordination", digits=2)),
        _items(_share("item_fill_rate", "Fill rate", "higher")),
        _items(Measure("item_allocation_ratio", "Delivered / needed")),
        _items(_hours("item_delivery_s", "From request to delivery")),
        _items(_hours("item_waiting_s", "From request to delivery or the end")),
    )
}  # fmt: skip
"""Every measure by name, but for those of single priorities and items."""


def summary(result: Result) -> dict[str, float]:
    """Every headline measure of a run by name; a measure without data is NaN.

    Only calls and hours after the warm-up count. Times are in seconds, shares between 0 and 1.
    Measures of features that a scenario may leave off are not there without data.
    """
    run = MeasuredRun(result, counted_calls(result))
    of_patients = {m.name: m.of(run) for m in MEASURES.values() if m.system == "patients"}
    told = {
        name: value
        for name, value in of_patients.items()
        if MEASURES[name].shown == "always" or not math.isnan(value)
    }
    for priority, own in run.calls.groupby("priority", observed=True):
        told |= _of_priority(MeasuredRun(result, own), str(priority))
    return told | _of_supplies(run)


def _of_priority(run: MeasuredRun, priority: str) -> dict[str, float]:
    measures = (measure for measure in MEASURES.values() if measure.by_priority)
    return {f"{measure.name}[{priority}]": measure.of(run) for measure in measures}


def _of_supplies(run: MeasuredRun) -> dict[str, float]:
    """Those of the supply side, if there is one: of the whole, then of each item."""
    whole = [m for m in MEASURES.values() if m.system == "supplies" and not m.by_item]
    if not run.supplies:
        return {}
    of_items = {name: value for name, value in run.supplies.items() if name.endswith("]")}
    return {measure.name: measure.of(run) for measure in whole} | of_items


def measure_of(name: str) -> Measure:
    """Return how a measure is shown; ``response_s[high]`` is shown like ``response_s``.

    A name that is not known is its own label.
    """
    base, _, part = name.removesuffix("]").partition("[")
    known = MEASURES.get(base, Measure(base, base))
    return replace(known, name=name, part=part)
