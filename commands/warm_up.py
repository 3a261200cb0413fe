"""``corridor warm-up``: how much of a run's beginning does not count."""

from __future__ import annotations

from commands.options import AsJson, Case, Data, Replications, Set, Workers, load_case, processes
from commands.output import open_console, progress_bar


def warm_up(
    case: Case,
    data: Data = None,
    overrides: Set = None,
    replications: Replications = 10,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Estimate the length of a case's initial transient, beside its run.warm_up_days."""
    count = processes(workers, one_run=replications == 1)
    from experiments.warm_up import find_warm_up

    scenario = load_case(case, data, overrides)
    with progress_bar() as progress:
        found = find_warm_up(scenario, replications, progress, workers=count)
    if as_json:
        print(found.to_json())
        return
    from viz.terminal.console import print_warm_up

    print_warm_up(open_console(), found, scenario.name)
