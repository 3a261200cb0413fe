"""``corridor compare``: arms of a case beside each other."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    AsJson,
    AtMost,
    Case,
    Coordinated,
    Data,
    Figures,
    Out,
    Replications,
    Resume,
    Set,
    Until,
    Workers,
    processes,
)
from commands.output import (
    MISTAKE,
    REPORT,
    end,
    end_incomplete,
    open_console,
    open_error_console,
    progress_bar,
    require_runs_for,
    show_comparison,
    tell_mended,
)


def compare(
    case: Case,
    arms: Annotated[
        list[str] | None,
        typer.Option(
            "--arm",
            metavar="NAME:KEY=VALUE,...",
            help="An arm and what it changes; the first is what the others are compared with.",
        ),
    ] = None,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 10,
    until: Until = None,
    at_most: AtMost = 200,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Compare arms of a case on the same patients, or answer a what-if file's questions."""
    count = processes(workers)
    if arms is None:
        _answer(Path(case), count, out, resume, as_json)
        return
    from experiments.batch import BatchOptions
    from experiments.compare import compare as run_comparison
    from experiments.precision import compare_until, read_target
    from scenarios.arms import load_arms, read_arms

    require_runs_for(figures, out)
    scenarios = load_arms(case, read_arms(arms), overrides, data, coordination)
    title = next(iter(scenarios.values())).name
    with progress_bar() as progress:
        how: BatchOptions = {"workers": count, "out": out, "resume": resume}
        how["progress"] = progress
        if until is not None:
            found = compare_until(scenarios, read_target(until), at_most, **how)
        else:
            found = run_comparison(scenarios, replications, **how)
    show_comparison(found, out, as_json, title, figures)


def _answer(path: Path, workers: int, out: Path | None, resume: bool, as_json: bool) -> None:
    """Answer what a file asks."""
    from experiments.what_if import answer_what_if, is_what_if

    if not is_what_if(path):
        end(f"{path}: nothing to compare: name arms by --arm, or give a what-if file", MISTAKE)
    with progress_bar() as progress:
        found = answer_what_if(path, workers=workers, out=out, resume=resume, progress=progress)
    tell_mended(found.batch)
    if as_json:
        print(found.to_json())
    else:
        from experiments.batch.failures import describe_failures
        from viz.terminal.console import print_notes
        from viz.terminal.designs import answers_table
        from viz.terminal.discovery import tell_discovery

        console = open_console()
        console.print(answers_table(found, path.stem))
        for answer, where in zip(found.answers, found.discoveries, strict=True):
            if where is not None:
                console.print(f"Where not: {answer.ask}", style="bold")
                tell_discovery(console, where)
        print_notes(console, found.notes, "Note")
        print_notes(console, describe_failures(found.batch), "Failed")
    if out is not None:
        from viz.report.what_if import write_what_if_report

        command = shlex.join(["corridor", "compare", str(path), "--out", str(out)])
        drawn = write_what_if_report(out / REPORT, found, path.stem, command=command)
        names = ", ".join(["answers.json", "summaries.parquet", *(one.name for one in drawn)])
        open_error_console().print(f"In {out}: {REPORT}, {names}")
    end_incomplete(found.batch)
