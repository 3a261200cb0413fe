"""Files are whole or not at all, at whichever step the process that writes them is killed."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from simulation.errors import ResultError
from simulation.tables.files import PART, remove_unfinished, write_file, write_folder
from tests.killed import killed_at_each_step

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a copy of this process")
FEWEST_STEPS = 5
"""Folder made, file written, brought to the disk, put in place, folder removed."""
OLD, NEW = b"what was there", b"what comes " * 20_000


@pytest.mark.parametrize("before", [None, OLD])
def test_killed_at_any_step_a_file_is_the_old_one_or_the_new_one(tmp_path, before):
    path = tmp_path / "out" / "file.json"

    def prepare():
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        if before is not None:
            write_file(path, before)

    found = []
    for _ in killed_at_each_step(prepare, lambda: write_file(path, NEW)):
        found.append(path.read_bytes() if path.exists() else None)
        if path.parent.exists():
            assert all(other.name.startswith(PART) for other in set(path.parent.iterdir()) - {path})
            remove_unfinished(path.parent)
            assert set(path.parent.iterdir()) <= {path}
    assert len(found) > FEWEST_STEPS  # one more, that of none
    assert set(found) == {before, NEW}
    assert found == sorted(found, key=lambda content: content == NEW)


def test_killed_at_any_step_a_folder_is_whole_or_not_there(tmp_path):
    folder, files = tmp_path / "out" / "run", {"a": NEW, "b": OLD}

    def prepare():
        shutil.rmtree(tmp_path / "out", ignore_errors=True)

    found = []
    for _ in killed_at_each_step(prepare, lambda: write_folder(folder, files)):
        found.append(folder.exists())
        if folder.exists():
            assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    assert len(found) > FEWEST_STEPS
    assert found[-1]


def test_content_is_on_the_disk_before_it_is_put_in_place(tmp_path):
    """Else a loss of power leaves an empty file under the final name, which no kill shows."""
    order = []

    def watch(_, event, function):
        if event == "c_call" and function.__name__ in ("fsync", "replace", "rename"):
            order.append(function.__name__)

    sys.setprofile(watch)
    try:
        write_file(tmp_path / "file.json", NEW)
    finally:
        sys.setprofile(None)
    put = next(place for place, name in enumerate(order) if name in ("replace", "rename"))
    assert order[:put].count("fsync") == 1
    assert order[put + 1 :].count("fsync") == 1  # of the folder, which has the name


def test_a_device_is_never_put_a_file_in_the_place_of(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(ResultError, match="pipe: cannot be written: is there already, and is no"):
        write_file(pipe, b"text")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
