"""Two runs for the same patients, watched together."""

from __future__ import annotations

from scenarios.scenario import Scenario
from simulation.policies import Sources
from viz.live.live_run import Clockwork, Controls, WatchedRun
from viz.live.stage import Stage


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
