"""Options that several commands have, and the scenario that some of them ask for."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scenarios.scenario import Scenario

RESULTS = Path("results")
"""Folder in which results are kept if no other is named."""

Case = Annotated[str, typer.Argument(help="A shipped case by name, or a scenario file (.toml).")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the files that the scenario names.", show_default=False),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Override a key, as in run.days=14.", metavar="KEY=VALUE"),
]
Coordinated = Annotated[
    str | None,
    typer.Option(
        "--coordination",
        help="Which mechanisms are on: on, off, or names such as information,risk.",
        metavar="MECHANISMS",
        show_default=False,
    ),
]
MOST_RUNS = 1_000_000
Replications = Annotated[
    int, typer.Option("--replications", "-n", min=1, max=MOST_RUNS, help="Runs of each arm.")
]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        help="Add replications until a mean is so precise, as in response_s:2%.",
        metavar="MEASURE:PERCENT%",
        show_default=False,
    ),
]
AtMost = Annotated[
    int, typer.Option("--at-most", min=10, max=MOST_RUNS, help="Runs of each arm with --until.")
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", "-w", min=1, help="Processes; else one for each core.", show_default=False
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="A Dask scheduler's address, or local.",
        metavar="ADDRESS",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="Folder for runs, figures and pictures.", show_default=False),
]
Figures = Annotated[
    Path | None,
    typer.Option(
        "--figures",
        help="Folder for every picture as PNG and SVG.",
        metavar="DIR",
        show_default=False,
    ),
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on in --out where a batch stopped.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def load_case(
    case: str,
    data: Path | None,
    overrides: Iterable[str] | None,
    coordination: str | None = None,
) -> Scenario:
    """The scenario of a case with what ``--set`` and ``--coordination`` change.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    from scenarios.loader import load_changed
    from scenarios.overrides import read_changes

    return load_changed(case, read_changes(overrides, coordination), data)


def processes(workers: int | None, *, one_run: bool = False) -> int:
    """How many processes run a batch: as many as asked for, else one for each core.

    Asked for before anything else is imported: what they need is meanwhile imported apart.
    """
    count = 1 if one_run else workers or os.cpu_count() or 1
    if count > 1:
        from experiments.nursery import open_nursery

        open_nursery(also=["run"])
    import mesa  # noqa: F401 - first: it looks through all modules that there are when it comes

    return count
