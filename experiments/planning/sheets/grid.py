"""A sheet as cells, whatever file it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

MOST_ROWS, MOST_COLUMNS = 20_000, 500


@dataclass(frozen=True)
class Grid:
    """What stands in a sheet.

    Attributes
    ----------
    label : str
        As messages call it: ``Centres``, or ``Centres.csv`` in a folder.
    rows : tuple of tuple
        Cells from A1 on, None where there is nothing.
    wrong : mapping of (int, int) to str
        What is wrong with a cell whatever it should hold, by row and column from 0.
    notes : tuple of str
        What a reader should know, such as hidden rows.
    """

    label: str
    rows: tuple[tuple[Any, ...], ...]
    wrong: Mapping[tuple[int, int], str]
    notes: tuple[str, ...] = ()

    def place(self, row: int, column: int) -> str:
        """A cell as messages call it, such as ``Centres!C4``."""
        return f"{self.label}!{letters(column)}{row + 1}"


class Written(float):
    """A number of a text file, which may be a name: ``007`` is another one than ``7``.

    Attributes
    ----------
    text : str
        As it is written.
    """

    text: str

    def __new__(cls, number: float, text: str) -> Self:
        """A number that knows how it is written."""
        written = super().__new__(cls, number)
        written.text = text
        return written


def text_of(value: object) -> str:
    """A cell as a name: numbers as they are written, whole ones without a point."""
    if isinstance(value, Written):
        return value.text
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value)


def letters(column: int) -> str:
    """The letters of a column, from 0: A, B, …, Z, AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def is_empty(value: object) -> bool:
    """Whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not value.strip())
