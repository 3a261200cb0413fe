"""The hypercube beside an event simulation of the camp, in the terminal."""

from __future__ import annotations

import numpy as np
from rich.table import Table
from rich.text import Text

from experiments.reproduce.zaatari import Zaatari
from experiments.reproduce.zaatari_check import MODES, CheckedRow
from experiments.reproduce.zaatari_search import Search
from experiments.reproduce.zaatari_tables import TABLE_2
from experiments.statistics import Interval
from policies.hypercube.system import ServiceMode
from viz.console import narrow_table

HEADINGS: dict[ServiceMode, str] = {"paper": "\npaper", "calibrated": "cali-\nbrated"}


def check_tables(found: Zaatari) -> list[Table]:
    """Without outbreaks: losses, then waits; and the bias with outbreaks."""
    lost = [row for row in found.checked if row.line == "loss"]
    waiting = [row for row in found.checked if row.line == "infinite"]
    return [loss_table(lost), wait_table(waiting), bias_table(found)]


def loss_table(rows: list[CheckedRow]) -> Table:
    """Share lost and response time, simulated and in both service modes."""
    table = narrow_table("The same camp as an event simulation, and by the hypercube in both modes")
    for what in ("lost, %", "response, min"):
        table.add_column(f"{what}\nsimulated", justify="right", no_wrap=True)
        for mode in MODES:
            table.add_column(HEADINGS[mode], justify="right")
    for row in rows:
        _begin_section(table, row)
        table.add_row(
            f"λ = {row.calls_per_hour:g}",
            _interval(row.simulated.loss, 100, 3),
            *(f"{100 * row.expected[mode].loss:.3f}" for mode in MODES),
            _interval(row.simulated.response_min, 1, 2),
            *(f"{row.expected[mode].response_min:.2f}" for mode in MODES),
        )
    table.caption = "the law is that of the simulated services; ± 95% interval by batch means"
    return table


def wait_table(rows: list[CheckedRow]) -> Table:
    """Waits where calls are not lost."""
    table = narrow_table("Five servers, calls wait: mean, min")
    for heading in ("simulated", *MODES):
        table.add_column(heading, justify="right")
    for row in rows:
        _begin_section(table, row)
        table.add_row(
            f"λ = {row.calls_per_hour:g}",
            _interval(row.simulated.wait_min, 1, 3),
            *(f"{row.expected[mode].wait_min:.3f}" for mode in MODES),
        )
    return table


def bias_table(found: Zaatari) -> Table:
    """By which part the hypercube is off in runs with outbreaks."""
    table = narrow_table("Runs with outbreaks: the hypercube over the simulation, %")
    for mode in MODES:
        table.add_column(f"{mode}\nlost", justify="right")
        table.add_column("\nresponse", justify="right")
    for first, second in zip(found.biases[::2], found.biases[1::2], strict=True):
        cells = [_interval(value, 100, 1) for one in (first, second) for value in one[3:]]
        table.add_row(f"{first.servers} servers, {first.law}", *cells)
    table.caption = (
        f"mean ± 95% interval over {9 * found.effort.simulated} runs of {found.effort.calls:,} "
        "calls; − is too low"
    )
    return table


def search_note(search: Search) -> str:
    """How well the genetic algorithm did."""
    gaps = 100 * np.array([one.gap for one in search.genetic])
    tried = np.mean([one.tried for one in search.genetic])
    return (
        f"the genetic algorithm found the best of {search.optimum.tried:,} placements in "
        f"{search.found:.0%} of {len(gaps)} runs, after {tried:,.0f} placements; its mean response "
        f"time was {gaps.mean():.2f} % above the least on average, {gaps.max():.2f} % at worst"
    )


def _begin_section(table: Table, row: CheckedRow) -> None:
    if row.calls_per_hour == TABLE_2[0].calls_per_hour:
        table.add_section()
        table.add_row(Text(row.law, "bold"))


def _interval(value: Interval, scale: float, digits: int) -> str:
    half = scale * (value.high - value.mean)
    return f"{scale * value.mean:.{digits}f} ± {half:.{digits}f}".replace("-", "−")
