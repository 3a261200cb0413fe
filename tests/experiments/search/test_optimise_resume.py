"""Searches on the engine: the same whatever the workers, and whenever they are stopped."""

from __future__ import annotations

from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest

from experiments.errors import BatchError, BatchInterrupted
from experiments.search import optimise_case
from simulation.errors import ResultError
from tests.conftest import SITES, ZONES
from tests.experiments.search import interrupted_search
from tests.experiments.search.interrupted_search import QUESTION, base_in, go_on


@pytest.fixture
def quick():
    """Runs that are worked out by a function."""
    patch = interrupted_search.make_quick()
    yield
    patch.undo()


@pytest.fixture(scope="module")
def expected(files_in, tmp_path_factory, bytes_in):
    """What a search that is left alone ends with, and the folder of its sites."""
    folder = files_in({"sites.csv": SITES, "zones.csv": ZONES})
    out = tmp_path_factory.mktemp("alone") / "out"
    patch = interrupted_search.make_quick()
    found = go_on(folder, out)
    patch.undo()
    return folder, found, bytes_in(out)


@pytest.mark.usefixtures("quick")
def test_a_search_that_was_stopped_goes_on_to_the_same(expected, tmp_path, bytes_in):
    """Ctrl-C in the present plan's runs, within a stage, and among the fresh replications."""
    folder, found, files = expected
    out = tmp_path / "out"
    for after in (2, 13, found.runs - 5):

        def stop(done, total, failed, after=after):
            if done >= after:
                raise KeyboardInterrupt

        with pytest.raises(BatchInterrupted, match="go on with --resume"):
            go_on(folder, out, 1, stop)
        assert not (out / "optimum.json").exists()
    again = go_on(folder, out)
    assert again.to_json() == found.to_json()
    assert bytes_in(out) == files


@pytest.mark.usefixtures("quick")
def test_no_run_is_made_again(expected, tmp_path, monkeypatch):
    folder, found, _ = expected
    go_on(folder, tmp_path)
    monkeypatch.setattr("experiments.batch.task.simulate", None)
    assert go_on(folder, tmp_path).to_json() == found.to_json()


@pytest.mark.usefixtures("quick")
def test_a_search_can_be_made_longer(expected, tmp_path):
    """One of 8 trials made longer is as one of 16, of which the first rounds are the same."""
    folder, found, _ = expected
    short = replace(QUESTION, trials=8)
    first = optimise_case(base_in(folder), short, out=tmp_path)
    assert len(first.trials) == 8
    assert go_on(folder, tmp_path).to_json() == found.to_json()
    with pytest.raises(
        BatchError, match=r"belongs to another search[^\n]*\n  trials: 16 there, 8 now"
    ):
        optimise_case(base_in(folder), short, out=tmp_path, resume=True)


@pytest.mark.usefixtures("quick")
def test_another_search_keeps_out_of_the_folder(expected, tmp_path):
    folder, _, _ = expected
    go_on(folder, tmp_path)
    before = (tmp_path / "search.json").read_bytes()
    with pytest.raises(BatchError, match="is not empty; go on in it by --resume"):
        optimise_case(base_in(folder), QUESTION, out=tmp_path)
    other = replace(QUESTION, goals=("wait_s",), replications=6)
    with pytest.raises(BatchError) as caught:
        optimise_case(base_in(folder), other, out=tmp_path, resume=True)
    assert str(caught.value).splitlines()[1:] == [
        "  for: ['response_s'] there, ['wait_s'] now",
        "  replications: 4 there, 6 now",
    ]
    changed = base_in(folder).changed({"demand.calls_per_day": 61})
    with pytest.raises(BatchError, match=r"scenario.demand.calls_per_day: 60.0 there, 61.0 now"):
        optimise_case(changed, QUESTION, out=tmp_path, resume=True)
    assert (tmp_path / "search.json").read_bytes() == before
    (tmp_path / "search.json").write_bytes(before.replace(b'"trials": 16', b'"trials": 12'))
    with pytest.raises(ResultError, match="is not as it was saved"):
        go_on(folder, tmp_path)


def test_a_folder_of_something_else_is_refused(expected, tmp_path):
    folder, _, _ = expected
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(BatchError, match=r"holds no search \(search.json is missing\)"):
        go_on(folder, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.slow
def test_answers_do_not_depend_on_workers(expected, tmp_path, bytes_in):
    """Real runs, of a search of one round."""
    base, question = base_in(expected[0]), replace(QUESTION, trials=8, replications=2)
    one = optimise_case(base, question, workers=1, out=tmp_path / "one")
    two = optimise_case(base, question, workers=2, out=tmp_path / "two")
    assert two.to_json() == one.to_json()
    assert bytes_in(tmp_path / "two") == bytes_in(tmp_path / "one")


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_a_killed_search_goes_on_to_the_same(expected, tmp_path, bytes_in):
    """Killed at four random moments in a row, each time after some runs more."""
    folder, found, files = expected
    forks = get_context("forkserver")
    forks.set_forkserver_preload(["tests.experiments.search.interrupted_search"])
    moments = np.sort(np.random.default_rng(5).integers(1, found.runs, 4))
    for runs in moments:
        process = forks.Process(
            target=interrupted_search.die_after, args=(int(runs), folder, tmp_path / "out")
        )
        process.start()
        process.join(60)
        assert process.exitcode == 9
    assert go_on(folder, tmp_path / "out").to_json() == found.to_json()
    assert bytes_in(tmp_path / "out") == files
