"""Does a policy keep its contract? Asked of any policy, built in or a user's own.

It judges the contract and not the quality: whether a policy answers, with what may be answered,
the same to the same question, and leaves alone what it is shown.
"""

from __future__ import annotations

import pickle
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from policies.base import PolicyError
from policies.decision import Decision
from policies.gate import ask, name_of
from policies.registry import build_policy, decision_named, possible_decisions, resolve_source
from policies.small_city import Situation, small_city
from policies.source import PolicySource, fresh_copies
from policies.watch import EndlessPolicyError, Watch

CITIES = 12
DECISIONS_PER_CITY = 24
LIMIT_S = 10.0
SLOW_US = 10_000.0
BUDGET_S = 30.0
FORM_LENGTH = 24


@dataclass(frozen=True)
class Report:
    """What was found out about a policy.

    Attributes
    ----------
    use : str
        The policy as the user named it.
    decision : str
        The decision that it takes; empty if that could not be told.
    problems : tuple of str
        What breaks the contract, one line each; none means that the policy can be used.
    warnings : tuple of str
        What is allowed and hardly meant.
    facts : mapping of str to float
        ``decisions`` judged, and ``us_per_decision``: microseconds of processor time that one
        takes (median).
    """

    use: str
    decision: str
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether there is no problem."""
        return not self.problems


def check_policy(
    decision: str | None, use: str, parameters: Mapping[str, Any], folders: Sequence[Path]
) -> Report:
    """Ask a policy for decisions in a few hundred small situations, and judge its answers.

    Parameters
    ----------
    decision : str or None
        One of `policies.registry.DECISIONS`, such as ``"dispatch"``; None to tell it from the
        policy's own method.
    use : str
        Name of a built-in policy, ``module:Class`` or ``./file.py:Class``.
    parameters : mapping
        What its class is called with.
    folders : sequence of Path
        Where its file is looked up.
    """
    try:
        kinds = possible_decisions(use, folders) if decision is None else [decision_named(decision)]
        reports = [
            _check(kind, use, parameters, resolve_source(kind, use, folders)) for kind in kinds
        ]
    except PolicyError as error:
        return Report(use, decision or "", (str(error),))
    passed = [report for report in reports if report.passed]
    if len(reports) == 1 or len(passed) == 1:
        return (passed or reports)[0]
    choices = " or ".join(f"--decision {kind.name}" for kind in kinds)
    return Report(use, "", (f"{use} could take more than one decision: add {choices}",))


def _check(
    decision: Decision[Any],
    use: str,
    parameters: Mapping[str, Any],
    source: PolicySource | None,
) -> Report:
    def make(*, fresh: bool = False) -> Any:
        rng = np.random.default_rng(0)
        own = fresh_copies({use: source})[use] if fresh and source is not None else source
        return build_policy(decision, use, parameters, own, rng)

    try:
        make()
    except PolicyError as error:
        return Report(use, decision.name, (str(error),))
    examination = Examination(decision, make)
    examination.hold()
    return Report(
        use,
        decision.name,
        tuple(examination.problems.values()),
        tuple(examination.warnings),
        examination.facts,
    )


@dataclass
class Trial:
    """One fresh policy's answers to a sequence of situations, as far as it came."""

    answers: list[Any]
    seconds: list[float]


class Examination:
    """A policy before a number of cities.

    Parameters
    ----------
    decision : Decision
    make : callable
        Returns a fresh policy; with ``fresh=True`` of a fresh copy of its own modules, too.

    Attributes
    ----------
    problems : dict of str to str
        Findings by their form, so that each kind is told once.
    warnings : list of str
    """

    def __init__(self, decision: Decision[Any], make: Callable[..., Any]) -> None:
        self.problems: dict[str, str] = {}
        self.warnings: list[str] = []
        self._decision = decision
        self._make = make
        self._trials: list[Trial] = []
        self._name = name_of(make())
        self._looped = False
        self._until_s = time.process_time() + BUDGET_S

    @property
    def facts(self) -> dict[str, float]:
        """How many decisions were judged, and how long one takes."""
        seconds = [s for trial in self._trials for s in trial.seconds]
        if not seconds:
            return {}
        return {"decisions": len(seconds), "us_per_decision": 1e6 * median(seconds)}

    def hold(self) -> None:
        """Try the policy in all cities, each time with two instances that must agree.

        A loop ends it at once, lest every one costs the whole limit again.
        """
        for number in range(CITIES):
            first = self._try(number, global_seed=1, fresh=True)
            if self._looped:
                return
            self._use_up(number)
            self._compare(number, first, self._try(number, global_seed=2, fresh=False))
            if time.process_time() > self._until_s:
                break
        self._try_hard_situation()
        self._look_for_idleness()
        is_slow = self.facts.get("us_per_decision", 0) > SLOW_US
        if is_slow and not self._decision.is_taken_once:
            ms = self.facts["us_per_decision"] / 1000
            self.warnings.append(f"{self._name} takes {ms:.0f} ms for a decision")

    def _situations(self, number: int) -> list[Situation]:
        rng = np.random.default_rng(number)
        city = small_city(rng)
        return list(self._decision.situations(city, rng, DECISIONS_PER_CITY))

    def _use_up(self, number: int) -> None:
        """Have a policy take some decisions, whatever it keeps of them in its module."""
        situations = self._situations(number)[: 1 + number]
        with _seeded(0), Watch(LIMIT_S) as watch, suppress(PolicyError):
            policy = self._make()
            for situation in situations:
                _answer(self._decision, policy, situation, watch)

    def _try(self, number: int, global_seed: int, *, fresh: bool) -> Trial:
        """Ask a fresh policy in one city; the first mistake there ends the trial."""
        trial = Trial([], [])
        self._trials.append(trial)
        with _seeded(global_seed), Watch(LIMIT_S) as watch:
            before = _global_random()
            policy = self._make(fresh=fresh)
            for situation in self._situations(number):
                shown = pickle.dumps(situation)
                start_s = time.process_time()
                try:
                    answer = _answer(self._decision, policy, situation, watch)
                except PolicyError as error:
                    self._find(str(error), situation)
                    self._looped = isinstance(error, EndlessPolicyError)
                    break
                trial.seconds.append(time.process_time() - start_s)
                trial.answers.append(answer)
                if pickle.dumps(situation) != shown:
                    self._find(f"{self._name} changed what it was given", situation)
            self._compare_global_random(before)
        return trial

    def _find(self, problem: str, situation: Situation) -> None:
        """Note a problem, once for each that does not begin like another but for its values."""
        beginning = re.sub(r"[\d.,]+", "#", re.split(r"[\[('\"]", problem)[0])
        form = beginning[: len(self._name) + FORM_LENGTH]
        self.problems.setdefault(form, f"{problem} (asked with {situation.text})")

    def _compare_global_random(self, before: Mapping[str, Any]) -> None:
        for name, state in _global_random().items():
            if state != before[name]:
                self.problems[name] = (
                    f"{self._name} drew from the global random numbers of {name}; expected a "
                    "generator of its own, such as numpy.random.default_rng(seed)"
                )

    def _compare(self, number: int, first: Trial, second: Trial) -> None:
        """Demand the same answers of two fresh policies."""
        both = zip_longest(first.answers, second.answers, fillvalue="an error")
        for situation, (one, other) in zip(self._situations(number), both, strict=False):
            if one != other:
                again = self._try(number, global_seed=2, fresh=True)
                why = (
                    "goes by what earlier runs left in its module (keep it in the instance)"
                    if again.answers == first.answers
                    else "is not deterministic"
                )
                self._find(
                    f"{self._name} {why}: asked the same, two fresh instances answered {one} "
                    f"and {other}",
                    situation,
                )
                return

    def _try_hard_situation(self) -> None:
        if self._decision.hard_situation is None:
            return
        rng = np.random.default_rng(0)
        situation = self._decision.hard_situation(small_city(rng), rng)
        try:
            with _seeded(0), Watch(LIMIT_S) as watch:
                _answer(self._decision, self._make(), situation, watch)
        except PolicyError as error:
            self.warnings.append(f"{error} (asked with {situation.text})")

    def _look_for_idleness(self) -> None:
        if not self._decision.idle_warning:
            return
        answers = [answer for trial in self._trials for answer in trial.answers]
        if answers and not any(answers):
            told = self._decision.idle_warning.format(count=len(answers))
            self.warnings.append(f"{self._name} {told}")


def _answer(decision: Decision[Any], policy: Any, situation: Situation, watch: Watch) -> Any:
    """Ask as a run does, with the checks that it makes; arrays are answered as lists."""
    about = {"call": situation.call, "view": situation.view}
    answer = ask(decision, policy, watch, *(about[name] for name in decision.asked_with))
    return answer.tolist() if isinstance(answer, np.ndarray) else answer


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Seed the global generators, which no policy may use, and put them back afterwards."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002


def _global_random() -> dict[str, Any]:
    """The states of the global generators, by the name of their module."""
    numpy = pickle.dumps(np.random.get_state())  # noqa: NPY002
    return {"random": random.getstate(), "numpy.random": numpy}
