"""The report of a reproduction: a paper's claims beside what came out, as one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from experiments.errors import BatchError
from simulation.tables.files import write_file
from simulation.tables.result import versions
from viz.report.html import Html, element, page
from viz.report.parts import facts_list, notes_list, shown_picture
from viz.report.style import STYLE
from viz.report.tables import table_html


@dataclass(frozen=True)
class Section:
    """A part under a heading: tables, and the pictures that go with them, by name."""

    heading: str
    tables: Sequence[Table]
    pictures: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReproductionReport:
    """What the page of a reproduction says.

    Attributes
    ----------
    title : str
    paper : str
        Who, where, when.
    question : str
    verdicts : sequence of str
        One for each claim of the paper, in words.
    sections : sequence of Section
    notes : sequence of str
    command : str
        By which all of it can be made again.
    """

    title: str
    paper: str
    question: str
    verdicts: Sequence[str]
    sections: Sequence[Section]
    notes: Sequence[str]
    command: str

    def write(self, path: Path, pictures: Sequence[Path]) -> Path:
        """Write it as one HTML file, whole or not at all, with the pictures that were drawn.

        Raises
        ------
        ResultError
            If it cannot be written.
        """
        drawn = {one.stem: one for one in pictures}
        parts = [
            *self._head(),
            *(part for section in self.sections for part in _section(section, drawn)),
            *self._end(),
        ]
        write_file(path, page(self.title, STYLE, *parts).encode())
        return path

    def _head(self) -> Iterator[Html]:
        yield element("h1", self.title)
        yield element("p", self.question, class_="question")
        yield element("p", self.paper, class_="note")
        counts = Counter(self.verdicts).most_common()
        told = ", ".join(f"{verdict}: {count}" for verdict, count in counts)
        sentence = f"Claims of the paper that were tried: {len(self.verdicts)}; {told}."
        yield element("section", element("p", sentence), class_="answer")

    def _end(self) -> Iterator[Html]:
        yield element("h2", "What to know of it")
        yield from notes_list(self.notes)
        yield element("h2", "How it was made")
        known = ", ".join(f"{name} {number}" for name, number in versions().items())
        yield facts_list({"command": self.command, "versions": known})


def _section(section: Section, drawn: dict[str, Path]) -> Iterator[Html]:
    yield element("h2", section.heading)
    for name in section.pictures:
        if name in drawn:
            yield shown_picture(drawn[name])
    yield from map(table_html, section.tables)


def make_folder(folder: Path) -> None:
    """Make a folder for what comes of it before anything is run.

    Raises
    ------
    BatchError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BatchError(f"{folder}: no folder can be made there: {error.strerror}") from None
