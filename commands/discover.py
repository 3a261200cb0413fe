"""``corridor discover``: the box of worlds in which a conclusion fails."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.options import AsJson
from commands.output import open_console, open_error_console


def discover(
    folder: Annotated[
        Path, typer.Argument(help="The runs of a what-if file with worlds, or of a batch.")
    ],
    effect: Annotated[
        str,
        typer.Option("--effect", metavar="MEASURE", help="The measure that an arm changes."),
    ],
    fails: Annotated[
        str,
        typer.Option(
            "--fails",
            metavar="'below NUMBER'",
            help="When the conclusion fails: below, at most, above or at least a number, in the "
            "summary's unit (seconds, shares).",
        ),
    ],
    arm: Annotated[
        str | None,
        typer.Option(help="The arm, or a batch's levers as KEY=VALUE.", show_default=False),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="What it is compared with; else the first.", show_default=False),
    ] = None,
    step: Annotated[
        int | None,
        typer.Option(
            "--box",
            metavar="STEP",
            min=0,
            help="The box of a step of the peeling, in place of the chosen one.",
            show_default=False,
        ),
    ] = None,
    tree: Annotated[
        bool, typer.Option("--tree", help="Grow a tree (CART) on the same worlds, too.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for JSON and the picture.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find the box of worlds in which a conclusion fails, by PRIM."""
    from experiments.discovery import discover as discover_in
    from experiments.discovery import save_discovery

    found = discover_in(folder, effect, fails, arm=arm, against=against, step=step, tree=tree)
    if as_json:
        print(found.to_json())
    else:
        from viz.terminal.discovery import print_discovery

        print_discovery(open_console(), found)
    if out is not None:
        from viz.pictures.studies.discovery import draw_discovery

        save_discovery(found, out)
        picture = draw_discovery(found, out)
        open_error_console().print(f"In {out}: discovery.json, {picture.name}")
