"""Going on where a batch stopped, and refusing to go on with another."""

import contextlib
import os
import signal
import subprocess
import sys
import time
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

ROOT = Path(__file__).parents[3]

PROGRAM = """
import signal, sys
from pathlib import Path
from experiments.compare import compare
from scenarios.scenario import Scenario

# Tests that run in the background may have been told to ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

folder, out, workers = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
base = Scenario.model_validate({
    "folder": folder,
    "roads": {"source": "plane_grid", "rows": 5, "columns": 5},
    "places": {"sites": "sites.csv", "zones": "zones.csv"},
    "run": {"days": 2},
})
arms = {"base": base, "district": base.changed({"policies.dispatch": "district_only"})}
try:
    compare(arms, 12, workers=workers, out=out, resume=True, tables=sys.argv[4] == "True",
            progress=lambda *counts: print(*counts, flush=True))
except KeyboardInterrupt as stop:
    sys.exit(str(stop))
"""


@pytest.fixture
def start(grid_scenario):
    """Start a batch in a process group of its own."""

    def begin(out, workers=2, tables=True):
        folder = grid_scenario().folder
        command = [sys.executable, "-c", PROGRAM, folder, out, workers, tables]
        command = list(map(str, command))
        return subprocess.Popen(
            command, cwd=ROOT, start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    return begin


def finish(process):
    """Wait for a batch; return its exit status and what it told of errors."""
    _, told = process.communicate(timeout=60)
    return process.returncode, told


def workers_of(process):
    """Processes that a batch has started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(number) for number in children.read_text().split()] if children.exists() else []


def kill_at_random_moment(process, rng):
    """Kill a batch, it alone, or one of its workers; tell whether there was anything to kill."""
    if rng.random() < 0.2:
        time.sleep(rng.uniform(0, 2))
    else:
        for _ in range(rng.integers(1, 5)):
            process.stdout.readline()
        time.sleep(rng.exponential(0.02))
    if process.poll() is not None:
        process.communicate()
        return False
    target, workers = rng.choice(["all", "parent", "worker"]), workers_of(process)
    if target == "worker" and workers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(rng.choice(workers), signal.SIGKILL)
        assert finish(process)[0] == 0
        return True
    os.kill(process.pid, signal.SIGKILL) if target == "parent" else os.killpg(process.pid, 9)
    process.communicate()
    until_s = time.monotonic() + LONGEST_LIFE_S
    while any(map(is_alive, workers)):
        assert time.monotonic() < until_s, "a worker outlives its parent"
        time.sleep(0.05)
    return True


def is_alive(number):
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


LONGEST_LIFE_S = 5
KILLS = int(os.environ.get("CORRIDOR_KILLS", "12"))
"""More of them by hand."""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes where Linux has them")
@pytest.mark.parametrize("tables", [True, False])
def test_batch_killed_at_random_moments_ends_with_the_files_of_one_left_alone(
    start, tmp_path, bytes_in, tables
):
    assert finish(start(tmp_path / "alone", 1, tables)) == (0, "")
    expected = bytes_in(tmp_path / "alone")
    rng = np.random.default_rng(20)
    done, rounds = 0, 0
    while done < KILLS // 2:
        out = tmp_path / f"out-{rounds}"
        for _ in range(3):
            done += kill_at_random_moment(start(out, 2, tables), rng)
        assert finish(start(out, 2, tables)) == (0, "")
        assert bytes_in(out) == expected
        rounds += 1


def test_ctrl_c_keeps_what_is_complete_and_tells_how_to_go_on(start, tmp_path, bytes_in):
    process = start(tmp_path / "out")
    for _ in range(4):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    status, told = finish(process)
    assert status == 1
    assert f"of 24 runs; what is complete is in {tmp_path}/out: go on with --resume" in told
    assert "Traceback" not in told
    saved = len(list(tmp_path.glob("out/*/replication-*")))
    assert 3 <= saved < 24
    assert not list(tmp_path.glob("out/**/.part-*"))
    assert finish(start(tmp_path / "out", 1)) == (0, "")
    assert finish(start(tmp_path / "alone", 1)) == (0, "")
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "alone")


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
