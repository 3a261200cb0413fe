"""A real disk that is full: a clear error, and nothing half-written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from experiments.batch.engine import run_batch
from simulation.errors import ResultError
from simulation.tables.result import load_result


@pytest.fixture
def tiny_disk(tmp_path):
    """A file system of 400 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine does not let a small disk be mounted")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk_ends_the_batch_and_resume_goes_on_elsewhere_or_later(arms, tiny_disk):
    with pytest.raises(ResultError, match="cannot be written: No space left on device"):
        run_batch(arms, 30, workers=2, out=tiny_disk / "out")
    runs = sorted(tiny_disk.glob("out/*/replication-*"))
    assert 2 <= len(runs) < 60
    for run in runs:
        arm = run.parent.name
        load_result(run)
        assert run.name.startswith("replication-")
        assert arm in arms
    assert not list(tiny_disk.rglob(".part-*"))


PROGRAM = """
import resource, sys
from pathlib import Path
from experiments.batch.engine import run_batch
from scenarios.scenario import Scenario
from simulation.errors import ResultError

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
base = Scenario.model_validate({
    "folder": folder,
    "roads": {"source": "plane_grid", "rows": 5, "columns": 5},
    "places": {"sites": "sites.csv", "zones": "zones.csv"},
    "run": {"days": 2},
})
run_batch({"warm": base}, 1)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    run_batch({"base": base}, 2, out=out)
except ResultError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of processes are POSIX's")
def test_file_that_the_disk_does_not_take_ends_the_batch(grid_scenario, tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(grid_scenario().folder), str(tmp_path / "out")]
    root = Path(__file__).parents[3]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert told == (
        f"{tmp_path}/out/base/replication-0000: cannot be written: File too large; "
        "nothing of it was kept\n"
    )
    assert sorted(path.name for path in (tmp_path / "out").rglob("*")) == ["base", "batch.json"]
