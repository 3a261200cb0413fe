"""Which arm was chosen, in the terminal."""

from __future__ import annotations

from rich.console import Console

from experiments.search import ArmChoice
from simulation.measures.catalogue import measure_of
from viz.terminal.console import plain_table, print_notes


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
