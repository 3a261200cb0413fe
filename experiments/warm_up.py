"""How long the initial transient of a case lasts: the empty start, with every ambulance at home."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from environment.units import DAY_S
from experiments.batch.engine import Progress
from scenarios.scenario import Scenario
from simulation.measures.steady_state import warm_up_s
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
    scenario: Scenario, replications: int, progress: Progress | None = None
) -> WarmUpEstimate:
    """Estimate the warm-up of a case, from replications of it.

    Parameters
    ----------
    scenario : Scenario
    replications : int
    progress : callable, optional
        Called after each run.

    Raises
    ------
    CorridorError
        As `simulation.model.simulate` does.
    """
    sources = find_sources(scenario)
    found = []
    for replication in range(replications):
        found.append(warm_up_s(simulate(scenario, replication, sources)))
        if progress is not None:
            progress(replication + 1, replications, 0)
    return WarmUpEstimate(
        set_days=scenario.run.warm_up_days,
        days=tuple(warm_up.length / DAY_S for warm_up in found if warm_up.long_enough),
        too_short=sum(not warm_up.long_enough for warm_up in found),
    )
