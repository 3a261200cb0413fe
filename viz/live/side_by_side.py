"""Two runs for the same patients, watched together."""

from __future__ import annotations

from scenarios.scenario import Scenario
from simulation.policies import Sources
from viz.live.live_run import Clockwork, WatchedRun
from viz.live.stage import Stage


class SideBySide:
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
        self._clockwork = Clockwork(stages)
        self.runs = tuple(WatchedRun(stage, self._clockwork) for stage in stages)

    @property
    def now_s(self) -> float:
        """The clock of both."""
        return self._clockwork.now_s

    @property
    def is_playing(self) -> bool:
        """Whether they go on."""
        return self._clockwork.is_playing and not self.is_over

    @property
    def is_building(self) -> bool:
        """Whether their cities are still being built."""
        return self._clockwork.is_building

    @property
    def is_over(self) -> bool:
        """Whether both have ended, or failed."""
        return self._clockwork.is_over

    @property
    def message(self) -> str:
        """What either has to say."""
        return "\n".join(dict.fromkeys(run.message for run in self.runs if run.message))

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

    def close(self) -> None:
        """End the thread, and free the memory of both."""
        self._clockwork.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end of the thread; returns whether it has ended."""
        return self._clockwork.join(timeout_s)

    def differences(self) -> dict[str, float]:
        """Figures of the second run less those of the first, of those that both have."""
        first, second = (run.values() for run in self.runs)
        return {key: second[key] - value for key, value in first.items() if key in second}


def _with_one_seed(a: Scenario, b: Scenario) -> tuple[Scenario, Scenario]:
    return a, b if b.seed == a.seed else b.changed({"seed": a.seed})
