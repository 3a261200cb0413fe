"""What Scott and Rutner say of their two steps, and what came out here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.planning.trial.rules_of_thumb import EACH_FOR_ITSELF, NEAREST_NEIGHBOUR
from experiments.planning.trial.runs import MEASURES
from experiments.statistics import (
    Interval,
    bca_interval,
    is_skewed,
    paired_interval,
    t_interval,
)
from papers.scott_rutner.experiment import (
    BY_POPULATION,
    RATIOS,
    STOPS,
    SWEPT_CENTRES,
    THE_MEAN,
    TWO_STEPS,
    WINGING_IT,
    ScottRutnerRuns,
    Weighed,
)
from papers.scott_rutner.instances import Factors
from simulation.tables.files import to_json

Array = NDArray[np.float64]

HOLDS, FAILS, PARTLY, UNTOLD = "holds", "does not hold", "in part", "cannot be checked"

SAME = 1e-6
"""Lengths and costs that differ by a smaller share are equal but for rounding."""
EXPECTED = "normal"
"""The law that the paper plans for."""
THUMBS = (THE_MEAN, BY_POPULATION, NEAREST_NEIGHBOUR, EACH_FOR_ITSELF, WINGING_IT)


class Claim(NamedTuple):
    """What the paper says, what is so here, and whether it holds."""

    text: str
    ours: str
    verdict: str


class Checked(NamedTuple):
    """On how many instances a program drives as little as possible.

    Attributes
    ----------
    instances : int
    mended_wrong, printed_wrong : int
    printed_longer, printed_overloaded : int
        Of those wrong as printed: longer than need be, and shorter than vehicles could drive that
        carry no more than they can.
    """

    instances: int
    mended_wrong: int
    printed_wrong: int
    printed_longer: int
    printed_overloaded: int


class Gain(NamedTuple):
    """What a joint choice saves of the cost of two steps.

    Attributes
    ----------
    factors : Factors
    saved : Interval
        Share of the cost of two steps.
    worst : float
        Most of any instance.
    differs : int
        Instances in which it saves anything.
    gap : float
        Mean share by which the joint choice may be above the best; 0 where it is the best.
    driving_share : float
        Mean of the cost of two steps.
    left_out : float
        Mean number of centres left out.
    instances : int
    """

    factors: Factors
    saved: Interval
    worst: float
    differs: int
    gap: float
    driving_share: float
    left_out: float
    instances: int


@dataclass(frozen=True, eq=False)
class ScottRutner:
    """The runs, and how they stand beside the paper."""

    runs: ScottRutnerRuns

    @cached_property
    def checked(self) -> Checked:
        """The second step, as printed and mended."""
        rows = self.runs.checked
        wrong = [row for row in rows if not _same(row.printed, row.least)]
        longer = sum(row.printed > row.least for row in wrong)
        return Checked(
            len(rows),
            sum(not _same(row.mended, row.least) for row in rows),
            len(wrong),
            longer,
            len(wrong) - longer,
        )

    @cached_property
    def swept(self) -> dict[Factors, Gain]:
        """What is saved, by ratio and capacity."""
        return {one: gain_of(one, rows) for one, rows in self.runs.swept.items()}

    @cached_property
    def sizes(self) -> list[Gain]:
        """What is saved, by the number of centres."""
        return [gain_of(one, rows) for one, rows in self.runs.sizes.items()]

    def tried(self, world: str, plan: str, measure: str) -> Array:
        """Values of a measure by replication."""
        table = self.runs.tried
        own = table[(table["world"] == world) & (table["plan"] == plan)]
        return own.sort_values("replication")[measure].to_numpy(dtype=float)

    def interval(self, world: str, plan: str, measure: str) -> Interval:
        """Mean of a measure."""
        return mean_interval(self.tried(world, plan, measure))

    def dearer(self, world: str, plan: str, base: str = TWO_STEPS) -> Interval:
        """By how much a plan costs more than another on the same demand, money."""
        return paired_interval(self.tried(world, plan, "cost"), self.tried(world, base, "cost"))

    @property
    def worlds(self) -> list[str]:
        """Laws of demand, the expected one first."""
        return list(dict.fromkeys(self.runs.tried["world"]))

    @property
    def plans(self) -> list[str]:
        """All that were tried."""
        return list(dict.fromkeys(self.runs.tried["plan"]))

    @cached_property
    def claims(self) -> list[Claim]:
        """What can be asked of the paper."""
        return [
            self._printed_claim(),
            self._better_claim(),
            self._better_elsewhere_claim(),
            *self._best_claims(),
            self._time_claim(),
            Claim(
                "easily put into a spreadsheet",
                "relief workers would have to be asked",
                UNTOLD,
            ),
            Claim("coverage is maximised", "no constraint or objective says so", UNTOLD),
        ]

    def _printed_claim(self) -> Claim:
        found = self.checked
        return Claim(
            "equations (7) to (14) give the best routes",
            f"as printed wrong in {found.printed_wrong} of {found.instances} instances, "
            f"mended in {found.mended_wrong}",
            FAILS if found.printed_wrong else HOLDS,
        )

    def _better_claim(self) -> Claim:
        return self._better("better than simple heuristics: demand as planned", [EXPECTED], THUMBS)

    def _better_elsewhere_claim(self) -> Claim:
        others = [world for world in self.worlds if world != EXPECTED]
        return self._better("the same: demand not as planned", others, THUMBS)

    def _better(self, text: str, worlds: list[str], plans: tuple[str, ...]) -> Claim:
        """Whether two steps cost less than rules of thumb."""
        dearer = [self.dearer(world, plan) for world in worlds for plan in plans]
        better = sum(one.low > 0 for one in dearer)
        worse = sum(one.high < 0 for one in dearer)
        verdict = HOLDS if better == len(dearer) else FAILS if not better else PARTLY
        return Claim(
            text,
            f"cheaper in {better} of {len(dearer)} comparisons, dearer in {worse}",
            verdict,
        )

    def _best_claims(self) -> list[Claim]:
        gains = list(self.swept.values())
        differ = sum(one.differs for one in gains)
        count = sum(one.instances for one in gains)
        large = max(gains, key=lambda one: one.saved.mean)
        usual = [one for one in gains if one.factors.ratio <= USUAL_RATIO]
        most = max(one.saved.mean for one in usual)
        return [
            Claim(
                "unlikely to be the best solution",
                f"not the best in {differ} of {count} small instances",
                HOLDS if differ else FAILS,
            ),
            Claim(
                "adequate beside an optimum (the paper asks)",
                f"a joint choice saves up to {most:.1%} on average where driving to a centre "
                f"costs up to {USUAL_RATIO:g} of leaving it without, {large.saved.mean:.0%} where "
                "it costs as much",
                HOLDS if large.saved.mean < ADEQUATE else PARTLY if most < ADEQUATE else FAILS,
            ),
        ]

    def _time_claim(self) -> Claim:
        late = self.later
        sooner = late.mean - 1
        return Claim(
            "time or distance may take the place of cost",
            f"on the shortest tour centres are reached {sooner:.0%} later on average than they "
            "could be: how soon doses arrive is another objective",
            PARTLY if late.low > 1 else HOLDS,
        )

    @cached_property
    def later(self) -> Interval:
        """Mean arrival on the shortest tour over the least there is."""
        rows = self.runs.checked
        return t_interval([row.arrivals.shortest / row.arrivals.least for row in rows])

    def to_json(self) -> str:
        """All tables; what has no value is null."""
        return to_json(self.to_dict()).decode()

    def to_dict(self) -> dict[str, Any]:
        """All tables, ready for JSON."""
        case = self.runs.case
        return {
            "case": {name: plain(value) for name, value in case._asdict().items()},
            "checked": self.checked._asdict(),
            "later_on_the_shortest_tour": self.later._asdict(),
            "swept": [plain(gain) for gain in self.swept.values()],
            "sizes": [plain(gain) for gain in self.sizes],
            "tried": [
                {"world": world, "plan": plan}
                | {one: self.interval(world, plan, one)._asdict() for one in MEASURES}
                | {"dearer_than_two_steps": self.dearer(world, plan)._asdict()}
                for world in self.worlds
                for plan in self.plans
            ],
            "claims": [claim._asdict() for claim in self.claims],
            "replications": self.runs.size.replications,
        }


USUAL_RATIO, ADEQUATE = 0.1, 0.05
"""Ours: up to here driving is cheap beside what it averts; less than this is adequate."""


def gain_of(factors: Factors, rows: list[Weighed]) -> Gain:
    """What a joint choice saves on instances of the same factors."""
    saved = np.array([1 - row.together / row.two_steps for row in rows])
    saved = np.where(np.abs(saved) < SAME, 0.0, saved)
    return Gain(
        factors,
        mean_interval(saved),
        float(saved.max()),
        int((saved > 0).sum()),
        float(np.mean([max(0.0, 1 - row.bound / row.together) for row in rows])),
        float(np.mean([row.driving_share for row in rows])),
        float(np.mean([row.left_out for row in rows])),
        len(rows),
    )


def mean_interval(values: Array) -> Interval:
    """Student's interval of a mean; by the bootstrap where values are too skewed for it."""
    return bca_interval(values) if is_skewed(values) else t_interval(values)


def sweep_grid(found: ScottRutner) -> list[list[Gain]]:
    """What is saved: a row for each ratio, a column for each capacity."""
    return [
        [found.swept[Factors(SWEPT_CENTRES, stops, ratio)] for stops in STOPS] for ratio in RATIOS
    ]


def plain(value: Any) -> Any:
    """A row as dictionaries and lists; infinite, for a vehicle that carries all, is null."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, np.ndarray):
        return value.tolist()
    if hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [plain(part) for part in value]
    return value


def _same(length: float, least: float) -> bool:
    """Whether a program drives as little as possible; one without an answer does not."""
    return bool(abs(length - least) <= SAME * least)
