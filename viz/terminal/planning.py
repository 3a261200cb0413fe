"""A plan in the terminal: figures, what is tight, and routes that were checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from experiments.planning.findings import figures_of, more_lines, tight_lines, unserved_lines
from experiments.planning.hand_check import HandCheck
from experiments.planning.plan import Plan, Tell
from experiments.planning.reading.places_and_vehicles import clock
from experiments.planning.what_if import WhatIf
from viz.terminal.console import print_notes

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_LINES = 12


@contextmanager
def plan_line(console: Console) -> Iterator[Tell]:
    """A line that says what is being done."""
    with console.status("Reading the workbook …") as status:
        yield lambda text: status.update(f"{text} …")


def print_plan(console: Console, plan: Plan, what_ifs: Sequence[WhatIf], title: str) -> None:
    """Print what a plan comes to."""
    console.print(figures_table(plan, title))
    for what, lines in findings(plan, what_ifs).items():
        print_notes(console, lines, what)


def figures_table(plan: Plan, title: str) -> Table:
    """The figures of a plan: what, how much, and in which unit."""
    from rich.table import Table

    table = Table(
        title=title, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for name, value, unit in figures_of(plan):
        table.add_row(name, _figure(value, unit), "" if unit in ("share", "clock") else unit)
    return table


def findings(plan: Plan, what_ifs: Sequence[WhatIf]) -> dict[str, list[str]]:
    """What a plan says in sentences, by what they are about; at most so many of a kind."""
    return {
        "Tight": tight_lines(plan),
        "Without": _cut(unserved_lines(plan)),
        "What if": list(more_lines(what_ifs, plan)),
        "Note": _cut(plan.notes),
    }


def _figure(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value:.1%}"
    if unit == "clock":
        return _minute(value)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _minute(seconds: float) -> str:
    """A time of the day to the minute."""
    return clock(round(seconds / 60) * 60)


def _cut(lines: Sequence[str]) -> list[str]:
    shown = list(lines[:MOST_LINES])
    if len(lines) > len(shown):
        shown.append(f"… and {len(lines) - len(shown):,} more")
    return shown


def print_check(console: Console, found: HandCheck) -> None:
    """Print which rules routes break, and what they come to."""
    from rich.table import Table

    table = Table("vehicle", "leaves", "stops", "back", "load", box=None, padding=(0, 2, 0, 0))
    for trip in found.trips:
        stops = ", ".join(
            f"{found.deliveries.stops[stop].name} {_minute(at_s)}"
            for stop, at_s in zip(trip.stops, trip.arrival_s, strict=True)
        )
        name = found.deliveries.vehicles[trip.vehicle].name
        table.add_row(name, _minute(trip.start_s), stops, _minute(trip.back_s), f"{trip.load:,}")
    console.print(table)
    measures = found.measures
    console.print(
        f"{measures.distance / 1000:,.1f} km, {measures.time / 3600:,.1f} h at the wheel, "
        f"vehicles cost {measures.cost:,.2f}, last arrival {_minute(measures.latest_arrival)}"
    )
    print_notes(console, _cut(found.broken), "Broken")
    if not found.broken:
        console.print("Every rule is kept.")
