"""Runs in the city of four streets."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from simulation.model import simulate
from simulation.tables.result import Result
from tests.conftest import FilesIn
from tests.simulation import four_streets


@pytest.fixture(scope="session")
def run_city(files_in: FilesIn) -> Callable[..., Result]:
    """Run the city of four streets with some calls.

    Dotted keys are given with ``__``, other files by their names.
    """

    def run(
        *calls: Mapping[str, Any], files: Mapping[str, str] | None = None, **changes: Any
    ) -> Result:
        known = {"calls.csv": four_streets.records(*calls), **(files or {})}
        values = {key.replace("__", "."): value for key, value in changes.items()}
        return simulate(four_streets.city(files_in, known).changed(values))

    return run


@pytest.fixture
def failing_at(monkeypatch):
    """Let ambulance 0 fail at a moment, for 1000 seconds, and no other one."""

    def fail(moment_s):
        plans = iter([[(moment_s, 1000.0)]])  # vehicles are asked in their order
        monkeypatch.setattr(
            "simulation.processes.failures", lambda parameters, rng: next(plans, [])
        )

    return fail
