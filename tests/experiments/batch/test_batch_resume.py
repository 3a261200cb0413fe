"""Going on where a batch stopped, and refusing to go on with another."""

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

from experiments.batch.description import code_hashes
from experiments.batch.engine import run_batch
from experiments.batch.journal import Entry, Journal
from experiments.batch.lock import locked
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
        """Kill it after some of its runs, or before the first; tell whether it still ran.

        It alone is killed, with its workers, or one of these, which it outlives.
        """
        if rng.random() < 0.2:
            time.sleep(rng.uniform(0, 0.5))
        else:
            for _ in range(rng.integers(1, 5)):
                self._hears()
            time.sleep(rng.exponential(0.02))
        running, workers = self._process.is_alive(), self._workers()
        target = rng.choice(["all", "alone", "worker"])
        with suppress(ProcessLookupError):  # it has not begun a session yet, or has just ended
            if target == "worker" and workers:
                os.kill(rng.choice(workers), signal.SIGKILL)
                assert self.finish()[0] == 0
                return running
            if target == "all":
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        until_s = time.monotonic() + LONGEST_LIFE_S
        while any(map(is_alive, workers)):
            assert time.monotonic() < until_s, "a worker outlives its parent"
            time.sleep(0.02)
        return running

    def _workers(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        with suppress(OSError):
            return [int(number) for number in children.read_text().split()]
        return []

    def _hears(self) -> bool:
        """Wait for the next counts; False if none come any more."""
        with suppress(EOFError):
            self._told.recv()
            return True
        return False


def is_alive(number):
    """Whether a process is there and no zombie."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


LONGEST_LIFE_S = 5
KILLS = int(os.environ.get("CORRIDOR_KILLS", "4"))
"""More of them by hand."""


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "kills"), [(1, KILLS), (2, max(1, KILLS // 4))])
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


def test_folder_that_another_process_works_in_is_refused(arms, tmp_path):
    """A lock that a killed process has left behind does not count."""
    run_batch(arms, 1, out=tmp_path)
    (tmp_path / ".lock").write_text("process 1\n")
    run_batch(arms, 1, out=tmp_path, resume=True)
    with locked(tmp_path), pytest.raises(BatchError, match=f"works in it .process {os.getpid()}"):
        run_batch(arms, 1, out=tmp_path, resume=True)
    assert not (tmp_path / ".lock").exists()


def test_unfinished_last_line_of_the_journal_is_dropped_and_a_damaged_one_is_named(tmp_path):
    journal = Journal(tmp_path / "runs.journal")
    entries = [Entry("a", number, "q", "", {"x": 0.1 * number, "y": np.nan}) for number in range(3)]
    for entry in entries:
        journal.append(entry)
    journal.close()
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole[:-5])
    assert [one.replication for one in journal.read()[0]] == [0, 1]
    assert journal.path.read_bytes() == b"".join(whole.splitlines(keepends=True)[:2])
    journal.path.write_bytes(whole.replace(b'["a", 1,', b'["a", 2,'))
    found, wrong = journal.read()
    assert [one.replication for one in found] == [0, 2]
    assert found[1].summary["x"] == 0.2
    assert np.isnan(found[1].summary["y"])
    assert wrong == [f"{journal.path}: line 2 is damaged; its run is done again"]


def test_changed_code_of_corridors_is_told(arms, tmp_path, monkeypatch):
    run_batch(arms, 1, out=tmp_path)
    changed = {**code_hashes(), "agents": "0"}
    monkeypatch.setattr("experiments.batch.folder.code_hashes", lambda: changed)
    with pytest.raises(BatchError, match=r"Corridor's own code in agents/$"):
        run_batch(arms, 1, out=tmp_path, resume=True)


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
    with pytest.raises(BatchError, match=r"arm mine: the file of its own dispatch policy, or"):
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


def test_whatever_was_changed_is_named_and_run_again(arms, tmp_path, bytes_in):
    run_batch(arms, 2, out=tmp_path / "alone")
    batch = run_batch(arms, 2, out=tmp_path / "out")
    base = tmp_path / "out/base"
    (base / "replication-0001/summary.json").write_text("")
    (tmp_path / "out/district/replication-0000/calls.parquet").unlink()
    (tmp_path / "out/batch.json").write_text("")
    with pytest.raises(ResultError, match="replication-0001: is not as it was saved"):
        batch.result("base", 1)
    mended = run_batch(arms, 2, out=tmp_path / "out", resume=True).mended
    assert [line.removeprefix(f"{tmp_path}/out/").partition(":")[0] for line in mended] == [
        "batch.json",
        "base/replication-0001",
        "district/replication-0000",
    ]
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "alone")


def test_swapped_runs_and_an_edited_table_are_run_again(arms, tmp_path, bytes_in):
    run_batch(arms, 2, out=tmp_path / "alone")
    out = tmp_path / "out"
    run_batch(arms, 2, out=out)
    one, other, spare = (
        out / "base" / name for name in ("replication-0000", "replication-0001", "x")
    )
    one.rename(spare), other.rename(one), spare.rename(other)
    assert len(run_batch(arms, 2, out=out, resume=True).mended) == 2
    (out / "summaries.parquet").write_bytes(b"")
    assert (
        "summaries.parquet: is not as it was saved"
        in run_batch(arms, 2, out=out, resume=True).mended[0]
    )
    assert bytes_in(out) == bytes_in(tmp_path / "alone")


POLICY = """
from policies.base import Assignment

class Mine:
    def choose(self, call, view):
        return [Assignment(number) for number in view.nearest(call)]
"""
