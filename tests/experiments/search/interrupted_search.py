"""A search of 16 trials, for tests that stop it.

The engine is the real one; a run of it may be a function, which takes no time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from experiments.designs import read_sweeps
from experiments.search import Optimum, Question, optimise_case
from scenarios.scenario import Scenario

QUESTION = Question(
    read_sweeps(["fleet.ambulances=2..6", "travel.siren_speed_factor=1.0..1.5"]),
    ("response_s",),
    trials=16,
    replications=4,
)


class QuickModel:
    """In the place of a model that is built to see whether it can be."""

    def __init__(self, *_: object) -> None:
        pass

    def close(self) -> None:
        pass


def quick_run(plan: Scenario, replication: int, *_: object) -> SimpleNamespace:
    """In the place of a whole run: something that its keys, its number and chance decide."""
    chance = np.random.default_rng([replication, plan.fleet.ambulances or 0]).normal(0, 20)
    response_s = 900 / (plan.fleet.ambulances or 2) / plan.travel.siren_speed_factor
    return SimpleNamespace(summary={"response_s": response_s + chance, "wait_s": chance**2})


def make_quick() -> pytest.MonkeyPatch:
    """Have this process run no simulations, until it is undone."""
    patch = pytest.MonkeyPatch()
    patch.setattr("experiments.batch.task.simulate", quick_run)
    patch.setattr("experiments.batch.task.EmergencyModel", QuickModel)
    return patch


def base_in(folder: Path) -> Scenario:
    """The present plan; `folder` has its sites and zones."""
    return Scenario.model_validate(
        {
            "folder": folder,
            "roads": {"source": "plane_grid", "rows": 5, "columns": 5},
            "places": {"sites": "sites.csv", "zones": "zones.csv"},
            "run": {"days": 0.5},
        }
    )


def go_on(
    folder: Path, out: Path, workers: int = 1, progress: Callable[..., object] | None = None
) -> Optimum:
    """Begin the search, or go on with what is there."""
    return optimise_case(
        base_in(folder),
        QUESTION,
        workers=workers,
        out=out,
        resume=True,
        progress=progress or (lambda *_: None),
    )


def die_after(runs: int, folder: Path, out: Path) -> None:
    """End as a killed process does, with nothing tidied up, once so many runs have been made."""

    def progress(done: int, total: int, failed: int) -> None:
        if done >= runs:
            os._exit(9)

    make_quick()
    go_on(folder, out, 1, progress)
