"""The sheets that ask: with lists to choose from, limits of numbers, and help at every heading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from experiments.planning.sheets.catalogue import PAST_DEMAND, SETTINGS, SHEETS
from experiments.planning.sheets.columns import Column, Sheet
from experiments.planning.sheets.grid import letters
from experiments.planning.writing.cells_out import (
    CLOCK,
    FAINT,
    HEAD,
    INPUT,
    NEED,
    fit_widths,
    heading_row,
    paint,
    put,
    time_cell,
)
from experiments.planning.writing.input_rows import Rows, is_there

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

LAST_ROW = 5000
"""As far down as lists to choose from reach."""
NAMED = {
    ("Vehicles", "depot"): "Depots",
    ("Vehicles", "end depot"): "Depots",
    ("Demand", "centre"): "Centres",
    ("Demand", "item"): "Items",
    ("Limits", "item"): "Items",
}
"""Columns that name rows of another sheet."""


def add_input_sheets(book: Workbook, rows: Mapping[str, Rows]) -> None:
    """Add every sheet that asks, with its rows."""
    for sheet in SHEETS:
        own = rows.get(sheet.name, [])
        page = book.create_sheet(sheet.name)
        if sheet is SETTINGS:
            _add_settings(page, own[0] if own else {})
        elif sheet is PAST_DEMAND:
            _add_past(page, own)
        else:
            _add_table(page, sheet, own)


def _add_table(page: Worksheet, sheet: Sheet, rows: Rows) -> None:
    from openpyxl.comments import Comment

    widest: dict[int, int] = {}
    for number, column in enumerate(sheet.columns, 1):
        cell = put(page, 1, number, column.heading)
        fill, ink = (NEED, "FFFFFF") if column.required else (HEAD, "2B2B2B")
        paint(cell, bold=True, fill=fill, ink=ink, wrap=True)
        cell.comment = Comment(f"{column.help}. {_allowed(column)}", "Corridor", 120, 260)
        _limit_cells(page, sheet, column, letters(number - 1))
        for row, values in enumerate(rows, 2):
            value = values.get(column.name)
            if is_there(value):
                _put_value(page, row, number, column, value)
                widest[number] = max(widest.get(number, 0), len(str(value)[:40]))
    fit_widths(page, [column.heading for column in sheet.columns], widest)
    page.freeze_panes = "B2"


def _put_value(page: Worksheet, row: int, number: int, column: Column, value: Any) -> None:
    if column.kind == "time":
        put(page, row, number, time_cell(value), number=CLOCK, fill=INPUT)
    else:
        put(page, row, number, value, fill=INPUT)


def _allowed(column: Column) -> str:
    must = "Needed" if column.required else "May be empty"
    return f"{must}: {column.allowed}."


def _limit_cells(page: Worksheet, sheet: Sheet, column: Column, letter: str) -> None:
    """Let cells take what they may hold, from a list where there is one."""
    from openpyxl.worksheet.datavalidation import DataValidation

    cells = f"{letter}2:{letter}{LAST_ROW}"
    target = NAMED.get((sheet.name, column.name))
    if target:
        rule = DataValidation("list", formula1=f"={target}!$A$2:$A${LAST_ROW}", allow_blank=True)
    elif column.kind == "choice":
        rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
    elif column.kind in ("number", "whole"):
        kind = "decimal" if column.kind == "number" else "whole"
        rule = DataValidation(
            kind, "between", str(column.minimum), str(column.maximum), allow_blank=True
        )
    else:
        return
    rule.errorTitle, rule.error = column.name[:30], f"{column.name} must be {column.allowed}"[:250]
    rule.showErrorMessage = True
    rule.add(cells)
    page.add_data_validation(rule)


def _add_settings(page: Worksheet, values: Mapping[str, Any]) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    heading_row(page, 1, ["Setting", "Value", "Unit", "What it is"])
    for row, column in enumerate(SETTINGS.columns, 2):
        value = values.get(column.name, column.default)
        put(page, row, 1, column.name, bold=True)
        is_time = column.kind == "time"
        put(
            page,
            row,
            2,
            time_cell(value) if is_time else value,
            fill=INPUT,
            number=CLOCK if is_time else None,
        )
        put(page, row, 3, column.unit or None)
        put(page, row, 4, f"{column.help}; {column.allowed}", ink=FAINT)
        if column.kind == "choice":
            choices = ",".join(column.choices)
            rule = DataValidation("list", formula1=f'"{choices}"', allow_blank=True)
            rule.showErrorMessage = True
            rule.add(f"B{row}")
            page.add_data_validation(rule)
    for letter, width in zip("ABCD", (20, 18, 8, 90), strict=True):
        page.column_dimensions[letter].width = width


def _add_past(page: Worksheet, rows: Rows) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["period"]
    heading_row(page, 1, names)
    for number, values in enumerate(rows, 2):
        for column, name in enumerate(names, 1):
            put(page, number, column, values.get(name), fill=INPUT)
    fit_widths(page, names, {})
    page.freeze_panes = "B2"
