"""However a batch ends: what was confirmed is there, nobody stays behind, and it goes on."""

import fcntl
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from experiments.batch.cluster import executor_for
from experiments.batch.engine import run_batch
from experiments.batch.folder import BatchFolder
from experiments.batch.journal import Entry, Journal
from experiments.errors import BatchError
from tests.conftest import SITES, ZONES
from tests.experiments.batch import interrupted
from tests.experiments.batch.test_batch_resume import LONGEST_LIFE_S, ROOT, is_alive

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_journal_cut_anywhere_keeps_every_whole_line(tmp_path):
    """Without power the end of a file may be lost, wherever that is."""
    journal = Journal(tmp_path / "runs.journal")
    entries = [Entry("a", number, "q", "f", {"x": 0.1 * number}) for number in range(3)]
    ends = [0]
    for entry in entries:
        journal.append(entry)
        journal.sync()
        ends.append(journal.path.stat().st_size)
    journal.close()
    whole = journal.path.read_bytes()
    for length in range(len(whole) + 1):
        journal.path.write_bytes(whole[:length])
        found, wrong = journal.read()
        confirmed = sum(end <= length for end in ends[1:])
        assert found == entries[:confirmed]
        assert wrong == []
        if length % 10 == 0:
            journal.append(entries[0])  # and goes on behind what is left
            journal.close()
            assert journal.read() == ([*entries[:confirmed], entries[0]], [])


def test_blocks_of_zeros_that_a_loss_of_power_leaves_are_named(tmp_path):
    journal = Journal(tmp_path / "runs.journal")
    for number in range(3):
        journal.append(Entry("a", number, "q", "", {"x": 1.0}))
    journal.close()
    whole = journal.path.read_bytes()
    for start in range(0, len(whole), 7):
        journal.path.write_bytes(whole[:start] + b"\0" * (len(whole) - start))
        found, _ = journal.read()
        assert [one.replication for one in found] == list(range(whole[:start].count(b"\n")))


def test_files_of_a_run_are_on_the_disk_before_its_line_is(arms, tmp_path, monkeypatch):
    """Else a line may outlive a loss of power that its files did not."""
    done = []
    save, append, fsync = BatchFolder.save_run, Journal.append, os.fsync

    def noted(name, work):
        def does(*words):
            answer = work(*words)
            done.append(name)
            return answer

        return does

    monkeypatch.setattr(BatchFolder, "save_run", noted("saved", save))
    monkeypatch.setattr(Journal, "append", noted("noted", append))
    monkeypatch.setattr(os, "fsync", noted("synced", fsync))
    run_batch({"base": arms["base"]}, 2, out=tmp_path)
    steps = [name for name in done if name != "synced"]
    assert steps[:4] == ["saved", "noted"] * 2
    first = done[: done.index("saved")]
    assert first.count("synced") > 10  # each file of the run, and its folder


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="terminals and sessions as Linux has them")
@pytest.mark.parametrize("ending", ["terminal closed", "killed"])
def test_nobody_stays_behind_and_the_batch_goes_on(left_alone, tmp_path, bytes_in, ending):
    """With workers from the nursery, whose parent is not the batch itself."""
    (folder, expected), out = left_alone, tmp_path / "out"
    ours, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, interrupted.__file__, folder, out, "nursery"],
        cwd=ROOT, env=ENVIRONMENT, start_new_session=True, stdin=terminal,
        preexec_fn=_at_the_terminal,  # noqa: PLW1509 - one thread
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(terminal)
    assert process.stdout is not None
    for _ in range(4):
        process.stdout.readline()
    others = [number for number in _session(process.pid) if number != process.pid]
    assert len(others) >= 3  # the nursery and two workers
    if ending == "killed":
        process.kill()
    os.close(ours)
    process.wait(LONGEST_LIFE_S)
    process.stdout.close()
    assert process.returncode == -(signal.SIGKILL if ending == "killed" else signal.SIGHUP)
    until_s = time.monotonic() + LONGEST_LIFE_S
    while any(map(is_alive, others)):
        assert time.monotonic() < until_s, "somebody outlives the batch"
        time.sleep(0.02)
    assert len(list(out.glob("*/replication-*"))) >= 3
    interrupted.go_on(folder, out)
    assert bytes_in(out) == expected


@pytest.fixture(scope="module")
def left_alone(files_in, tmp_path_factory, bytes_in):
    """The folder of a batch's sites, and what it ends with where nobody disturbs it."""
    folder, out = (
        files_in({"sites.csv": SITES, "zones.csv": ZONES}),
        tmp_path_factory.mktemp("alone") / "out",
    )
    interrupted.go_on(folder, out)
    return folder, bytes_in(out)


def _session(leader: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(rest[3]) == leader and rest[0] != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.mark.slow
def test_batch_whose_scheduler_is_killed_is_told_and_goes_on(
    grid_scenario, tmp_path, bytes_in, capfd
):
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    arms, told = {"base": grid_scenario(run__days=2)}, tmp_path / "scheduler.json"
    scheduler = _start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", told=told)
    until_s = time.monotonic() + 60
    while not (told.exists() and told.read_text().endswith("}")):
        assert time.monotonic() < until_s
        time.sleep(0.05)
    worker = _start("dask_worker", "--nthreads", "1", "--no-nanny", told=told)

    def kill(done, _total, _failed):
        if done >= 3:
            scheduler.kill()

    try:
        with executor_for(json.loads(told.read_text())["address"], 1) as (executor, workers):
            options = {"workers": workers, "executor": executor, "tables": False}
            with pytest.raises(BatchError, match=r"has ended or broken.*--resume goes") as caught:
                run_batch(arms, 60, out=tmp_path / "out", progress=kill, **options)
    finally:
        for process in (scheduler, worker):
            process.kill()
            process.wait()
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""
    entries, wrong = Journal(tmp_path / "out/runs.journal").read()
    assert wrong == []
    assert 3 <= len(entries) < 60
    run_batch(arms, 60, out=tmp_path / "out", tables=False, resume=True)
    run_batch(arms, 60, out=tmp_path / "alone", tables=False)
    assert bytes_in(tmp_path / "out") == bytes_in(tmp_path / "alone")


def _at_the_terminal() -> None:
    """Its closing ends a process, also where the tests themselves have been told to outlive one."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _start(program: str, *words: str, told: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{program}", "--no-dashboard", *words]
    return subprocess.Popen(
        [*command, "--scheduler-file", str(told)],
        cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
