"""``corridor epidemic``: rates of an epidemic from daily counts, and the weeks to come."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson
from commands.output import open_console, open_error_console


def epidemic(
    counts: Annotated[
        Path,
        typer.Argument(help="CSV of date, confirmed, removed (cumulative), persons; district."),
    ],
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks to go on.")] = 4,
    held_out: Annotated[
        int, typer.Option(min=0, help="Last days on which a fit of those before is scored.")
    ] = 7,
    contact_rate: Annotated[
        float,
        typer.Option(min=0, max=24, help="Persons whom an infectious one meets a day; not fitted."),
    ] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="CSV of the weeks to write.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit the rates of an epidemic to daily counts, district by district, and project it."""
    from experiments.epidemic.counts import read_counts
    from experiments.epidemic.outlook import outlook

    found = outlook(read_counts(counts), weeks, held_out, contact_rate)
    if as_json:
        print(found.to_json())
    else:
        from viz.terminal.epidemic import print_outlook

        print_outlook(open_console(), found)
    if out is not None:
        from simulation.tables.files import write_file

        write_file(out, found.weeks.to_csv(index=False).encode())
        open_error_console().print(f"Written: {out}")
