"""What a search is asked: where to look, for which measures, with how many runs, for how much."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from environment.errors import CorridorError, suggest
from experiments.designs import Factor
from experiments.designs.factors import RANGE
from experiments.errors import BatchError
from experiments.search.money import Prices, mistakes_of_prices
from scenarios.scenario import Scenario
from simulation.measures.catalogue import MEASURES, measure_of
from simulation.measures.measure import Measure
from simulation.policies import find_sources
from simulation.preparation import prepare

COST = "cost"
"""A measure of searches alone: what a candidate costs by the user's prices."""
SAMPLERS = ("tpe", "random")
ROUND = 8
"""Trials that are asked before any of them is told, whatever the number of workers."""
MOST_GOALS = 4
FLEET = "fleet.ambulances"


@dataclass(frozen=True)
class Question:
    """A search for the best values of some keys.

    Attributes
    ----------
    factors : tuple of Factor
        The keys, and what they may be.
    goals : tuple of str
        Measures that have a better side, or ``cost``; several make a front.
    trials : int
        Candidates that are run.
    replications : int
        Of a candidate that is not given up before.
    prices : Prices
    sampler : str
        ``tpe`` or ``random``.
    """

    factors: tuple[Factor, ...]
    goals: tuple[str, ...]
    trials: int = 40
    replications: int = 8
    prices: Prices = field(default_factory=lambda: Prices({}))
    sampler: str = "tpe"

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The goals, with how they are shown."""
        return tuple(map(goal_of, self.goals))

    @property
    def stages(self) -> tuple[range, ...]:
        """The replications of each stage of a round: a quarter, up to a half, up to all."""
        ends = sorted({-(-self.replications // parts) for parts in (4, 2, 1)})
        return tuple(range(*ends) for ends in zip((0, *ends), ends, strict=False))

    @property
    def size(self) -> float:
        """How many candidates there are; infinite if a key may be anything in a range."""
        return math.prod(map(_levels, self.factors))

    def settled(self, base: Scenario) -> Question:
        """Check all of it against the scenario, and find what may be spent.

        Parameters
        ----------
        base : Scenario
            The present plan. Where there are prices and no money is named, it is what this costs.

        Raises
        ------
        BatchError
            With a line for every mistake.
        """
        mistakes = [*self._mistakes(), *_mistakes_of_values(self.factors, base)]
        if mistakes:
            raise BatchError("\n".join(dict.fromkeys(mistakes)))
        if not self.prices.of:
            return self
        prices, present = self.prices, self.cost_of_present(base)
        if math.isinf(prices.spend) and COST not in self.goals:
            prices = replace(prices, spend=present)
        self._require_enough(prices, present)
        return replace(self, prices=prices)

    def cost_of_present(self, base: Scenario) -> float:
        """What the present plan costs; NaN if that is not known, and not needed.

        Raises
        ------
        BatchError
            If it is needed and not known, or one of its values has no price.
        """
        values = {key: present_value(base, key) for key in self.prices.of}
        unknown = [key for key, value in values.items() if value is None]
        if not unknown:
            return self.prices.cost(values)
        if math.isinf(self.prices.spend) or COST in self.goals:
            raise BatchError(
                f"the present plan has no value of {unknown[0]}, and so no cost; give it one by "
                "--set, or say by --spend how much a candidate may cost"
            )
        return math.nan

    def _require_enough(self, prices: Prices, present: float) -> None:
        """Refuse money that pays no candidate, or less than the present plan."""
        priced = [one for one in self.factors if one.key in prices.of]
        cheapest = prices.cost({one.key: _cheapest(one, prices) for one in priced})
        if not prices.affords(cheapest):
            raise BatchError(
                f"nothing is feasible: the cheapest candidate costs {cheapest:,g}, and at most "
                f"{prices.spend:,g} may be spent"
            )
        if not math.isnan(present) and not prices.affords(present):
            raise BatchError(
                f"the present plan costs {present:,g}, and at most {prices.spend:,g} may be spent: "
                "a candidate would be compared with more money than it has"
            )

    def _mistakes(self) -> Iterator[str]:
        keys = [factor.key for factor in self.factors]
        if not keys:
            yield "a search needs a key to vary: --over KEY=LOW..HIGH or KEY=VALUE,VALUE,..."
        if "seed" in keys:
            yield "seed cannot be searched over: it is chance, and no plan"
        if self.size <= 1 and keys:
            yield "there is only one candidate: give a key two values or more"
        yield from _mistakes_of_goals(self.goals, has_prices=bool(self.prices.of))
        if self.trials < 1:
            yield f"trials must be >= 1, got {self.trials}"
        if self.replications < 2:
            yield f"replications must be >= 2, got {self.replications}"
        if self.sampler not in SAMPLERS:
            yield f"no sampler {self.sampler!r} ({suggest(self.sampler, SAMPLERS)})"
        yield from _mistakes_of_money(self.prices, keys)

    def description(self) -> dict[str, Any]:
        """All that its answers depend on beside the scenario, ready for JSON."""
        return {
            "over": {one.key: _told(one) for one in self.factors},
            "for": list(self.goals),
            "trials": self.trials,
            "replications": self.replications,
            "sampler": self.sampler,
            "round": ROUND,
            "prices": dict(self.prices.of),
            "spend": None if math.isinf(self.prices.spend) else self.prices.spend,
        }


def goal_of(name: str) -> Measure:
    """How a goal is shown, and which side of it is better."""
    return Measure(COST, "Cost", better="lower", digits=0) if name == COST else measure_of(name)


def present_value(base: Scenario, key: str) -> Any:
    """What a scenario has under a key, None if nothing; vehicles of stations are counted."""
    value: Any = base.model_dump(mode="json")
    for name in key.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, Mapping) and value.keys() == {"use"}:
        return value["use"]  # a policy without parameters, as its user writes it
    if value is None and key == FLEET and base.fleet.vehicles is None:
        return int(prepare(base).city.stations.sites.ambulances.sum())
    return value


def _cheapest(factor: Factor, prices: Prices) -> Any:
    alone = Prices({factor.key: prices.of[factor.key]})
    return min(factor.levels, key=lambda level: alone.cost({factor.key: level}))


def _told(factor: Factor) -> Any:
    return RANGE.join(map(str, factor.levels)) if factor.is_range else list(factor.levels)


def _levels(factor: Factor) -> float:
    if not factor.is_range:
        return len(factor.levels)
    low, high = factor.levels
    return high - low + 1 if isinstance(low, int) and isinstance(high, int) else math.inf


def _mistakes_of_goals(goals: Sequence[str], *, has_prices: bool) -> Iterator[str]:
    better = [name for name, known in MEASURES.items() if known.better is not None]
    if not goals:
        yield "a search needs a measure: --for MEASURE"
    if len(goals) > MOST_GOALS:
        yield f"a search is for at most {MOST_GOALS} measures, got {len(goals)}"
    for goal in dict.fromkeys(goals):
        if goals.count(goal) > 1:
            yield f"the measure {goal} is given twice"
        if goal == COST:
            if not has_prices:
                yield "cost needs prices: --price KEY=AMOUNT, of a unit"
        elif goal_of(goal).better is None:
            yield f"{goal!r} is no measure that has a better side ({suggest(goal, better)})"


def _mistakes_of_money(prices: Prices, keys: Sequence[str]) -> Iterator[str]:
    if not math.isinf(prices.spend) and not prices.of:
        yield "--spend needs prices: --price KEY=AMOUNT, of a unit"
    if not prices.spend >= 0:
        yield f"what may be spent must be a number >= 0, got {prices.spend:g}"
    yield from mistakes_of_prices(prices.of)
    for key in prices.of:
        if key not in keys and keys:
            yield f"the price of {key}: the search does not vary it ({suggest(key, keys)})"


def _mistakes_of_values(factors: Sequence[Factor], base: Scenario) -> Iterator[str]:
    """What is wrong with single values of keys; of a range, its ends tell."""
    for factor in factors:
        for level in factor.levels:
            try:
                find_sources(base.changed({factor.key: level}))
            except CorridorError as error:
                for line in str(error).splitlines():
                    yield line.removeprefix(f"{base.name}: ")
