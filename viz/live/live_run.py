"""Runs that go on while somebody watches, one or two side by side, each with its controls."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

import pandas as pd

from scenarios.scenario import Scenario
from simulation.measures.measure import Measure
from simulation.policies import Sources
from viz.live.base_map import BaseMap
from viz.live.clockwork import Clockwork, RunClosedError
from viz.live.frame import Frame
from viz.live.stage import Listener, Stage

if TYPE_CHECKING:
    from simulation.tables.result import Result
    from viz.live.story import Story


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
        """The measures so far, a row a simulated minute at most, by their whole names."""
        return self.stage.series.table()

    def figures(self) -> dict[str, Measure]:
        """The measures that it has, by their whole names; none until it is built."""
        observer = self.stage.observer
        return {} if observer is None else observer.known

    def values(self) -> Mapping[str, float]:
        """The measures as of the last look, by their whole names."""
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


class SideBySide(Controls):
    """Two runs that one thread moves on to the same moments.

    Both have the seed of the first scenario, so that the same patients call.

    Parameters
    ----------
    scenario_a, scenario_b : Scenario
    replication : int
    sources : pair of mappings of str to PolicySource, optional

    Attributes
    ----------
    runs : tuple of WatchedRun
        Each with its own listeners and stories; controls of either move both.
    """

    def __init__(
        self,
        scenario_a: Scenario,
        scenario_b: Scenario,
        replication: int = 0,
        sources: tuple[Sources | None, Sources | None] = (None, None),
    ) -> None:
        scenarios = _with_one_seed(scenario_a, scenario_b)
        stages = [
            Stage(scenario, replication, own)
            for scenario, own in zip(scenarios, sources, strict=True)
        ]
        super().__init__(Clockwork(stages))
        self.runs = tuple(WatchedRun(stage, self._clockwork) for stage in stages)

    @property
    def now_s(self) -> float:
        """The clock of both."""
        return self._clockwork.now_s

    @property
    def message(self) -> str:
        """What either has to say."""
        return "\n".join(dict.fromkeys(run.message for run in self.runs if run.message))

    def reset(
        self,
        scenario_a: Scenario | None = None,
        scenario_b: Scenario | None = None,
        until_s: float = 0.0,
    ) -> None:
        """Begin anew, with other scenarios where they are given."""
        a, b = self.runs
        both = _with_one_seed(scenario_a or a.scenario, scenario_b or b.scenario)
        self._clockwork.reset(both, until_s)

    def differences(self) -> dict[str, float]:
        """Figures of the second run less those of the first, of those that both have."""
        first, second = (run.values() for run in self.runs)
        return {key: second[key] - value for key, value in first.items() if key in second}


def _with_one_seed(a: Scenario, b: Scenario) -> tuple[Scenario, Scenario]:
    return a, b if b.seed == a.seed else b.changed({"seed": a.seed})
