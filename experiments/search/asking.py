"""Asking for candidates: Optuna's samplers, in rounds of a fixed size.

Nothing of Optuna's is kept on disk. The same answers make it ask the same candidates again, so a
search that was stopped is told what the journals of its batches have, and goes on from there.

Source: J. Bergstra, R. Bardenet, Y. Bengio and B. Kégl, Algorithms for hyper-parameter
optimization, NIPS 24, 2011 (tree-structured Parzen estimators), as Optuna's `TPESampler` has them;
several measures as Y. Ozaki et al., Multiobjective tree-structured Parzen estimator, JAIR 73, 2022.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.designs import Factor
from experiments.errors import BatchError
from experiments.search.question import ROUND, Question
from scenarios.toml_text import inline

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

TRIES, RANDOM_TRIES = 20, 2_000
"""Draws for a candidate by the sampler, then at random: others are too dear, or known already."""


@dataclass(frozen=True)
class Candidate:
    """A plan that is tried.

    Attributes
    ----------
    name : str
    values : mapping
        Of every key that is searched over.
    cost : float
        By the prices; 0 where there are none.
    """

    name: str
    values: Mapping[str, Any]
    cost: float = 0.0


@dataclass
class Asker:
    """Asks for candidates, and learns from what became of them.

    Attributes
    ----------
    question : Question
    seed : int
    too_dear : int
        Candidates above the money that were drawn; none of them is run.
    is_exhausted : bool
        Whether it found fewer than it was asked for.
    """

    question: Question
    seed: int
    too_dear: int = 0
    is_exhausted: bool = False
    _numbers: dict[str, int] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin a study of Optuna's."""
        optuna = import_optuna()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        if self.question.sampler == "tpe":
            sampler = optuna.samplers.TPESampler(
                seed=self.seed, n_startup_trials=ROUND, constant_liar=True
            )
        else:
            sampler = optuna.samplers.RandomSampler(seed=self.seed)
        directions = ["minimize"] * len(self.question.goals)
        self._study = optuna.create_study(directions=directions, sampler=sampler)
        self._fail = optuna.trial.TrialState.FAIL
        self._rng = np.random.default_rng(self.seed)
        self._space = {one.key: _distribution(one) for one in self.question.factors}

    def ask(self, count: int) -> list[Candidate]:
        """Ask for so many candidates that can be paid and were not there before.

        Where the sampler comes back to what it knows, some are drawn at random; there are fewer
        where hardly any are left.
        """
        found: list[Candidate] = []
        for _ in range(count):
            candidate = self._from_sampler() or self._at_random()
            if candidate is None:
                self.is_exhausted = True
                break
            found.append(candidate)
        return found

    def _from_sampler(self) -> Candidate | None:
        for _ in range(TRIES):
            trial = self._study.ask(self._space)
            values = {one.key: _value(one, trial.params[one.key]) for one in self.question.factors}
            if candidate := self._accepted(values, trial.number):
                return candidate
            self._study.tell(trial.number, state=self._fail)
        return None

    def _at_random(self) -> Candidate | None:
        factors = self.question.factors
        for _ in range(RANDOM_TRIES):
            drawn = {one.key: _drawn(one, self._rng) for one in factors}
            values = {one.key: _value(one, drawn[one.key]) for one in factors}
            if self._is_acceptable(values):
                self._study.enqueue_trial(drawn)
                return self._accepted(values, self._study.ask(self._space).number)
        return None

    def _accepted(self, values: dict[str, Any], number: int) -> Candidate | None:
        """The candidate that values are, if they may be run."""
        if not self._is_acceptable(values):
            return None
        self._seen.add(inline(values))
        name = f"trial-{len(self._numbers) + 1:03d}"
        self._numbers[name] = number
        return Candidate(name, values, self.question.prices.cost(values))

    def _is_acceptable(self, values: dict[str, Any]) -> bool:
        text, prices = inline(values), self.question.prices
        if text in self._seen:
            return False
        if prices.affords(prices.cost(values)):
            return True
        self.too_dear += 1
        self._seen.add(text)
        return False

    def tell(self, candidate: Candidate, losses: Sequence[float] | None) -> None:
        """Tell what became of a candidate.

        Parameters
        ----------
        candidate : Candidate
        losses : (g,) sequence of float, optional
            For each goal, smaller being better; None if it gave nothing.
        """
        number = self._numbers[candidate.name]
        if losses is None:
            self._study.tell(number, state=self._fail)
        else:
            self._study.tell(number, [float(loss) for loss in losses])


def import_optuna() -> Any:
    """Optuna, or a line that says how to get it.

    Raises
    ------
    BatchError
        If it is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise BatchError(
            "a search needs Optuna; install it by: pip install 'corridor-sim[study]'"
        ) from None
    return optuna


def _distribution(factor: Factor) -> BaseDistribution:
    """Where Optuna looks; values that are no range are drawn by their places."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if factor.is_range:
        low, high = factor.levels
        if isinstance(low, int) and isinstance(high, int):
            return IntDistribution(low, high)
        return FloatDistribution(low, high)
    if _is_ordered(factor):
        return IntDistribution(0, len(factor.levels) - 1)
    return CategoricalDistribution(range(len(factor.levels)))


def _is_ordered(factor: Factor) -> bool:
    """Whether its values are numbers that go up: then neighbours are alike."""
    numbers = all(
        isinstance(level, int | float) and not isinstance(level, bool) for level in factor.levels
    )
    return numbers and list(factor.levels) == sorted(factor.levels)


def _value(factor: Factor, drawn: Any) -> Any:
    return drawn if factor.is_range else factor.levels[drawn]


def _drawn(factor: Factor, rng: np.random.Generator) -> Any:
    """What Optuna would draw for a factor at random: a value in a range, or the place of one."""
    if factor.is_range:
        return factor.at(rng.random(1))[0]
    return int(rng.integers(len(factor.levels)))
