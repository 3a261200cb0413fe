"""A what-if file: arms, the worlds in which they are compared, and questions, answered at once.

case = "city"
replications = 10
[set]
"run.days" = 1
[arms.base]
[arms.more]
"fleet.ambulances" = 22
[worlds]
"roads.seed" = [1, 2, 3]
[[questions]]
ask = "Do four ambulances more shorten the response by half a minute?"
arm = "more"
measure = "response_s"
by = 30
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from math import nan
from pathlib import Path
from typing import Annotated, Any, Unpack

import pandas as pd
from pydantic import Field, ValidationError

from environment.errors import suggest
from environment.parameters import Parameters
from experiments.batch import Batch, BatchOptions, run_batch
from experiments.designs import Design, factor_of, make_design
from experiments.designs.design import ARM
from experiments.designs.worlds import BETWEEN, WORLDS, changes_by_world, changes_over
from experiments.discovery import Condition, Discovery, Effects, discover_among
from experiments.errors import BatchError
from experiments.growing_queues import notes_on_growth
from experiments.one_city import one_city_note
from experiments.statistics import Interval, note_on_few, t_interval
from scenarios.checks.mistakes import describe_mistakes
from scenarios.errors import ScenarioError
from scenarios.loader import load_changed
from scenarios.scenario import Scenario
from scenarios.toml_text import read_toml
from simulation.measures.catalogue import MEASURES, measure_of
from simulation.tables.files import to_json, write_file

ANSWERS = "answers.json"
HERE = "here"
"""The only world, where a file asks for no others."""


class Question(Parameters):
    """What is asked of an arm against the first one."""

    arm: Annotated[str, Field(description="which arm")]
    measure: Annotated[str, Field(description="of which measure, such as response_s")]
    by: Annotated[
        float, Field(ge=0, description="the least change that counts, in the measure's own unit")
    ] = 0.0
    ask: Annotated[str, Field(description="in words")] = ""
    discover: Annotated[
        bool, Field(description="whether to look for the box of worlds in which it is not so")
    ] = False

    @property
    def fails(self) -> Condition:
        """When the arm is not better by more than `by`."""
        lower = measure_of(self.measure).better == "lower"
        return Condition("at least", 0.0 - self.by) if lower else Condition("at most", self.by)


class WhatIf(Parameters):
    """A what-if file."""

    case: str
    replications: Annotated[int, Field(ge=2)] = 10
    set: Mapping[str, Any] = {}
    arms: Mapping[str, Mapping[str, Any]]
    worlds: Mapping[str, Any] = {}
    design: str = "grid"
    points: int | None = None
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the runs say to a question.

    Attributes
    ----------
    ask : str
    arm, measure : str
    by : float
        The least change for the better that counts.
    says : str
        ``yes``: the change for the better is surely greater than `Question.by`; ``no``: it surely
        is not; ``open``: the interval does not tell.
    change, low, high : float
        Arm minus first arm, with its interval, in the unit of `Result.summary`.
    worlds : int
        Over so many, which have a value, is the interval; over replications if there is one, whose
        city it goes by.
    share_for : float
        Of the worlds in which the mean change is for the better.
    surely_for : float
        Of the worlds in which it is so beyond doubt, by that world's own t-interval.
    between, within : float
        Standard deviation of the change between worlds, and between replications of one.
    """

    ask: str
    arm: str
    measure: str
    by: float
    says: str
    change: float
    low: float
    high: float
    worlds: int
    share_for: float
    surely_for: float
    between: float
    within: float


@dataclass(frozen=True, eq=False)
class Answers:
    """The answers to a what-if file, and the runs behind them.

    Attributes
    ----------
    asked : WhatIf
    answers : tuple of Answer
    effects : tuple of Effects
        The change in each world, for each answer.
    discoveries : tuple of Discovery, str or None
        Where each answer's gain fails; the reason, where that cannot be told; None, where it was
        not asked.
    worlds : Design
    batch : Batch
    """

    asked: WhatIf
    answers: tuple[Answer, ...]
    effects: tuple[Effects, ...]
    discoveries: tuple[Discovery | str | None, ...]
    worlds: Design
    batch: Batch

    @property
    def notes(self) -> list[str]:
        """What a reader of the intervals must know."""
        worlds = len(self.worlds.points)
        few = (
            note_on_few(worlds, "worlds")
            if worlds > 1
            else note_on_few(self.batch.replications, "replications")
        )
        return [
            *([few] if few else []),
            *self._worlds_left_out(),
            *notes_on_growth(self.batch),
            *one_city_note(self.batch),
        ]

    def _worlds_left_out(self) -> Iterator[str]:
        for measure, own in {one.measure: one for one in self.effects}.items():
            if own.missing:
                count = f"{own.missing} of {own.missing + len(own.of_world)} worlds"
                yield f"{count} have no value of {measure} and are left out of what it answers"

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        where = [one.to_dict() if isinstance(one, Discovery) else one for one in self.discoveries]
        told = [
            asdict(answer) | {"discovery": one}
            for answer, one in zip(self.answers, where, strict=True)
        ]
        failures = len(self.batch.failures)
        return to_json({"answers": told, "notes": self.notes, "failures": failures}).decode()


def is_what_if(path: Path) -> bool:
    """Whether a file is a what-if file and not a scenario."""
    try:
        return path.suffix == ".toml" and "arms" in read_toml(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False


def read_what_if(path: Path) -> WhatIf:
    """Read a what-if file.

    Raises
    ------
    ScenarioError
        With a line for every mistake.
    """
    try:
        asked = WhatIf.model_validate(read_toml(path.read_text("utf-8")))
    except ValidationError as error:
        lines = describe_mistakes(error, WhatIf)
        raise ScenarioError("\n".join(f"{path.name}: {line}" for line in lines)) from None
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path.name}: cannot be read: {error}") from None
    others = list(asked.arms)[1:]
    mistakes = [
        f"{path.name}: a question asks for arm {question.arm!r} ({suggest(question.arm, others)})"
        for question in asked.questions
        if question.arm not in others
    ]
    better = [name for name, known in MEASURES.items() if known.better is not None]
    mistakes += [
        f"{path.name}: {question.measure!r} is no measure that has a better side "
        f"({suggest(question.measure, better)})"
        for question in asked.questions
        if measure_of(question.measure).better is None
    ]
    mistakes += [f"{path.name}: {mistake}" for mistake in _chosen_worlds(asked)]
    if mistakes or not others:
        raise ScenarioError(
            "\n".join(dict.fromkeys(mistakes)) or f"{path.name}: two arms or more are compared"
        )
    return asked


def _chosen_worlds(asked: WhatIf) -> Iterator[str]:
    """Keys of worlds that an arm has, too: it would be the same in all worlds."""
    for arm, changes in asked.arms.items():
        for key, world in product(changes, asked.worlds):
            if f"{key}.".startswith(f"{world}.") or f"{world}.".startswith(f"{key}."):
                yield (
                    f"arms.{arm} sets {key}, which [worlds] sets as {world}: a key is either what "
                    "one chooses or what nobody does"
                )


def answer_what_if(path: Path, **options: Unpack[BatchOptions]) -> Answers:
    """Run a what-if file, and answer its questions.

    Parameters
    ----------
    path : Path
    **options
        As `experiments.batch.run_batch` takes them; with ``out`` the answers are saved, too.

    Raises
    ------
    ScenarioError
        With a line for every mistake of the file.
    CorridorError
        As `run_batch` does.
    """
    asked = read_what_if(path)
    worlds = _worlds(asked)
    arms = _arms(asked, worlds, path.parent)
    options = {"tables": False, **options}
    batch = run_batch(arms, asked.replications, **options)
    if batch.summaries.empty:
        raise BatchError("every run failed: " + batch.failures[0].message)
    missing = {question.measure for question in asked.questions} - {*batch.summaries.columns}
    if missing:
        name = min(missing)
        raise BatchError(f"no measure {name!r} ({suggest(name, list(batch.summaries.columns))})")
    effects = tuple(_effects(question, asked, worlds, batch) for question in asked.questions)
    each = [*zip(asked.questions, effects, strict=True)]
    answers = Answers(
        asked,
        tuple(_answer(*one) for one in each),
        tuple(found for found, _ in effects),
        tuple(_discovery(question, found) for question, (found, _) in each),
        worlds,
        batch,
    )
    if batch.folder is not None:
        if worlds.keys:
            write_file(batch.folder.path / WORLDS, worlds.to_csv())
        write_file(batch.folder.path / ANSWERS, answers.to_json().encode())
    return answers


def _worlds(asked: WhatIf) -> Design:
    if not asked.worlds:
        return Design((), {HERE: {}})
    factors = [factor_of(key, values) for key, values in asked.worlds.items()]
    return make_design(asked.design, factors, asked.points)


def _arms(asked: WhatIf, worlds: Design, folder: Path) -> dict[str, Scenario]:
    """Every arm in every world: all arms of a world one after the other."""
    beside = folder / asked.case
    case = beside if beside.is_file() else asked.case
    found = {}
    for world, values in worlds.points.items():
        for arm, changes in asked.arms.items():
            stages = {"set": asked.set, f"worlds, {world}": values, f"arms.{arm}": changes}
            found[f"{world}{BETWEEN}{arm}"] = load_changed(case, stages)
    return found


def _effects(
    question: Question, asked: WhatIf, worlds: Design, batch: Batch
) -> tuple[Effects, pd.DataFrame]:
    """The change in each world, and in each of its replications."""
    base = next(iter(asked.arms))
    arm, against = (
        {world: f"{world}{BETWEEN}{name}" for world in worlds.points}
        for name in (question.arm, base)
    )
    changes = changes_by_world(batch.summaries, question.measure, arm, against)
    table = worlds.table().set_index(ARM)
    return Effects.of(question.measure, question.arm, base, table, changes), changes


def _discovery(question: Question, effects: Effects) -> Discovery | str | None:
    if not question.discover:
        return None
    try:
        return discover_among(effects, question.fails)
    except BatchError as error:
        return str(error)


def _answer(question: Question, effects: tuple[Effects, pd.DataFrame]) -> Answer:
    own, changes = effects
    found = changes_over(changes)
    several, means = changes.shape[1] > 1, own.of_world[:, 0]
    interval = found.mean if several else t_interval(changes.iloc[:, 0])
    sign = -1.0 if measure_of(question.measure).better == "lower" else 1.0
    return Answer(
        question.ask or f"Is {question.measure} better with {question.arm}?",
        question.arm,
        question.measure,
        question.by,
        _says(interval, sign, question.by),
        interval.mean,
        interval.low,
        interval.high,
        len(means),
        float((sign * means > 0).mean()) if len(means) else nan,
        (found.share_positive if sign > 0 else found.share_negative).mean,
        found.between,
        found.within,
    )


def _says(interval: Interval, sign: float, by: float) -> str:
    """Whether a gain is surely above `by`, surely not, or open."""
    ends: Sequence[float] = sorted((sign * interval.low, sign * interval.high))
    if ends[0] > by:
        return "yes"
    return "no" if ends[1] <= by else "open"
