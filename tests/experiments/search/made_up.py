"""A function in the place of the simulator, for searches whose best plan is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from experiments.batch import Batch
from scenarios.scenario import Scenario

Measures = Callable[[Scenario, np.random.Generator], Mapping[str, float]]


class MadeUp:
    """Stands in for `run_batch`: what a plan gives in a replication is worked out, not run.

    Parameters
    ----------
    measures : callable
        The measures of a plan, with its own chance. What all plans of a replication share is
        added: patients.
    noise : float
        Standard deviation of what they share.
    """

    def __init__(self, measures: Measures, noise: float = 20.0) -> None:
        self.measures = measures
        self.noise = noise
        self.asked: list[tuple[str, range]] = []

    def run_batch(
        self, arms: Mapping[str, Scenario], replications: range, **options: object
    ) -> Batch:
        self.asked += [(name, replications) for name in arms]
        rows = []
        for name, plan in arms.items():
            for number in replications:
                shared = np.random.default_rng(number).normal(0, self.noise)
                own = np.random.default_rng([number, *name.encode()])
                told = {key: value + shared for key, value in self.measures(plan, own).items()}
                rows.append({"arm": name, "replication": number, **told})
        return Batch(dict(arms), len(replications), pd.DataFrame(rows), (), None)


def stand_in(monkeypatch: pytest.MonkeyPatch, measures: Measures, noise: float = 20.0) -> MadeUp:
    """Have searches ask a function, and go the same way otherwise."""
    made_up = MadeUp(measures, noise)
    monkeypatch.setattr("experiments.search.trials.run_batch", made_up.run_batch)
    return made_up


def bowl(plan: Scenario, own: np.random.Generator) -> dict[str, float]:
    """Least, 300, where 0.3 of the cycle is green and 0.7 of the lights are equipped."""
    green, equipped = plan.signals.green_share, plan.signals.equipped_share
    loss = 1000 * (green - 0.3) ** 2 + 300 * (equipped - 0.7) ** 2
    return {"response_s": 300 + loss + own.normal(0, 3)}
