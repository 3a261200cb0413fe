"""The report of a what-if file: its questions with answers in words, and where they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from experiments.batch.failures import describe_failures
from experiments.discovery import Discovery
from experiments.what_if import Answer, Answers
from simulation.measures.catalogue import measure_of
from simulation.tables.files import write_file
from simulation.tables.result import versions
from viz.pictures.studies.designs import draw_changes
from viz.pictures.studies.discovery import draw_discovery
from viz.report.findings import WORDS
from viz.report.html import Html, element, page
from viz.report.parts import facts_list, notes_list, shown_picture
from viz.report.style import STYLE
from viz.report.tables import table_html
from viz.terminal.designs import answers_table
from viz.terminal.discovery import box_table, how_sure, trajectory_table, what_is_asked

MARKS = {"yes": "Yes", "no": "No", "open": "Open: the interval does not tell"}


def write_what_if_report(
    path: Path, found: Answers, title: str, *, command: str = ""
) -> list[Path]:
    """Draw what is asked beside a report, and write the report as one HTML file.

    Parameters
    ----------
    path : Path
    found : Answers
    title : str
    command : str
        By which all of it can be made again.

    Returns
    -------
    list of Path
        The pictures, as PNG.

    Raises
    ------
    ResultError
        If it cannot be written.
    """
    pictures = _draw(found, path.parent)
    questions = (_question(found, number, pictures) for number in range(len(found.answers)))
    sections = [
        *_head(found, title),
        *_table(found),
        *(part for question in questions for part in question),
        *_three_things(found),
        *_making(found, command),
    ]
    write_file(path, page(title, STYLE, *sections).encode())
    return list(pictures.values())


def _draw(found: Answers, folder: Path) -> dict[str, Path]:
    """The pictures by name: changes in each world, and where they fail."""
    drawn = {}
    for number, (answer, effects) in enumerate(
        zip(found.answers, found.effects, strict=True), start=1
    ):
        if len(effects.of_world) > 1:
            name = f"changes_{number}"
            path = folder / f"{name}.png"
            drawn[name] = draw_changes(effects, answer.by, path, title=answer.ask)
        where = found.discoveries[number - 1]
        if isinstance(where, Discovery):
            name = f"discovery_{number}"
            drawn[name] = draw_discovery(where, folder, name)
    return drawn


def _head(found: Answers, title: str) -> Iterator[Html]:
    count = len(found.worlds.points)
    worlds = f"in {count} worlds" if count > 1 else "in one world"
    yield element("h1", title)
    yield element("p", f"{' or '.join(found.asked.arms)}, {worlds}", class_="question")
    yield element(
        "section",
        *(element("p", answer_text(answer, found)) for answer in found.answers),
        class_="answer",
    )


def answer_text(answer: Answer, found: Answers) -> str:
    """An answer in words: what changes, its interval, and in how many worlds it is so."""
    measure = measure_of(answer.measure)
    unit = f" {measure.unit_of_differences}".rstrip()
    base = next(iter(found.asked.arms))
    what = WORDS.get(answer.measure, f"{measure.label[:1].lower()}{measure.label[1:]}")
    if not answer.worlds:
        return f"{answer.ask} {MARKS[answer.says]}. No world has a value of the {what}."
    text = (
        f"{answer.ask} {MARKS[answer.says]}. With {answer.arm} in place of {base}, the {what} "
        f"changes by {measure.difference_text(answer.change)}{unit} "
        f"({measure.difference_text(answer.low)} to {measure.difference_text(answer.high)})"
    )
    if answer.by:
        text += f", where {measure.text(answer.by)}{unit} for the better count"
    if answer.worlds == 1:
        return f"{text}."
    return (
        f"{text}; it is better in {answer.share_for:.0%} of {answer.worlds} worlds, in "
        f"{answer.surely_for:.0%} beyond doubt."
    )


def _table(found: Answers) -> Iterator[Html]:
    if found.answers:
        yield element("h2", "Answers")
        yield table_html(answers_table(found, ""))
    yield from notes_list([*found.notes, *describe_failures(found.batch)])


def _question(found: Answers, number: int, pictures: Mapping[str, Path]) -> Iterator[Html]:
    """The pictures of one question, and the box of worlds in which it fails."""
    answer, where = found.answers[number], found.discoveries[number]
    changes = pictures.get(f"changes_{number + 1}")
    if changes is None and where is None:
        return
    yield element("h2", answer.ask)
    if changes is not None:
        measure = measure_of(answer.measure)
        between, within = (measure.text(one) for one in (answer.between, answer.within))
        yield element(
            "p",
            f"Standard deviation of the change between worlds {between}, between replications of "
            f"one world {within} {measure.unit_of_differences}".rstrip()
            + ".",
        )
        yield shown_picture(changes)
    if where is not None:
        yield element("h3", "In which worlds it fails")
    if isinstance(where, str):
        yield element("p", f"Not told: {where}.")
    if isinstance(where, Discovery):
        yield element("p", what_is_asked(where))
        if where.box is not None:
            yield table_html(box_table(where, where.box, "The box in which it fails", where.trials))
            yield element("p", how_sure(where))
        yield from notes_list(where.notes)
        yield shown_picture(pictures[f"discovery_{number + 1}"])
        yield element("details", element("summary", "Steps"), table_html(trajectory_table(where)))


def _three_things(found: Answers) -> Iterator[Html]:
    """What nobody chooses, what one chooses, and what is looked at."""
    asked = found.asked
    yield element("h2", "Worlds, arms, outcomes")
    yield facts_list(
        {
            **{f"world: {key}": _told(values) for key, values in asked.worlds.items()},
            **{
                f"arm: {name}": _changes(own) or "changes nothing"
                for name, own in asked.arms.items()
            },
            "outcomes": ", ".join(dict.fromkeys(one.measure for one in asked.questions)),
        }
    )


def _making(found: Answers, command: str) -> Iterator[Html]:
    asked, batch = found.asked, found.batch
    scenario = next(iter(batch.arms.values()))
    yield element("h2", "How it was made")
    design = f"{asked.design}, {len(found.worlds.points)} points"
    yield facts_list(
        {
            "case": asked.case,
            "set": _changes(asked.set),
            "worlds": design if asked.worlds else "",
            "replications": f"{batch.replications} of each arm in each world, on the same random "
            "numbers",
            "seed": "" if "seed" in asked.worlds else str(scenario.seed),
            "command": command,
            "versions": ", ".join(f"{name} {number}" for name, number in versions().items()),
        }
    )


def _changes(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {_told(value)}" for key, value in values.items())


def _told(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
