"""What the live view tells of a run: legs, calls, figures and stories."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from environment.traffic.ways import Way, next_turn
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.measures.catalogue import summary
from simulation.model import EmergencyModel
from simulation.preparation import prepare
from viz.live.base_map import draw_base_map
from viz.live.frame import Frame, Leg
from viz.live.observer import Observer
from viz.live.readers.legs import StreetLines, place_at
from viz.live.states import STATES
from viz.live.story import tell_story

Grid = Callable[..., Scenario]
FASTEST_M_PER_S = 45.0


def _watched(model: EmergencyModel, step_s: float) -> tuple[list[Frame], Observer]:
    """A run from its beginning to its end, looked at again and again."""
    observer = Observer(model)
    frames = [observer.look()]
    while model.run_until(model.env.now + step_s):
        frames.append(observer.look())
    frames.append(observer.look())
    return frames, observer


@pytest.fixture(scope="module")
def city() -> Scenario:
    """A day of the made-up city, its warm-up left out."""
    return load_scenario("city", {"run.days": 1, "run.warm_up_days": 0})


@pytest.fixture(scope="module")
def run(city: Scenario) -> tuple[EmergencyModel, list[Frame], Observer]:
    """That day, looked at every 6 s as at 60 times the pace of life."""
    model = EmergencyModel(city)
    return model, *_watched(model, 6.0)


def test_a_leg_follows_its_way_and_agrees_on_where_one_turns(city: Scenario) -> None:
    area = prepare(city)
    lines, roads = StreetLines(area.city.roads), area.city.roads
    rng = np.random.default_rng(1)
    junctions = rng.integers(0, roads.node_count, (20, 2))
    x, y = (rng.uniform(along.min(), along.max(), (20, 2)) for along in (roads.x, roads.y))
    on_streets = roads.nearest_stop(x.ravel(), y.ravel())[0].reshape(20, 2)
    for siren, ends in zip((False, True) * 20, [*junctions, *on_streets], strict=True):
        way = Way(int(ends[0]), int(ends[1]), 100.0, 300.0, siren, area.driving)
        path = lines.path(way)
        assert np.allclose(path[0], [*roads.stop_xy_m(way.origin)[0], 100.0])
        assert np.allclose(path[-1], [*roads.stop_xy_m(way.destination)[0], 400.0])
        assert (np.diff(path[:, 2]) >= 0).all()
        node, in_s = next_turn(way, 210.0)
        at_turn = place_at(path, 210.0 + in_s)
        assert np.allclose(at_turn, roads.stop_xy_m(node)[0], atol=0.02)


def test_legs_end_when_the_books_say(
    run: tuple[EmergencyModel, list[Frame], Observer],
) -> None:
    model, frames, _ = run
    legs = [leg for frame in frames for leg in frame.legs]
    missions = model.recorder.missions()
    steps = {
        ("to_call_siren", "to_call"): "arrived_s",
        ("to_hospital_siren", "to_hospital"): "at_hospital_s",
    }
    for states, column in steps.items():
        ends = {(leg.vehicle, leg.call): leg.path[-1, 2] for leg in legs if leg.state in states}
        told = missions[missions[column].notna()]
        assert len(told) > 150
        for call, ambulance, moment_s in told[["call", "ambulance", column]].to_numpy():
            own = ends[f"ambulance-{ambulance:.0f}", call]
            assert own == pytest.approx(moment_s, abs=0.1)


def _place(legs: list[Leg], moment_s: float) -> tuple[float, float]:
    own = [leg for leg in legs if leg.from_s <= moment_s] or legs[:1]
    return place_at(own[-1].path, moment_s)


def _fastest_m_per_s(frames: list[Frame], vehicle: str, until_s: float) -> float:
    """The greatest speed at which a vehicle is ever seen to move, over 2 s each."""
    legs = [leg for frame in frames for leg in frame.legs if leg.vehicle == vehicle]
    moments_s = np.arange(0.0, until_s, 2.0)
    places = np.array([_place(legs, moment_s) for moment_s in moments_s])
    return float(np.hypot(*np.diff(places, axis=0).T).max() / 2.0)


def test_no_vehicle_jumps(run: tuple[EmergencyModel, list[Frame], Observer]) -> None:
    _, frames, _ = run
    for vehicle in ("ambulance-0", "ambulance-7", "ambulance-17"):
        assert 5.0 < _fastest_m_per_s(frames, vehicle, 20_000.0) < FASTEST_M_PER_S


def test_who_is_called_off_turns_at_a_junction(city: Scenario) -> None:
    busy = city.changed(
        {
            "run.days": 0.25,
            "dispatch_centre.redispatch": True,
            "demand.calls_per_day": 900,
            "fleet.available_after": "clear",
            "policies.relocation": "dmexclp",
        }
    )
    model = EmergencyModel(busy)
    frames, _ = _watched(model, 6.0)
    missions = model.recorder.missions()
    off = missions[missions["end"] == 3]
    assert len(off) > 3
    for number in off["ambulance"].unique()[:5]:
        fastest = _fastest_m_per_s(frames, f"ambulance-{number}", 15_000.0)
        assert fastest < FASTEST_M_PER_S, number


def test_looking_on_changes_nothing(
    city: Scenario, run: tuple[EmergencyModel, list[Frame], Observer]
) -> None:
    watched = run[0].result()
    alone = EmergencyModel(city).run()
    for name in ("calls", "missions", "vehicles", "hours", "moves", "forced_greens"):
        assert getattr(watched, name).equals(getattr(alone, name)), name


def test_figures_agree_with_the_measures_of_the_run(
    run: tuple[EmergencyModel, list[Frame], Observer],
) -> None:
    model, _, observer = run
    figures, measures = observer.values, summary(model.result())
    assert figures["calls"] == measures["calls"]
    assert figures["response_s"] == pytest.approx(measures["response_s"])
    assert figures["in_target_share"] == pytest.approx(measures["in_target_share"])
    for name in ("high", "low"):
        of_class = figures[f"response_s[{name}]"]
        assert of_class == pytest.approx(measures[f"response_s[{name}]"])
    assert figures["waiting_calls"] == 0
    assert figures["open_calls"] == 0


def test_figures_of_lost_calls_and_forced_greens(city: Scenario) -> None:
    model = EmergencyModel(
        city.changed(
            {
                "dispatch_centre.when_busy": "lose",
                "fleet.ambulances": 8,
                "signals.active": True,
                "policies.signals": "green_wave",
            }
        )
    )
    _, observer = _watched(model, 3600.0)
    figures, result = observer.values, model.result()
    measures = summary(result)
    assert figures["unserved"] == round(measures["lost_share"] * measures["calls"]) > 5
    assert figures["in_target_share"] == pytest.approx(measures["in_target_share"])
    assert figures["forced_greens"] == len(result.forced_greens) > 100


def test_every_call_comes_and_goes(run: tuple[EmergencyModel, list[Frame], Observer]) -> None:
    model, frames, _ = run
    states: dict[int, list[str]] = {}
    for frame in frames:
        for mark in frame.calls:
            states.setdefault(mark.number, []).append(mark.state)
    assert sorted(states) == list(range(len(model.calls)))
    assert all(own[0] == "waiting" and own[-1] == "over" for own in states.values())
    assert sum("reached" in own for own in states.values()) == len(states)


def test_the_full_frame_tells_what_all_others_did(city: Scenario) -> None:
    model = EmergencyModel(city)
    observer, legs, marks = Observer(model), {}, {}
    for _ in range(300):
        frame = observer.look()
        legs |= {leg.vehicle: leg for leg in frame.legs}
        marks |= {mark.site: mark for mark in frame.sites}
        model.run_until(model.env.now + 30.0)
    full = observer.full()
    assert full.is_first
    assert {leg.vehicle: leg for leg in full.legs} == legs
    assert {mark.site: mark for mark in full.sites} == marks
    assert full.message()["now"] == full.now_s


def test_supplies_and_epidemic_agree_with_the_measures() -> None:
    scenario = load_scenario(
        "covid-supplies", {"run.days": 12, "run.warm_up_days": 0, "epidemic.stochastic": True}
    )
    model = EmergencyModel(scenario)
    frames, observer = _watched(model, 3600.0)
    result = model.result()
    figures, measures = observer.values, summary(result)
    assert figures["fill_rate"] == pytest.approx(measures["fill_rate"])
    assert figures["acquisition_s"] == pytest.approx(measures["acquisition_s"])
    assert figures["bullwhip"] == pytest.approx(measures["bullwhip"])
    last = result.epidemic[result.epidemic["day"] == result.epidemic["day"].max()]
    assert figures["infectious"] == pytest.approx(last["infectious"].sum())
    assert {leg.vehicle for leg in frames[0].legs if leg.vehicle.startswith("truck")}
    assert any(leg.state == "truck_delivering" for frame in frames for leg in frame.legs)
    assert sum(bool(frame.districts) for frame in frames) == 12
    stories = {
        mark.site: tell_story(observer, mark.site) for frame in frames[:1] for mark in frame.sites
    }
    assert all(story.facts for story in stories.values())
    assert "Trips so far" in tell_story(observer, "truck-0").facts


def test_stories_have_facts_with_units(
    run: tuple[EmergencyModel, list[Frame], Observer],
) -> None:
    _, _, observer = run
    call = tell_story(observer, "call-17")
    assert call.title == "Call 17"
    assert call.facts["Response"].partition(" min")[1]
    assert call.lines[-1][1].startswith("Call comes in")
    ambulance = tell_story(observer, "ambulance-3")
    assert ambulance.facts["Driven so far"].endswith(" km")
    assert len(ambulance.lines) > 5
    assert tell_story(observer, "hospital-nowhere").title == "There is no hospital-nowhere"


def test_the_ground_is_told_in_metres(city: Scenario) -> None:
    picture = draw_base_map(prepare(city), city)
    told, buffers = picture.message()
    assert {road["rank"] for road in told["roads"]} <= set(range(5))
    lines = [np.frombuffer(buffers[road["buffer"]], "<f4").reshape(-1, 2) for road in told["roads"]]
    west, _, east, _ = told["bounds"]
    assert np.nanmin(lines[0][:, 0]) >= west - 100
    assert np.nanmax(lines[0][:, 0]) <= east + 100
    lights = np.frombuffer(buffers[told["lights"]], "<f4").reshape(-1, 7)
    assert len(lights) == prepare(city).driving.lights.light.max() + 1
    assert (lights[:, 4] < lights[:, 2]).all()
    assert set(told["states"]) == set(STATES)
