"""The live page as people have it: the real command, a real browser, and every promise tried.

Screenshots of the main states are left in ``results/screenshots``.
"""

from __future__ import annotations

import time
from urllib.parse import urlsplit

import pytest

from policies.coordination import MECHANISMS
from policies.dispatch import DISPATCH
from scenarios.scenario import Scenario
from simulation.interventions import live
from simulation.measures.catalogue import summary
from simulation.model import EmergencyModel, simulate
from tests.viz.page.end_to_end import AS_FAST_AS_IT_CAN, MORNING_S, click, measured
from viz.live.observer import Observer

key_figures = pytest.importorskip("viz.page.live.key_figures", reason="the extra `view` is missing")

pytestmark = pytest.mark.slow

ON = {"coordination.mechanisms": list(MECHANISMS)}
OFF = {"coordination.mechanisms": []}
TEN_TIMES, SIX_HUNDRED_TIMES = 1, 6
"""Steps of the slider."""
PACE = """async (speed) => {
    const map = window.__corridor_map;
    for (let tries = 0; tries < 40; tries += 1) {
        const [from, began] = [map.clock, performance.now()];
        await new Promise((done) => setTimeout(done, 1500));
        const pace = 1000 * (map.clock - from) / (performance.now() - began);
        if (Math.abs(pace / speed - 1) < 0.3) return pace;
    }
    throw new Error(`the clock never runs at ${speed}`);
}"""
"""The map follows a change smoothly, and a busy machine later."""


def at(scenario: Scenario, *moments: float, change: tuple[str, str] | None = None) -> dict:
    """The key figures of a run of our own at the last of some moments, as they are written.

    `change` is made at the first of them.
    """
    model = EmergencyModel(scenario)
    observer = Observer(model)
    with model.watch:
        for moment_s in moments:
            model.run_until(moment_s)
            observer.look()
            if change and moment_s == moments[0]:
                live.change(model.parts, scenario, *change)
                model.settle()
        told = key_figures.key_figures(observer.known, [observer.values])
    model.close()
    return {one["key"]: one["value"] + (one["unit"] if one["value"] != "–" else "") for one in told}


# The first picture


def test_the_page_is_soon_there_and_asks_nobody_else(served, visit):
    visitor = visit(served)
    began_s = time.perf_counter()
    visitor.open().wait("window.__corridor_map?.frames > 0")
    first_s = time.perf_counter() - began_s
    measured(f"first picture after {first_s:.1f} s")
    visitor.wait("document.querySelectorAll('.p-chart').length > 2")
    assert visitor.page.title() == "Live · Corridor"
    assert visitor.strangers == []
    assert {urlsplit(url).netloc for url in visitor.sockets} == {urlsplit(served.url).netloc}


def test_manhattan_is_soon_there(serve, visit, shared_data):
    words = ["--data", str(shared_data / "manhattan"), "--set=run.days=1"]
    visitor = visit(serve("manhattan", *words))
    began_s = time.perf_counter()
    visitor.open().wait("window.__corridor_map?.frames > 0")
    first_s = time.perf_counter() - began_s
    measured(f"first picture of Manhattan after {first_s:.1f} s")
    visitor.watch().step(MORNING_S)
    assert len(visitor.places()) > 5
    box = visitor.page.locator(".p-transport").bounding_box()
    assert box["y"] + box["height"] <= visitor.page.viewport_size["height"]
    visitor.keep("live-manhattan")


# The run


def test_vehicles_move_with_the_clock_and_stand_with_it(served, visit):
    visitor = visit(served).watch()
    visitor.step(MORNING_S)
    before, before_s = visitor.places(), visitor.clock
    assert len(before) > 3
    visitor.run()
    visitor.wait("then => window.__corridor_map.clock > then + 60", before_s)
    stopped_s = visitor.pause()
    after = visitor.places()
    moved = [name for name in before if name in after and before[name] != after[name]]
    assert moved
    visitor.page.wait_for_timeout(500)
    assert (visitor.clock, visitor.places()) == (stopped_s, after)
    assert stopped_s == pytest.approx(round(stopped_s), abs=0.5)


def test_speed_is_the_pace_of_the_clock(served, visit):
    visitor = visit(served).watch()
    visitor.run()
    paces = {}
    for step, speed in ((TEN_TIMES, 10), (SIX_HUNDRED_TIMES, 600)):
        visitor.set_speed(step)
        visitor.wait(f"document.querySelector('.p-speed output').innerText === '{speed}×'")
        paces[speed] = visitor.ask(PACE, speed)
    measured(f"simulated seconds a second, by speed: {paces}")
    visitor.pause()


def test_a_run_to_its_end_has_the_figures_of_simulate(served, visit, city):
    visitor = visit(served).watch()
    visitor.set_speed(AS_FAST_AS_IT_CAN)
    visitor.page.click(".p-run")
    visitor.page.wait_for_selector(".p-notice >> text=The run is over.")
    measures = summary(simulate(city, 0))
    visitor.wait("document.querySelector('.p-figure-waiting_calls .p-number').innerText === '0'")
    shown = visitor.figures()
    assert shown["response_s"] == f"{measures['response_s'] / 60:.1f}min"
    assert shown["in_target_share"] == f"{100 * measures['in_target_share']:.1f}%"
    visitor.keep("live-over")


# What is changed


def test_coordination_changes_the_figures_to_those_of_its_own_run(served, visit, city):
    visitor = visit(served).watch()
    now_s = visitor.step(MORNING_S)
    off, on = at(city.changed(OFF), now_s), at(city.changed(ON), now_s)
    assert off != on
    visitor.page.wait_for_selector(".p-unswitched")  # by the case's own keys, which is not off
    visitor.keep("live-unswitched")
    all_four = "information, planning, rules, risk"
    for pressed, told, figures in (
        (".p-all-off", "none", off),
        (".p-whole input", all_four, on),
        (".p-whole input", "none", off),
    ):
        visitor.page.click(pressed)
        visitor.page.wait_for_selector(f".p-waiting >> text=Coordination: {told}")
        visitor.keep("live-change-waits")
        visitor.page.click(".p-apply-here")
        visitor.see(figures)
        visitor.page.wait_for_selector(".p-waiting", state="detached")
        assert visitor.rest() == now_s


def test_a_policy_that_is_changed_while_it_runs_decides_from_then_on(served, visit, city):
    visitor = visit(served).watch()
    now_s = visitor.step(MORNING_S)
    control = ".p-control[data-key='policies.dispatch']"
    assert visitor.page.locator(f"{control} option").all_inner_texts() == [
        name.replace("_", " ") for name in DISPATCH.built_in
    ]
    visitor.page.select_option(f"{control} select", "district_only")
    then_s = visitor.step(8 * 3600)
    other = at(city, now_s, then_s, change=("policies.dispatch", "district_only"))
    assert other != at(city, then_s)
    visitor.see(other)
    assert visitor.page.locator(".p-waiting").count() == 0


def test_streets_that_are_closed_with_a_click_are_on_the_map(served, visit):
    visitor = visit(served).watch()
    visitor.step(MORNING_S)
    assert visitor.ask("window.__corridor_map.closed") == 0
    visitor.page.click(".p-disrupt summary")
    visitor.page.select_option(".p-disrupt select", "road_closure")
    visitor.page.wait_for_selector(".p-disrupt .c-note")
    visitor.wait("document.querySelector('.corridor-placing')")
    click(visitor, *visitor.ask("window.__corridor_map.at(6000, 5000)"))
    visitor.wait("window.__corridor_map.closed > 3")
    visitor.wait("!document.querySelector('.corridor-placing')")
    visitor.keep("live-closed-streets")
    # A hospital is asked for, and there is none on the river's edge of the map.
    visitor.page.select_option(".p-disrupt select", "hospital_closed")
    visitor.wait("document.querySelector('.corridor-placing')")
    click(visitor, 20, 300)
    visitor.page.wait_for_selector(".p-notice.c-error")
    assert "there is none where you clicked" in visitor.page.inner_text(".p-notice")
