"""The two steps run again, in the terminal."""

from __future__ import annotations

import math

import numpy as np
from rich.console import Console
from rich.table import Table

from experiments.planning.trial.runs import MEASURES
from experiments.statistics import Interval
from papers.scott_rutner.claims import EXPECTED, Gain, ScottRutner, sweep_grid
from papers.scott_rutner.experiment import (
    FULL,
    RATIOS,
    STOPS,
    SWEPT_CENTRES,
    TOGETHER,
    TWO_STEPS,
)
from papers.scott_rutner.instances import CASE_CAPACITY, CASE_COST_PER_KM, MEAN, SD
from viz.terminal.console import plain_table, print_notes


def print_scott_rutner(console: Console, found: ScottRutner) -> None:
    """Print the case, the sweep, growing sizes, the plans tried, and the claims."""
    tables = (case_table, trips_table, sweep_table, sizes_table, expected_table, worlds_table,
              claims_table)  # fmt: skip
    console.print(*(table(found) for table in tables))
    print_notes(console, notes_of(found), "Note")


def case_table(found: ScottRutner) -> Table:
    """What the centres of the case order in both ways."""
    case = found.runs.case
    table = plain_table("The case: what the centres order, doses")
    for heading in ("mean", "sd", TWO_STEPS, TOGETHER):
        table.add_column(heading, justify="right")
    rows = zip(MEAN, SD, case.two_steps.quantity, case.together.quantity, strict=True)
    for k, (mean, sd, apart, together) in enumerate(rows):
        name = f"region {k // 2 + 1}, centre {k % 2 + 1}"
        table.add_row(name, f"{mean:.0f}", f"{sd:.0f}", f"{apart:.1f}", f"{together:.1f}")
    table.add_section()
    table.add_row(
        "all", "", "", f"{case.two_steps.quantity.sum():.1f}",
        f"{case.together.quantity.sum():.1f}",
    )  # fmt: skip
    return table


def trips_table(found: ScottRutner) -> Table:
    """How the case is delivered."""
    case = found.runs.case
    table = plain_table("The case: trips, and the expected cost")
    for heading in ("trips", "km", "driving", "orders", "cost"):
        table.add_column(heading, justify="right")
    for name, step in (("one tour, mended", case.one_tour), ("one tour, as printed", case.printed)):
        table.add_row(name, str(len(step.routes)), f"{step.length:.1f}", "", "", "")
    table.add_section()
    for name, plan in ((TWO_STEPS, case.two_steps), (TOGETHER, case.together)):
        table.add_row(
            f"{name}, vehicles of {CASE_CAPACITY:.0f}",
            str(len(plan.routes)), "", f"{plan.driving_cost:,.1f}",
            f"{plan.ordering_cost:,.1f}", f"{plan.cost:,.1f}",
        )  # fmt: skip
    return table


def sweep_table(found: ScottRutner) -> Table:
    """What a joint choice saves, by what driving costs and what vehicles carry."""
    count = found.runs.size.swept
    table = plain_table(f"What choosing both together saves, % of the cost of {TWO_STEPS}")
    table.padding = (0, 1, 0, 0)
    for stops in STOPS:
        heading = "all" if math.isinf(stops) else f"{stops:g}"
        table.add_column(heading, justify="right", no_wrap=True)
    for ratio, row in zip(RATIOS, sweep_grid(found), strict=True):
        table.add_row(f"trip / shortage {ratio:g}", *(_percent(one.saved) for one in row))
    table.caption = (
        f"{SWEPT_CENTRES} centres, {count} instances, both optimal. Columns:\n"
        "centres of mean quantity that fill a vehicle. Rows: cost of\n"
        "driving to a centre and back over that of leaving it\n"
        "without. ± half-width of the 95% interval"
    )
    return table


def sizes_table(found: ScottRutner) -> Table:
    """The same with more centres."""
    table = plain_table("More centres: what choosing both together saves")
    table.padding = (0, 1, 0, 0)
    for heading in ("instances", "saved, %", "most, %", "differ", "above bound, %"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in found.sizes:
        table.add_row(
            f"{row.factors.centres} centres", str(row.instances), _percent(row.saved),
            f"{100 * row.worst:.1f}", str(row.differs), _gap(row),
        )  # fmt: skip
    table.caption = (
        "4 centres fill a vehicle, trip / shortage 0.1. Up to 12 centres\n"
        "both are optimal; beyond, both are the best found, and the\n"
        "joint one is above the best by the last column at most"
    )
    return table


def expected_table(found: ScottRutner) -> Table:
    """Plans of the case in the simulator, where demand is as they expect it."""
    table = plain_table("The case in the simulator, demand as planned (normal)")
    table.padding = (0, 1, 0, 0)
    for heading in ("cost", "short, %", "left, %", "km", "mean, h", "last, h"):
        table.add_column(heading, justify="right", no_wrap=True)
    for plan in found.plans:
        values = {one: found.interval(EXPECTED, plan, one) for one in MEASURES}
        table.add_row(
            plan, _interval(values["cost"], 1.0, 0), _interval(values["short_share"], 100.0, 1),
            _interval(values["waste_share"], 100.0, 0),
            f"{values['driving'].mean / CASE_COST_PER_KM:.0f}",
            f"{values['arrival_h'].mean:.1f}", f"{values['last_arrival_h'].mean:.1f}",
        )  # fmt: skip
    table.caption = (
        f"{found.runs.size.replications} replications. Short: of what was asked for;\n"
        "left: of what came; hours: when doses arrive. ± half-width\n"
        "of the 95% interval"
    )
    return table


def worlds_table(found: ScottRutner) -> Table:
    """How much dearer other plans are than two steps, by law of demand."""
    table = plain_table(f"Cost above that of {TWO_STEPS}, on the same demand")
    table.padding = (0, 1, 0, 0)
    others = [plan for plan in found.plans if plan != TWO_STEPS]
    for plan in others:
        table.add_column(HEADINGS.get(plan, plan), justify="right", no_wrap=True)
    for world in found.worlds:
        differences = (_signed(found.dearer(world, plan)) for plan in others)
        table.add_row(world.replace("negative", "neg."), *differences)
    table.caption = "± half-width of the 95% interval, paired on the same demand"
    return table


HEADINGS = {
    "the mean": "the\nmean", "by population": "by popu-\nlation",
    "nearest neighbour": "nearest\nneighb.", "each for itself": "each for\nitself",
    "mean, nearest": "mean,\nnearest",
}  # fmt: skip


def claims_table(found: ScottRutner) -> Table:
    """Each claim of the paper, and what came out."""
    table = plain_table("What the paper claims")
    table.columns[0].no_wrap = False
    table.add_column("here")
    table.add_column("")
    for claim in found.claims:
        table.add_row(claim.text, claim.ours, claim.verdict)
    return table


def notes_of(found: ScottRutner) -> list[str]:
    """What a reader of the tables must know."""
    checked = found.checked
    as_printed = (
        "as printed, (12) lets a trip have two centres at most and these ask for more than a "
        f"vehicle carries: in {checked.printed_longer} of {checked.instances} instances trips are "
        f"longer than need be, in {checked.printed_overloaded} shorter than they can be"
    )
    notes = [NOTHING_PRINTED, as_printed, LATE]
    if found.runs.size.swept < FULL.swept:
        notes.append(
            f"without --quick there are {FULL.checked} instances of the program, {FULL.swept} of "
            f"each factor, up to {FULL.sizes[-1][0]} centres and {FULL.replications} replications"
        )
    return notes


NOTHING_PRINTED = (
    "the paper prints no figure: places, demand, prices and vehicles are ours, and nothing here "
    "stands beside a table of its own"
)
LATE = (
    "where vehicles come late, people who waited too long go without: the models of both plans do "
    "not know that"
)


def _percent(value: Interval) -> str:
    return _interval(value, 100.0, 1)


def _gap(row: Gain) -> str:
    return "optimal" if row.gap == 0 else f"{100 * row.gap:.1f}"


def _half(value: Interval) -> float:
    """Half the width; the longer side where it is not symmetrical."""
    return float(np.max([value.high - value.mean, value.mean - value.low]))


def _interval(value: Interval, scale: float, digits: int) -> str:
    half = scale * _half(value)
    mean = f"{scale * value.mean:,.{digits}f}"
    return mean if math.isnan(half) or half == 0 else f"{mean} ± {half:,.{digits}f}"


def _signed(value: Interval) -> str:
    half = _half(value)
    mean = f"{value.mean:+.0f}".replace("-", "−")
    return mean if math.isnan(half) or round(half) == 0 else f"{mean}±{half:.0f}"
