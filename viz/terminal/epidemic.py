"""Rates of an epidemic and the weeks to come, in the terminal."""

from __future__ import annotations

from rich.console import Console

from experiments.epidemic.outlook import Outlook
from viz.terminal.console import plain_table, print_notes


def print_outlook(console: Console, found: Outlook) -> None:
    """Print rates by district with intervals, scores of held out days, and the next weeks."""
    rates = plain_table("Rates by district, with 95 % intervals")
    for heading in ("estimate", "from", "to"):
        rates.add_column(heading, justify="right")
    for name, own in found.intervals.items():
        for key, one in own.items():
            label = f"{name}: {key.removesuffix('_per_day').replace('_', ' ')}"
            rates.add_row(label, *(f"{value:.4g}" for value in one))
    console.print(rates)
    if found.scores:
        scores = plain_table("Last days held out: 95 % bands of new confirmed and removed")
        for heading in ("held", "interval score", "mean error"):
            scores.add_column(heading, justify="right")
        for name, held in found.scores.items():
            told = (f"{held.coverage:.0%}", f"{held.interval_score:,.1f}", f"{held.error:,.1f}")
            scores.add_row(name, *told)
        console.print(scores)
    weeks = plain_table("The next weeks, with 95 % bands")
    for heading in ("until", "new confirmed", "active", "probable"):
        weeks.add_column(heading, justify="right", overflow="fold")
    for row in found.weeks.to_dict("records"):
        cells = (f"{row[key]:,} ({row[f'{key}_low']:,}–{row[f'{key}_high']:,})"
                 for key in ("new_confirmed", "active", "probable"))  # fmt: skip
        weeks.add_row(str(row["district"]), str(row["until"]), *cells)
    console.print(weeks)
    print_notes(console, found.notes, "Not fitted")
