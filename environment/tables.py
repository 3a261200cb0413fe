"""Tables from CSV files, checked: every mistake of a file is told at once."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from environment.errors import DataError

SHOWN_ROWS = 3
SHOWN_HEADINGS = 20
LONGEST = 60
"""Characters of a cell that are shown."""
MOST_COLUMNS = 1000

X_HEADINGS = ("lon", "longitude", "lng", "long", "x_m")
Y_HEADINGS = ("lat", "latitude", "y_m")
"""Other headings of the coordinates ``x`` and ``y``."""


@dataclass(frozen=True)
class Column:
    """What a column of a CSV file must hold.

    `aliases` are other headings for the same thing; a missing optional column takes `default`,
    or is left out where that is None. Cells may be blank unless the column is required; those of
    one that `may_be_blank` may be it all the same.
    """

    name: str
    kind: Literal["text", "number", "whole"] = "number"
    required: bool = True
    aliases: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] | None = None
    default: Any = None
    may_be_blank: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """All headings under which the column is found."""
        return (self.name, *self.aliases)


def read_table(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    """Read the named columns of a CSV file; other columns and blank rows are ignored.

    Rows are labelled as in the file: row 2 is that on its second line, and has the label 0.
    The headings that were found are in ``attrs["headings"]``, by the names of the columns.

    Raises
    ------
    DataError
        With one line for every mistake in the file.
    """
    raw = _read_cells(path)
    problems = [line for column in columns for line in _heading_problems(raw, column, columns)]
    if not problems and raw.empty:
        problems = ["has no rows"]
    table = pd.DataFrame(index=raw.index)
    for column in columns:
        heading = _heading_in(raw, column)
        if heading is not None:
            table[column.name], found = _convert(raw[heading], column)
            problems += found
        elif column.default is not None:
            table[column.name] = column.default
    if problems:
        raise DataError("\n".join(f"{path}: {problem}" for problem in problems))
    table.attrs["headings"] = {
        column.name: heading for column in columns if (heading := _heading_in(raw, column))
    }
    return table


def read_headings(path: Path) -> list[str]:
    """The headings of a CSV file, where columns have names that only the file knows.

    Raises
    ------
    DataError
        If it is no table.
    """
    return [str(heading) for heading in _read_cells(path).columns]


def cell_text(cell: object) -> str:
    """A cell as messages show it, cut where it is long."""
    if not isinstance(cell, str):
        return "nothing"
    return repr(cell) if len(cell) <= LONGEST else f"{cell[:LONGEST]!r}…"


def _read_cells(path: Path) -> pd.DataFrame:
    """All cells as texts, NaN where there is none; rows labelled by their lines."""
    text = _read_text(path)
    lead = len(text) - len(text.lstrip("\r\n"))
    widest = max((line.count(",") + 1 for line in text.split("\n")), default=0)
    if widest > MOST_COLUMNS:
        raise DataError(f"{path}: has {widest:,} columns; at most {MOST_COLUMNS:,} are read")
    try:
        table = pd.read_csv(
            io.StringIO(text[lead:]),
            dtype=str,
            skipinitialspace=True,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=False,
        )
    except pd.errors.EmptyDataError:
        raise DataError(f"{path}: is empty") from None
    except (pd.errors.ParserError, ValueError) as error:
        raise DataError(f"{path}: is not a CSV table: {str(error).strip()[:LONGEST]}") from None
    if not isinstance(table.index, pd.RangeIndex):  # pandas made row names of the first column
        raise DataError(f"{path}: row 2 has more values than row 1 has headings")
    table.index = pd.Index(_lines(text, lead, len(table))) - 2
    blank = table.isna().all(axis="columns")
    return table[~blank] if blank.any() else table


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not a CSV table: {error}") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None


def _lines(text: str, lead: int, rows: int) -> list[int]:
    """The line of the file on which each row begins: quoted cells may go over several."""
    above = text[:lead].count("\n") or lead
    plain = list(range(above + 2, above + 2 + rows))
    if '"' not in text:
        return plain
    reader = csv.reader(io.StringIO(text[lead:]), skipinitialspace=True)
    begins, line = [], 1
    try:
        for _ in reader:
            begins.append(above + line)
            line = reader.line_num + 1
    except csv.Error:
        return plain
    return begins[1:] if len(begins) == rows + 1 else plain


def _heading_in(raw: pd.DataFrame, column: Column) -> str | None:
    return next((heading for heading in column.headings if heading in raw), None)


def _heading_problems(raw: pd.DataFrame, column: Column, columns: Sequence[Column]) -> list[str]:
    """A required column that is not there, or an optional one that is misspelt."""
    if _heading_in(raw, column) is not None:
        return []
    known = {heading for other in columns for heading in other.headings}
    strangers = [str(heading) for heading in raw.columns if heading not in known]
    close = difflib.get_close_matches(column.name, strangers, n=1, cutoff=0.75)
    if column.required:
        hint = f"did you mean {close[0]!r}?" if close else f"found: {_listed(list(raw.columns))}"
        return [f"no column {' or '.join(map(repr, column.headings))} ({hint})"]
    if close:
        return [f"unknown column {close[0]!r} (did you mean {column.name!r}?)"]
    return []


def _listed(headings: Sequence[str]) -> str:
    shown = [heading[:LONGEST] for heading in headings[:SHOWN_HEADINGS]]
    return ", ".join(shown) + (", …" if len(headings) > SHOWN_HEADINGS else "")


def _convert(texts: pd.Series, column: Column) -> tuple[pd.Series, list[str]]:
    if column.kind == "text":
        wrong = texts.isna() & (column.required and not column.may_be_blank)
        if column.choices is not None:
            wrong |= ~texts.isin(column.choices)
        allowed = f"one of {', '.join(column.choices)}" if column.choices else "a text"
        return texts, _row_problems(texts, wrong, column.name, allowed)
    numbers = pd.to_numeric(texts, errors="coerce")
    wrong = ~np.isfinite(numbers) & (texts.notna() | column.required)
    allowed = "a number"
    if column.kind == "whole":
        wrong |= numbers.notna() & (numbers % 1 != 0)
        allowed = "a whole number"
    if column.minimum is not None:
        wrong |= numbers < column.minimum
        allowed += f" >= {column.minimum:.10g}"
    if column.maximum is not None:
        wrong |= numbers > column.maximum
        allowed += f"{' and' if column.minimum is not None else ''} <= {column.maximum:.10g}"
    problems = _row_problems(texts, wrong, column.name, allowed)
    return (numbers if problems or column.kind == "number" else _as_whole(numbers)), problems


def _as_whole(numbers: pd.Series) -> pd.Series:
    return numbers if numbers.isna().any() else numbers.astype("int64")


def _row_problems(texts: pd.Series, wrong: pd.Series, name: str, allowed: str) -> list[str]:
    rows = texts.index[wrong]
    # Row 1 of the file is the heading.
    lines = [
        f"row {row + 2}: {name} must be {allowed}, got {cell_text(got)}"
        for row, got in zip(rows.tolist(), texts[wrong].iloc[:SHOWN_ROWS], strict=False)
    ]
    if len(rows) > SHOWN_ROWS:
        lines.append(f"… and {len(rows) - SHOWN_ROWS} more rows with a wrong {name}")
    return lines
