"""What the measures of a run are called, and how they are printed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """One measure of `simulation.metrics.summary`.

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


def _time(name: str, label: str) -> Measure:
    return Measure(name, label, "min", "lower", scale=1 / 60)


def _hours(name: str, label: str) -> Measure:
    return Measure(name, label, "h", "lower", scale=1 / 3600)


def _thousands(name: str, label: str, digits: int = 1) -> Measure:
    return Measure(name, label, "thousand", "lower", scale=1 / 1000, digits=digits)


def _share(name: str, label: str, better: Literal["lower", "higher"] | None) -> Measure:
    return Measure(name, label, "%", better, scale=100, digits=1)


def _if_any(measure: Measure) -> Measure:
    return replace(measure, shown="if any")


def _in_files(measure: Measure) -> Measure:
    return replace(measure, shown="in files")


def _supplies(measure: Measure) -> Measure:
    return replace(measure, system="supplies", shown="if any")


MEASURES = {
    measure.name: measure
    for measure in (
        Measure("calls", "Calls", digits=0),
        _time("response_s", "Response, mean"),
        _time("response_median_s", "Response, median"),
        _time("response_p90_s", "90th percentile"),
        _share("in_target_share", "In target time", "higher"),
        _if_any(_share("survival_share", "Survival", "higher")),
        _share("lost_share", "Lost", "lower"),
        _if_any(_share("left_share", "Gave up waiting", "lower")),
        _if_any(_share("short_share", "Short of vehicles", "lower")),
        _time("wait_s", "Wait, mean"),
        _share("waiting_share", "Calls that wait", "lower"),
        _if_any(Measure("called_off_per_call", "Called off per call", "", "lower")),
        _if_any(Measure("broken_down_per_call", "Breakdowns per call", "", "lower")),
        _if_any(_time("waiting_bay_s", "Bay wait, mean")),
        _share("utilisation", "Utilisation", None),
        _in_files(_share("availability", "Available", "higher")),
        _if_any(_share("coverage", "Covered in time", "higher")),
        Measure("km_per_call", "Driven per call", "km", "lower"),
        _in_files(Measure("siren_km_per_call", "Driven with siren per call", "km", "lower")),
        _if_any(Measure("moves_per_day", "Moves per day", "", "lower", digits=1)),
        _in_files(Measure("km_moved_per_day", "Moved per day", "km", "lower", digits=1)),
        _if_any(Measure("forced_green_s_per_hour", "Cross red per hour", "s", "lower", digits=1)),
        _if_any(Measure("held_vehicles_per_hour", "Vehicles held per hour", "", "lower", digits=1)),
        _if_any(Measure("epidemic_calls", "Calls of the epidemic", digits=0)),
        _if_any(Measure("epidemic_cases", "Cases of the epidemic", "", "lower", digits=0)),
        _if_any(
            replace(_share("peak_infectious_share", "Infectious at the peak", "lower"), digits=2)
        ),
        _share("zone_response_gini", "Inequality, Gini", "lower"),
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
        _in_files(_supplies(_share("item_fill_rate", "Fill rate", "higher"))),
        _in_files(_supplies(Measure("item_allocation_ratio", "Delivered / needed"))),
        _in_files(_supplies(_hours("item_delivery_s", "From request to delivery"))),
        _in_files(_supplies(_hours("item_waiting_s", "From request to delivery or the end"))),
    )
}
"""Every measure by name, but for those of single priorities."""


def measure_of(name: str) -> Measure:
    """Return how a measure is shown; ``response_s[high]`` is shown like ``response_s``.

    A name that is not known is its own label.
    """
    base, _, part = name.removesuffix("]").partition("[")
    known = MEASURES.get(base, Measure(base, base))
    return replace(known, name=name, part=part)
