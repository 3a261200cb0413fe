"""The thread that moves watched runs on, at a pace that can be set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any

from environment.errors import CorridorError
from environment.units import MINUTE_S
from scenarios.scenario import Scenario
from viz.live.stage import Stage

TICK_S = 0.1
"""Real seconds between two frames."""
LEAP_S = 0.5
"""The same of a run so fast that no eye can follow a drive: each frame is a picture of its own."""
FOLLOWED_SPEED = 1_200.0
"""Simulated seconds in a real one up to which drives can be followed."""
CHUNK_S = 14_400.0
"""Simulated seconds between two looks at the figures where no pace is set."""
POINTS = 240
"""Looks at the figures on the way to a moment at which somebody wants to begin."""
PATIENCE_S = 60.0
"""Real seconds that a question waits for its answer, as while a city is built."""

Job = Callable[[], Any]


class RunClosedError(CorridorError):
    """Something was asked of a run that is closed."""

    def __str__(self) -> str:
        return "The run is closed."


class Clockwork:
    """The thread that moves runs on, in turns and always to the same moment.

    Parameters
    ----------
    stages : sequence of Stage

    Attributes
    ----------
    speed : float or None
        Simulated seconds in a real one; None is as fast as can be.
    is_playing, is_building : bool
    """

    def __init__(self, stages: Sequence[Stage]) -> None:
        self.stages = tuple(stages)
        self.speed: float | None = 60.0
        self.is_playing = False
        self.is_building = True
        self._leaps = False
        self._jobs: SimpleQueue[tuple[Job, Future[Any]]] = SimpleQueue()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._live, name="live run", daemon=True)
        self._thread.start()

    # From any thread

    def play(self) -> None:
        """Go on."""
        self.tell(lambda: self._set_playing(True))

    def pause(self) -> None:
        """Stand still."""
        self.tell(lambda: self._set_playing(False))

    def step(self, seconds: float) -> None:
        """Stand still after so many simulated seconds more."""
        self.tell(lambda: self._step(seconds))

    def reset(self, scenarios: Sequence[Scenario | None], until_s: float) -> None:
        """Begin anew, with other scenarios where they are given, and go fast up to a moment."""
        self.tell(lambda: self._reset(scenarios, until_s))

    def close(self) -> None:
        """End the thread, and let go of the runs."""
        self._closed.set()
        self.tell(lambda: None)

    def tell(self, job: Job) -> Future[Any]:
        """Have something done in the thread."""
        answer: Future[Any] = Future()
        self._jobs.put((job, answer))
        return answer

    def ask(self, job: Job) -> Any:
        """Have something done in the thread, and wait for what comes out."""
        if threading.current_thread() is self._thread:
            return job()
        if self._closed.is_set():
            raise RunClosedError
        return self.tell(job).result(PATIENCE_S)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end of the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @property
    def now_s(self) -> float:
        """The clock of the runs."""
        return max(stage.now_s for stage in self.stages)

    @property
    def is_over(self) -> bool:
        """Whether all runs are over."""
        return all(stage.is_over for stage in self.stages)

    # In the thread

    def _live(self) -> None:
        try:
            self._build()
            while not self._closed.is_set():
                if self.is_playing and not self.is_over:
                    self._tick()
                else:
                    self._do(self._jobs.get())
        finally:
            for stage in self.stages:
                stage.leave()
            self._drop_jobs()

    def _drop_jobs(self) -> None:
        """Nobody is to wait for an answer from a thread that has ended."""
        while True:
            try:
                self._jobs.get_nowait()[1].cancel()
            except Empty:
                return

    def _build(self) -> None:
        self.is_building = True
        for stage in self.stages:
            if not self._closed.is_set():
                stage.build()
        self.is_building = False

    def _do(self, order: tuple[Job, Future[Any]]) -> None:
        job, answer = order
        try:
            answer.set_result(job())
        except Exception as error:  # noqa: BLE001  # whoever asked is told
            answer.set_exception(error)

    def _set_playing(self, is_playing: bool) -> None:
        self.is_playing = is_playing and not self.is_over
        if not self.is_playing:
            self._stand()

    def _tick(self) -> None:
        """Move on by what a tick is worth, and wait for the rest of it, if any."""
        ends_s, speed = monotonic() + TICK_S, self.speed
        if speed is None:
            ends_s = self._hurry()
        else:
            self._advance(self.now_s + speed * TICK_S)
            self._show()
        if self.is_over:
            self._set_playing(False)
        self._wait(ends_s)

    def _hurry(self) -> float:
        """Move on as far as can be, until the next frame is due or something is asked for."""
        began_s, from_s = monotonic(), self.now_s
        ends_s = began_s + (LEAP_S if self._leaps else TICK_S)
        while self._goes_on:
            self._skip(self.now_s + CHUNK_S)
            if monotonic() > ends_s or not self._jobs.empty():
                break
        self._show()
        ended_s = monotonic()
        self._leaps = self.now_s - from_s > FOLLOWED_SPEED * (ended_s - began_s)
        return ended_s

    def _skip(self, until_s: float) -> None:
        """Move on with a look at the figures, and without a frame."""
        self._advance(until_s)
        for stage in self.stages:
            stage.note()

    @property
    def _goes_on(self) -> bool:
        return not (self.is_over or self._closed.is_set())

    def _wait(self, ends_s: float) -> None:
        """Do what is asked for until a real moment, at least once what is asked for already."""
        while not self._closed.is_set():
            left_s = ends_s - monotonic()
            try:
                order = self._jobs.get(timeout=left_s) if left_s > 0 else self._jobs.get_nowait()
            except Empty:
                return
            self._do(order)
            if not self.is_playing:
                return

    def _advance(self, until_s: float) -> None:
        for stage in self.stages:
            stage.advance(until_s)

    def _show(self) -> None:
        for stage in self.stages:
            stage.show()

    def _stand(self) -> None:
        for stage in self.stages:
            stage.stand()

    def _step(self, seconds: float) -> None:
        self.is_playing = False
        self._advance(self.now_s + seconds)
        self._show()

    def _reset(self, scenarios: Sequence[Scenario | None], until_s: float) -> None:
        for stage, scenario in zip(self.stages, scenarios, strict=True):
            stage.leave()
            stage.scenario = scenario or stage.scenario
        self._build()
        shown_s = monotonic()
        while self.now_s < until_s and self._goes_on:
            self._skip(min(self.now_s + max(until_s / POINTS, MINUTE_S), until_s))
            if monotonic() > shown_s + TICK_S:
                shown_s = monotonic()
                self._show()
        self._show()
