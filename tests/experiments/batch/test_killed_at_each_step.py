"""A batch killed at each of its steps on the disk goes on to the same, or names what it mends.

Runs are made up and saved as the engine saves them, so that nothing but the writing takes time.
"""

from __future__ import annotations

import os
import shutil

import numpy as np
import pandas as pd
import pytest

from experiments.batch.description import Origins
from experiments.batch.folder import BatchFolder
from experiments.batch.journal import Entry, Journal
from experiments.batch.saved_runs import SavedRuns
from simulation.preparation import prepare
from simulation.tables.result import origin
from tests.killed import killed_at_each_step

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a copy of this process")
FEWEST_STEPS = 20


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """What a kill leaves does not depend on what is on the disk itself."""
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture
def batch(arms):
    """Begin a batch of so many runs, or go on with it; tells what was run, and what mended."""
    arm = arms["base"]
    origins = Origins.of([("base", origin(arm, {}))])
    ground, city = origins["base"]["ground"], prepare(arm).city

    def run(out, replications):
        folder = BatchFolder(out, origins, replications, tables=True)
        with folder.opened(resume=True) as mended:
            saved = SavedRuns(folder, mended)
            folder.keep_map(ground, city)
            summaries = {number: one for (_, number), one in saved.summaries.items()}
            again = [number for number in range(replications) if number not in summaries]
            for number in again:
                summaries[number] = {"response_s": number + 0.5, "calls": np.nan}
                files = {"calls.parquet": bytes(40_000), "manifest.json": b"{}"}
                saved.add(("base", number), summaries[number], files)
            rows = [{"arm": "base", "replication": n, **summaries[n]} for n in range(replications)]
            saved.compact(pd.DataFrame(rows))
            saved.close()
        return again, mended

    return run


@pytest.mark.slow
@pytest.mark.parametrize("before", [0, 1])
def test_a_batch_killed_at_any_step_goes_on_to_the_files_of_one_left_alone(
    batch, tmp_path, bytes_in, before
):
    """One that is made longer keeps what it had, whenever it is killed."""
    alone, out, counts = tmp_path / "alone", tmp_path / "out", []
    batch(alone, 2)
    expected = bytes_in(alone)

    def fresh():
        shutil.rmtree(out, ignore_errors=True)
        if before:
            batch(out, before)

    for _ in killed_at_each_step(fresh, lambda: batch(out, 2)):
        again, mended = batch(out, 2)
        assert mended == []  # what a kill leaves is unfinished, never wrong
        assert bytes_in(out) == expected
        counts.append(len(again))
    assert len(counts) > FEWEST_STEPS
    assert counts == sorted(counts, reverse=True)  # whatever was finished is not run again
    assert (counts[0], counts[-1]) == (2 - before, 0)


ENTRIES = [Entry("a", number, "q", "", {"x": 0.5 * number}) for number in range(3)]


def test_a_journal_killed_at_any_step_has_the_first_of_its_entries(tmp_path):
    path, lengths = tmp_path / "runs.journal", []

    def act():
        journal = Journal(path)
        for entry in ENTRIES:
            journal.append(entry)
        journal.sync()

    for _ in killed_at_each_step(lambda: path.unlink(missing_ok=True), act):
        found, wrong = Journal(path).read()
        assert wrong == []
        assert found == ENTRIES[: len(found)]
        lengths.append(len(found))
    assert lengths == sorted(lengths)
    assert set(lengths) == {0, 1, 2, 3}


def test_a_journal_cut_off_at_any_byte_is_mended_whole_or_not_at_all(tmp_path):
    """A write may be cut short itself; so may the process that mends what is left of it."""
    path = tmp_path / "runs.journal"
    journal = Journal(path)
    for entry in ENTRIES:
        journal.append(entry)
    journal.close()
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert Journal(path).read() == (ENTRIES[: whole[:length].count(b"\n")], [])
    cut = whole[:-3]
    for _ in killed_at_each_step(lambda: path.write_bytes(cut), Journal(path).read):
        assert path.read_bytes() in (cut, b"".join(whole.splitlines(keepends=True)[:2]))
        assert Journal(path).read() == (ENTRIES[:2], [])
