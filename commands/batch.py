"""``corridor batch``: many replications of a case, or of every point of a design."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.options import (
    AsJson,
    Case,
    Cluster,
    Coordinated,
    Data,
    Out,
    Replications,
    Resume,
    Set,
    Workers,
    load_case,
    processes,
)
from commands.output import progress_bar, show_study


class Keep(StrEnum):
    """What is kept of every run."""

    TABLES = "tables"
    SUMMARIES = "summaries"


def batch(
    case: Case,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 10,
    sweeps: Annotated[
        list[str] | None,
        typer.Option(
            "--sweep",
            metavar="KEY=VALUE,VALUE,...",
            help="A key and its values, or its range as LOW..HIGH; any key, roads.seed too.",
        ),
    ] = None,
    worlds: Annotated[
        list[str] | None,
        typer.Option(
            "--world",
            metavar="KEY=VALUE,VALUE,...",
            help="The same of a key that nobody chooses: it makes worlds, as roads.seed does.",
        ),
    ] = None,
    design: Annotated[
        str,
        typer.Option(help="grid, factorial, lhs, sobol, random, or a table of points, FILE.csv."),
    ] = "grid",
    points: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="How many, of lhs, sobol and random; of worlds, if there are.",
            show_default=False,
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    keep: Annotated[
        Keep, typer.Option(help="All tables of every run, or its measures alone.")
    ] = Keep.SUMMARIES,
    control: Annotated[
        bool,
        typer.Option("--control", help="Tell means with the number of calls as control, too."),
    ] = False,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Run many replications of a case, or of every point of a design."""
    count = processes(workers)
    scenario = load_case(case, data, overrides, coordination)
    from experiments.batch import executor_for
    from experiments.control import require_expected_calls
    from experiments.designs import Design, make_design, read_sweeps, run_study

    factors = read_sweeps(sweeps or (), worlds=worlds or ())
    if factors or design != "grid" or points is not None:
        chosen = make_design(design, factors, points, scenario.seed)
    else:
        chosen = Design((), {"run": {}})
    if control:
        require_expected_calls(chosen.arms(scenario))
    with executor_for(cluster, count) as (executor, count), progress_bar() as progress:
        study = run_study(
            scenario,
            chosen,
            replications,
            workers=count,
            executor=executor,
            out=out,
            tables=keep == Keep.TABLES,
            resume=resume,
            progress=progress,
        )
    show_study(study, out, as_json, scenario.name, control=control)
