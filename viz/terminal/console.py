"""Tables and progress for the terminal.

Names, paths and messages of the user's are printed as they are: brackets and colons in them are no
markup. So whatever has a style here is a `Text`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from simulation.measures.catalogue import measure_of
from simulation.measures.measure import Measure

if TYPE_CHECKING:  # they load the simulator, for seconds
    from experiments.batch.ledger import Progress as ProgressCallback
    from experiments.compare import Comparison
    from experiments.warm_up import WarmUpEstimate
    from policies.check import Report

BETTER, WORSE = "green", "red"
WIDTH = 80
"""Of a terminal of which nothing is known."""
UNBOUNDED = 100_000

Column = tuple[str, Callable[[Measure, "pd.Series[Any]"], str | Text], str]
"""An arm, how its cells are written, and what stands over them."""


class Terminal(Console):
    """A terminal in which a table is at least `WIDTH` wide.

    In less room its figures would be cut, so that of 100 % only a 1 is left; a terminal that is
    narrower breaks the lines.
    """

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as `rich.console.Console` does."""
        if self.width < WIDTH and any(isinstance(one, Table) for one in objects):
            objects = tuple(_Wide(one) if isinstance(one, Table) else one for one in objects)
            options["crop"] = False
        super().print(*objects, **options)


@dataclass(frozen=True)
class _Wide:
    """A table in more room than a terminal has."""

    table: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self.table, options.update_width(WIDTH))


def open_console(**options: Any) -> Console:
    """A terminal that takes every text as it is; options as `rich.console.Console` has them."""
    return Terminal(markup=False, emoji=False, highlight=False, **options)


def comparison_tables(comparison: Comparison, title: str, width: int = WIDTH) -> list[Table]:
    """Arms side by side, and how each differs from the first, one measure a row.

    From three arms on, the differences stand in tables of their own, and each table has as many
    arms as fit the width of a terminal. A difference is green or red where its interval leaves no
    doubt that it is for better or worse.
    """
    base, *others = comparison.batch.arms
    means: list[Column] = [(arm, _mean_text, arm) for arm in (base, *others)]
    heading = "difference" if len(others) == 1 else ""
    differences: list[Column] = [(arm, _difference_text, heading or arm) for arm in others]
    if len(others) < 2:
        tables = [_side_by_side(comparison, title, means + differences)]
    else:
        apart = _that_fit(comparison, f"Difference from {base}", differences, width)
        tables = [*_that_fit(comparison, title, means, width), *apart]
    tables[-1].caption = how_known(comparison)
    return tables


def _that_fit(
    comparison: Comparison, title: str, columns: Sequence[Column], width: int
) -> Iterator[Table]:
    """As few tables of some columns as fit, in their order."""
    count = len(columns)
    table = _side_by_side(comparison, title, columns)
    while count > 1 and open_console(width=UNBOUNDED).measure(table).maximum > width:
        count -= 1
        table = _side_by_side(comparison, title, columns[:count])
    yield table
    if columns[count:]:
        yield from _that_fit(comparison, title, columns[count:], width)


def _side_by_side(comparison: Comparison, title: str, columns: Sequence[Column]) -> Table:
    table = plain_table(title)
    for _, _, heading in columns:
        table.add_column(heading, justify="right")
    section = ""
    for name, rows in shown_rows(comparison.table):
        measure, own = measure_of(name), dict(rows.set_index("arm").iterrows())
        if measure.section != section:
            section = measure.section
            table.add_section()
            table.add_row(Text(section, "bold"))
        table.add_row(measure.heading, *(text(measure, own[arm]) for arm, text, _ in columns))
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
        console.print(Text("wrong    ", "red") + Text(problem))
    for warning in report.warnings:
        console.print(Text("warning  ", "yellow") + Text(warning))
    if report.passed:
        facts = report.facts
        console.print(
            Text("fine     ", "green")
            + Text(
                f"{report.use} can be used for {report.decision}: "
                f"{facts['decisions']:.0f} decisions, {facts['us_per_decision']:.1f} µs each"
            )
        )


def print_warm_up(console: Console, found: WarmUpEstimate, title: str) -> None:
    """Print what runs ask for as a warm-up, beside what the scenario leaves out."""
    if found.days:
        table = plain_table(f"{title}: warm-up by MSER-5")
        table.add_column("days", justify="right")
        table.add_row("set as run.warm_up_days", f"{found.set_days:.2f}")
        table.add_row("median of the runs", f"{found.median_days:.2f}")
        table.add_row("longest", f"{max(found.days):.2f}")
        console.print(table)
        which = "runs that tell" if found.too_short else "runs"
        console.print(f"What is set is enough for {found.enough_in} of {len(found.days)} {which}.")
    if found.too_short:
        count = f"{found.too_short} of {found.runs} runs {'is' if found.too_short == 1 else 'are'}"
        note = f"{count} too short to tell, and left out; set more run.days"
        print_notes(console, [note], "Note")


def print_notes(console: Console, notes: Sequence[str], what: str) -> None:
    """Print notes of one kind, indented under what they are about."""
    if notes:
        console.print(f"{what}:", style="bold")
        for note in notes:
            console.print(Padding.indent(note, 2))


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


def plain_table(title: str) -> Table:
    """A table that begins with a column of labels; the others are to be added."""
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


def narrow_table(title: str) -> Table:
    """A table of many columns, close to each other."""
    table = plain_table(title)
    table.padding = (0, 1, 0, 0)
    return table


def change_table(title: str) -> Table:
    """A table that has room for four columns of changes in a terminal: labels give way."""
    table = narrow_table(title)
    table.columns[0].no_wrap = False
    return table


def shown_rows(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Measures with their rows, without those that no arm has, or of features that none uses."""
    if table.empty:  # every run has failed
        return
    for name, rows in table.groupby("measure", sort=False):
        shown, means = measure_of(str(name)).shown, rows["mean"].dropna()
        if len(means) and (shown == "always" or (shown == "if any" and (means != 0).any())):
            yield str(name), rows


def how_known(comparison: Comparison) -> str:
    """What the intervals of a table are."""
    if comparison.batch.replications == 1:
        known = "low" in comparison.table and comparison.table["low"].notna().any()
        return f"in brackets the {comparison.level:.0%} interval by batch means" if known else ""
    return (
        f"mean ± half-width of the {comparison.level:.0%} t-interval over "
        f"{comparison.batch.replications} replications"
        + (
            "; differences are paired on the same patients"
            if len(comparison.batch.arms) > 1
            else ""
        )
    )


def _mean_text(measure: Measure, row: pd.Series[Any]) -> str:
    mean, low, high = (float(row[name]) for name in ("mean", "low", "high"))
    if math.isnan(low) or math.isclose(mean - low, high - mean, rel_tol=1e-6, abs_tol=1e-12):
        return measure.text(mean) + _half_width_text(measure, high - mean)
    return f"{measure.text(mean)} [{measure.text(low)}, {measure.text(high)}]"


def _difference_text(measure: Measure, row: pd.Series[Any]) -> Text:
    return change_text(measure, row["difference"], row["difference_low"], row["difference_high"])


def change_text(measure: Measure, change: float, low: float, high: float) -> Text:
    """A change with half its interval; coloured where that leaves no doubt of better or worse."""
    text = measure.difference_text(change) + _half_width_text(measure, high - change)
    if measure.better is None or not (low > 0 or high < 0):
        return Text(text)
    lower = high < 0
    colour = BETTER if lower == (measure.better == "lower") else WORSE
    return Text(text, colour)


def _half_width_text(measure: Measure, half_width: float) -> str:
    return "" if math.isnan(half_width) else f" ± {measure.text(half_width)}"
