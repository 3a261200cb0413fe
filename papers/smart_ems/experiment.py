"""The paper on robust location with intelligent traffic lights, beside optima and simulated runs.

Three parts: its small case, its larger cases in ten experiments with what changes with each input,
and the simulator's answer to its claim that more equipped lights first help and then hurt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from experiments.batch import Failed, Progress, own_executor, run_tasks
from experiments.compare import Comparison, compare
from experiments.errors import BatchError, BatchInterrupted
from papers.smart_ems.cases import (
    SIZES,
    STATION_COST,
    WEIGHT,
    Variant,
    larger_case,
    other_candidates,
    small_case,
    small_sets,
)
from policies.siting.limits import SearchLimits
from policies.siting.robust.outer_approximation import solve_location
from scenarios.loader import load_scenario

CASE = "city"
EQUIPPED_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
LIMITS = SearchLimits(gap=1e-3, time_limit_s=120)

NOMINAL, ROBUST, OTHER = "nominal", "robust", "drawn anew"
KINDS = (NOMINAL, ROBUST, OTHER)
"""Of the larger cases; the last with candidates drawn anew for each number of them."""

SENSITIVITY: Mapping[str, tuple[Variant, ...]] = {
    "daily demand": tuple(Variant(calls=factor) for factor in (0.8, 1.0, 1.2)),
    "simultaneous demand": tuple(Variant(at_once=factor) for factor in (0.8, 1.0, 1.2)),
    "demand points": tuple(Variant(points=number) for number in (40, 50, 60)),
    "station cost": tuple(Variant(station_cost=factor) for factor in (0.8, 1.0, 1.2)),
    "ambulance cost": tuple(Variant(ambulance_cost=factor) for factor in (0.8, 1.0, 1.2)),
    "speed": tuple(Variant(speed=factor) for factor in (0.8, 1.0, 1.2)),
    "lights offered": tuple(Variant(lights=number) for number in (20, 40, 60)),
}
"""What is changed, from less to more; all else is as in the case with 30 stations."""


class Size(NamedTuple):
    """How much is run.

    Attributes
    ----------
    experiments : int
        Of each larger case.
    replications : int
        Of the simulated city, for each share of equipped lights.
    """

    experiments: int
    replications: int


QUICK, FULL = Size(3, 4), Size(10, 40)


class Task(NamedTuple):
    """One search: a kind of larger case, the experiment, and what is changed."""

    kind: str
    experiment: int
    variant: Variant


class Solved(NamedTuple):
    """What came of a search.

    Attributes
    ----------
    objective, cost_per_day, service_cost_per_day : float
        Of the plan at its worst demand.
    open_all_cost : float
        Objective with every candidate open and the same assignment.
    stations, ambulances, lights : int
    gap : float
    """

    objective: float
    cost_per_day: float
    service_cost_per_day: float
    open_all_cost: float
    stations: int
    ambulances: int
    lights: int
    gap: float


class SmallRow(NamedTuple):
    """A set of demands in the small case: what the paper has, and what the optimum is.

    Attributes
    ----------
    name : str
    paper : str
        The paper's name of the set.
    station : int
        That is opened, from 1 on.
    ambulances : int
    """

    name: str
    paper: str
    station: int
    ambulances: int


@dataclass(frozen=True, eq=False)
class SmartEmsRuns:
    """Everything that was solved and simulated.

    Attributes
    ----------
    small : tuple of SmallRow
    solved : dict of Solved
        By task.
    lights : Comparison
        Arms by the share of lights that can be switched, in per cent; the first has none.
    size : Size
    """

    small: tuple[SmallRow, ...]
    solved: Mapping[Task, Solved]
    lights: Comparison
    size: Size


def run_smart_ems(
    size: Size,
    *,
    workers: int = 1,
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> SmartEmsRuns:
    """Solve all cases and run the city.

    Parameters
    ----------
    size : Size
    workers, progress
        As for `experiments.batch.engine.run_batch`.
    out : Path, optional
        Where the runs of the city are saved.
    resume : bool
        Go on with these; the searches begin anew.

    Raises
    ------
    BatchError
        If `out` holds something else, or a worker process has died.
    BatchInterrupted
        After Ctrl-C.
    """
    runs = len(EQUIPPED_SHARES) * size.replications
    wanted = tasks(size)
    total = len(wanted) + runs
    tell = progress or (lambda *_: None)
    lights = compare_lights(
        size.replications,
        workers=workers,
        out=out,
        resume=resume,
        progress=lambda done, _, failed: tell(done, total, failed),
    )
    solved = _solve_all(wanted, workers, lambda done: tell(runs + done, total, 0))
    return SmartEmsRuns(tuple(solve_small()), solved, lights, size)


def compare_lights(
    replications: int,
    *,
    workers: int = 1,
    out: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> Comparison:
    """Green waves in the city, with more and more lights that can be switched."""
    base = load_scenario(CASE).changed({"policies.signals": "green_wave"})
    arms = {
        f"{100 * share:.0f}": base.changed({"signals.equipped_share": share})
        for share in EQUIPPED_SHARES
    }
    return compare(arms, replications, workers=workers, out=out, resume=resume, progress=progress)


def solve_small() -> Iterable[SmallRow]:
    """The small case with each set of demands."""
    for name, (paper, uncertainty) in small_sets().items():
        plan = solve_location(small_case(uncertainty), 1.0)
        (station,) = np.flatnonzero(plan.layout.is_open)
        yield SmallRow(name, paper, int(station) + 1, int(plan.ambulances.sum()))


def tasks(size: Size) -> list[Task]:
    """Every search of the larger cases, each once; experiment 0 is without noise."""
    experiments = range(1, size.experiments + 1)
    wanted = [
        *(Task(NOMINAL, 0, Variant(stations)) for stations in SIZES),
        *(
            Task(kind, experiment, Variant(stations))
            for kind in KINDS
            for stations in SIZES
            for experiment in experiments
        ),
        *(Task(ROBUST, 0, variant) for row in SENSITIVITY.values() for variant in row),
    ]
    return list(dict.fromkeys(wanted))


def solve_task(task: Task) -> Solved:
    """Search for the plan of one case."""
    if task.kind == OTHER:
        problem = other_candidates(task.experiment, task.variant)
    else:
        problem = larger_case(task.experiment, task.variant, is_robust=task.kind == ROBUST)
    plan = solve_location(problem, WEIGHT, LIMITS)
    if plan.status == "interrupted":
        raise KeyboardInterrupt
    closed = int((~plan.layout.is_open).sum())
    station_cost = STATION_COST * task.variant.station_cost
    return Solved(
        float(plan.objective),
        float(plan.costs.cost_per_day),
        float(plan.costs.service_cost_per_day),
        float(plan.objective) + closed * station_cost,
        int(plan.layout.is_open.sum()),
        int(plan.ambulances.sum()),
        int(plan.layout.is_equipped.sum()),
        float(plan.gap),
    )


def _solve_all(wanted: list[Task], workers: int, tell: Callable[[int], None]) -> dict[Task, Solved]:
    """Solve all tasks, some of them at a time."""
    done = dict[Task, Solved]()
    workers = min(workers, len(wanted))
    make_executor = partial(own_executor, workers)
    tell(0)
    try:
        with closing(run_tasks(solve_task, wanted, make_executor, workers)) as endings:
            for task, ending in endings:
                if isinstance(ending, Failed):
                    raise BatchError(f"a search failed: {ending.message}")
                done[task] = ending
                tell(len(done))
    except KeyboardInterrupt:
        raise BatchInterrupted(f"stopped after {len(done)} of {len(wanted)} searches") from None
    return {task: done[task] for task in wanted}
