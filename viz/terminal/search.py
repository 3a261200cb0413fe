"""Which arm was chosen, and what a search found, in the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from experiments.search import ArmChoice, Optimum
from experiments.search.question import COST
from experiments.search.trials import PRESENT
from scenarios.toml_text import inline
from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure
from viz.terminal.console import change_text, narrow_table, plain_table, print_notes

MOST_PLANS = 24


def print_choice(console: Console, found: ArmChoice, title: str) -> None:
    """Print a row for each arm, the winner, and what is promised of it."""
    measure = measure_of(found.measure)
    table = plain_table(f"{title}: {measure.heading}")
    for heading in ("replications", "mean", "left out after"):
        table.add_column(heading, justify="right")
    for row in found.table.to_dict(orient="records"):
        half = measure.text(row["high"] - row["mean"])
        left_out = str(row["left_out_at"]) if row["left_out_at"] else "–"
        mean = f"{measure.text(row['mean'])} ± {half}"
        table.add_row(row["arm"], str(row["replications"]), mean, left_out)
    fresh = found.fresh
    table.caption = f"mean ± half-width of the {found.level:.0%} t-interval over replications"
    console.print(table)
    console.print(f"Best: {found.best}", style="bold")
    half = measure.text(fresh.high - fresh.mean)
    unit = measure.unit_of_differences
    notes = [
        found.promise,
        f"in {fresh.size} fresh replications, by which it was not chosen, it gives "
        f"{measure.text(fresh.mean)} ± {half} {measure.unit}".rstrip(),
        "if another arm is the best after all, that costs at most "
        f"{measure.text(found.regret)} {unit}".rstrip()
        + ", as is to be expected",
    ]
    print_notes(console, notes, "Note")


def print_optimum(console: Console, found: Optimum, title: str) -> None:
    """Print the winner beside the present plan, or the front, and what to know of them."""
    table = _front_table(found, title) if len(found.question.goals) > 1 else _winner(found, title)
    table.caption = (
        f"mean ± half-width of the {found.level:.0%} t-interval over {found.replications} fresh "
        "replications; changes are paired"
    )
    console.print(table)
    print_notes(console, found.notes, "Note")


def _winner(found: Optimum, title: str) -> Table:
    """The keys of the present plan and of the winner, and what they give."""
    (goal,) = found.question.measures
    names = (PRESENT, found.best)
    table = plain_table(f"{title}: {goal.full_heading}")
    for name in names:
        table.add_column(name, justify="right")
    for factor in found.question.factors:
        table.add_row(factor.key, *(_value(found.values_of(name)[factor.key]) for name in names))
    if found.question.prices.of:
        table.add_row(COST, *(_value(found.cost_of(name)) for name in names))
    table.add_section()
    rows = [found.row(name, goal.name) for name in names]
    table.add_row("in the search", *(goal.text(row["search_mean"]) for row in rows))
    table.add_row("in fresh replications", *(_interval(goal, row) for row in rows))
    change = (rows[1][name] for name in ("change", "change_low", "change_high"))
    table.add_row("change", "", change_text(goal, *change))
    return table


def _front_table(found: Optimum, title: str) -> Table:
    """A row for each plan of the front, the present one first."""
    shown = found.front[:MOST_PLANS]
    more = len(found.front) - len(shown)
    table = narrow_table(f"{title}: the front" + (f", and {more} more plans" if more else ""))
    for factor in found.question.factors:
        table.add_column(factor.key, justify="right")
    measures = found.question.measures
    if has_cost := bool(found.question.prices.of) and COST not in found.question.goals:
        table.add_column(COST, justify="right")
    for measure in measures:
        table.add_column(measure.full_heading, justify="right", no_wrap=True)
    for name in (PRESENT, *shown):
        values, rows = found.values_of(name), [found.row(name, one.name) for one in measures]
        cells = [_value(values[factor.key]) for factor in found.question.factors]
        cells += [_value(found.cost_of(name))] if has_cost else []
        cells += [_interval(one, row) for one, row in zip(measures, rows, strict=True)]
        table.add_row(name, *cells, end_section=name == PRESENT)
    return table


def _interval(measure: Measure, row: Mapping[str, float]) -> str:
    half = row["high"] - row["mean"]
    mean = measure.text(row["mean"])
    return f"{mean} ± {measure.text(half)}" if half > 0 else mean


def _value(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return value if isinstance(value, str) else inline(value)
