"""A run in its thread: controls, ends, resets, and what may be changed while it goes on."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest

from scenarios.errors import ScenarioError
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.interventions import live
from simulation.model import EmergencyModel, simulate
from viz.live.clockwork import LEAP_S
from viz.live.frame import Frame
from viz.live.live_run import LiveRun, SideBySide
from viz.live.stage import Stage

BUSY = {"run.days": 0.5, "run.warm_up_days": 0}


@pytest.fixture(scope="module")
def city() -> Scenario:
    """Half a day of the made-up city."""
    return load_scenario("city", BUSY)


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    """Open runs that are closed after the test."""
    runs: list[Any] = []

    def start(run: Any) -> Any:
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.close()
        assert run.join(5.0)


def _until(condition: Callable[[], bool], patience_s: float = 120.0) -> None:
    ends_s = monotonic() + patience_s
    while not condition():
        assert monotonic() < ends_s, "it never came"
        sleep(0.01)


def _built(stage: Stage) -> EmergencyModel:
    stage.build()
    assert stage.model is not None, stage.message
    return stage.model


def test_a_run_followed_to_its_end_is_the_run_of_a_batch(
    city: Scenario, opened: Callable[..., LiveRun]
) -> None:
    run = opened(LiveRun(city))
    frames: list[Frame] = []
    run.listeners.append(frames.append)
    run.speed = None
    run.play()
    _until(lambda: run.is_over and run.result is not None)
    alone = simulate(city)
    for name in ("calls", "missions", "hours", "moves"):
        assert getattr(run.result, name).equals(getattr(alone, name)), name
    assert run.message == "The run is over."
    assert not run.is_playing
    assert run.series()["calls"].iloc[-1] == len(alone.calls)
    assert frames[-1].now_s > city.run.horizon_s


def test_a_run_that_no_eye_can_follow_is_shown_twice_a_second(
    opened: Callable[..., LiveRun],
) -> None:
    run = opened(LiveRun(load_scenario("city", {"run.days": 120, "run.warm_up_days": 0})))
    _until(lambda: not run.is_building)
    moments_s: list[float] = []
    run.listeners.append(lambda _: moments_s.append(monotonic()))
    run.speed = None
    run.play()
    _until(lambda: len(moments_s) >= 3)
    story = run.story("ambulance-0")  # who asks is answered at once, and not at the next frame
    assert story.facts["Now"]
    _until(lambda: run.result is not None)
    lasted_s = moments_s[-1] - moments_s[0]
    # Beyond one every half second: until the pace is known, for the question, and at the end.
    assert len(moments_s) <= lasted_s / LEAP_S + 5
    assert len(run.series()) > 120 * 5  # the figures are looked at more often


def test_pace_step_pause_and_full_frame(city: Scenario, opened: Callable[..., LiveRun]) -> None:
    run = opened(LiveRun(city))
    frames: list[Frame] = []
    run.listeners.append(frames.append)
    _until(lambda: not run.is_building)
    assert run.base_map() is not None
    run.speed = 600.0
    began_s = monotonic()
    run.play()
    _until(lambda: len(frames) >= 11)
    run.pause()
    _until(lambda: frames[-1].now_s == frames[-2].now_s)  # it tells that it stands
    assert not run.is_playing
    assert monotonic() - began_s > 0.8  # ten ticks of a tenth of a second; a busy machine is slower
    moments_s = sorted({frame.now_s for frame in frames})
    assert len(moments_s) >= 10
    assert np.allclose(np.diff(moments_s), 60.0)
    before_s = run.now_s
    run.step(90.0)
    _until(lambda: run.now_s == before_s + 90.0)
    full = run.full_frame()
    assert full.is_first
    assert len(full.legs) == 18
    assert run.story("ambulance-0").facts["Now"]
    assert run.series().index[-1] == pytest.approx(before_s + 90.0, abs=60.0)


def test_who_goes_on_to_a_moment_has_the_figures_on_the_way(
    city: Scenario, opened: Callable[..., LiveRun]
) -> None:
    run = opened(LiveRun(city))
    run.reset(until_s=9.5 * 3600)
    _until(lambda: run.now_s == 9.5 * 3600 and not run.is_building)
    _until(lambda: run.full_frame().now_s == 9.5 * 3600)
    times_s = run.series().index.to_numpy()
    assert np.diff(times_s).max() < 180.0
    assert times_s[-1] == pytest.approx(9.5 * 3600, abs=180.0)


def test_the_same_seed_gives_the_same_frames_after_a_reset(city: Scenario) -> None:
    stage, told = Stage(city), []
    stage.listeners.append(lambda frame: told.append(frame.message()))
    for _ in range(2):
        stage.build()
        for number in range(200):
            stage.advance(60.0 * (number + 1))
            stage.show()
        stage.leave()
    half = len(told) // 2
    assert [_as_text(one) for one in told[:half]] == [_as_text(one) for one in told[half:]]


def _as_text(message: dict[str, Any]) -> str:
    return repr(sorted(message.items()))


def test_a_reset_goes_fast_to_the_same_moment(
    city: Scenario, opened: Callable[..., LiveRun]
) -> None:
    run = opened(LiveRun(city))
    run.reset(city.changed({"fleet.ambulances": 12}), until_s=20_000.0)
    _until(lambda: run.now_s == 20_000.0)
    assert len(run.full_frame().legs) == 12
    _until(lambda: len(run.series()) >= 2)


def test_closing_ends_the_thread_and_frees_the_model(city: Scenario) -> None:
    run = LiveRun(city)
    _until(lambda: not run.is_building)
    run.speed = 600.0
    run.play()
    _until(lambda: run.now_s > 0)
    model = weakref.ref(run.stage.model)
    run.close()
    assert run.join(5.0)
    gc.collect()
    assert model() is None
    assert run.full_frame().legs == ()
    assert not [t for t in threading.enumerate() if t.name == "live run"]


def test_a_listener_that_fails_is_told_no_more(city: Scenario) -> None:
    stage, told = Stage(city), []
    stage.listeners += [lambda _: 1 / 0, told.append]
    stage.build()
    stage.advance(600.0)
    stage.show()
    assert len(told) == 2
    assert stage.listeners == [told.append]
    stage.leave()


def test_a_mistake_is_told_and_the_run_stops(
    city: Scenario, opened: Callable[..., LiveRun]
) -> None:
    wrong = city.changed(
        {"disruptions": [{"kind": "station_closed", "station": "nowhere"} | _hours(1, 2)]}
    )
    run = opened(LiveRun(wrong))
    _until(lambda: run.is_over)
    assert "no station 'nowhere'" in run.message
    run.reset(city)
    _until(lambda: run.base_map() is not None and not run.is_building)
    assert run.message == ""


def _hours(first: float, last: float) -> dict[str, float]:
    return {"from_hour": first, "until_hour": last}


def test_two_runs_go_side_by_side(city: Scenario, opened: Callable[..., SideBySide]) -> None:
    both = opened(SideBySide(city, city.changed({"seed": 5, "fleet.ambulances": 11})))
    moments_s: list[list[float]] = [[], []]
    for own, run in zip(moments_s, both.runs, strict=True):
        run.listeners.append(lambda frame, own=own: own.append(frame.now_s))
    for _ in range(4):
        both.step(600.0)
    both.speed = None
    both.play()
    _until(lambda: both.is_over and all(run.result for run in both.runs))
    assert moments_s[0][:5] == moments_s[1][:5] == [0.0, 600.0, 1200.0, 1800.0, 2400.0]
    first, second = (run.result for run in both.runs)
    assert first.calls["called_s"].equals(second.calls["called_s"])
    assert both.differences()["response_s"] > 6.0


# Stepping in


def test_another_policy_decides_from_now_on(city: Scenario) -> None:
    plain, stage = Stage(city), Stage(city)
    for one in (plain, stage):
        _built(one)
        one.advance(15_000.0)
    stage.change("policies.hospital", "least_busy")
    assert stage.run_as.policies.hospital.use == "least_busy"
    for one in (plain, stage):
        one.advance(1e9)
        assert one.result is not None
    before, after = (one.result.missions for one in (plain, stage))
    early = before["at_hospital_s"] < 15_000.0
    assert before[early]["hospital"].equals(after.loc[before[early].index, "hospital"])
    assert not before["hospital"].equals(after["hospital"])


def test_ambulances_move_up_and_go_home_again(city: Scenario) -> None:
    stage = Stage(city)
    model = _built(stage)
    stage.advance(10_000.0)
    stage.change("policies.relocation", "dmexclp")
    stage.advance(25_000.0)
    assert sum(a.station != a.home for a in model.centre.ambulances) >= 2
    stage.change("policies.relocation", "home")
    stage.advance(35_000.0)
    assert all(a.station == a.home for a in model.centre.ambulances if not a.at_work)


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("signals.siren_delay_s", 3, "lights belong to the city"),
        ("policies.location", "mclp", "before the run begins"),
        ("demand.calls_per_day", 10, "drawn before"),
        ("policies.ordering", "order_up_to", "has no supplies"),
        ("policies.dispatch", "nobody", "nobody"),
    ],
)
def test_what_cannot_be_changed_is_refused(
    city: Scenario, key: str, value: object, reason: str
) -> None:
    stage = Stage(city)
    _built(stage)
    with pytest.raises(Exception, match=reason) as raised:
        stage.change(key, value)
    assert "Error" in type(raised.value).__name__
    assert live.changes_while_running(key) == (live.why_not(key) == "")


def test_overlapping_closures_add_up_and_open_again(city: Scenario) -> None:
    stage = Stage(city)
    model = _built(stage)
    stage.advance(30_000.0)
    open_to_all = model.context.driving
    place = {"kind": "road_closure", "x_m": 4000.0, "y_m": 4000.0}
    frames: list[Frame] = []
    stage.listeners.append(frames.append)
    closed = []
    for request in (
        place | {"radius_m": 250.0, "hours": 1.0},
        place | {"x_m": 4300.0, "radius_m": 250.0, "hours": 2.0},
    ):
        stage.disrupt(request)
        stage.advance(model.env.now + 1.0)
        stage.show()
        closed.append(model.closures.closed.copy())
        told = [frame.closed for frame in frames if frame.closed is not None]
        assert len(told) == len(closed)
        assert len(told[-1]) > 10
    assert closed[1].sum() > closed[0].sum()
    assert closed[1][closed[0]].all()
    stage.advance(30_000.0 + 3700.0)
    assert 0 < model.closures.closed.sum() < closed[1].sum()
    stage.advance(30_000.0 + 7300.0)
    stage.show()
    assert model.context.driving is open_to_all
    assert frames[-1].closed is not None
    assert len(frames[-1].closed) == 0


def test_who_drives_over_a_closed_street_turns(city: Scenario) -> None:
    stage = Stage(city)
    model = _built(stage)
    stage.advance(30_000.0)
    stage.show()
    driver = next(a for a in model.centre.ambulances if a.is_driving and a.way is not None)
    assert stage.observer is not None
    own = next(x for x in stage.full().legs if x.vehicle == f"ambulance-{driver.number}")
    before, ahead = driver.way, own.path[own.path[:, 2] > 30_060.0]
    assert before is not None
    x_m, y_m, _ = ahead[len(ahead) // 2]
    stage.disrupt({"kind": "road_closure", "x_m": x_m, "y_m": y_m})  # the nearest street
    assert 1 <= model.closures.closed.sum() <= 2
    after = driver.way
    assert after is not None
    assert after is not before
    assert after.driving is model.context.driving
    assert after.destination == before.destination


def test_sites_close_from_now_on_and_open_again(city: Scenario) -> None:
    stage = Stage(city)
    model = _built(stage)
    stage.advance(20_000.0)
    hospital = str(model.area.city.hospitals.sites.site_id[0])
    station = str(model.area.city.stations.sites.site_id[0])
    stage.disrupt({"kind": "hospital_closed", "hospital": hospital, "hours": 1})
    stage.disrupt({"kind": "station_closed", "station": station, "hours": 1})
    stage.advance(20_001.0)
    assert not model.centre.hospitals[0].is_open
    assert not model.centre.station_is_open[0]
    stage.advance(23_700.0)
    assert model.centre.hospitals[0].is_open
    assert model.centre.station_is_open.all()
    with pytest.raises(ScenarioError, match=r"^no hospital 'X'"):
        stage.disrupt({"kind": "hospital_closed", "hospital": "X", "hours": 1})
    with pytest.raises(ScenarioError, match="hours must be > 0"):
        stage.disrupt({"kind": "hospital_closed", "hospital": hospital, "hours": -1})
    with pytest.raises(ScenarioError, match="no epidemic"):
        stage.disrupt({"kind": "outbreak", "district": "A", "cases": 5})
    with pytest.raises(ScenarioError, match="no street within"):
        stage.disrupt({"kind": "road_closure", "x_m": -9e4, "y_m": 0.0, "radius_m": 5.0})


def test_casualties_call_at_once_and_are_all_served(city: Scenario) -> None:
    stage = Stage(city)
    model = _built(stage)
    before = len(model.calls)
    stage.advance(20_000.0)
    request = {"kind": "mass_casualty", "x_m": 6000.0, "y_m": 5000.0, "casualties": 12}
    stage.disrupt(request | {"triage": {"high": 0.5, "low": 0.5}, "reported_as": "high"})
    stage.advance(20_300.0)
    stage.show()
    assert stage.observer is not None
    assert stage.observer.values["open_calls"] >= 12
    stage.advance(1e9)
    assert stage.result is not None
    calls = stage.result.calls
    assert len(calls) == before + 12
    casualties = calls[calls["incident"] == 0]
    assert (casualties["called_s"] == pytest.approx(20_000.0)) is not False
    assert (casualties["state"] == "completed").all()


def test_an_outbreak_and_a_supplier_that_fails() -> None:
    stage = Stage(load_scenario("covid-supplies", {"run.days": 6, "run.warm_up_days": 0}))
    model = _built(stage)
    assert model.outbreak is not None
    assert model.supply_side is not None
    stage.advance(86_400.0)
    district = model.outbreak.districts[-1]
    stage.disrupt({"kind": "outbreak", "district": district, "cases": 500})
    supplier = model.supply_side.supply.suppliers[0]
    stage.disrupt({"kind": "supplier_disrupted", "supplier": supplier.name, "hours": 24})
    stage.change("policies.allocation", "proportional")
    stage.advance(2 * 86_400.0 - 100.0)
    assert supplier.output == 0.0
    seeded = sum(day.day.seeded[-1] for day in model.outbreak.days)
    stage.advance(3 * 86_400.0)
    assert supplier.output == 1.0
    assert sum(day.day.seeded[-1] for day in model.outbreak.days) >= seeded
    assert max(day.day.seeded[-1] for day in model.outbreak.days) >= 500
