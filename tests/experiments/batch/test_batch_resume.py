"""Going on where a batch stopped, and refusing to go on with another."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from experiments.batch.engine import run_batch
from experiments.compare import compare
from experiments.errors import BatchError
from simulation.errors import ResultError
from tests.conftest import SITES, ZONES
from tests.experiments.batch import interrupted

ROOT = Path(__file__).parents[3]

FORKS = get_context("forkserver")  # what a batch imports is imported once for all that are killed
FORKS.set_forkserver_preload(["tests.experiments.batch.interrupted"])


@pytest.fixture(scope="module")
def expected(files_in, tmp_path_factory, bytes_in):
    """What a batch that is left alone ends with, and the folder of its sites."""
    folder = files_in({"sites.csv": SITES, "zones.csv": ZONES})
    out = tmp_path_factory.mktemp("alone") / "out"
    interrupted.go_on(folder, out)
    return folder, bytes_in(out)


class OwnProcess:
    """A batch that runs in a session of its own."""

    def __init__(self, complaints: Path, *words: object) -> None:
        self._complaints = complaints
        self._told, told = FORKS.Pipe(duplex=False)
        target = interrupted.go_on_apart
        self._process = FORKS.Process(target=target, args=(told, complaints, *words))
        self._process.start()
        told.close()

    def finish(self) -> tuple[int | None, str]:
        """Wait for it; its exit status, and what it told of errors."""
        while self._hears():
            pass
        self._process.join(60)
        return self._process.exitcode, self._complaints.read_text(encoding="utf-8")

    def kill_at_random_moment(self, rng: np.random.Generator) -> bool:
        """Kill it after some of its runs, or before the first; tell whether it still ran."""
        if rng.random() < 0.2:
            time.sleep(rng.uniform(0, 0.5))
        else:
            for _ in range(rng.integers(1, 5)):
                self._hears()
            time.sleep(rng.exponential(0.02))
        running = self._process.is_alive()
        with suppress(ProcessLookupError):  # it has not begun a session yet
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        return running

    def _hears(self) -> bool:
        """Wait for the next counts; False if none come any more."""
        with suppress(EOFError):
            self._told.recv()
            return True
        return False


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "kills"), [(1, 20), (2, 6)])
def test_batch_killed_at_random_moments_ends_with_the_files_of_one_left_alone(
    expected, tmp_path, bytes_in, workers, kills
):
    folder, files = expected
    rng = np.random.default_rng(20)
    started, done, rounds = 0, 0, 0

    def start(out):
        nonlocal started
        started += 1
        return OwnProcess(tmp_path / f"complaints-{started}", folder, out, workers)

    while done < kills:
        out = tmp_path / f"out-{rounds}"
        ended = False
        while done < kills and not ended:
            killed = start(out).kill_at_random_moment(rng)
            done, ended = done + killed, not killed
        assert start(out).finish() == (0, "")
        assert bytes_in(out) == files
        rounds += 1


def test_ctrl_c_keeps_what_is_complete_and_tells_how_to_go_on(expected, tmp_path, bytes_in):
    folder, files = expected
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, interrupted.__file__, folder, out],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"of 24 runs; what is complete is in {out}: go on with --resume" in told
    assert "Traceback" not in told
    saved = len(list(out.glob("*/replication-*")))
    assert 3 <= saved < 24
    assert not list(out.glob("**/.part-*"))
    interrupted.go_on(folder, out)
    assert bytes_in(out) == files


def test_what_is_complete_is_not_run_again(arms, tmp_path, monkeypatch, bytes_in):
    compare(arms, 3, out=tmp_path)
    before = bytes_in(tmp_path)

    def never(*_):
        raise AssertionError("it was run again")

    monkeypatch.setattr("experiments.batch.task.simulate", never)
    batch = compare(arms, 3, out=tmp_path, resume=True).batch
    assert batch.failures == ()
    assert bytes_in(tmp_path) == before


def test_batch_can_be_made_longer_but_not_shorter(arms, tmp_path, bytes_in):
    compare(arms, 2, out=tmp_path / "out")
    compare(arms, 4, out=tmp_path / "out", resume=True)
    compare(arms, 4, out=tmp_path / "alone")
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "alone")
    with pytest.raises(BatchError, match="has 4 replications, and cannot go on with 3"):
        compare(arms, 3, out=tmp_path / "out", resume=True)


def test_leftovers_of_killed_processes_are_removed(arms, tmp_path):
    run_batch(arms, 1, out=tmp_path)
    for place in (tmp_path, tmp_path / "base"):
        (place / ".part-x").mkdir()
        (place / ".part-x" / "calls.parquet").write_text("half")
    run_batch(arms, 1, out=tmp_path, resume=True)
    assert not list(tmp_path.rglob(".part-*"))


def test_resume_without_anything_begins(arms, tmp_path):
    (tmp_path / "out" / ".part-batch.json-x").mkdir(parents=True)
    assert len(run_batch(arms, 1, out=tmp_path / "out", resume=True).summaries) == 2


def test_folder_with_something_in_it_is_refused_without_resume(arms, tmp_path):
    run_batch(arms, 1, out=tmp_path)
    with pytest.raises(BatchError, match="is not empty; go on with the batch in it by --resume"):
        run_batch(arms, 1, out=tmp_path)


def test_folder_that_holds_no_batch_is_refused(arms, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear Sir")
    with pytest.raises(BatchError, match="holds no batch"):
        run_batch(arms, 1, out=tmp_path, resume=True)
    with pytest.raises(BatchError, match="is no folder"):
        run_batch(arms, 1, out=tmp_path / "letter.txt", resume=True)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"run.days": 2}, "arm base: scenario.run.days: 1.0 there, 2.0 now"),
        ({"seed": 7}, "arm base: seed: 1 there, 7 now"),
        (
            {"policies.hospital": "least_busy"},
            "arm base: scenario.policies.hospital.use: 'nearest' there, 'least_busy' now",
        ),
    ],
)
def test_another_question_is_refused_and_told(arms, tmp_path, change, told):
    run_batch(arms, 1, out=tmp_path)
    other = {**arms, "base": arms["base"].changed(change)}
    with pytest.raises(BatchError, match="belongs to another batch") as caught:
        run_batch(other, 1, out=tmp_path, resume=True)
    assert told in str(caught.value)


def test_other_arms_are_told(arms, tmp_path):
    run_batch(arms, 1, out=tmp_path)
    with pytest.raises(BatchError, match=r"arms: \['base', 'district'\] there, \['base'\] now"):
        run_batch({"base": arms["base"]}, 1, out=tmp_path, resume=True)


def test_changed_text_of_a_policy_is_refused(arms, tmp_path, files_in):
    folder = files_in({path.name: path.read_text() for path in arms["base"].folder.glob("*.csv")}
                      | {"mine.py": POLICY})  # fmt: skip
    mine = arms["base"].model_copy(update={"folder": folder})
    mine = mine.changed({"policies.dispatch": "mine:Mine"})
    run_batch({"mine": mine}, 1, out=tmp_path)
    (folder / "mine.py").write_text(POLICY + "# better now\n")
    with pytest.raises(BatchError, match=r"arm mine: the file of its own dispatch policy$"):
        run_batch({"mine": mine}, 1, out=tmp_path, resume=True)


def test_changed_table_of_sites_is_refused(arms, tmp_path, files_in):
    sites = (arms["base"].folder / "sites.csv").read_text()
    folder = files_in(
        {path.name: path.read_text() for path in arms["base"].folder.glob("*.csv")}
        | {"notes.txt": "makes the folder another"}
    )
    mine = {"mine": arms["base"].model_copy(update={"folder": folder})}
    run_batch(mine, 1, out=tmp_path)
    (folder / "sites.csv").write_text(sites.replace("S2,station,800,600,1", "S2,station,800,600,2"))
    with pytest.raises(BatchError, match="arm mine: the map, its places or the files"):
        run_batch(mine, 1, out=tmp_path, resume=True)


def test_run_from_elsewhere_is_refused_and_named(arms, tmp_path):
    run_batch(arms, 2, out=tmp_path)
    strange = tmp_path / "base/replication-0001/manifest.json"
    manifest = json.loads(strange.read_text())
    strange.write_text(json.dumps({**manifest, "replication": 5}))
    with pytest.raises(BatchError, match=r"base/replication-0001: belongs to another batch"):
        run_batch(arms, 2, out=tmp_path, resume=True)
    strange.unlink()
    with pytest.raises(ResultError, match=r"replication-0001: holds no result"):
        run_batch(arms, 2, out=tmp_path, resume=True)


POLICY = """
from policies.base import Assignment

class Mine:
    def choose(self, call, view):
        return [Assignment(number) for number in view.nearest(call)]
"""
