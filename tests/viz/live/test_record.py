"""A saved run played again: the same places and states as when it was simulated."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from simulation.errors import ResultError
from simulation.json_file import read_json, to_json
from simulation.model import EmergencyModel, simulate
from viz.live.figures import Figures
from viz.live.frame import Frame, Leg
from viz.live.legs import place_at
from viz.live.observer import Observer
from viz.live.record import RecordedRun
from viz.live.record_folder import read_saved_run
from viz.live.recorded_picture import RecordedPicture

TICK_S = 5.0
NEAR_M = 30.0
BEFORE_S = 60.0
"""So long ago everything has been told, also of who turned off."""

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


def leg_at(legs: list[Leg], moment_s: float) -> Leg:
    """The leg that holds at a moment: of those that have begun the one told last."""
    return next((leg for leg in reversed(legs) if leg.from_s <= moment_s), legs[0])


class Watched:
    """A run that was simulated before our eyes: all legs and marks of calls."""

    def __init__(self, scenario) -> None:
        self.legs: dict[str, list[Leg]] = {}
        self.calls: list[dict[int, str]] = []
        self.times: list[float] = []
        model = EmergencyModel(scenario, 0)
        observer = Observer(model)
        shown: dict[int, str] = {}
        while model.env.now < scenario.run.horizon_s:
            model.env.run(until=model.env.now + TICK_S)
            frame = observer.look()
            for leg in frame.legs:
                self.legs.setdefault(leg.vehicle, []).append(leg)
            for mark in frame.calls:
                shown[mark.number] = mark.state
            self.times.append(frame.now_s)
            self.calls.append({n: s for n, s in shown.items() if s not in ("over", "left", "lost")})
        model.close()


def saved(scenario, folder: Path) -> Path:
    simulate(scenario, 0).save(folder)
    return folder


def compared(scenario, folder: Path) -> tuple[np.ndarray, Counter, int]:
    """Distances at many moments, pairs of other states, and how often calls stood otherwise."""
    watched = Watched(scenario)
    picture = RecordedPicture(read_saved_run(saved(scenario, folder), [scenario.folder]))
    away_m, others, other_calls = [], Counter(), 0
    for k in range(20, len(watched.times), 23):
        moment_s = watched.times[k] - BEFORE_S
        own: dict[str, list[Leg]] = {}
        for leg in picture.at(moment_s, {}).legs:
            own.setdefault(leg.vehicle, []).append(leg)
        for name, legs in watched.legs.items():
            live, again = leg_at(legs, moment_s), leg_at(own[name], moment_s)
            there, here = place_at(live.path, moment_s), place_at(again.path, moment_s)
            away_m.append(np.hypot(there.x_m - here.x_m, there.y_m - here.y_m))
            if live.state != again.state:
                others[live.state, again.state] += 1
        marks = {mark.number: mark.state for mark in picture.at(watched.times[k], {}).calls}
        other_calls += marks != watched.calls[k]
    return np.array(away_m), others, other_calls


@pytest.mark.parametrize(("changes", "share"), [(BUSY, 0.999), (HARD, 0.98)])
def test_everybody_is_where_they_were(grid_scenario, tmp_path, changes, share):
    away_m, others, other_calls = compared(grid_scenario(**changes), tmp_path / "run")
    assert np.median(away_m) == 0.0
    assert (away_m < NEAR_M).mean() > share
    assert len(away_m) > 100
    assert sum(others.values()) <= (1 - share) * len(away_m) + 2, others
    assert other_calls <= 2


def test_ends_of_drives_are_exact(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    picture = RecordedPicture(read_saved_run(saved(scenario, tmp_path / "run"), [scenario.folder]))
    calls = picture.result.calls
    for mission in picture.result.missions.dropna(subset="arrived_s").itertuples():
        legs = picture.at(mission.arrived_s, {}).legs
        (own,) = (one for one in legs if one.vehicle == f"ambulance-{mission.ambulance}")
        assert own.state == "at_scene"
        assert own.call == mission.call
        assert own.path[0, :2] == pytest.approx(calls.loc[mission.call, ["x", "y"]].to_list())
        assert own.from_s == mission.arrived_s


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
    run = RecordedRun(saved(scenario, tmp_path / "run"), [scenario.folder])
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
    run = RecordedRun(saved(scenario, tmp_path / "run"), [scenario.folder])
    over = threading.Event()
    run.listeners.append(lambda frame: over.set() if run.is_over else None)
    run.seek(run.end_s - 1_000.0)
    run.speed = None
    run.play()
    assert over.wait(10.0)
    assert not run.is_playing
    assert run.now_s == run.end_s
    run.close()


def test_figures_are_those_of_the_run(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = RecordedRun(saved(scenario, tmp_path / "run"), [scenario.folder])
    model = EmergencyModel(scenario, 0)
    observer = Observer(model)
    while model.env.now < 86_400.0:
        model.env.run(until=model.env.now + 60.0)
        observer.look()
    run.seek(86_400.0)
    live, again = observer.figures.values, run.values()
    assert isinstance(observer.figures, Figures)
    for key in ("calls", "response_min", "in_target_pct", "busy_pct", "vehicles_free",
                "response_min[high]", "calls_per_hour", "waiting_calls", "lost_calls"):  # fmt: skip
        assert again[key] == pytest.approx(live[key], rel=1e-6, nan_ok=True), key
    assert set(again) <= set(observer.figures.known)
    run.close()
    model.close()


def test_a_record_cannot_be_changed(grid_scenario, tmp_path):
    scenario = grid_scenario(run__days=0.3)
    run = RecordedRun(saved(scenario, tmp_path / "run"), [scenario.folder])
    with pytest.raises(ScenarioError, match="cannot be changed"):
        run.change("policies.dispatch", "nearest")
    with pytest.raises(ScenarioError, match="cannot be changed"):
        run.disrupt({"kind": "hospital_closed"})
    run.close()


def test_stories(grid_scenario, tmp_path):
    scenario = grid_scenario(**BUSY)
    run = RecordedRun(saved(scenario, tmp_path / "run"), [scenario.folder])
    run.seek(run.end_s)
    first = run.result.missions.iloc[0]
    story = run.story(f"call-{first.call}")
    assert story.title == f"Call {first.call}"
    assert (first.dispatched_s, f"ambulance {first.ambulance} is sent") in story.lines
    assert "min" in story.facts["response"]
    assert "km" in run.story("ambulance-0").facts["driven on them"]
    assert run.story("hospital-H1").title == "Hospital H1"
    assert run.story("call-99999").lines == ()
    assert run.story("moon").lines == ()
    run.close()


def spoil_format(folder: Path) -> None:
    (folder / "manifest.json").write_bytes(
        to_json({**read_json(folder / "manifest.json"), "format": 2})
    )


def spoil_tables(folder: Path) -> None:
    (folder / "missions.parquet").write_bytes(b"PAR1 no more")


def lose_tables(folder: Path) -> None:
    (folder / "calls.parquet").unlink()


def change_map(folder: Path) -> None:
    manifest = read_json(folder / "manifest.json")
    (folder / "manifest.json").write_bytes(to_json({**manifest, "ground": "other"}))


def forget_scenario(folder: Path) -> None:
    manifest = read_json(folder / "manifest.json")
    (folder / "manifest.json").write_bytes(to_json({**manifest, "scenario": {"moon": 1}}))


@pytest.mark.parametrize(
    ("spoil", "told_why"),
    [
        (spoil_format, "has format 2, expected 3"),
        (spoil_tables, "cannot be read"),
        (lose_tables, "calls.parquet is missing"),
        (change_map, "not there any more as they were"),
        (forget_scenario, "its scenario cannot be read"),
        (shutil.rmtree, "manifest.json"),
    ],
)
def test_what_is_no_run_is_told_in_one_line(grid_scenario, tmp_path, spoil, told_why):
    scenario = grid_scenario(run__days=0.2)
    folder = saved(scenario, tmp_path / "run")
    spoil(folder)
    with pytest.raises(ResultError, match=told_why) as refused:
        RecordedRun(folder, [scenario.folder])
    assert "\n" not in str(refused.value)
