"""What the paper could not ask of the camp, in the terminal."""

from __future__ import annotations

import math

from rich.table import Table

from experiments.reproduce.zaatari import Zaatari
from experiments.reproduce.zaatari_beyond import Fleet, ListRow, QueueRow
from viz.console import narrow_table


def beyond_tables(found: Zaatari) -> list[Table]:
    """Larger fleets, longer lists, and calls that wait."""
    level, beyond = found.replica.settings[0].level, found.beyond
    return [
        fleet_table(beyond.fleets),
        list_table(beyond.lists, level),
        queue_table(beyond.queues),
    ]


def fleet_table(fleets: list[Fleet]) -> Table:
    """More servers, all placed anew."""
    table = narrow_table("More servers, placed for the least mean response time at λ = 2")
    for heading in ("longest\nmin", "mean\nmin", "lost\n%"):
        table.add_column(heading, justify="right")
    for combination in fleets[0].outbreaks:
        table.add_column(f"{combination}\nlost, %", justify="right")
        table.add_column("\nGini a", justify="right")
    for fleet in fleets:
        cells = []
        for runs in fleet.outbreaks.values():
            cells += [f"{100 * runs.spread('loss').median:.1f}"]
            cells += [f"{runs.spread('gini_a').median:.3f}"]
        base = fleet.base
        table.add_row(
            f"{fleet.servers} servers", f"{base.longest_min:.2f}", f"{base.mean_min:.2f}",
            f"{100 * base.loss:.3f}", *cells,
        )  # fmt: skip
    table.caption = "C…-O…: medians of runs with outbreaks"
    return table


def list_table(rows: list[ListRow], level: int) -> Table:
    """Two servers added, with lists as long as before and longer by two."""
    table = narrow_table("Lists for the two added servers: medians")
    for what in ("lost, %", "Gini a"):
        table.add_column(f"{what}\n5, D = {level}", justify="right")
        table.add_column(f"\n7, D = {level}", justify="right")
        table.add_column(f"\n7, D = {level + 2}", justify="right")
    for row in rows:
        table.add_row(
            str(row.combination),
            *(f"{100 * value:.1f}" for value in row.loss),
            *(f"{value:.3f}" for value in row.gini_a),
        )
    return table


def queue_table(rows: list[QueueRow]) -> Table:
    """Calls that wait instead of being lost."""
    table = narrow_table("Calls wait instead of being lost, every server on every list: medians")
    fleets = sorted({row.servers for row in rows})
    for servers in fleets:
        table.add_column(f"{servers} servers\nwait, %", justify="right")
        table.add_column("\nmin", justify="right")
        table.add_column("endless\n% of runs", justify="right")
    for combination in dict.fromkeys(row.combination for row in rows):
        cells = []
        for row in rows:
            if row.combination == combination:
                cells += [
                    f"{100 * row.waiting:.1f}",
                    _minutes(row.wait_min),
                    f"{100 * row.endless:.0f}",
                ]
        table.add_row(str(combination) if combination else "no outbreak", *cells)
    table.caption = "endless: calls come faster than all servers can serve them"
    return table


def _minutes(wait_min: float) -> str:
    if math.isinf(wait_min):
        return "∞"
    return f"{wait_min:.2f}" if wait_min < 10 else f"{wait_min:.0f}"
