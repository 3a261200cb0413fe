"""``corridor compare``: arms of a case beside each other."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import (
    AsJson,
    Case,
    Coordinated,
    Data,
    Figures,
    Out,
    Replications,
    Resume,
    Set,
    Workers,
    processes,
)
from commands.output import progress_bar, require_runs_for, show_comparison


def compare(
    case: Case,
    arms: Annotated[
        list[str],
        typer.Option(
            "--arm",
            metavar="NAME:KEY=VALUE,...",
            help="An arm and what it changes; the first is what the others are compared with.",
        ),
    ],
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 10,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Compare arms of a case on the same patients."""
    from experiments.compare import compare as run_comparison
    from scenarios.arms import load_arms, read_arms

    require_runs_for(figures, out)
    scenarios = load_arms(case, read_arms(arms), overrides, data, coordination)
    title = next(iter(scenarios.values())).name
    with progress_bar() as progress:
        found = run_comparison(
            scenarios,
            replications,
            workers=processes(workers),
            out=out,
            resume=resume,
            progress=progress,
        )
    show_comparison(found, out, as_json, title, figures)
