"""What the paper claims of robust location and of lights, and what came out here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.statistics import Interval, paired_interval, t_interval
from papers.smart_ems.cases import SIZES, SMALL_PAPER, Variant
from papers.smart_ems.experiment import (
    EQUIPPED_SHARES,
    KINDS,
    NOMINAL,
    OTHER,
    ROBUST,
    SENSITIVITY,
    SmartEmsRuns,
    Solved,
    Task,
)
from simulation.tables.files import to_json

RESPONSE, HELD, CROSS_RED = (
    "response_s[high]",
    "held_vehicles_per_hour",
    "forced_green_s_per_hour",
)
HOLDS, FAILS, PARTLY = "holds", "does not hold", "in part"

DEMANDS = ("daily demand", "simultaneous demand")
OTHERS = ("station cost", "ambulance cost", "speed", "lights offered")

Array = NDArray[np.float64]


class Claim(NamedTuple):
    """What the paper says, what is so here, and whether it holds."""

    text: str
    ours: str
    verdict: str


@dataclass(frozen=True, eq=False)
class SmartEms:
    """The runs, and how they stand beside the paper."""

    runs: SmartEmsRuns

    @cached_property
    def sizes(self) -> list[SizeRow]:
        """Larger cases by kind and number of candidates."""
        return [self._size_row(kind, stations) for kind in KINDS for stations in SIZES]

    @cached_property
    def nominal_ambulances(self) -> list[int]:
        """Ambulances without noise and deviations, by number of candidates."""
        return [self.runs.solved[Task(NOMINAL, 0, Variant(size))].ambulances for size in SIZES]

    @cached_property
    def sensitivity(self) -> dict[str, list[Solved]]:
        """Plans from less to more of each input."""
        return {
            name: [self.runs.solved[Task(ROBUST, 0, variant)] for variant in variants]
            for name, variants in SENSITIVITY.items()
        }

    @cached_property
    def lights(self) -> list[LightsRow]:
        """The simulated city by the share of equipped lights."""
        values = {name: self._of_lights(name) for name in (RESPONSE, HELD, CROSS_RED)}
        response = values[RESPONSE]
        nothing = Interval(np.nan, np.nan, np.nan, 0)
        return [
            LightsRow(
                share,
                t_interval(response[k]),
                paired_interval(response[k], response[0]) if k else nothing,
                paired_interval(response[k], response[k - 1]) if k else nothing,
                t_interval(values[HELD][k]),
                t_interval(values[CROSS_RED][k]),
            )
            for k, share in enumerate(EQUIPPED_SHARES)
        ]

    def rises(self, kind: str) -> int:
        """Experiments in which the cost is greater with the most candidates than the fewest."""
        fewest, most = (self._objectives(kind, size) for size in (SIZES[0], SIZES[-1]))
        return int((most > fewest).sum())

    @cached_property
    def claims(self) -> list[Claim]:
        """Each claim of the paper."""
        return [*self._small_claims(), *self._size_claims(), *self._input_claims(),
                *self._light_claims()]  # fmt: skip

    def to_json(self) -> str:
        """All tables; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def to_dict(self) -> dict[str, Any]:
        """All tables, ready for JSON."""
        runs = self.runs
        return {
            "experiments": runs.size.experiments,
            "replications": runs.size.replications,
            "small_case": [row._asdict() | {"in_paper": SMALL_PAPER[row.paper]}
                           for row in runs.small],
            "larger_cases": [_plain(row) for row in self.sizes],
            "nominal_ambulances": dict(zip(map(str, SIZES), self.nominal_ambulances, strict=True)),
            "sensitivity": {
                name: [
                    {"variant": variant._asdict()} | solved._asdict()
                    for variant, solved in zip(SENSITIVITY[name], rows, strict=True)
                ]
                for name, rows in self.sensitivity.items()
            },
            "lights": [_plain(row) for row in self.lights],
            "claims": [claim._asdict() for claim in self.claims],
        }  # fmt: skip

    def _small_claims(self) -> list[Claim]:
        ours = {row.name: row.ambulances for row in self.runs.small}
        nominal, box, *ellipsoids = ours.values()
        same = (nominal, box) == (SMALL_PAPER["nominal"], SMALL_PAPER["box"])
        fewer = min(ellipsoids) < nominal
        return [
            Claim("small case: 434 nominal, 478 box", f"{nominal} and {box}", _verdict(same)),
            Claim(
                "small case: 367 ellipsoid, below the nominal",
                " to ".join(map(str, ellipsoids)),
                _verdict(fewer),
            ),
        ]

    def _size_claims(self) -> list[Claim]:
        experiments = self.runs.size.experiments
        nested, other = self.rises(ROBUST), self.rises(OTHER)
        return [
            Claim(
                "500 ambulances with 30, 50 and 70 candidates",
                f"{', '.join(map(str, self.nominal_ambulances))}, by our 50 points of 10",
                _verdict(set(self.nominal_ambulances) == {500}),
            ),
            Claim(
                "cost rises from 30 to 70 candidates",
                f"nested: in {nested} of {experiments}; drawn anew: in {other} of {experiments}",
                _verdict(nested == experiments),
            ),
        ]

    def _input_claims(self) -> list[Claim]:
        daily, at_once = (self.sensitivity[name] for name in DEMANDS)
        return [
            Claim(
                "ambulances rise with daily demand",
                _told([one.ambulances for one in daily]),
                _verdict(_rises([one.ambulances for one in daily])),
            ),
            Claim(
                "ambulances rise with simultaneous demand",
                _told([one.ambulances for one in at_once]),
                _verdict(_rises([one.ambulances for one in at_once])),
            ),
            Claim(
                "cost rises with daily and simultaneous demand",
                f"{_told([one.objective for one in daily])}; "
                f"{_told([one.objective for one in at_once])}",
                _verdict(
                    _rises([one.objective for one in daily])
                    and _rises([one.objective for one in at_once])
                ),
            ),
            self._other_inputs(),
        ]

    def _other_inputs(self) -> Claim:
        """Whether a fifth more or less of other inputs changes less than one of both demands."""

        def most(names: tuple[str, ...]) -> list[float]:
            return [_change([one.objective for one in self.sensitivity[name]]) for name in names]

        demands, others = most(DEMANDS), most(OTHERS)
        smaller = sum(max(others) < demand for demand in demands)
        return Claim(
            "other inputs change the cost less than demand",
            f"up to {max(others):.1%}; daily {demands[0]:.1%}, simultaneous {demands[1]:.1%}",
            (FAILS, PARTLY, HOLDS)[smaller],
        )

    def _light_claims(self) -> list[Claim]:
        changes, steps = (
            [row.change_s for row in self.lights[1:]],
            [row.step_s for row in self.lights[1:]],
        )
        best = min(changes, key=lambda change: change.mean)
        worst = max(steps, key=lambda step: step.mean)
        return [
            Claim(
                "more lights help at first",
                f"urgent calls {-best.mean:.1f} s sooner, at best",
                _verdict(any(change.high < 0 for change in changes)),
            ),
            Claim(
                "and then hurt",
                f"from step to step {worst.mean:+.1f} ± {worst.high - worst.mean:.1f} s at worst",
                _verdict(any(step.low > 0 for step in steps)),
            ),
        ]

    def _size_row(self, kind: str, stations: int) -> SizeRow:
        solved = self._experiments(kind, stations)
        return SizeRow(
            kind,
            stations,
            t_interval([one.objective for one in solved]),
            t_interval([one.stations for one in solved]),
            t_interval([one.ambulances for one in solved]),
            t_interval([one.open_all_cost for one in solved]),
            max(one.gap for one in solved),
        )

    def _experiments(self, kind: str, stations: int) -> list[Solved]:
        numbers = range(1, self.runs.size.experiments + 1)
        return [self.runs.solved[Task(kind, number, Variant(stations))] for number in numbers]

    def _objectives(self, kind: str, stations: int) -> Array:
        return np.array([one.objective for one in self._experiments(kind, stations)])

    def _of_lights(self, measure: str) -> list[Array]:
        """Values of a measure by replication, one array for each share of lights."""
        batch = self.runs.lights.batch
        own = batch.summaries.pivot(index="replication", columns="arm", values=measure)
        return [own[arm].to_numpy(dtype=float) for arm in batch.arms]


def _plain(row: SizeRow | LightsRow) -> dict[str, Any]:
    """A row with its intervals as tables."""
    return {
        name: value._asdict() if isinstance(value, Interval) else value
        for name, value in row._asdict().items()
    }


def _verdict(is_so: bool) -> str:
    return HOLDS if is_so else FAILS


def _rises(values: list[int] | list[float]) -> bool:
    return bool((np.diff(values) > 0).all())


def _change(values: list[float]) -> float:
    """Greatest change from the middle of three, as a share of it."""
    low, middle, high = values
    return max(abs(low - middle), abs(high - middle)) / middle


def _told(values: list[int] | list[float]) -> str:
    return " → ".join(f"{value:,.0f}" for value in values)


class SizeRow(NamedTuple):
    """A larger case over its experiments.

    Attributes
    ----------
    kind : str
    stations : int
        Candidates.
    objective, opened, ambulances, open_all_cost : Interval
    worst_gap : float
    """

    kind: str
    stations: int
    objective: Interval
    opened: Interval
    ambulances: Interval
    open_all_cost: Interval
    worst_gap: float


class LightsRow(NamedTuple):
    """The city with a share of its lights equipped.

    Attributes
    ----------
    share : float
    response_s : Interval
        Of urgent calls.
    change_s, step_s : Interval
        Of the response, from no light and from the row before; NaN for the first row.
    held_per_hour, cross_red_s_per_hour : Interval
        Vehicles that wait for a forced green, and the red that they see.
    """

    share: float
    response_s: Interval
    change_s: Interval
    step_s: Interval
    held_per_hour: Interval
    cross_red_s_per_hour: Interval
