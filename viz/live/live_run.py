"""A run that goes on while somebody watches: in a thread of its own, at a pace that can be set."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any

import pandas as pd

from environment.errors import CorridorError
from environment.units import MINUTE_S
from scenarios.scenario import Scenario
from simulation.policies import Sources
from viz.live.base_map import BaseMap
from viz.live.frame import Frame
from viz.live.stage import Listener, Stage

if TYPE_CHECKING:
    from simulation.tables.result import Result
    from viz.live.figures import Figure
    from viz.live.story import Story

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


class Controls:
    """What moves runs on and holds them; all of it may be used from any thread.

    Parameters
    ----------
    clockwork : Clockwork
    """

    def __init__(self, clockwork: Clockwork) -> None:
        self._clockwork = clockwork

    @property
    def is_over(self) -> bool:
        """Whether all runs have ended, or failed."""
        return self._clockwork.is_over

    @property
    def is_playing(self) -> bool:
        """Whether the clock goes on."""
        return self._clockwork.is_playing and not self.is_over

    @property
    def is_building(self) -> bool:
        """Whether a city is still being built."""
        return self._clockwork.is_building

    @property
    def speed(self) -> float | None:
        """Simulated seconds in a real one; None is as fast as can be."""
        return self._clockwork.speed

    @speed.setter
    def speed(self, value: float | None) -> None:
        self._clockwork.speed = value

    def play(self) -> None:
        """Go on."""
        self._clockwork.play()

    def pause(self) -> None:
        """Stand still."""
        self._clockwork.pause()

    def step(self, seconds: float = 60.0) -> None:
        """Go on for so many simulated seconds, and stand still."""
        self._clockwork.step(seconds)

    def close(self) -> None:
        """End the thread within a fraction of a second, and free the memory."""
        self._clockwork.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end of the thread; returns whether it has ended."""
        return self._clockwork.join(timeout_s)


class WatchedRun(Controls):
    """One run with its controls; all of them may be used from any thread, and return at once.

    Parameters
    ----------
    stage : Stage
    clockwork : Clockwork
        Moves it on, perhaps with others.

    Attributes
    ----------
    stage : Stage
        The run itself; only the run's own thread may touch it.
    """

    def __init__(self, stage: Stage, clockwork: Clockwork) -> None:
        super().__init__(clockwork)
        self.stage = stage

    # What is to be seen

    @property
    def listeners(self) -> list[Listener]:
        """Each is told of every frame, in the run's thread."""
        return self.stage.listeners

    @property
    def scenario(self) -> Scenario:
        """What is run."""
        return self.stage.scenario

    @property
    def now_s(self) -> float:
        """The run's clock."""
        return self.stage.now_s

    @property
    def is_over(self) -> bool:
        """Whether it has ended, or failed."""
        return self.stage.is_over

    @property
    def message(self) -> str:
        """An error or a note in plain words; empty if there is none."""
        return self.stage.message

    @property
    def wants_coverage(self) -> bool:
        """Whether frames tell how soon a free ambulance could be in each zone."""
        return self.stage.wants_coverage

    @wants_coverage.setter
    def wants_coverage(self, value: bool) -> None:
        self.stage.wants_coverage = value

    def base_map(self) -> BaseMap | None:
        """The base map; None until the city is built."""
        return self.stage.base_map

    def full_frame(self) -> Frame:
        """Everything as of the last frame, for a page that has just loaded."""
        if self.stage.observer is None:
            return Frame(0.0, is_first=True)
        try:
            frame: Frame = self._clockwork.ask(self.stage.full)
        except (RunClosedError, CancelledError):
            return Frame(0.0, is_first=True)
        return frame

    def series(self) -> pd.DataFrame:
        """The figures so far, a row a simulated minute at most, by their keys."""
        return self.stage.series.table()

    def figures(self) -> dict[str, Figure]:
        """The measures that it has, by key; none until it is built."""
        observer = self.stage.observer
        return {} if observer is None else observer.known

    def values(self) -> Mapping[str, float]:
        """The measures as of the last look, by key."""
        observer = self.stage.observer
        return {} if observer is None else observer.values

    @property
    def result(self) -> Result | None:
        """What happened, as of any run; None until it is over."""
        return self.stage.result

    def story(self, thing: str) -> Story:
        """What a vehicle, call or site is doing and has done, by its id as on the map."""
        story: Story = self._clockwork.ask(lambda: self.stage.story(thing))
        return story

    # Stepping in

    def change(self, key: str, value: Any) -> None:
        """Have a policy decide otherwise from now on.

        Raises
        ------
        ScenarioError
            If the value needs a new start, and why.
        CorridorError
            If it is not as it should be.
        """
        self._clockwork.ask(lambda: self.stage.change(key, value))

    def disrupt(self, request: Mapping[str, Any]) -> None:
        """Have something go wrong from now on; see `simulation.interventions.live.disrupt`.

        Raises
        ------
        ScenarioError
            If it cannot be had, in plain words.
        """
        self._clockwork.ask(lambda: self.stage.disrupt(request))

    # Controls

    def reset(self, scenario: Scenario | None = None, until_s: float = 0.0) -> None:
        """Begin anew, with another scenario if one is given, and go fast up to a moment."""
        stages = self._clockwork.stages
        given = [scenario if stage is self.stage else None for stage in stages]
        self._clockwork.reset(given, until_s)


class LiveRun(WatchedRun):
    """A run in a thread of its own.

    Parameters
    ----------
    scenario : Scenario
    replication : int
    sources : mapping of str to PolicySource, optional
        Sources of the user's own policies, where they were found already.
    """

    def __init__(
        self, scenario: Scenario, replication: int = 0, sources: Sources | None = None
    ) -> None:
        stage = Stage(scenario, replication, sources)
        super().__init__(stage, Clockwork([stage]))
