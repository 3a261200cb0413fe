"""What ``corridor`` does without a command: the main job."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from commands.options import RESULTS
from commands.output import INCOMPLETE, open_console, open_error_console


def main_job(
    context: typer.Context,
    full: Annotated[
        bool, typer.Option("--full", help="More replications and prices: about ten times as long.")
    ] = False,
) -> None:
    """Run the main job where no command is given."""
    if context.invoked_subcommand is not None:
        return
    from experiments.main_job import FULL, QUICK
    from viz.report.main_job import run_main_job
    from viz.terminal.console import progress_bar

    bar = partial(progress_bar, open_error_console())
    if not run_main_job(FULL if full else QUICK, RESULTS, open_console(), bar):
        raise typer.Exit(INCOMPLETE)
