"""``corridor reproduce``: a paper's case beside what the paper claims."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import AsJson, Figures, Out, Resume, Workers
from commands.output import (
    INCOMPLETE,
    MISTAKE,
    REPORT,
    end,
    open_console,
    open_error_console,
    tell_figures,
)

if TYPE_CHECKING:
    from papers.reproduce import Reproduced


def reproduce(
    paper: Annotated[
        str, typer.Argument(help="Whose results: zhao, zaatari, smart-ems, scott-rutner, or hubei.")
    ],
    quick: Annotated[
        bool, typer.Option("--quick", help="Few replications: under a minute.")
    ] = False,
    replications: Annotated[
        int | None,
        typer.Option(
            "--replications",
            "-n",
            min=1,
            help="Of zhao's scenarios, of zaatari's outbreaks, of the city, or of plans tried.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Run a paper's case and show it beside what it claims: what holds, and what does not."""
    from papers.reproduce import PAPERS, ReproductionRequest

    if paper not in PAPERS:
        end(f"{paper}: no such reproduction (there are: {', '.join(PAPERS)})", MISTAKE)
    request = ReproductionRequest(quick, replications, workers, out, figures, resume)
    found = PAPERS[paper](request, open_error_console())
    if as_json:
        print(found.to_json())
    else:
        found.show(open_console())
    _write_report(found, out, figures)
    if found.has_failures:
        raise typer.Exit(INCOMPLETE)


def _write_report(found: Reproduced, out: Path | None, figures: Path | None) -> None:
    """Keep a reproduction's report and pictures where they are wanted."""
    if out is None and figures is None:
        return
    from viz.pictures.draw import draw_all

    drawings = list(found.drawings())
    if out is not None:
        pictures = draw_all(drawings, out)
        found.report().write(out / REPORT, pictures)
        names = ", ".join(path.name for path in pictures)
        open_error_console().print(f"In {out}: {REPORT}, {names}")
    if figures is not None:
        draw_all(drawings, figures, maps_as_svg=True)
        tell_figures(figures)
