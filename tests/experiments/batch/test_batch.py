"""Batches: the same answers anywhere, in a folder that is never half-written."""

import json
import os
import signal
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import pandas as pd
import pytest

from environment.errors import CorridorError
from experiments.batch.cluster import executor_for
from experiments.batch.engine import run_batch
from experiments.compare import compare
from experiments.errors import BatchError
from policies.base import PolicyError
from simulation.model import simulate
from simulation.tables.result import TABLES
from simulation.trace import TraceTables

SECOND_NEAREST = """
from policies.base import Assignment

class SecondNearest:
    def __init__(self, keep=1):
        self.keep = keep

    def choose(self, call, view):
        near = view.nearest(call, 1 + self.keep)
        return [Assignment(near[-1])] if near else []
"""


def test_files_are_the_same_for_any_number_of_workers(arms, tmp_path, bytes_in):
    for workers in (1, 2, 3):
        compare(arms, 4, workers=workers, out=tmp_path / str(workers))
    files = bytes_in(tmp_path / "1")
    assert bytes_in(tmp_path / "2") == files
    assert bytes_in(tmp_path / "3") == files
    a_run = len(TABLES) + len(TraceTables._fields) + 2  # and manifest and summary
    maps = len({name for name in files if "maps" in str(name)})
    assert maps == 1  # both arms are in the same city
    own = 3 + 2  # batch, summaries, checksums; comparison twice
    assert len(files) == 2 * 4 * a_run + maps + own


def test_any_executor_gives_the_same_files(arms, tmp_path, bytes_in):
    run_batch(arms, 3, out=tmp_path / "own")
    with ThreadPoolExecutor(2) as threads:
        run_batch(arms, 3, out=tmp_path / "threads", workers=2, executor=threads)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        run_batch(arms, 3, out=tmp_path / "processes", workers=2, executor=processes)
    assert bytes_in(tmp_path / "threads") == bytes_in(tmp_path / "own")
    assert bytes_in(tmp_path / "processes") == bytes_in(tmp_path / "own")


@pytest.mark.slow
def test_cluster_gives_the_same_files_though_its_workers_are_killed(arms, tmp_path, bytes_in):
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    run_batch(arms, 20, out=tmp_path / "own", tables=False)
    killed = []

    def kill_one(done, _total, _failed):
        if done and not killed:
            killed.append(next(iter(us.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as us,
        executor_for(us.scheduler_address, 1) as (executor, workers),
    ):
        assert workers == 2
        options = {"workers": workers, "executor": executor, "tables": False}
        run_batch(arms, 20, out=tmp_path / "dask", progress=kill_one, **options)
    assert killed
    assert bytes_in(tmp_path / "dask") == bytes_in(tmp_path / "own")


def test_cluster_that_is_not_there_is_told(monkeypatch):
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    monkeypatch.setattr("experiments.batch.cluster.PATIENCE_S", 0.2)
    with (
        pytest.raises(BatchError, match=r"no cluster at tcp://127.0.0.1:1: "),
        executor_for("tcp://127.0.0.1:1", 1),
    ):
        pass


def test_each_run_is_that_of_simulate(arms, tmp_path):
    batch = run_batch(arms, 3, out=tmp_path / "out")
    expected = simulate(arms["district"], replication=2)
    saved = batch.result("district", 2)
    pd.testing.assert_frame_equal(saved.calls, expected.calls)
    row = batch.summaries.query("arm == 'district' and replication == 2").iloc[0]
    assert row.drop(["arm", "replication"]).to_dict() == pytest.approx(
        expected.summary, abs=0, nan_ok=True
    )
    assert batch.summaries["arm"].tolist() == ["base"] * 3 + ["district"] * 3
    assert batch.summaries["replication"].tolist() == [0, 1, 2] * 2
    assert pd.read_parquet(tmp_path / "out/summaries.parquet").equals(batch.summaries)


def test_all_arms_of_a_replication_come_before_the_next(arms, tmp_path):
    seen = []

    def note(done, total, failed):
        folders = {path.parent.name + path.name[-1] for path in tmp_path.glob("out/*/repl*")}
        seen.append((done, total, failed, folders))

    run_batch(arms, 2, out=tmp_path / "out", progress=note)
    order = ["base0", "district0", "base1", "district1"]
    assert seen == [(done, 4, 0, set(order[:done])) for done in range(5)]


def test_without_out_only_measures_are_kept(arms, tmp_path, monkeypatch, bytes_in):
    monkeypatch.chdir(tmp_path)
    batch = run_batch(arms, 2, workers=2)
    assert len(batch.summaries) == 4
    assert bytes_in(tmp_path) == {}
    with pytest.raises(BatchError, match="only if the batch has an out folder"):
        batch.result("base", 0)


def test_summaries_alone_are_one_table(arms, tmp_path, bytes_in):
    for workers in (1, 2):
        run_batch(arms, 2, out=tmp_path / str(workers), tables=False, workers=workers)
    files = bytes_in(tmp_path / "1")
    assert list(files) == ["batch.json", "checksums.json", "summaries.parquet"]
    assert bytes_in(tmp_path / "2") == files


def test_files_name_no_folder_and_no_moment(arms, tmp_path, bytes_in):
    run_batch(arms, 1, out=tmp_path / "out")
    for content in bytes_in(tmp_path / "out").values():
        assert str(tmp_path.parent).encode() not in content
        assert str(arms["base"].folder).encode() not in content


def test_policy_leaves_exogenous_demand_untouched(arms, tmp_path):
    batch = run_batch(arms, 3, out=tmp_path / "out")
    demand = ["onset_s", "called_s", "ready_s", "x", "y", "node", "access_s", "zone", "priority",
              "units", "transported", "mobilisation_s", "scene_s", "handover_s"]  # fmt: skip
    for replication in range(3):
        base, other = (batch.result(arm, replication).calls for arm in arms)
        assert (base[demand].to_numpy() == other[demand].to_numpy()).all()
        assert (base["ambulance"] != other["ambulance"]).any()


@pytest.mark.parametrize("workers", [1, 2])
def test_own_policy_beside_the_scenario_works_in_workers(arms, tmp_path, workers, files_in):
    folder = files_in(
        {path.name: path.read_text() for path in arms["base"].folder.glob("*.csv")}
        | {"mine.py": SECOND_NEAREST}
    )
    mine = arms["base"].model_copy(update={"folder": folder})
    mine = mine.changed({"policies.dispatch": {"use": "mine:SecondNearest", "keep": 1}})
    batch = run_batch({**arms, "mine": mine}, 2, workers=workers, out=tmp_path / "out")
    assert batch.failures == ()
    sent = [batch.result(arm, 0).missions.iloc[0]["ambulance"] for arm in ("base", "mine")]
    assert sent[0] != sent[1]
    manifest = json.loads((tmp_path / "out/mine/replication-0000/manifest.json").read_text())
    assert list(manifest["policies"]) == ["dispatch"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"policies.dispatch": "nearst"}, PolicyError, "arm wrong: no dispatch policy 'nearst'"),
        ({"policies.dispatch": "absent:Mine"}, PolicyError, "arm wrong: policy 'absent:Mine'"),
        ({"places.sites": "absent.csv"}, CorridorError, "arm wrong: .*absent.csv: no such file"),
        ({"demand.recorded_calls": "zones.csv"}, CorridorError, "arm wrong: .*zones.csv"),
    ],
)
def test_mistake_of_a_scenario_is_told_before_anything_is_written(
    arms, tmp_path, change, error, message
):
    wrong = arms["base"].changed(change)
    with pytest.raises(error, match=message):
        run_batch({**arms, "wrong": wrong}, 2, workers=2, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "replications", "workers", "message"),
    [
        ("a/b", 1, 1, "letters, digits and _ . . -, got 'a/b'"),
        ("..", 1, 1, "got '..'"),
        ("", 1, 1, "got ''"),
        ("a", 0, 1, "replications must be >= 1, got 0"),
        ("a", 1, 0, "workers must be >= 1, got 0"),
    ],
)
def test_nonsense_is_refused(arms, name, replications, workers, message):
    with pytest.raises(BatchError, match=message):
        run_batch({name: arms["base"]}, replications, workers=workers)


def test_batch_without_arms_is_refused():
    with pytest.raises(BatchError, match="got none"):
        run_batch({}, 1)
