"""Results on disk: the same bytes for the same run, whole or not at all."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from simulation.errors import ResultError
from simulation.model import simulate
from simulation.tables.files import remove_unfinished, to_json, write_file, write_folder
from simulation.tables.result import load_result, load_summary

FILES = [
    "absences.parquet", "calls.parquet", "coverage.parquet", "epidemic.parquet",
    "forced_greens.parquet", "hours.parquet", "manifest.json", "missions.parquet",
    "moves.parquet", "summary.json", "trace_events.parquet", "trace_greens.parquet",
    "trace_legs.parquet", "trace_streets.parquet", "vehicles.parquet",
]  # fmt: skip


@pytest.fixture
def result(grid_scenario):
    return simulate(grid_scenario(), replication=3)


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_saved_is_read_again(result, tmp_path):
    result.save(tmp_path / "run")
    again = load_result(tmp_path / "run")
    for name in ("calls", "missions", "vehicles", "hours"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(result, name))
    assert again.manifest == result.manifest
    assert again.summary == pytest.approx(result.summary, rel=0, abs=0, nan_ok=True)
    assert load_summary(tmp_path / "run") == pytest.approx(again.summary, abs=0, nan_ok=True)
    assert names_in(tmp_path / "run") == sorted([*FILES, "map.npz"])
    assert names_in(tmp_path) == ["run"]


def test_same_run_gives_the_same_bytes_and_another_replication_others(result, grid_scenario):
    assert simulate(grid_scenario(), replication=3).files() == result.files()
    others = simulate(grid_scenario(), replication=4).files()
    told = [
        "calls",
        "hours",
        "missions",
        "trace_legs",
    ]  # nothing moved, was absent or made way in either
    assert all(others[f"{name}.parquet"] != result.files()[f"{name}.parquet"] for name in told)
    assert others["summary.json"] != result.files()["summary.json"]


def test_manifest_tells_no_folder_and_all_that_is_needed(result, tmp_path):
    manifest = json.loads(result.files(tables=False)["manifest.json"])
    assert {"scenario", "seed", "replication", "ground", "policies", "versions"} < set(manifest)
    assert manifest["replication"] == 3
    assert str(tmp_path.parents[1]) not in json.dumps(manifest)


def test_measure_without_data_is_null_on_disk_and_nan_when_read(grid_scenario, tmp_path):
    simulate(grid_scenario(demand__calls_per_day=0)).save(tmp_path / "run")
    assert json.loads((tmp_path / "run/summary.json").read_text())["response_s"] is None
    assert math.isnan(load_summary(tmp_path / "run")["response_s"])


def test_summary_alone_has_no_tables_to_load(result, tmp_path):
    write_folder(tmp_path / "run", result.files(tables=False))
    with pytest.raises(ResultError, match=r"holds no tables \(calls.parquet is missing\)"):
        load_result(tmp_path / "run")


def test_folder_that_is_there_is_left_as_it_is(result, tmp_path):
    result.save(tmp_path / "run")
    before = {path: path.read_bytes() for path in (tmp_path / "run").iterdir()}
    with pytest.raises(ResultError, match="is there already"):
        replace(result, calls=result.calls.head(1)).save(tmp_path / "run")
    assert {path: path.read_bytes() for path in (tmp_path / "run").iterdir()} == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"holds no result \(manifest.json is missing\)"),
        ("{", "cannot be read"),
        ("[1]", "holds no result"),
        ('{"format": 99}', "has format 99, expected 4; run it again, as by `corridor simulate"),
    ],
)
def test_folder_without_a_result_is_told(tmp_path, content, message):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ResultError, match=message):
        load_result(tmp_path)


def test_nothing_is_left_where_a_folder_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ResultError, match="cannot be written: File exists"):
        write_folder(tmp_path / "file" / "run", {"a": b"1"})
    with pytest.raises(ResultError, match="cannot be written"):
        write_folder(tmp_path / "run", {"a": b"1", "no/such/folder": b"2"})
    assert names_in(tmp_path) == ["file"]


def test_file_takes_the_place_of_another(tmp_path):
    write_file(tmp_path / "a.json", to_json({"b": math.nan, "a": [1.5]}))
    assert (tmp_path / "a.json").read_text() == '{\n "b": null,\n "a": [\n  1.5\n ]\n}\n'
    write_file(tmp_path / "a.json", b"2")
    assert (tmp_path / "a.json").read_bytes() == b"2"
    assert names_in(tmp_path) == ["a.json"]


def test_only_what_is_unfinished_is_removed(tmp_path):
    (tmp_path / ".part-run-abc").mkdir()
    (tmp_path / ".part-run-abc/calls.parquet").write_text("half")
    write_folder(tmp_path / "run", {"a": b"1"})
    remove_unfinished(tmp_path)
    assert names_in(tmp_path) == ["run"]


DISK_FULL = """
import resource, sys
from pathlib import Path
from simulation.errors import ResultError
from simulation.tables.files import write_file, write_folder
out = Path(sys.argv[1])
write_file(out / "kept", b"before")
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
for write in (
    lambda: write_folder(out / "run", {"small": bytes(9_000), "large": bytes(11_000)}),
    lambda: write_file(out / "kept", bytes(11_000)),
):
    try:
        write()
    except ResultError as error:
        print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of processes are POSIX's")
def test_file_too_large_leaves_nothing_half_written(tmp_path):
    command = [sys.executable, "-c", DISK_FULL, str(tmp_path)]
    root = Path(__file__).parents[3]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == [
        f"{tmp_path}/{name}: cannot be written: File too large; nothing of it was kept"
        for name in ("run", "kept")
    ]
    assert names_in(tmp_path) == ["kept"]
    assert (tmp_path / "kept").read_bytes() == b"before"
