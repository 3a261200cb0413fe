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

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Unpack

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from environment.errors import suggest
from environment.parameters import Parameters
from experiments.batch import Batch, BatchOptions, run_batch
from experiments.designs import Design, factor_of, make_design
from experiments.errors import BatchError
from experiments.growing_queues import notes_on_growth
from experiments.statistics import Interval, note_on_few, over_worlds, t_interval
from scenarios.checks.mistakes import describe_mistakes
from scenarios.errors import ScenarioError
from scenarios.loader import load_changed
from scenarios.scenario import Scenario
from scenarios.toml_text import read_toml
from simulation.measures.catalogue import measure_of
from simulation.tables.files import to_json, write_file

ANSWERS = "answers.json"
HERE = "here"
"""The only world, where a file asks for no others."""
BETWEEN = "."
"""Between the names of a world and of an arm."""


class Question(Parameters):
    """What is asked of an arm against the first one."""

    arm: Annotated[str, Field(description="which arm")]
    measure: Annotated[str, Field(description="of which measure, such as response_s")]
    by: Annotated[
        float, Field(ge=0, description="the least change that counts, in the measure's own unit")
    ] = 0.0
    ask: Annotated[str, Field(description="in words")] = ""


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
    says : str
        ``yes``: the change for the better is surely greater than `Question.by`; ``no``: it surely
        is not; ``open``: the interval does not tell.
    change, low, high : float
        Arm minus first arm, with its interval, in the unit of `Result.summary`.
    worlds : int
        Over so many is the interval; over replications if there is one, whose city it goes by.
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
    """The answers to a what-if file, and the runs behind them."""

    answers: tuple[Answer, ...]
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
        return [*([few] if few else []), *notes_on_growth(self.batch)]

    def to_json(self) -> str:
        """As JSON; what has no value is null."""
        told = [asdict(answer) for answer in self.answers]
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
        lines = describe_mistakes(error)
        raise ScenarioError("\n".join(f"{path.name}: {line}" for line in lines)) from None
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path.name}: cannot be read: {error}") from None
    others = list(asked.arms)[1:]
    mistakes = [
        f"{path.name}: a question asks for arm {question.arm!r} ({suggest(question.arm, others)})"
        for question in asked.questions
        if question.arm not in others
    ]
    mistakes += [
        f"{path.name}: {question.measure!r} has no better side, so nothing can be asked of it"
        for question in asked.questions
        if measure_of(question.measure).better is None
    ]
    if mistakes or not others:
        raise ScenarioError("\n".join(mistakes) or f"{path.name}: two arms or more are compared")
    return asked


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
    answers = Answers(
        tuple(_answer(question, asked, worlds, batch) for question in asked.questions),
        worlds,
        batch,
    )
    if batch.folder is not None:
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


def _answer(question: Question, asked: WhatIf, worlds: Design, batch: Batch) -> Answer:
    base = next(iter(asked.arms))
    table = batch.summaries.pivot_table(question.measure, "replication", "arm", dropna=False)
    changes = pd.DataFrame(
        {
            world: table.get(f"{world}{BETWEEN}{question.arm}", np.nan)
            - table.get(f"{world}{BETWEEN}{base}", np.nan)
            for world in worlds.points
        }
    )
    means = changes.mean().dropna()
    world = np.broadcast_to(np.arange(changes.shape[1]), changes.shape)
    found = over_worlds(changes.to_numpy().ravel(), world.ravel())
    several = len(worlds.points) > 1
    interval = found.mean if several else t_interval(changes.iloc[:, 0])
    sign = -1.0 if measure_of(question.measure).better == "lower" else 1.0
    return Answer(
        question.ask or f"Is {question.measure} better with {question.arm}?",
        question.arm,
        question.measure,
        _says(interval, sign, question.by),
        interval.mean,
        interval.low,
        interval.high,
        len(worlds.points),
        float((sign * means > 0).mean()),
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
