"""A visitor's replay: one saved run on a map, or two beside each other at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import solara

from viz.live.city_map import CityMapWidget
from viz.live.frame import Frame
from viz.live.record import RecordedRun

SPEEDS = (10, 60, 120, 300, 600, 1800)
TOLD_EVERY_S = 0.5
TITLES_OF_ONE = 1


@dataclass
class ReplayView:
    """One run and its map."""

    title: str
    run: RecordedRun
    city_map: CityMapWidget


class ReplaySession:
    """Plays one or two saved runs; the second goes where the first is.

    Parameters
    ----------
    runs : sequence of (str, Path)
        Title and folder of each.
    dark : bool
    tiles : str

    Attributes
    ----------
    views : list of ReplayView
    beat : reactive int
        Counts up, twice a second at most, when there is something new to say beside the maps.
    followed : reactive str

    Raises
    ------
    ResultError
        If one of the runs cannot be shown.
    """

    def __init__(self, runs: Sequence[tuple[str, Path]], dark: bool, tiles: str = "") -> None:
        self.beat = solara.reactive(0)
        self.followed = solara.reactive("")
        self.views: list[ReplayView] = []
        self._closed = threading.Event()
        self._news = threading.Event()
        for title, folder in runs:
            run = RecordedRun(folder)
            city_map = CityMapWidget(run.base_map(), dark)
            city_map.tiles = tiles
            self.views.append(ReplayView(title, run, city_map))
        for view in self.views:
            self._connect(view)
        if len(self.views) > TITLES_OF_ONE:
            self.first.listeners.append(self._lead)
        threading.Thread(target=self._publish, name="replay news", daemon=True).start()

    @property
    def first(self) -> RecordedRun:
        """The run whose clock is everybody's."""
        return self.views[0].run

    @property
    def pace(self) -> float:
        """How fast the maps' clocks go."""
        return float(self.first.speed or 0) if self.first.is_playing else 0.0

    def play(self, on: bool) -> None:
        """Go on, or stand."""
        (self.first.play if on else self.first.pause)()
        self._show_all()

    def step(self, seconds: float) -> None:
        """Go on a little."""
        self.first.step(float(seconds))

    def seek(self, to_s: float) -> None:
        """Go to a moment."""
        self.first.seek(float(to_s))

    def set_speed(self, speed: float) -> None:
        """Choose one of `SPEEDS`."""
        if speed in SPEEDS:
            self.first.speed = float(speed)
            self._news.set()

    def follow(self, what: str) -> None:
        """Follow somebody on all maps."""
        self.followed.value = what
        for view in self.views:
            view.city_map.followed = what

    def darken(self, dark: bool) -> None:
        """Light or dark maps."""
        for view in self.views:
            view.city_map.dark = dark

    def close(self) -> None:
        """End it; nothing is kept."""
        self._closed.set()
        self._news.set()
        for view in self.views:
            view.run.close()
            view.city_map.close()

    def _connect(self, view: ReplayView) -> None:
        def hear(frame: Frame) -> None:
            if not self._closed.is_set():
                view.city_map.show(frame, self.pace)
                self._news.set()

        def show() -> None:
            view.city_map.show(view.run.full_frame(), self.pace)

        view.run.listeners.append(hear)
        view.city_map.on_ready(show)
        view.city_map.observe(lambda change: self.follow(change["new"]), "followed")

    def _lead(self, frame: Frame) -> None:
        """Take the other run to the moment of the first."""
        other = self.views[1].run
        if frame.is_first:
            other.seek(frame.now_s)
        else:
            other.step(frame.now_s - other.now_s)

    def _show_all(self) -> None:
        for view in self.views:
            view.city_map.show(view.run.full_frame(), self.pace)
        self._news.set()

    def _publish(self) -> None:
        while not self._closed.is_set():
            self._news.wait()
            self._news.clear()
            if self._closed.is_set():
                return
            self.beat.value += 1
            self._closed.wait(TOLD_EVERY_S)
