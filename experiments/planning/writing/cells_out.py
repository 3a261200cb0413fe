"""Cells as they are written: looks, numbers, times, and text that never becomes a formula."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import time
from typing import TYPE_CHECKING, Any, NamedTuple

from experiments.planning.sheets.grid import letters
from experiments.planning.sheets.safe_text import BEGINS_A_FORMULA

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

INK, FAINT, HEAD, NEED, INPUT, WARN = "2B2B2B", "6F6B66", "E8E4DE", "134A75", "FFF7DB", "F6D5CF"
MONEY, UNITS, SHARE, CLOCK, KM = "#,##0.00", "#,##0.##", "0.0%", "hh:mm", "#,##0.0"
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_CELL = 32_000
NARROWEST, WIDEST = 9, 60


class Formula(NamedTuple):
    """A live formula, and what it comes to now.

    Attributes
    ----------
    text : str
        Without the sign of equality.
    value : float or str
    """

    text: str
    value: Any


def put(sheet: Worksheet, row: int, column: int, value: Any, **look: Any) -> Cell:
    """Write a cell; `row` and `column` count from 1. Returns the cell."""
    cell = sheet.cell(row, column)
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
    elif isinstance(value, str):
        cell.value = ILLEGAL.sub("", value)[:LONGEST_CELL]
        cell.data_type = "s"  # a text that begins like a formula stays a text
        if value.startswith(BEGINS_A_FORMULA):
            cell.quotePrefix = True
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = None
    elif value is not None:
        cell.value = value
    if look:
        paint(cell, **look)
    return cell


def paint(
    cell: Cell,
    *,
    number: str | None = None,
    bold: bool = False,
    fill: str | None = None,
    ink: str = INK,
    size: float = 10,
    wrap: bool = False,
    centred: bool = False,
) -> None:
    """Give a cell its look."""
    from openpyxl.styles import Alignment, Font, PatternFill

    cell.font = Font(name="Calibri", size=size, bold=bold, color=ink)
    if fill:
        cell.fill = PatternFill("solid", fgColor=fill)
    if number:
        cell.number_format = number
    if wrap or centred:
        cell.alignment = Alignment(
            wrap_text=wrap, vertical="top", horizontal="center" if centred else None
        )


def heading_row(sheet: Worksheet, row: int, headings: Sequence[str]) -> None:
    """Write the heads of columns."""
    for column, heading in enumerate(headings, 1):
        put(sheet, row, column, heading, bold=True, fill=HEAD, wrap=True)


def fit_widths(sheet: Worksheet, headings: Sequence[str], texts: Mapping[int, int]) -> None:
    """Make columns as wide as their longest word of a heading and their widest text."""
    for column, heading in enumerate(headings, 1):
        longest_word = max(map(len, heading.split()), default=0)
        width = max(longest_word + 2, texts.get(column, 0) + 2, NARROWEST)
        sheet.column_dimensions[letters(column - 1)].width = min(width, WIDEST)


def time_cell(seconds: float) -> Any:
    """A time of the day as a spreadsheet has it; past midnight as a text such as 26:30."""
    if not math.isfinite(seconds):
        return None
    whole = round(seconds)
    if whole < 86_400:
        return time(whole // 3600, whole // 60 % 60, whole % 60)
    return f"{whole // 3600}:{whole // 60 % 60:02}" + (f":{whole % 60:02}" if whole % 60 else "")


def for_print(sheet: Worksheet, title_rows: str, *, landscape: bool, one_page: bool) -> None:
    """Set a sheet up for A4: one page wide, its heads on each page."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 1 if one_page else 0
    sheet.print_title_rows = title_rows
    sheet.oddFooter.center.text = "&A, page &P of &N"
    sheet.page_margins.left = sheet.page_margins.right = 0.5
