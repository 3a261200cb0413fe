"""Tells the page what is new, a few times a second, so that drawing it never holds up a run."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol

from viz.page.live.chart_list import charts_of
from viz.page.live.charts import ChartBoard

PUBLISHED_EVERY_S, CHARTED_EVERY_S = 0.5, 1.0
"""Real seconds; figures that change faster cannot be read."""


class Published(Protocol):
    """What a publisher reads of a session, and counts up in it."""

    @property
    def is_playing(self) -> bool:
        """Whether the clock goes on."""

    @property
    def notice(self) -> tuple[str, bool]:
        """What the visitor has to be told, and whether it is an error."""

    @property
    def beat(self) -> Any:
        """A reactive int that is counted up when the run has gone on."""

    @property
    def board(self) -> ChartBoard | None:
        """The charts, once there are any."""

    @property
    def views(self) -> Sequence[Any]:
        """The runs on stage with their maps."""

    def read_story(self) -> None:
        """Bring the story of what is followed up to date."""


class Publisher(threading.Thread):
    """A session's thread for the figures, the story and the charts.

    Parameters
    ----------
    session : Published
    news : Event
        Is set when there is something to tell.
    closed : Event
        Ends the thread, once `news` is set.
    """

    def __init__(self, session: Published, news: threading.Event, closed: threading.Event) -> None:
        super().__init__(name="page news", daemon=True)
        self._session = session
        self._news = news
        self._closed = closed
        self._told: Any = None
        self._charted_s = 0.0
        self._is_chart_old = False

    def run(self) -> None:
        """Tell, and rest, until the page is closed."""
        while not self._closed.is_set():
            has_news = self._news.wait(PUBLISHED_EVERY_S)
            self._news.clear()
            if self._closed.is_set():
                return
            self._publish(has_news)
            if has_news:
                self._closed.wait(PUBLISHED_EVERY_S)

    def _publish(self, has_news: bool) -> None:
        """Tell what is new; a pause takes effect without a frame, and is looked for."""
        session = self._session
        state = (session.is_playing, session.notice)
        if has_news or state != self._told:
            self._told = state
            session.read_story()
            session.beat.value += 1
            self._is_chart_old = True
        if self._is_chart_old and time.monotonic() > self._charted_s + CHARTED_EVERY_S:
            self._draw_charts()

    def _draw_charts(self) -> None:
        """Send the charts' data; which charts there are is known once the run is made."""
        board, views = self._session.board, self._session.views
        if board is None or not views or not views[0].known:
            return
        if not board.charts:
            states = views[0].city_map.base_map["states"]
            colours = {key: state["colour"] for key, state in states.items()}
            priorities = views[0].run.scenario.demand.priorities
            board.charts = charts_of(views[0].known, priorities, colours)
        board.tell()
        self._charted_s, self._is_chart_old = time.monotonic(), False
