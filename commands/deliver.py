"""``corridor deliver``: which site sends which district what, and when it arrives."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsJson, Out
from commands.output import INTERRUPTED, end, open_console, open_error_console

if TYPE_CHECKING:
    from experiments.delivery.deliver import Delivery


def deliver(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder with districts.csv, sites.csv and, if wanted, links.csv."),
    ],
    weight: Annotated[
        float | None,
        typer.Option(
            "--weight",
            help="Of delay against cost, from 0 to 1; 0.5 by default.",
            show_default=False,
        ),
    ] = None,
    front: Annotated[
        int | None,
        typer.Option(
            "--front",
            help="Weights for which a plan is looked for, from all cost to all delay.",
            show_default=False,
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="Anything else, as in help=anywhere, short=most_infected or speed_km_per_day=500.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Plan deliveries of supplies and groups of staff from sites to the districts of a country.

    Ctrl-C ends the search and shows the best plan so far with its gap.
    """
    from policies.interrupts import BEFORE_A_PLAN, interrupts_held, is_interrupted

    try:
        with interrupts_held():
            from experiments.delivery import deliver as find_plan
            from experiments.delivery import make_question, read_country
            from scenarios.overrides import read_overrides

            options = {"delay_weight": weight, "front": front}
            given = {name: value for name, value in options.items() if value is not None}
            question = make_question(read_overrides(parameters or [], "--with") | given)
            _show(find_plan(read_country(folder), question), out, as_json)
            if is_interrupted():
                raise typer.Exit(INTERRUPTED)
    except KeyboardInterrupt:
        end(BEFORE_A_PLAN, INTERRUPTED)


def _show(found: Delivery, out: Path | None, as_json: bool) -> None:
    """Print a plan, and write it where results are kept."""
    if as_json:
        from simulation.tables.files import to_json

        print(to_json(found.to_dict()).decode())
    else:
        from viz.terminal.delivery import print_delivery

        print_delivery(open_console(), found)
    if out is not None:
        from viz.pictures.delivery import write_delivery

        open_error_console().print(f"In {out}: {', '.join(write_delivery(found, out))}")
