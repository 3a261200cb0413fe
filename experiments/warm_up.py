"""How long the initial transient of a case lasts: the empty start, with every ambulance at home."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np

from environment.units import DAY_S
from experiments.batch import Failed, Progress, own_executor, run_tasks
from experiments.batch.task import Task, settle
from experiments.errors import BatchError
from scenarios.scenario import Scenario
from simulation.measures.steady_state import WarmUp, warm_up_s
from simulation.model import simulate
from simulation.policies import find_sources
from simulation.tables.files import to_json


@dataclass(frozen=True)
class WarmUpEstimate:
    """What MSER-5 finds in the response times of some runs.

    Attributes
    ----------
    set_days : float
        The scenario's own ``run.warm_up_days``.
    days : tuple of float
        What each run asks for that is long enough to tell.
    too_short : int
        Runs that are not.
    """

    set_days: float
    days: tuple[float, ...]
    too_short: int

    @property
    def runs(self) -> int:
        """How many there are."""
        return len(self.days) + self.too_short

    @property
    def median_days(self) -> float:
        """What half of the runs that tell do with; NaN if none tells."""
        return float(np.median(self.days)) if self.days else np.nan

    @property
    def enough_in(self) -> int:
        """Runs that tell, and ask for no more than the scenario leaves out."""
        return sum(days <= self.set_days for days in self.days)

    def to_json(self) -> str:
        """As JSON."""
        return to_json(
            {
                "warm_up_days": self.set_days,
                "median_days": self.median_days,
                "days": list(self.days),
                "enough_in": self.enough_in,
                "too_short": self.too_short,
            }
        ).decode()


def find_warm_up(
    scenario: Scenario,
    replications: int,
    progress: Progress | None = None,
    *,
    workers: int = 1,
) -> WarmUpEstimate:
    """Estimate the warm-up of a case, from replications of it.

    Parameters
    ----------
    scenario : Scenario
    replications : int
    progress : callable, optional
        Called after each run.
    workers : int
        Processes; the answer does not depend on them.

    Raises
    ------
    CorridorError
        As `simulation.model.simulate` does, or `BatchError` if a run gives nothing.
    """
    sources = find_sources(scenario)
    tasks = [Task("run", number, scenario, sources, tables=False) for number in range(replications)]
    settle(tasks[0])
    found: dict[int, WarmUp] = {}
    make_executor = partial(own_executor, workers, apart=bool(sources))
    with closing(run_tasks(_warm_up_of, tasks, make_executor, workers)) as endings:
        for task, ending in endings:
            if isinstance(ending, Failed):
                raise BatchError(f"replication {task.replication}: {ending.message}")
            found[task.replication] = ending
            if progress is not None:
                progress(len(found), replications, 0)
    known = [found[number] for number in sorted(found)]
    return WarmUpEstimate(
        set_days=scenario.run.warm_up_days,
        days=tuple(warm_up.length / DAY_S for warm_up in known if warm_up.long_enough),
        too_short=sum(not warm_up.long_enough for warm_up in known),
    )


def _warm_up_of(task: Task) -> WarmUp:
    return warm_up_s(simulate(task.scenario, task.replication, task.sources))
