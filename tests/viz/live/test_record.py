"""A saved run played again: the same places and states as when it was simulated."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from math import isnan
from pathlib import Path

import pytest

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from simulation.errors import ResultError
from simulation.measures.service import DUTY_STATES
from simulation.model import EmergencyModel, simulate
from simulation.tables.files import read_json, to_json
from viz.live.frame import Frame, Leg
from viz.live.observer import Observer, Picture
from viz.live.record import RecordedRun, read_saved_run
from viz.live.story import tell_story

TICK_S = 15.0

BUSY = {
    "run__days": 1,
    "demand__calls_per_day": 60,
    "demand__trip_noise_cv": 0.2,
    "demand__priorities": [
        {"name": "high", "share": 0.4, "target_s": 480, "siren": True},
        {"name": "low", "share": 0.6, "target_s": 900, "siren": False},
    ],
    "dispatch_centre__redispatch": True,
    "signals__active": True,
    "policies__signals": "green_wave",
}
HARD = {
    **BUSY,
    "fleet__breakdowns": {"mean_hours_between": 20},
    "demand__unit_shares": [0.7, 0.3],
    "disruptions": [
        {
            "kind": "road_closure", "x": 400, "y": 200, "radius_m": 90,
            "from_hour": 9, "until_hour": 15,
        },
        {"kind": "hospital_closed", "hospital": "H2", "from_hour": 10, "until_hour": 20},
    ],
}  # fmt: skip


WAVES = {
    "run.days": 0.5, "run.warm_up_days": 0, "signals.active": True,
    "policies.signals": "green_wave", "policies.relocation": "dmexclp",
    "dispatch_centre.redispatch": True, "demand.calls_per_day": 900,
    "fleet.available_after": "clear",
}  # fmt: skip
SUPPLIES = {"run.days": 3, "run.warm_up_days": 0, "epidemic.stochastic": True}


def leg_at(legs: list[Leg], moment_s: float) -> Leg:
    """The leg that holds at a moment: of those that have begun the one told last."""
    return next((leg for leg in reversed(legs) if leg.from_s <= moment_s), legs[0])


def saved(scenario, folder: Path) -> Path:
    simulate(scenario, 0).save(folder)
    return folder


def legs_of(frame: Frame) -> list[tuple]:
    return [(leg.vehicle, leg.state, leg.from_s, leg.call, leg.path.tolist()) for leg in frame.legs]


def everything(frame: Frame) -> dict:
    """A frame as plain data that can be compared to the last bit; NaN as None."""
    figures = {k: None if isnan(v) else v for k, v in frame.figures.items()}
    return {
        "now": frame.now_s,
        "legs": legs_of(frame),
        "calls": frame.calls,
        "greens": frame.greens,
        "sites": [(m.site, m.text, m.is_open) for m in frame.sites],
        "districts": frame.districts,
        "closed": None if frame.closed is None else frame.closed.tolist(),
        "covered": None if frame.covered is None else frame.covered.tolist(),
        "figures": figures,
    }


@pytest.fixture(params=["busy", "hard", "waves"])
def scenario(request, grid_scenario):
    if request.param == "waves":
        return load_scenario("city", WAVES)
    return grid_scenario(**(BUSY if request.param == "busy" else HARD))


def test_a_replay_is_the_run_to_the_last_bit(scenario, tmp_path):
    """Places, states, calls, lights, sites and figures, at thousands of moments."""
    picture = Picture(read_saved_run(saved(scenario, tmp_path / "run")).log)
    model = EmergencyModel(scenario, 0)
    observer = Observer(model)
    observer.wants_coverage = picture.wants_coverage = True
    states = Counter()
    model.run_until(TICK_S / 2)  # beside the moments of the scenario, where events share a moment
    while model.run_until(model.env.now + TICK_S):
        live, again = observer.look(), picture.look(model.env.now)
        assert everything(again) == everything(live)
        states.update(leg.state for leg in live.legs)
    assert states["to_call_siren"] > 10
    assert states["to_hospital"] > 10
    model.close()


def test_a_replay_of_supplies_is_the_run(tmp_path):
    """But for what has spoilt: a stock's owner finds it later than it happened."""
    scenario = load_scenario("covid-supplies", SUPPLIES)
    picture = Picture(read_saved_run(saved(scenario, tmp_path / "run")).log)
    model = EmergencyModel(scenario, 0)
    observer = Observer(model)
    loads = set()
    model.run_until(317.3)
    while model.run_until(model.env.now + 600.0):
        live, again = observer.look(), picture.look(model.env.now)
        assert everything(again) == everything(live)
        loads.update(one.row.serves for one in picture.vehicles.now if one.row.vehicle < 0)
    assert len(loads) > 10  # every truck tells which shipment it has
    assert tell_story(picture, "truck-0") == tell_story(observer, "truck-0")
    model.close()


def test_stories_are_those_of_the_run(scenario, tmp_path):
    picture = Picture(read_saved_run(saved(scenario, tmp_path / "run")).log)
    model = EmergencyModel(scenario, 0)
    observer = Observer(model)
    model.run_until(40_000.0)
    observer.look()
    picture.look(40_000.0)
    for thing in ("ambulance-0", "ambulance-1", "call-9", "hospital-H1", "station-S1"):
        live = tell_story(observer, thing)
        assert live.lines
        assert tell_story(picture, thing) == live
    model.close()


def test_ends_of_drives_are_exact(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = read_saved_run(saved(scenario, tmp_path / "run"))
    calls = run.result.calls
    picture = Picture(run.log)
    missions = run.result.missions.dropna(subset="arrived_s").sort_values("arrived_s")
    for mission in missions.itertuples():
        picture.look(mission.arrived_s)
        own = picture.vehicles.ambulances[mission.ambulance]
        assert own.state == "on_scene"
        assert own.call == mission.call
        assert own.leg.path[0, :2] == pytest.approx(calls.loc[mission.call, ["x", "y"]].to_list())
        assert own.from_s == mission.arrived_s


def test_a_replay_needs_nothing_beside_its_folder(grid_scenario, tmp_path):
    """Neither the case nor the tables of its zones and sites."""
    scenario = grid_scenario(**BUSY)
    folder = saved(scenario, tmp_path / "run")
    moved = shutil.move(folder, tmp_path / "elsewhere")
    for file in scenario.folder.iterdir():
        file.rename(file.with_suffix(".gone"))
    run = RecordedRun(Path(moved))
    run.seek(30_000.0)
    assert len(run.full_frame().legs) >= len(run.result.vehicles)
    run.close()


def test_activities_are_those_of_the_tables(scenario, tmp_path):
    """What the trace says, second by second, adds up to the table of hours."""
    run = read_saved_run(saved(scenario, tmp_path / "run"))
    counted = Counter()
    picture = Picture(run.log)
    for k in range(int(scenario.run.horizon_s / 10)):
        picture.note(10 * k + 5.0)
        counted.update(one.activity.label for one in picture.vehicles.ambulances)
    for name in DUTY_STATES:
        told_s = run.result.hours[f"{name}_s"].sum()
        assert 10 * counted[name] == pytest.approx(told_s, rel=0.05, abs=300), name


def told(frames: list[Frame], now_s: float) -> tuple[dict, dict]:
    """What somebody knows at a moment who has heard all frames."""
    legs: dict[str, list[Leg]] = {}
    calls = {}
    for frame in frames:
        for leg in frame.legs:
            legs.setdefault(leg.vehicle, []).append(leg)
        for mark in frame.calls:
            calls[mark.number] = mark
    states = {name: leg_at(own, now_s).state for name, own in legs.items()}
    shown = {n: m.state for n, m in calls.items() if m.state not in ("over", "left", "lost")}
    return states, shown


def test_going_anywhere_shows_what_playing_there_shows(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = RecordedRun(saved(scenario, tmp_path / "run"))
    frames: list[Frame] = []
    run.listeners.append(frames.append)
    run.seek(0.0)
    for _ in range(400):
        run.step(97.0)
    now_s = run.now_s
    assert now_s == pytest.approx(400 * 97)
    played, values = told(frames, now_s), dict(run.values())
    frames.clear()
    run.seek(3_600.0)
    run.seek(now_s)
    assert frames[-1].is_first
    assert told(frames[-1:], now_s) == played
    assert dict(run.values()) == pytest.approx(values, nan_ok=True)
    assert run.series().index[-1] <= now_s
    run.close()
    assert run.join(3.0)


def test_it_plays_by_itself_and_stops_at_the_end(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = RecordedRun(saved(scenario, tmp_path / "run"))
    over = threading.Event()
    run.listeners.append(lambda frame: over.set() if run.is_over else None)
    run.seek(run.end_s - 1_000.0)
    run.speed = None
    run.play()
    assert over.wait(10.0)
    assert not run.is_playing
    assert run.now_s == run.end_s
    run.close()


def test_a_record_cannot_be_changed(grid_scenario, tmp_path):
    scenario = grid_scenario(run__days=0.3)
    run = RecordedRun(saved(scenario, tmp_path / "run"))
    with pytest.raises(ScenarioError, match="cannot be changed"):
        run.change("policies.dispatch", "nearest")
    with pytest.raises(ScenarioError, match="cannot be changed"):
        run.disrupt({"kind": "hospital_closed"})
    run.close()


def test_stories(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = RecordedRun(saved(scenario, tmp_path / "run"))
    run.seek(run.end_s)
    first = run.result.missions.iloc[0]
    story = run.story(f"call-{first.call}")
    assert story.title == f"Call {first.call}"
    assert (first.arrived_s, f"Ambulance {first.ambulance}: with the patient") in story.lines
    assert (first.clear_s, f"Ambulance {first.ambulance}: free again") in story.lines
    assert story.facts["Response"].startswith(f"{(first.arrived_s - story.lines[-1][0]) / 60:.1f}")
    assert "km" in run.story("ambulance-0").facts["Driven so far"]
    assert run.story("hospital-H1").title.startswith("Hospital ")
    assert run.story("call-99999").lines == ()
    assert run.story("moon").lines == ()
    run.close()


def spoil_format(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(
        to_json({**read_json(folder / "manifest.json"), "format": 3})
    )


def spoil_tables(folder: Path) -> None:
    (folder / "missions.parquet").write_bytes(b"PAR1 no more")


def lose_tables(folder: Path) -> None:
    (folder / "calls.parquet").unlink()


def lose_map(folder: Path) -> None:
    (folder / "map.npz").unlink()


def spoil_map(folder: Path) -> None:
    (folder / "map.npz").write_bytes(b"PK no more")


def lose_trace(folder: Path) -> None:
    (folder / "trace_legs.parquet").unlink()


def forget_scenario(folder: Path) -> None:
    manifest = read_json(folder / "manifest.json")
    (folder / "manifest.json").write_bytes(to_json({**manifest, "scenario": {"moon": 1}}))


@pytest.mark.parametrize(
    ("spoil", "told_why"),
    [
        (spoil_format, "has format 3, expected 4; run it again, as by `corridor simulate "),
        (spoil_tables, "cannot be read"),
        (lose_tables, "calls.parquet is missing"),
        (lose_map, "its map is missing"),
        (spoil_map, "its map cannot be read"),
        (lose_trace, "trace_legs.parquet is missing"),
        (forget_scenario, "its scenario cannot be read"),
        (shutil.rmtree, "manifest.json"),
    ],
)
def test_what_is_no_run_is_told_in_one_line(grid_scenario, tmp_path, spoil, told_why):
    scenario = grid_scenario(run__days=0.2)
    folder = saved(scenario, tmp_path / "run")
    spoil(folder)
    with pytest.raises(ResultError, match=told_why) as refused:
        RecordedRun(folder)
    assert "\n" not in str(refused.value)
