"""``corridor locate``: where stations should stand, and how many ambulances."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsJson, Case, Data, Out, Set, load_case
from commands.output import INTERRUPTED, end, open_console, open_error_console

if TYPE_CHECKING:
    from experiments.location.located import Location


def locate(
    case: Case,
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="lscp, mclp, p_median, p_center, mexclp, double_standard, backup_coverage, "
            "k_means or robust.",
        ),
    ],
    sites: Annotated[
        int | None,
        typer.Option(
            "--sites",
            help="Junctions that are candidates beside the stations; none by default.",
            show_default=False,
        ),
    ] = None,
    protection: Annotated[
        str | None,
        typer.Option(
            "--protection",
            help="Of robust: nominal, box, budgeted or ellipsoid (by default).",
            show_default=False,
        ),
    ] = None,
    lights: Annotated[
        bool, typer.Option("--lights", help="Of robust: decide which lights to equip, too.")
    ] = False,
    days: Annotated[
        int | None,
        typer.Option(
            "--days",
            help="Simulated days to learn from, and as many to try plans on; 200 by default.",
            show_default=False,
        ),
    ] = None,
    parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            help="What else the model asks, as in stations=6 or front=8.",
            metavar="NAME=VALUE",
        ),
    ] = None,
    data: Data = None,
    overrides: Set = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Site stations and size their fleets by a location model, and try the plan on simulated days.

    Ctrl-C ends the search and shows the best plan so far with its gap.
    """
    from policies.interrupts import BEFORE_A_PLAN, interrupts_held, interrupts_raised

    try:
        with interrupts_held():
            with interrupts_raised():
                from experiments.location.locate import locate as find_plan
                from experiments.location.question import make_question
                from scenarios.overrides import read_overrides
                from viz.terminal.location import search_line

                options = {"sites": sites, "protection": protection, "days": days}
                options |= {"lights": lights or None}
                given = {name: value for name, value in options.items() if value is not None}
                question = make_question(model, read_overrides(parameters or [], "--with") | given)
                scenario = load_case(case, data, overrides)
            with search_line(open_error_console()) as tell:
                found = find_plan(scenario, question, tell)
            _show(found, out, as_json)
    except KeyboardInterrupt:
        end(BEFORE_A_PLAN, INTERRUPTED)


def _show(found: Location, out: Path | None, as_json: bool) -> None:
    """Print a plan, and write it where results are kept."""
    if as_json:
        from simulation.tables.files import to_json

        print(to_json(found.to_dict()).decode())
    else:
        from viz.terminal.location import print_location

        print_location(open_console(), found)
    if out is not None:
        from viz.maps.location_files import write_location

        open_error_console().print(f"In {out}: {', '.join(write_location(found, out))}")
    if found.is_interrupted:
        raise typer.Exit(INTERRUPTED)
