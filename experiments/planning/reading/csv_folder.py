"""A folder of CSV files in place of a workbook: one file a sheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

from experiments.planning.errors import WorkbookError
from experiments.planning.sheets.catalogue import SHEETS
from experiments.planning.sheets.columns import plain
from experiments.planning.sheets.grid import MOST_COLUMNS, MOST_ROWS, Grid, Written
from experiments.planning.sheets.safe_text import without_mark

MOST_BYTES = 50_000_000
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


def read_folder(folder: Path) -> dict[str, Grid]:
    """The cells of every sheet in a folder, by its name; a file is named after its sheet.

    Raises
    ------
    WorkbookError
        If there is no file of a sheet, or one cannot be read.
    """
    known = {plain(sheet.name): sheet.name for sheet in SHEETS}
    files = [path for path in sorted(folder.iterdir()) if _is_csv(path)]
    if not any(plain(path.stem) in known for path in files):
        names = ", ".join(f"{sheet.name}.csv" for sheet in SHEETS if sheet.required)
        raise WorkbookError(f"{folder}: holds none of the files of a plan; it needs {names}")
    return {known.get(plain(path.stem), path.stem): _read(path) for path in files}


def _is_csv(path: Path) -> bool:
    return path.suffix.lower() == ".csv" and path.is_file()


def _read(path: Path) -> Grid:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise WorkbookError(f"{path}: has more than {MOST_BYTES:,} bytes")
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WorkbookError(f"{path}: is not text in UTF-8; save it as CSV UTF-8") from None
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read: {error.strerror}") from None
    separator = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    except csv.Error as error:
        raise WorkbookError(f"{path}: is not a CSV table: {error}") from None
    widest = max(map(len, rows), default=0)
    if len(rows) > MOST_ROWS or widest > MOST_COLUMNS:
        raise WorkbookError(
            f"{path}: has {len(rows):,} rows and {widest:,} columns; at most {MOST_ROWS:,} and "
            f"{MOST_COLUMNS} are read"
        )
    wide = ((*row, *[""] * (widest - len(row))) for row in rows)
    cells = tuple(tuple(_value(text, separator) for text in row) for row in wide)
    return Grid(path.name, cells, {})


def _separator(text: str) -> str:
    """Comma, semicolon or tab, whichever the heading has most of."""
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _value(text: str, separator: str) -> Any:
    """A number where it is one, else the text; None for an empty cell.

    Between semicolons and tabs numbers may have a decimal comma, as many countries write it.
    """
    text = text.strip()
    if not text:
        return None
    number = text if separator == "," else text.replace(",", ".")
    return Written(float(number), text) if NUMBER.fullmatch(number) else without_mark(text)
