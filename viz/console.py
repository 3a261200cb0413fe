"""Tables and progress for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from experiments.batch import Progress as ProgressCallback
from experiments.compare import Comparison
from policies.check import Report
from simulation.measures import Measure, measure_of

BETTER, WORSE = "green", "red"


def comparison_table(comparison: Comparison, title: str) -> Table:
    """Arms side by side, and how each differs from the first, one measure a row.

    A difference is green or red where its interval leaves no doubt that it is for better or worse.
    """
    arms = list(comparison.batch.arms)
    table = _table(title)
    for arm in arms:
        table.add_column(arm, justify="right")
    for arm in arms[1:]:
        heading = "difference" if len(arms) == 2 else f"{arm} − {comparison.base}"
        table.add_column(heading, justify="right")
    rows = comparison.table.set_index(["measure", "arm"])
    section = ""
    for name in dict.fromkeys(comparison.table["measure"]):
        measure, own = measure_of(name), rows.loc[name]
        if measure.priority != section:
            section = measure.priority
            table.add_section()
            table.add_row(f"[bold]{section} priority[/bold]")
        cells = [_mean_text(measure, own.loc[arm]) for arm in arms]
        cells += [_difference_text(measure, own.loc[arm]) for arm in arms[1:]]
        table.add_row(measure.heading, *cells)
    table.caption = (
        f"mean ± half-width of the {comparison.level:.0%} t-interval over "
        f"{comparison.batch.replications} replications"
        + ("; differences are paired on the same patients" if len(arms) > 1 else "")
    )
    return table


def cases_table(cases: Mapping[str, str]) -> Table:
    """The shipped cases with their descriptions."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("case", style="bold", no_wrap=True)
    table.add_column("what it is")
    for name, description in cases.items():
        table.add_row(name, description)
    return table


def print_report(console: Console, report: Report) -> None:
    """Print what was found out about a policy."""
    for problem in report.problems:
        console.print(f"[red]wrong[/red]    {problem}", highlight=False)
    for warning in report.warnings:
        console.print(f"[yellow]warning[/yellow]  {warning}", highlight=False)
    if report.passed:
        facts = report.facts
        console.print(
            f"[green]fine[/green]     {report.use} can be used for {report.decision}: "
            f"{facts['decisions']:.0f} decisions, {facts['us_per_decision']:.1f} µs each",
            highlight=False,
        )


def print_notes(console: Console, notes: Sequence[str], what: str) -> None:
    """Print lines of one kind, indented under what they are about."""
    if notes:
        console.print(f"{what}:", style="bold")
        for note in notes:
            console.print(f"  {note}", highlight=False)


@contextmanager
def progress_bar(console: Console, what: str) -> Iterator[ProgressCallback]:
    """Show the progress of a batch with the time that remains; silent where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("runs,"),
        TimeElapsedColumn(),
        TextColumn("gone,"),
        TimeRemainingColumn(),
        TextColumn("to go"),
    )
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        task = progress.add_task(what, total=None)

        def tell(done: int, total: int, failed: int) -> None:
            text = f"{what} ([red]{failed} failed[/red])" if failed else what
            progress.update(task, completed=done, total=total, description=text)

        yield tell


def _table(title: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("", no_wrap=True)
    return table


def _mean_text(measure: Measure, row: pd.Series[Any]) -> str:
    return measure.text(row["mean"]) + _half_width_text(measure, row["high"] - row["mean"])


def _difference_text(measure: Measure, row: pd.Series[Any]) -> str:
    low, high, difference = row["difference_low"], row["difference_high"], row["difference"]
    text = measure.difference_text(difference) + _half_width_text(measure, high - difference)
    if measure.better is None or not (low > 0 or high < 0):
        return text
    lower = high < 0
    colour = BETTER if lower == (measure.better == "lower") else WORSE
    return f"[{colour}]{text}[/{colour}]"


def _half_width_text(measure: Measure, half_width: float) -> str:
    return "" if math.isnan(half_width) else f" ± {measure.text(half_width)}"
