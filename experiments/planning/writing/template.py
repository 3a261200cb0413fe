"""An empty workbook to be filled in: instructions, units, examples and lists to choose from."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

from experiments.planning.reading.opening import require_openpyxl
from experiments.planning.sheets.catalogue import README, SETTINGS, SHEETS
from experiments.planning.writing.cells_out import FAINT, NEED, put
from experiments.planning.writing.input_rows import Rows
from experiments.planning.writing.input_sheets import add_input_sheets

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

HOURS = {"open from", "open to", "shift from", "shift to"}
"""Columns whose examples are written in hours."""
STEPS = (
    "1. Centres: a row for each: its name, latitude and longitude, how much it needs (mean and",
    "    standard deviation), and what a unit costs, one left over, and one that is missing.",
    "2. Vehicles and Depots: what you have to deliver with, and from where.",
    "3. Limits: your budget, or what else all orders share. Empty: no limit.",
    "4. Save the workbook and run:   corridor plan THIS.xlsx --out PLAN.xlsx",
    "What stands in the sheets now is a made-up example that can be planned; overwrite it.",
    "Dark headings are needed, light ones may stay empty; point at one to see what it wants.",
    "Numbers are numbers, times are times such as 08:30, and units stay out of cells.",
    "Do not merge cells. Hidden rows count. Formulas are read by the values that they show.",
)


def template() -> bytes:
    """The workbook, as a file's content.

    Raises
    ------
    WorkbookError
        If openpyxl is not installed.
    """
    require_openpyxl()
    from openpyxl import Workbook

    book = Workbook()
    add_readme(book, "A plan of deliveries", STEPS)
    add_input_sheets(book, example_rows())
    return content_of(book)


def example_rows() -> dict[str, Rows]:
    """The rows of the template by sheet; times in seconds."""
    rows = {
        sheet.name: [
            {name: _seconds(name, value) for name, value in example.items()}
            for example in sheet.examples
        ]
        for sheet in SHEETS
    }
    rows[SETTINGS.name] = [{}]
    return rows


def _seconds(name: str, value: object) -> object:
    return value * 3600 if name in HOURS and isinstance(value, int | float) else value


def add_readme(book: Workbook, title: str, lines: Iterable[str]) -> None:
    """Make the first sheet the one with the instructions."""
    page = book.active
    page.title = README
    page.column_dimensions["A"].width = 22
    page.column_dimensions["B"].width = 100
    put(page, 1, 1, title, bold=True, size=16, ink=NEED)
    row = 3
    for line in lines:
        put(page, row, 1, line)
        row += 1
    row += 1
    for sheet in SHEETS:
        put(page, row, 1, sheet.name, bold=True)
        needed = "Needed. " if sheet.required else ""
        put(page, row, 2, f"{needed}{sheet.help}", ink=FAINT, wrap=True)
        row += 1
    page.sheet_view.showGridLines = False


def content_of(book: Workbook) -> bytes:
    """A workbook as a file's content."""
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
