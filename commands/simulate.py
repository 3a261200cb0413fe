"""``corridor simulate``: one case, once or in many replications."""

from __future__ import annotations

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
    load_case,
    processes,
)
from commands.output import progress_bar, require_runs_for, show_comparison


def simulate(
    case: Case,
    data: Data = None,
    overrides: Set = None,
    coordination: Coordinated = None,
    replications: Replications = 1,
    until: Until = None,
    at_most: AtMost = 200,
    workers: Workers = None,
    out: Out = None,
    figures: Figures = None,
    resume: Resume = False,
    as_json: AsJson = False,
) -> None:
    """Run a case and print what comes of it, with intervals.

    They are over replications, or, of a single run, from batches of its calls.
    """
    require_runs_for(figures, out)
    count = processes(workers, one_run=until is None and replications == 1)
    scenario = load_case(case, data, overrides, coordination)
    from experiments.compare import compare
    from experiments.precision import compare_until, read_target
    from experiments.single_run_intervals import ARM, simulate_once

    with progress_bar() as progress:
        if until is not None:
            found = compare_until(
                {ARM: scenario},
                read_target(until),
                at_most,
                workers=count,
                out=out,
                resume=resume,
                progress=progress,
            )
        elif replications == 1:
            found = simulate_once(scenario, out=out, resume=resume, progress=progress)
        else:
            found = compare(
                {ARM: scenario},
                replications,
                workers=count,
                out=out,
                resume=resume,
                progress=progress,
            )
    show_comparison(found, out, as_json, scenario.name, figures)
