"""A visitor's simulation begins with the page, is shared with nobody, and ends with the page."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import solara.server.app  # noqa: F401  which prepares kernels for widgets
from solara.server.kernel import Kernel
from solara.server.kernel_context import VirtualKernelContext

from scenarios.loader import load_scenario
from viz.page.live import session as sessions
from viz.page.live.session import LiveSession, session_of_visitor
from viz.page.service import Service


@pytest.fixture(scope="module")
def service():
    return Service(load_scenario("city", {"run.days": 1}))


@contextmanager
def visitor(name: str) -> Iterator[VirtualKernelContext]:
    """A page that is open; it closes at the end, if it has not before."""
    context = VirtualKernelContext(id=name, kernel=Kernel(), session_id=f"session-{name}")
    try:
        with context:
            yield context
    finally:
        if not context.closed_event.is_set():
            context.close()


def until(is_so: Callable[[], object]) -> None:
    """Wait for something, for as long as a slow machine may take."""
    end_s = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.02)


def opened(service: Service) -> LiveSession:
    session = session_of_visitor(service)
    until(lambda: session.views and session.views[0].known and not session.control.is_building)
    return session


def until_hour_one(session: LiveSession) -> None:
    until(lambda: session.now_s > 3_600)


def live_threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name in ("live run", "page news")]


def test_a_page_has_one_simulation_which_ends_with_it(service):
    with visitor("one") as context:
        session = opened(service)
        assert session_of_visitor(service) is session
        session.set_speed(None)
        session.play(on=True)
        until_hour_one(session)
        run, gone = session.views[0].run, weakref.ref(session)
        context.close()
    assert run.join(10)
    assert sessions._sessions == {}
    del session
    until(lambda: not live_threads())
    gc.collect()
    assert gone() is None


def test_two_visitors_share_nothing(service):
    with visitor("first"):
        first = opened(service)
    with visitor("second") as context:
        second = opened(service)
        second.change("run.days", "3")
        second.step(600)
        until(lambda: second.now_s == 600)
        context.close()
    assert first is not second


def test_a_policy_changes_at_once_and_the_fleet_waits(service):
    with visitor("changes"):
        session = opened(service)
        session.change("policies.signals", "green_wave")
        session.change("fleet.ambulances", "25")
        assert session.draft.waiting == {"fleet.ambulances": 25}
        assert session.draft.running.policies.signals.use == "green_wave"
        session.step(300)
        until(lambda: session.now_s == 300)
        session.apply(on_to_now=True)
        until(lambda: session.views[0].run.scenario.fleet.ambulances == 25)
        until(lambda: session.now_s == 300)
        assert session.draft.waiting == {}


def test_a_wrong_value_changes_nothing(service):
    with visitor("mistakes"):
        session = opened(service)
        session.change("fleet.ambulances", "-1")
        assert session.draft.mistakes == {"fleet.ambulances": "must be >= 1, got -1"}
        assert session.draft.waiting == {}


def test_a_click_breaks_what_was_chosen(service):
    with visitor("breaks"):
        session = opened(service)
        city_map = session.views[0].city_map
        hospital = next(s for s in city_map.base_map["sites"] if s["kind"] == "hospital")
        session.arm({"what": "hospital_closed", "hours": "2"})
        assert city_map.tool == "place"
        city_map.clicked = {"id": "", "kind": "", "x": 0.0, "y": 0.0, "n": 1}
        assert session.notice == ("Click the hospital: there is none where you clicked.", True)
        city_map.clicked = {"id": hospital["id"], "kind": "hospital", "x": 0.0, "y": 0.0, "n": 2}
        assert (session.armed, city_map.tool) == ({}, "look")
        session.step(60)
        until(lambda: session.now_s == 60)
        closed = session.views[0].run.story(hospital["id"])
        assert "closed" in " ".join([*closed.facts.values(), *(t for _, t in closed.lines)])


def test_two_runs_keep_to_the_same_moment(service):
    with visitor("two"):
        session = opened(service)
        session.set_mode("coordination")
        until(lambda: len(session.views) == 2 and session.views[1].known)
        assert [view.title for view in session.views] == [
            "Coordination off",
            "Coordination on: all four",
        ]
        session.step(900)
        until(lambda: session.now_s == 900)
        assert [view.run.now_s for view in session.views] == [900, 900]


def test_a_scenario_that_cannot_run_is_told(service):
    with visitor("impossible"):
        session = opened(service)
        session.change("fleet.ambulances", "1")
        session.change("coordination.organisation.rung", "isolated")
        session.coordinate([])
        session.apply(on_to_now=False)
        until(lambda: session.notice[1])
        assert session.notice[0].startswith("calls come in, but no vehicle is stationed in ")
