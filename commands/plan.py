"""``corridor plan``: from a spreadsheet of centres and vehicles to orders and routes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.output import INCOMPLETE, MISTAKE, end, open_console, open_error_console

if TYPE_CHECKING:
    from experiments.planning.plan import Plan
    from experiments.planning.streets import Streets


def plan(
    workbook: Annotated[
        Path | None,
        typer.Argument(
            help="What is asked: an .xlsx workbook, or a folder of CSV files.", show_default=False
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            help="Workbook of the plan, or a new folder for CSV files.",
            show_default=False,
        ),
    ] = None,
    on_map: Annotated[
        str | None,
        typer.Option(
            "--map",
            help="Drive on roads: those of a case or scenario, or of an .osm.pbf or .graphml file.",
            metavar="CITY",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            help="Write a workbook to be filled in, with an example.",
            metavar="FILE.xlsx",
            show_default=False,
        ),
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option(
            "--check",
            help="Test the routes of a plan that were edited by hand.",
            metavar="PLAN.xlsx",
            show_default=False,
        ),
    ] = None,
    what_if: Annotated[
        bool, typer.Option("--what-if/--no-what-if", help="Solve a few changes, too.")
    ] = True,
    tries: Annotated[
        int,
        typer.Option(
            "--try",
            min=0,
            help="Simulate so many days of each law of demand, beside rules of thumb.",
            metavar="N",
            show_default=False,
        ),
    ] = 0,
) -> None:
    """Plan orders and deliveries from a spreadsheet, and write a workbook with live formulas.

    How much each centre orders is the newsvendor's answer within all limits; routes keep vehicles,
    shifts and opening hours. Without --out the plan is only shown.
    """
    asked_for = [one for one in (workbook, template, check) if one is not None]
    if len(asked_for) != 1:
        end("name one of: a WORKBOOK to plan, --template FILE.xlsx, --check PLAN.xlsx", MISTAKE)
    if template is not None:
        _write_template(template)
    elif check is not None:
        _check(check, on_map)
    else:
        assert workbook is not None
        _plan(workbook, out, on_map, what_if, tries)


def _write_template(path: Path) -> None:
    from experiments.planning.writing.template import template
    from simulation.tables.files import write_file

    if path.suffix.lower() != ".xlsx":
        end(f"--template {path}: must end in .xlsx", MISTAKE)
    if path.exists():
        end(f"--template {path}: is there already; choose another name", MISTAKE)
    write_file(path, template())
    open_error_console().print(f"Fill in {path}, then: corridor plan {path} --out PLAN.xlsx")


def _check(path: Path, on_map: str | None) -> None:
    from experiments.planning.hand_check import check_by_hand
    from viz.terminal.planning import print_check

    found = check_by_hand(path, _streets(on_map))
    print_check(open_console(), found)
    if found.broken:
        raise typer.Exit(INCOMPLETE)


def _plan(
    workbook: Path, out: Path | None, on_map: str | None, with_what_if: bool, tries: int
) -> None:
    from experiments.planning.plan import plan as make_plan
    from experiments.planning.reading.read import read_input
    from experiments.planning.what_if import what_if
    from viz.terminal.planning import plan_line, print_plan

    if out is not None:
        _require_place(workbook, out)
    with plan_line(open_error_console()) as tell:
        asked = read_input(workbook)
        planned = make_plan(asked, _streets(on_map), tell=tell)
        rows = what_if(planned, tell) if with_what_if else []
    print_plan(open_console(), planned, rows, workbook.stem)
    if tries:
        _try(planned, tries)
    if out is not None:
        from viz.report.plan import write_plan

        names = write_plan(planned, rows, out)
        where = out.parent if out.suffix else out
        open_error_console().print(f"In {where}: {', '.join(names)}")


def _try(planned: Plan, replications: int) -> None:
    """Show what a plan does in the simulator."""
    from experiments.planning.trial.of_plan import try_plan
    from viz.terminal.console import progress_bar
    from viz.terminal.trial import trial_table

    with progress_bar(open_error_console(), "Simulating") as progress:
        tried = try_plan(
            planned, replications=replications, tell=lambda done, total: progress(done, total, 0)
        )
    open_console().print(trial_table(tried))


def _require_place(workbook: Path, out: Path) -> None:
    """Refuse a place for the plan before the work is done."""
    from viz.report.plan import require_free

    if out.suffix and out.suffix.lower() != ".xlsx":
        end(f"--out {out}: must end in .xlsx, or be the name of a new folder", MISTAKE)
    if out.resolve() == workbook.resolve():
        end(f"--out {out}: is what is planned; choose another name", MISTAKE)
    if not out.suffix and out.exists():
        end(f"--out {out}: is there already; remove it or choose another folder", MISTAKE)
    if out.suffix and out.is_dir():
        end(f"--out {out}: is a folder", MISTAKE)
    if out.suffix:
        require_free(out)


def _streets(on_map: str | None) -> Streets | None:
    if on_map is None:
        return None
    from experiments.planning.streets import load_streets

    return load_streets(on_map)
