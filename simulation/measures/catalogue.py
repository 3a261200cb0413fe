"""The measures: what each is called, how it is computed, and how it is printed.

A measure is one entry of `MEASURES`. Summaries of runs, comparisons, reports and pages read those
with a formula over a run (`of`); the live view, its charts and the replay those with one over what
has been counted so far (`now`). A formula over counts serves both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from environment.units import HOUR_S
from simulation.measures.counts import Formula, ratio
from simulation.measures.measure import Measure, MeasuredRun
from simulation.measures.service import (
    counted_calls,
    km_per_call,
    siren_km_per_call,
    utilisation,
    wait_trend,
    waiting_bay_s,
    zone_gini,
)
from simulation.tables.result import Result

NAN = float("nan")
WAIT_TREND = "wait_trend"
"""The measure that tells whether a queue grows (see `experiments.growing_queues`)."""
OfRun = Callable[[MeasuredRun], float]
Better = Literal["lower", "higher"] | None


def _time(name: str, label: str, of: OfRun | None = None) -> Measure:
    return Measure(name, label, "min", "lower", scale=1 / 60, of=of)


def _hours(name: str, label: str) -> Measure:
    return Measure(name, label, "h", "lower", scale=1 / HOUR_S)


def _thousands(name: str, label: str, digits: int = 1) -> Measure:
    return Measure(name, label, "thousand", "lower", scale=1 / 1000, digits=digits)


def _share(name: str, label: str, better: Better, of: OfRun | None = None) -> Measure:
    return Measure(name, label, "%", better, scale=100, digits=1, of=of)


def _if_any(measure: Measure) -> Measure:
    return replace(measure, shown="if any")


def _in_files(measure: Measure) -> Measure:
    return replace(measure, shown="in files")


def _by_priority(measure: Measure) -> Measure:
    return replace(measure, by="priority")


def _of_calls(measure: Measure) -> Measure:
    """A mean over calls of the values of the same name."""
    return replace(measure, of=lambda run: run.mean(measure.name))


def _supplies(measure: Measure) -> Measure:
    """A measure of the supply side, by its name in `supply_summary`."""
    of = lambda run: run.supplies.get(measure.name, NAN)  # noqa: E731
    return replace(measure, system="supplies", shown="if any", of=of)


def _items(measure: Measure) -> Measure:
    """A measure of each item."""
    return replace(_in_files(_supplies(measure)), by="item")


def from_counts(measure: Measure, formula: Formula) -> Measure:
    """A measure with one formula for a whole run and for a run so far."""
    return replace(
        measure, of=lambda run: formula(run.counts), now=lambda counts, _: formula(counts)
    )


def _counted(measure: Measure) -> Measure:
    """A measure that is a count by itself while the run goes on, under its whole name."""
    return replace(measure, now=lambda counts, name: counts[name])


def _at_once(measure: Measure, formula: Formula) -> Measure:
    """A measure of the moment, which a whole run does not have."""
    return replace(measure, now=lambda counts, _: formula(counts))


def _moving(name: str, label: str, unit: str = "", better: Better = None) -> Measure:
    """A count of the moment: whole, and none of a whole run's."""
    return _counted(Measure(name, label, unit, better, digits=0))


def _of_supplies_now(name: str, label: str, better: Better = None) -> Measure:
    return replace(_moving(name, label, "units", better), system="supplies")


def _persons(name: str, label: str, better: Better = None) -> Measure:
    return replace(_moving(name, label, "persons", better), system="epidemic")


OF_RUNS = (
    from_counts(Measure("calls", "Calls", digits=0), lambda counts: counts["calls"]),
    _by_priority(
        from_counts(_time("response_s", "Response, mean"), ratio("response_s", "reached"))
    ),
    _by_priority(
        _time(
            "response_median_s", "Response, median",
            lambda run: run.response["response_median_s"],
        )
    ),
    _by_priority(
        _time("response_p90_s", "90th percentile", lambda r: r.response["response_p90_s"])
    ),
    _by_priority(
        from_counts(
            _share("in_target_share", "In target time", "higher"), ratio("in_target", "ended")
        )
    ),
    _if_any(_of_calls(_share("survival_share", "Survival", "higher"))),
    _of_calls(_share("lost_share", "Lost", "lower")),
    _if_any(_of_calls(_share("left_share", "Gave up waiting", "lower"))),
    _if_any(_of_calls(_share("short_share", "Short of vehicles", "lower"))),
    _of_calls(_time("wait_s", "Wait, mean")),
    _of_calls(_share("waiting_share", "Calls that wait", "lower")),
    _in_files(
        Measure(
            WAIT_TREND, "Wait, rank correlation with time",
            of=lambda run: wait_trend(run.result, run.calls),
        )
    ),
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
    from_counts(
        _supplies(_share("fill_rate", "Fill rate", "higher")), ratio("units_met", "units_needed")
    ),
    _supplies(_share("ready_rate", "Met at once", "higher")),
    _supplies(_share("least_district_fill_rate", "Fill rate, worst district", "higher")),
    from_counts(
        _supplies(_hours("acquisition_s", "Acquisition time, mean")),
        ratio("waited_unit_s", "units_given"),
    ),
    _supplies(_share("stock_out_share", "Out of stock", "lower")),
    _supplies(_share("spoilt_share", "Spoilt", "lower")),
    _counted(_supplies(Measure("bullwhip", "Bullwhip", "", "lower"))),
    _supplies(Measure("truck_km_per_day", "Trucks, driven per day", "km", "lower", digits=1)),
    _supplies(_thousands("supply_cost_per_day", "Cost per day")),
    _supplies(_thousands("coordination_cost_per_day", "of it, coordination", digits=2)),
    _items(_share("item_fill_rate", "Fill rate", "higher")),
    _items(Measure("item_allocation_ratio", "Delivered / needed")),
    _items(_hours("item_delivery_s", "From request to delivery")),
    _items(_hours("item_waiting_s", "From request to delivery or the end")),
)  # fmt: skip
"""Measures of a whole run; those with `now` are told while it goes on, too."""

OF_MOMENTS = (
    _at_once(
        replace(_time("response_hour_s", "Response, mean of the last hour"), digits=1),
        ratio("response_hour_s", "reached_hour"),
    ),
    _moving("waiting_calls", "Calls waiting", better="lower"),
    _moving("open_calls", "Calls in care"),
    _moving("calls_hour", "Calls in the last hour"),
    _at_once(
        Measure("unserved", "Calls lost or given up so far", "", "lower", digits=0),
        lambda counts: counts["unserved"],
    ),
    _at_once(
        replace(_share("busy_share", "Ambulances busy", None), digits=0),
        ratio("ambulances_busy", "ambulances_on_duty"),
    ),
    replace(_moving("vehicles", "Vehicles"), by="state"),
    _moving("hospital_patients", "Patients bound for or at handover"),
    _moving("crews_waiting_bay", "Crews waiting for a bay", better="lower"),
    _at_once(_share("beds_share", "Beds taken", None), ratio("beds_taken", "beds")),
    _moving("forced_greens", "Lights turned green for sirens so far"),
    _persons("susceptible", "Susceptible"),
    _persons("probable", "Suspected cases"),
    _persons("infectious", "Infectious", "lower"),
    _persons("removed", "Removed"),
    _persons("new_cases", "New cases today", "lower"),
    _of_supplies_now("units_waited_for", "Units that people wait for", "lower"),
    _of_supplies_now("needed_per_day", "Needed in the last 24 h"),
    _of_supplies_now("requested_per_day", "Requested from stores in the last 24 h"),
    _of_supplies_now("ordered_per_day", "Ordered from suppliers in the last 24 h"),
    replace(_of_supplies_now("stock", "Stock"), by="site"),
)
"""Measures of a moment of a run."""

MEASURES = {measure.name: measure for measure in (*OF_RUNS, *OF_MOMENTS)}
"""Every measure by name, but for those of single priorities and items."""


def summary(result: Result) -> dict[str, float]:
    """Every headline measure of a run by name; a measure without data is NaN.

    Only calls and hours after the warm-up count. Times are in seconds, shares between 0 and 1.
    Measures of features that a scenario may leave off are not there without data.
    """
    run = MeasuredRun(result, counted_calls(result))
    told = {}
    for name, measure in MEASURES.items():
        if measure.of is not None and measure.system == "patients":
            value = measure.of(run)
            if measure.shown == "always" or not math.isnan(value):
                told[name] = value
    for priority, own in run.calls.groupby("priority", observed=True):
        told |= _of_priority(MeasuredRun(result, own), str(priority))
    return told | _of_supplies(run)


def _of_priority(run: MeasuredRun, priority: str) -> dict[str, float]:
    return {
        f"{name}[{priority}]": measure.of(run)
        for name, measure in MEASURES.items()
        if measure.of is not None and measure.by == "priority"
    }


def _of_supplies(run: MeasuredRun) -> dict[str, float]:
    """Those of the supply side, if there is one: of the whole, then of each item."""
    if not run.supplies:
        return {}
    of_items = {name: value for name, value in run.supplies.items() if name.endswith("]")}
    return {
        name: measure.of(run)
        for name, measure in MEASURES.items()
        if measure.of is not None and measure.system == "supplies" and not measure.by
    } | of_items


def measures_now(
    *,
    priorities: Sequence[str] = (),
    states: Sequence[str] = (),
    stocks: Sequence[str] = (),
    epidemic: bool = False,
) -> dict[str, Measure]:
    """The measures that a run has while it goes on, by their whole names.

    Parameters
    ----------
    priorities : sequence of str
    states : sequence of str
        Of vehicles.
    stocks : sequence of str
        Items, and items at sites; none: there is no supply side.
    epidemic : bool
        Whether there is one.
    """
    parts = {"": [""], "priority": ["", *priorities], "state": states, "site": stocks, "item": []}
    systems = ["patients"] + ["epidemic"] * epidemic + ["supplies"] * bool(stocks)
    told = {}
    for name, measure in MEASURES.items():
        if measure.now is not None and measure.system in systems:
            for part in parts[measure.by]:
                whole_name = f"{name}[{part}]" if part else name
                told[whole_name] = replace(measure, name=whole_name, part=part)
    return told


def measure_of(name: str) -> Measure:
    """Return how a measure is shown; ``response_s[high]`` is shown like ``response_s``.

    A name that is not known is its own label.
    """
    base, _, part = name.removesuffix("]").partition("[")
    known = MEASURES.get(base, Measure(base, base))
    return replace(known, name=name, part=part)
