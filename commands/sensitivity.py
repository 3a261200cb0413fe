"""``corridor sensitivity``: which keys of a case a measure depends on."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.options import (
    MOST_RUNS,
    AsJson,
    Case,
    Cluster,
    Coordinated,
    Data,
    Out,
    Resume,
    Set,
    Workers,
    load_case,
    processes,
)
from commands.output import (
    end_incomplete,
    open_console,
    open_error_console,
    progress_bar,
    tell_mended,
)


class Method(StrEnum):
    """How it is found out."""

    MORRIS = "morris"
    SOBOL = "sobol"


def sensitivity(
    case: Case,
    over: Annotated[
        list[str],
        typer.Option(
            "--over",
            metavar="KEY=LOW..HIGH",
            help="A key and its range, of whole numbers if both ends are whole; "
            "with sobol also its values, KEY=VALUE,VALUE,...",
        ),
    ],
    measure: Annotated[
        str, typer.Option("--for", metavar="MEASURE", help="What may depend on the keys.")
    ],
    method: Annotated[
        Method,
        typer.Option(help="Elementary effects, for few runs; or shares of the variance."),
    ] = Method.MORRIS,
    trajectories: Annotated[
        int | None,
        typer.Option(
            help="Of morris, each with a point more than there are keys; else 20.",
            show_default=False,
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            help="Of sobol, a power of two; each has two points more than there are keys; else 64.",
            show_default=False,
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=MOST_RUNS, help="Runs of each point.")
    ] = 4,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Tell which keys a measure depends on, by Morris's or by Sobol's method."""
    from experiments.batch import executor_for
    from experiments.designs import read_sweeps
    from experiments.sensitivity import run_sensitivity, size_of

    factors, size = read_sweeps(over, "--over"), size_of(method.value, trajectories, samples)
    scenario = load_case(case, data, overrides, coordination)
    count = processes(workers)
    with executor_for(cluster, count) as (executor, count), progress_bar() as progress:
        found = run_sensitivity(
            scenario,
            factors,
            measure,
            method=method.value,
            size=size,
            replications=replications,
            workers=count,
            executor=executor,
            out=out,
            resume=resume,
            progress=progress,
        )
    batch = found.study.batch
    tell_mended(batch)
    if as_json:
        print(found.to_json())
    else:
        from viz.terminal.sensitivity import print_sensitivity

        print_sensitivity(open_console(), found, scenario.name)
    if out is not None:
        from viz.pictures.studies.sensitivity import draw_sensitivity

        files = ["sensitivity.json", "summaries.parquet", "points.csv", "means.json"]
        files += [path.name for path in draw_sensitivity(found, out)]
        open_error_console().print(f"In {out}: {', '.join(files)}")
    end_incomplete(batch)
