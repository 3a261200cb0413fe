"""``corridor hypercube``: the queueing model beside simulated runs."""

from __future__ import annotations

from commands.options import (
    AsJson,
    Case,
    Data,
    Out,
    Replications,
    Resume,
    Set,
    Workers,
    load_case,
    processes,
)
from commands.output import (
    end_incomplete,
    end_without_results,
    open_console,
    open_error_console,
    progress_bar,
)


def hypercube(
    case: Case = "city",
    data: Data = None,
    overrides: Set = None,
    replications: Replications = 10,
    workers: Workers = None,
    out: Out = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Predict a case by the hypercube model, beside simulated runs: what the model leaves out."""
    count = processes(workers)
    from experiments.hypercube.check import check_hypercube

    scenario = load_case(case, data, overrides)
    with progress_bar() as progress:
        found = check_hypercube(
            scenario,
            replications,
            workers=count,
            out=out,
            resume=resume,
            progress=progress,
        )
    if found.batch.summaries.empty:
        end_without_results(found.batch, out)
    if as_json:
        print(found.to_json())
    else:
        from viz.terminal.hypercube import print_hypercube

        print_hypercube(open_console(), found, scenario.name)
    if out is not None:
        open_error_console().print(f"In {out}: every run, hypercube.json")
    end_incomplete(found.batch)
