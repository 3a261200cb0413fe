"""What arms come from is kept once, and what each changes; nothing of it is lost."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.batch.description import Origins
from experiments.batch.engine import run_batch
from experiments.batch.folder import BATCH
from experiments.errors import BatchError
from simulation.tables.files import read_json, to_json

VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.lists(st.integers(), max_size=2)
KEYS = st.sampled_from(["a", "b", "c.d", ""])
ORIGINS = st.dictionaries(
    KEYS, st.recursive(VALUES, lambda inside: st.dictionaries(KEYS, inside, max_size=3)), max_size=4
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(max_size=3), ORIGINS, min_size=1, max_size=4))
def test_every_origin_comes_back_from_json_as_it_was(origins):
    kept = Origins.of(origins.items())
    told = json.loads(json.dumps({"origin": kept.first, "changes": kept.changes}))
    back = Origins.read(told)
    assert list(back) == list(origins)
    assert {arm: back[arm] for arm in back} == origins
    assert {arm: back[arm] for arm in back} == origins  # reading one changes no other


def test_another_point_of_a_design_takes_little_room_in_the_folder(grid_scenario, tmp_path):
    base = grid_scenario(run__days=0.05)
    arms = {f"p{n}": base.changed({"demand.calls_per_day": 60.0 + n}) for n in range(8)}
    run_batch(dict(list(arms.items())[:1]), 1, out=tmp_path / "one", tables=False)
    run_batch(arms, 1, out=tmp_path / "all", tables=False)
    one, all_ = ((tmp_path / name / BATCH).stat().st_size for name in ("one", "all"))
    assert all_ < one + 8 * 300


def test_change_of_one_arm_is_told_on_resume(grid_scenario, tmp_path):
    base = grid_scenario(run__days=0.05)
    arms = {"now": base, "later": base.changed({"run.days": 0.1})}
    run_batch(arms, 1, out=tmp_path, tables=False)
    assert run_batch(arms, 1, out=tmp_path, tables=False, resume=True).mended == ()
    other = {**arms, "later": base.changed({"run.days": 0.2})}
    with pytest.raises(BatchError, match=r"arm later: scenario.run.days: 0.1 there, 0.2 now$"):
        run_batch(other, 1, out=tmp_path, tables=False, resume=True)


def test_folder_of_an_earlier_format_is_refused_in_one_line(arms, tmp_path):
    run_batch(arms, 1, out=tmp_path, tables=False)
    (tmp_path / BATCH).write_bytes(to_json({**read_json(tmp_path / BATCH), "format": 2}))
    with pytest.raises(BatchError, match="batch of an earlier Corridor") as caught:
        run_batch(arms, 1, out=tmp_path, tables=False, resume=True)
    assert "\n" not in str(caught.value)


def test_mistakes_of_any_point_are_told_before_anything_runs(grid_scenario, tmp_path, monkeypatch):
    monkeypatch.setattr("experiments.batch.engine.SETTLED_HERE", 2)
    base = grid_scenario(run__days=0.05)
    arms = {f"p{n}": base.changed({"seed": n}) for n in range(6)}
    for name, table in (("p3", "absent.csv"), ("p4", "zones.csv"), ("p5", "absent.csv")):
        arms[name] = base.changed({"demand.recorded_calls": table})
    with pytest.raises(BatchError) as caught:
        run_batch(arms, 2, out=tmp_path / "out", tables=False)
    first, second, *more = str(caught.value).splitlines()
    assert first.startswith("arm p3 and 1 more: ")
    assert "absent.csv" in first
    assert second.startswith("arm p4: ")
    assert all(line.startswith("arm p4: ") for line in more)
    assert not (tmp_path / "out").exists()


def test_arms_that_only_one_batch_has_are_named_and_not_written_out(grid_scenario, tmp_path):
    base = grid_scenario(run__days=0.05)
    run_batch({"old": base}, 1, out=tmp_path, tables=False)
    with pytest.raises(BatchError) as caught:
        run_batch({"new": base}, 1, out=tmp_path, tables=False, resume=True)
    assert str(caught.value).splitlines()[1:] == ["  arms: ['old'] there, ['new'] now"]


def test_resume_without_a_folder_is_refused(grid_scenario):
    with pytest.raises(BatchError, match="--resume asks for --out"):
        run_batch({"now": grid_scenario()}, 1, resume=True)
