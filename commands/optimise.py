"""``corridor optimise``: the best values of some keys of a case."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from commands.options import (
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
from commands.output import progress_bar, show_optimum


def optimise(
    case: Case,
    over: Annotated[
        list[str],
        typer.Option(
            "--over",
            metavar="KEY=LOW..HIGH",
            help="A key and its range, or its values as KEY=VALUE,VALUE,...; one or more.",
        ),
    ],
    measures: Annotated[
        list[str],
        typer.Option(
            "--for", metavar="MEASURE", help="In which to be best; several make a front, cost too."
        ),
    ],
    prices: Annotated[
        list[str] | None,
        typer.Option(
            "--price",
            metavar="KEY=AMOUNT",
            help="Of a unit of a key, or a table: of each value.",
        ),
    ] = None,
    spend: Annotated[
        float | None,
        typer.Option(
            help="What a plan may cost at most; else what the present plan does.",
            show_default=False,
        ),
    ] = None,
    trials: Annotated[int, typer.Option(min=1, max=100_000, help="Plans that are tried.")] = 40,
    replications: Annotated[
        int,
        typer.Option("--replications", "-n", min=2, max=100_000, help="Runs of a plan, at most."),
    ] = 8,
    sampler: Annotated[str, typer.Option(help="tpe, or random.")] = "tpe",
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    workers: Workers = None,
    cluster: Cluster = None,
    out: Out = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Search for the best values of some keys, and try the best in fresh replications."""
    scenario = load_case(case, data, overrides, coordination)
    from experiments.batch import executor_for
    from experiments.designs import read_sweeps
    from experiments.search import Question, optimise_case, read_prices
    from experiments.search.money import Prices

    money = Prices(read_prices(prices or ()), math.inf if spend is None else spend)
    factors = read_sweeps(over, "--over")
    question = Question(factors, tuple(measures), trials, replications, money, sampler)
    count = processes(workers)
    with executor_for(cluster, count) as (executor, count), progress_bar() as progress:
        found = optimise_case(
            scenario,
            question,
            workers=count,
            executor=executor,
            out=out,
            resume=resume,
            progress=progress,
        )
    show_optimum(found, out, as_json, scenario.name)
