"""A saved run that is played again, from its trace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from pydantic import ValidationError

from environment.errors import CorridorError
from environment.units import MINUTE_S
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.errors import ResultError
from simulation.measures.measure import Measure
from simulation.preparation import prepare_on
from simulation.tables.map_copy import read_map
from simulation.tables.result import Result, again, load_manifest, load_result
from viz.live.base_map import BaseMap, draw_base_map
from viz.live.frame import Frame
from viz.live.observer import Picture
from viz.live.readers.run_log import RunLog, log_of_result
from viz.live.series import Series
from viz.live.story import Story, tell_story


class SavedRun(NamedTuple):
    """A run, its scenario, and what readers read of it."""

    result: Result
    scenario: Scenario
    replication: int
    log: RunLog


def read_saved_run(folder: Path) -> SavedRun:
    """Read a run with its trace and its map.

    Parameters
    ----------
    folder : Path
        Such as ``out/ARM/replication-0003``.

    Raises
    ------
    ResultError
        If it is none, of another format, or damaged.
    """
    manifest = load_manifest(folder)
    try:
        scenario = Scenario.model_validate(manifest["scenario"])
        replication, city = int(manifest["replication"]), str(manifest["ground"])
    except (KeyError, TypeError, ValueError, ValidationError):
        raise ResultError(f"{folder}: its scenario cannot be read by this version") from None
    if not scenario.run.trace:
        told = again(manifest, " --set run.trace=true")
        raise ResultError(f"{folder}: was run with run.trace = false and has no trace; {told}")
    result = load_result(folder)
    city_map = read_map(folder, city)
    try:
        log = log_of_result(result, scenario, prepare_on(scenario, city_map))
    except CorridorError as error:
        raise ResultError(f"{folder}: its map cannot be used: {error}") from None
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise ResultError(f"{folder}: its tables do not fit together ({error!r})") from None
    return SavedRun(result, scenario, replication, log)


TICK_S = 0.1
"""Real seconds between two frames."""
FASTEST = 3_600.0
"""Simulated seconds a real second where the run goes as fast as it can."""
MOST_LOOKS = 3_000
"""At the measures of a whole run; of a short one, a look a simulated minute."""


class RecordedRun:
    """Plays a saved run with the interface of `viz.live.live_run.LiveRun`.

    Nothing is simulated: the trace is read by the readers of a run under way (`Picture`), so that
    both show the same. Any moment can be gone to at once; to go back, it is read anew.

    Parameters
    ----------
    folder : Path
        One run, such as ``out/ARM/replication-0003``.

    Attributes
    ----------
    listeners : list of callable
        Each is called with every frame, in the run's thread.
    scenario : Scenario
    result : Result
        The tables.
    end_s : float
        When it is over.
    speed : float or None
        Simulated seconds a real second; None is as fast as it can.
    wants_coverage : bool
        Whether frames tell how soon each zone is reached.
    message : str
        Always empty: what is wrong with a record is told when it is opened.

    Raises
    ------
    ResultError
        If the folder holds no run, or one that cannot be shown.
    """

    def __init__(self, folder: Path) -> None:
        saved = read_saved_run(folder)
        self.scenario: Scenario = saved.scenario
        self.replication = saved.replication
        self.result = saved.result
        self.end_s = _end_s(saved.result, saved.scenario.run.horizon_s)
        self._log = saved.log
        try:
            self._picture = Picture(saved.log)
            self._series = _series(saved.log, self.end_s)
            self._picture.look(0.0)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            raise ResultError(f"{folder}: its tables do not fit together ({error!r})") from None
        self.listeners: list[Callable[[Frame], None]] = []
        self.speed: float | None = 60.0
        self.wants_coverage = False
        self.message = ""
        self._lock = threading.RLock()
        self._plays = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    # What there is to see

    @property
    def now_s(self) -> float:
        """The moment that is shown."""
        return self._picture.now_s

    @property
    def is_playing(self) -> bool:
        """Whether the clock goes on."""
        return self._plays.is_set()

    @property
    def is_building(self) -> bool:
        """Whether there is nothing to see yet."""
        return False

    @property
    def is_over(self) -> bool:
        """Whether nothing comes any more."""
        return self.now_s >= self.end_s

    def base_map(self) -> BaseMap:
        """All that stands still."""
        return draw_base_map(self._log.area, self.scenario)

    def full_frame(self) -> Frame:
        """Everything as of now."""
        with self._lock:
            return self._picture.full()

    def series(self) -> pd.DataFrame:
        """The measures of each minute so far, by their keys; the index is the time in seconds."""
        return self._series.loc[: self.now_s]

    def figures(self) -> dict[str, Measure]:
        """The measures that it tells of, by key."""
        return dict(self._picture.known)

    def values(self) -> Mapping[str, float]:
        """The measures of this moment, by key."""
        return self._picture.values

    def story(self, thing: str) -> Story:
        """What a vehicle, call or site was doing and had done until now; empty if there is none."""
        with self._lock:
            return tell_story(self._picture, thing)

    def change(self, key: str, value: Any) -> None:
        """Refuse: what happened, happened.

        Raises
        ------
        ScenarioError
            Always.
        """
        del key, value
        raise ScenarioError("a saved run cannot be changed; start a new one on the live page")

    def disrupt(self, request: Mapping[str, Any]) -> None:
        """Refuse, as `change`.

        Raises
        ------
        ScenarioError
            Always.
        """
        self.change("", request)

    # What can be done

    def play(self) -> None:
        """Let the clock go on."""
        if not self.is_over:
            self._plays.set()

    def pause(self) -> None:
        """Let the clock stand."""
        self._plays.clear()

    def step(self, seconds: float = 60.0) -> None:
        """Go on by some seconds."""
        self._go_on(seconds)

    def seek(self, to_s: float) -> None:
        """Go to any moment, back too."""
        with self._lock:
            now_s = min(max(to_s, 0.0), self.end_s)
            if now_s < self.now_s:
                self._picture = Picture(self._log)
            self._look(now_s)
            self._tell(self._picture.full())

    def reset(self, scenario: Scenario | None = None, until_s: float = 0.0) -> None:
        """Go to a moment; a record has the scenario that it has."""
        del scenario
        self.seek(until_s)

    def close(self) -> None:
        """End the thread; it says nothing any more."""
        self._is_closed = True
        self.listeners.clear()
        self._plays.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end of the thread; returns whether it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        before_s = time.monotonic()
        while not self._is_closed:
            if not self._plays.wait(timeout=1.0):
                before_s = time.monotonic()
                continue
            time.sleep(TICK_S)
            now_s = time.monotonic()
            elapsed_s, before_s = min(now_s - before_s, 5 * TICK_S), now_s
            if self._plays.is_set() and not self._is_closed:
                self._go_on(elapsed_s * (FASTEST if self.speed is None else self.speed))

    def _go_on(self, seconds: float) -> None:
        with self._lock:
            frame = self._look(min(self.now_s + seconds, self.end_s))
            if self.is_over:
                self._plays.clear()
            self._tell(frame)

    def _look(self, now_s: float) -> Frame:
        self._picture.wants_coverage = self.wants_coverage
        return self._picture.look(now_s)

    def _tell(self, frame: Frame) -> None:
        for listener in [*self.listeners]:
            listener(frame)


def _series(log: RunLog, end_s: float) -> pd.DataFrame:
    """The measures of a whole run; the index is the time in seconds."""
    picture = Picture(log)
    series = Series(picture.known)
    every_s = MINUTE_S * max(1, ceil(end_s / MINUTE_S / MOST_LOOKS))
    for k in range(ceil(end_s / every_s) + 1):
        picture.note(k * every_s)
        series.add(picture.now_s, picture.values)
    return series.table()


def _end_s(result: Result, horizon_s: float) -> float:
    """When everybody was home."""
    ends = [result.missions["home_s"], result.moves["ended_s"]]
    if result.supplies is not None:
        ends.append(result.supplies.trips["back_s"])
    last = [float(one.max()) for one in ends if len(one)]
    return max([horizon_s, *last])
