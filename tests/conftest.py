"""What several tests share: small cities, the folder of real data, and code once compiled."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from scenarios.scenario import Scenario
from tests import kept_code

SHARED_DATA = Path(__file__).parents[1] / "../shared/data"

FilesIn = Callable[[Mapping[str, str]], Path]

SITES = """\
site_id,kind,x,y,ambulances
S1,station,0,0,1
S2,station,800,600,1
H1,hospital,800,0,0
H2,hospital,0,800,0
"""
ZONES = """\
zone_id,x,y,demand_share
A,0,0,4
B,800,0,3
C,400,800,2
D,800,800,1
"""

# Each of the processes that this one starts has one core.
for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# A busy machine is no mistake.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

LONGEST_FIRST = (
    "test_docs_outputs.py",
    "test_queueing_oracles.py",
    "test_docs.py",
    "test_fuzz.py",
    "test_map_in_browser.py",
    "test_end_to_end_live.py",
    "test_end_to_end_visitors.py",
    "test_end_to_end_looks.py",
    "test_batch_failures.py",
    "test_batch_resume.py",
    "test_hypercube_check.py",
    "test_locate.py",
    "test_locate_interrupted.py",
    "test_properties.py",
    "test_check.py",
    "test_batch.py",
    "test_supplies_coordination.py",
)
"""Files of tests that take longest, in either run: nobody waits for one that was begun last."""

ARCHIVES = pytest.StashKey[dict[Path, Path]]()


def pytest_configure(config: pytest.Config) -> None:
    """Before any process of the tests starts."""
    if not hasattr(config, "workerinput"):
        with suppress(OSError):
            config.stash[ARCHIVES] = kept_code.put_back()


def pytest_unconfigure(config: pytest.Config) -> None:
    """After all of them."""
    with suppress(OSError):
        kept_code.keep(config.stash.get(ARCHIVES, {}))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; processes take files in this order."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.name, len(place)))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data sets beside the checkout; without it the test is skipped."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no folder {SHARED_DATA}")
    return SHARED_DATA.resolve()


@pytest.fixture(scope="session")
def files_in(tmp_path_factory: pytest.TempPathFactory) -> FilesIn:
    """Write files by name into a folder; the same files share one."""
    base = tmp_path_factory.mktemp("cities")

    def write(files: Mapping[str, str]) -> Path:
        folder = base / hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:16]
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def grid_scenario(files_in: FilesIn) -> Callable[..., Scenario]:
    """A scenario on a grid of 5 × 5 streets at 10 m/s, 200 m apart, two stations, two hospitals.

    Dotted keys are given with ``__``: ``grid_scenario(demand__address="street")``.
    """

    def make(files: Mapping[str, str] | None = None, **changes: Any) -> Scenario:
        folder = files_in({"sites.csv": SITES, "zones.csv": ZONES, **(files or {})})
        values = {key.replace("__", "."): value for key, value in changes.items()}
        plain = Scenario.model_validate(
            {
                "folder": folder,
                "roads": {"source": "plane_grid", "rows": 5, "columns": 5, "speed_kph": 36},
                "places": {"sites": "sites.csv", "zones": "zones.csv"},
                "run": {"days": 1, "warm_up_days": 0},
                "signals": {"active": False},
                "demand": {"address": "zone"},
            }
        )
        return plain.changed(values)

    return make
