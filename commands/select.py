"""``corridor select``: the best of several arms of a case."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import (
    AsJson,
    Case,
    Coordinated,
    Data,
    Out,
    Resume,
    Set,
    Workers,
    processes,
)
from commands.output import open_console, progress_bar


def select(
    case: Case,
    arms: Annotated[
        list[str],
        typer.Option(
            "--arm", metavar="NAME:KEY=VALUE,...", help="An arm and what it changes; two or more."
        ),
    ],
    measure: Annotated[
        str, typer.Option("--for", metavar="MEASURE", help="In which the arm is to be best.")
    ],
    indifference: Annotated[
        float | None,
        typer.Option(
            help="The least difference that counts, in the summary's unit (seconds, shares).",
            show_default=False,
        ),
    ] = None,
    probability: Annotated[
        float, typer.Option(help="With which the best is chosen, and of the intervals.")
    ] = 0.95,
    budget: Annotated[
        int | None,
        typer.Option(help="Runs in all, in place of a promise.", show_default=False),
    ] = None,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    workers: Workers = None,
    out: Out = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Choose the best of several arms, with a promise or within a budget of runs."""
    count = processes(workers)
    from experiments.search import select_arm
    from scenarios.arms import load_arms, read_arms

    scenarios = load_arms(case, read_arms(arms), overrides, data, coordination)
    with progress_bar() as progress:
        found = select_arm(
            scenarios,
            measure,
            indifference=indifference,
            budget=budget,
            level=probability,
            workers=count,
            out=out,
            resume=resume,
            progress=progress,
        )
    if as_json:
        print(found.to_json())
        return
    from viz.terminal.search import print_choice

    print_choice(open_console(), found, next(iter(scenarios.values())).name)
