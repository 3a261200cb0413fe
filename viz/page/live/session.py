"""A visitor's simulation: begun when the page opens, ended when it closes, shared with nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import solara
import solara.lab

from environment.errors import CorridorError
from scenarios.scenario import Scenario
from simulation.interventions import offers
from simulation.interventions.live import changes_while_running
from simulation.measures.measure import Measure
from simulation.preparation import prepare
from viz.live.base_map import draw_base_map
from viz.live.city_map import LAYERS, CityMapWidget
from viz.live.frame import Frame
from viz.live.live_run import LiveRun, SideBySide, WatchedRun
from viz.live.story import Story
from viz.page.live.arms import arms
from viz.page.live.charts import ChartBoard
from viz.page.live.disruptions import kind_for, request_at, request_for
from viz.page.live.draft import Draft
from viz.page.live.publisher import Publisher
from viz.page.service import Service

SPEEDS = (1.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, None)
"""Simulated seconds a real second; None is as fast as it can."""
TINTS = ("demand", "coverage", "epidemic")
GONE = (RuntimeError, CancelledError, TimeoutError)
"""What is raised by a question to a run that has been closed, or is too busy to answer."""
BUSY = "The run is busy just now; please try again."


@dataclass
class View:
    """One run and its map."""

    title: str
    run: WatchedRun
    city_map: CityMapWidget
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def known(self) -> Mapping[str, Measure]:
        """The measures that the run has and its case is about; none until it is made."""
        known: Mapping[str, Measure] = self.run.figures()
        if self.run.scenario.needs_service:
            return known
        return {key: one for key, one in known.items() if one.system != "patients"}


class LiveSession:
    """What one visitor runs, sees and has changed.

    Frames go to the maps as they come; all else that changes with them is told by a `Publisher`.

    Parameters
    ----------
    service : Service

    Attributes
    ----------
    draft : Draft
    mode : str
        One of `viz.page.live.arms.MODES`.
    views : list of View
        Empty until the base map is there.
    beat, staged, edited : reactive int
        Count up when the run has gone on, when there are other maps, when controls have changed.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.draft = Draft(service.scenario)
        self.mode = "one"
        self.views: list[View] = []
        self.board: ChartBoard | None = None
        self.message = ""
        self.armed: dict[str, Any] = {}
        self.speed: float | None = 60.0
        self.layers = dict(LAYERS)
        self.story: Story | None = None
        self.followed_now = solara.reactive("")
        self.beat = solara.reactive(0)
        self.staged = solara.reactive(0)
        self.edited = solara.reactive(0)
        self._pair: SideBySide | None = None
        self._news = threading.Event()
        self._closed = threading.Event()
        self._lock = threading.RLock()
        Publisher(self, self._news, self._closed).start()
        self.begin()

    # What runs

    @property
    def control(self) -> Any:
        """What is played and paused: the run, or both of them."""
        return self._pair or (self.views[0].run if self.views else None)

    @property
    def is_playing(self) -> bool:
        """Whether the clock goes on."""
        return bool(self.control and self.control.is_playing)

    @property
    def now_s(self) -> float:
        """The moment that is shown."""
        return float(self.control.now_s) if self.control else 0.0

    def begin(self, until_s: float = 0.0) -> None:
        """Put the wanted scenario on stage from its beginning, in a thread of its own.

        Parameters
        ----------
        until_s : float
            It is run on to this moment at once.
        """
        was_playing = self.is_playing
        self.message = ""
        threading.Thread(
            target=self._raise, args=(until_s, was_playing), name="page stage", daemon=True
        ).start()

    def _raise(self, until_s: float, plays: bool) -> None:
        with self._lock:
            if self._closed.is_set():
                return
            try:
                shown = arms(self.mode, self.service.scenario, self.draft.take())
                if len(shown) == len(self.views) == 1 and self._is_same_city(shown[0][1]):
                    self.views[0].run.reset(shown[0][1], until_s)
                else:
                    self._build(shown, until_s)
            except CorridorError as error:
                self.message = str(error)
            if plays and self.control:
                self.control.play()
        self.edited.value += 1
        self._news.set()

    def _is_same_city(self, scenario: Scenario) -> bool:
        return scenario.city_fingerprint == self.views[0].run.scenario.city_fingerprint

    def _build(self, shown: list[tuple[str, Scenario]], until_s: float) -> None:
        """Other maps and runs than before; the base map is shown before the runs are made."""
        self._clear()
        dark = self.service.dark.value
        maps = []
        for _, scenario in shown:
            picture = draw_base_map(prepare(scenario), scenario)
            maps.append(CityMapWidget(picture, dark))
        runs = self._make_runs([scenario for _, scenario in shown])
        for (title, _), run, city_map in zip(shown, runs, maps, strict=True):
            self.views.append(View(title, run, city_map))
        for view in self.views:
            self._connect(view)
        if len(self.views) == 1:
            self.board = ChartBoard(self._series, self.service.scenario.name)
        self.staged.value += 1
        if until_s:
            self.control.reset(until_s=until_s)
        self.set_speed(self.speed)
        self._lay()

    def _series(self) -> pd.DataFrame:
        """The figures of the run over time."""
        return self.views[0].run.series().reset_index() if self.views else pd.DataFrame()

    def _make_runs(self, scenarios: list[Scenario]) -> list[WatchedRun]:
        sources = self.service.sources
        if len(scenarios) == 1:
            return [LiveRun(scenarios[0], sources=sources)]
        one, other = scenarios
        self._pair = SideBySide(one, other, sources=(sources, sources))
        return list(self._pair.runs)

    def _connect(self, view: View) -> None:
        """Let a map hear its run, and the page its map."""

        def hear(frame: Frame) -> None:
            if self._closed.is_set():
                return
            view.figures = dict(frame.figures)
            view.city_map.show(frame, self.pace)
            self._news.set()

        def show_all() -> None:
            with suppress(*GONE):
                view.city_map.show(view.run.full_frame(), self.pace)

        def show_all_soon() -> None:  # the run may be busy, and the page must not wait for it
            threading.Thread(target=show_all, name="page load", daemon=True).start()

        view.run.listeners.append(hear)
        view.city_map.on_ready(show_all_soon)
        view.city_map.tiles = self.service.tiles
        view.city_map.observe(lambda change: self.follow(change["new"]), "followed")
        view.city_map.observe(lambda change: self._click(view, change["new"]), "clicked")

    # What a visitor does

    @property
    def pace(self) -> float | None:
        """How fast the maps' clocks go."""
        return self.speed if self.is_playing else 0.0

    def play(self, on: bool) -> None:
        """Run, or pause."""
        if self.control:
            (self.control.play if on else self.control.pause)()
            self._news.set()

    def step(self, seconds: float) -> None:
        """Go on a little."""
        if self.control:
            self.control.step(seconds)

    def set_speed(self, speed: float | None) -> None:
        """Choose one of `SPEEDS`."""
        if speed in SPEEDS and self.control:
            self.speed = self.control.speed = speed
            self._news.set()

    def set_mode(self, mode: str) -> None:
        """Show one run or two, from the beginning."""
        if mode != self.mode:
            self.mode = mode
            self.begin()

    def change(self, key: str, value: Any) -> None:
        """Take a value from a control."""
        try:
            self.draft.set(key, value, self._change_at_once)
        except GONE:
            self.draft.mistakes[key] = BUSY
        self.edited.value += 1

    def coordinate(self, names: list[str]) -> None:
        """Switch mechanisms of coordination."""
        self.draft.coordinate(names)
        self.edited.value += 1

    def apply(self, on_to_now: bool) -> None:
        """Start again with all that waits, and run on to this moment if that is wanted."""
        self.begin(self.now_s if on_to_now else 0.0)

    def discard(self) -> None:
        """Forget what waits."""
        self.draft.discard()
        self.edited.value += 1

    def _change_at_once(self, key: str, value: Any) -> bool:
        """Have a policy decide otherwise from now on; of two runs, in that with the changes."""
        if not changes_while_running(key) or not self.control or self.control.is_over:
            return False
        for view in self.views[-1:] if self.mode == "changed" else self.views:
            view.run.change(key, value)
        return True

    def show_layer(self, layer: str, on: bool) -> None:
        """Show something on the maps, or hide it; of the tints there is one at most."""
        if layer not in LAYERS:
            return
        others = dict.fromkeys(TINTS, False) if layer in TINTS else {}
        self.layers = self.layers | others | {layer: on}
        self._lay()
        self.edited.value += 1

    def _lay(self) -> None:
        for view in self.views:
            view.city_map.layers = self.layers
            view.run.wants_coverage = self.layers["coverage"]

    def follow(self, what: str) -> None:
        """Tell the story of somebody, on all maps."""
        self.followed_now.value = what
        for view in self.views:
            view.city_map.followed = what
        self._news.set()

    def arm(self, wish: dict[str, Any]) -> None:
        """The next click on the map breaks something; nothing, if `what` is empty."""
        self.armed = wish if wish.get("what") in offers() else {}
        self.message = ""
        for view in self.views:
            view.city_map.tool = "place" if self.armed else "look"
        self.edited.value += 1

    def _click(self, view: View, click: dict[str, Any]) -> None:
        if self.armed and click:
            self._disrupt(lambda: request_at(self.armed, click, view.city_map.base_map))

    def close_followed(self, hours: float) -> None:
        """Close the site whose story is told, or have it fail."""
        site = self.followed_now.value
        if kind := kind_for(site):
            self._disrupt(lambda: request_for(site, kind, hours))

    def _disrupt(self, make: Callable[[], dict[str, Any]]) -> None:
        """Break something in all runs; what is wrong with it is told, and nothing is broken."""
        try:
            request = make()
            for view in self.views:
                view.run.disrupt(request)
        except CorridorError as error:
            self.message = str(error)
        except GONE:
            self.message = BUSY
        else:
            self.arm({})
        self._news.set()

    def read_story(self) -> None:
        """Have the run tell of who is followed."""
        followed, views = self.followed_now.value, self.views
        with suppress(*GONE):
            self.story = views[0].run.story(followed) if followed and views else None

    @property
    def notice(self) -> tuple[str, bool]:
        """What is to be said over the map, and whether it is an error."""
        if self.message or not self.control:
            return self.message, True
        has_failed = any(view.run.is_over and view.run.result is None for view in self.views)
        return self.control.message, has_failed

    # How it ends

    def _clear(self) -> None:
        for view in self.views:
            view.run.listeners.clear()
        if self.control:
            self.control.close()
        for view in self.views:
            view.city_map.close()
        if self.board:
            self.board.close()
        self._pair, self.board, self.views = None, None, []

    def close(self) -> None:
        """End the simulation; nothing of it is kept."""
        self._closed.set()
        self._news.set()
        with self._lock:
            self._clear()


_sessions: dict[str, LiveSession] = {}


def session_of_visitor(
    service: Service, make: Callable[[Service], LiveSession] = LiveSession
) -> LiveSession:
    """The session of the page that asks; made when it first does."""
    visitor = solara.get_kernel_id()
    if visitor not in _sessions:
        _sessions[visitor] = make(service)
    return _sessions[visitor]


def _await_leave() -> Callable[[], None]:
    """Solara calls this for each page that opens, and what it returns when the page closes."""
    visitor = solara.get_kernel_id()

    def leave() -> None:
        session = _sessions.pop(visitor, None)
        if session is not None:
            session.close()

    return leave


solara.lab.on_kernel_start(_await_leave)
