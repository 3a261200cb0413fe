"""A town of two stations, three ambulances and two hospitals, and policies written for a test."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from scenarios.scenario import Scenario

SITES = """\
site_id,kind,x,y,ambulances
West,station,0,0,2
East,station,1800,1800,1
Old,hospital,400,1000,
New,hospital,1400,800,
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a file into the test's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write


@pytest.fixture
def town(tmp_path: Path, write: Callable[[str, str], Path]) -> Scenario:
    """A day of 60 calls on a grid of streets, in the test's folder."""
    write("sites.csv", SITES)
    return Scenario.model_validate(
        {
            "folder": tmp_path,
            "run": {"days": 1, "warm_up_days": 0},
            "roads": {"source": "plane_grid"},
            "places": {"sites": "sites.csv"},
        }
    )
