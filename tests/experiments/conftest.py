"""What tests of batches share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.scenario import Scenario


@pytest.fixture
def arms(grid_scenario: Callable[..., Scenario]) -> dict[str, Scenario]:
    """Nearest against district-only dispatch on the small grid, a tenth of a second for both."""
    base = grid_scenario(demand__calls_per_day=80)
    return {"base": base, "district": base.changed({"policies.dispatch": "district_only"})}


@pytest.fixture(scope="session")
def bytes_in() -> Callable[[Path], dict[str, bytes]]:
    """Read every file below a folder, by its path in it."""

    def read(folder: Path) -> dict[str, bytes]:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return read
