"""What every comparison with theory is made of: small cities, replications, and a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.tables.result import Result

CONFIDENCE = 0.99
SERVICE_S = 600.0

ONE_PLACE = {
    "sites.csv": "site_id,kind,x,y,ambulances\nS,station,0,0,1\nH,hospital,0,0,0\n",
    "zones.csv": "zone_id,x,y,demand_share\nZ,0,0,1\n",
}
NO_DELAYS = {"dispatch_delay": 0, "mobilisation": 0, "handover": 0, "transported_share": 0}
Measure = Callable[[Result], float]


@dataclass(frozen=True)
class Check:
    """One figure of a run beside what theory says, with the half width of its interval."""

    oracle: str
    measure: str
    expected: float
    got: float
    half_width: float

    @property
    def holds(self) -> bool:
        """Whether theory lies within the interval."""
        return abs(self.got - self.expected) <= self.half_width


@dataclass(frozen=True)
class Runs:
    """How many replications of how many calls each, and where their files may be written."""

    folder: Path
    replications: int
    calls: float

    def checks(
        self,
        oracle: str,
        scenario: Scenario,
        expected: Mapping[str, float],
        measures: Mapping[str, Measure] | None = None,
    ) -> Iterator[Check]:
        """Simulate, and compare; what has no measure of its own stands in the summary."""
        results = [simulate(scenario, number) for number in range(self.replications)]
        for name, value in expected.items():
            own = (measures or {}).get(name)
            got = np.array([own(r) if own is not None else r.summary[name] for r in results])
            yield Check(oracle, name, value, float(got.mean()), half_width(got))

    def scenario(
        self, files: Mapping[str, str], load: float, relaxation: float, **changes: Any
    ) -> Scenario:
        """A small grid with these files; the warm-up lasts ten times the `relaxation`.

        `load` is in Erlang and `relaxation` in units of `SERVICE_S`.
        """
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        demand = {"calls_per_day": load * 86_400 / SERVICE_S, "address": "zone", **NO_DELAYS}
        data = {
            "roads": {"source": "plane_grid", "rows": 5, "columns": 5, "speed_kph": 36},
            "places": {"sites": "sites.csv", "zones": "zones.csv"},
            "signals": {"active": False},
            "run": {
                "days": self.calls / load * SERVICE_S / 86_400,
                "warm_up_days": 10 * relaxation * SERVICE_S / 86_400,
            },
            **changes,
            "demand": {**demand, **changes.get("demand", {})},
        }
        return Scenario.model_validate({**data, "folder": self.folder})


def half_width(values: NDArray[np.float64]) -> float:
    """Half the width of the t-interval of a mean."""
    error = values.std(ddof=1) / np.sqrt(len(values))
    return float(t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * error)


def relaxation(servers: int, load: float) -> float:
    """How long M/M/c remembers, in service times."""
    return float((np.sqrt(servers) - np.sqrt(load)) ** -2)


def exponential(mean_s: float) -> dict[str, Any]:
    """A duration as scenarios write it."""
    return {"distribution": "exponential", "mean_s": mean_s}
