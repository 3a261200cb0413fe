"""The sheet of limits: how much of each the orders use, and what more of it would save."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.planning.plan import Plan
from experiments.planning.sheets.grid import letters
from experiments.planning.writing.cells_out import (
    INPUT,
    NEED,
    UNITS,
    Formula,
    fit_widths,
    heading_row,
    put,
)
from experiments.planning.writing.order_row import COLUMNS, LETTER
from experiments.planning.writing.orders_sheet import FIRST, ORDERS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FIRST_LIMIT = 4
"""Row of the first limit."""


def add_limits(page: Worksheet, plan: Plan, last_order: int) -> dict[str, Any]:
    """Write what each limit is, and what is used of it; returns what formulas come to, by cell."""
    put(page, 1, 1, "Limits", bold=True, size=16, ink=NEED)
    headings = [
        "Limit",
        "Kind",
        "At most",
        "Used by the orders",
        "Left",
        "Is it tight?",
        "One more unit of it saves",
    ]
    heading_row(page, FIRST_LIMIT - 1, headings)
    values: dict[str, Any] = {}
    for k, limit in enumerate(plan.limits):
        row, letter = FIRST_LIMIT + k, letters(len(COLUMNS) + k)
        used, price = float(plan.orders.used[k]), float(plan.orders.price[k])
        uses = f"{ORDERS}!${letter}${FIRST}:${letter}${last_order}"
        quantities = f"{ORDERS}!${LETTER['quantity']}${FIRST}:${LETTER['quantity']}${last_order}"
        tight = (
            f'IF(E{row}<-1E-9,"too much by "&TEXT(-E{row},"#,##0.##"),IF(G{row}>0,"tight","no"))'
        )
        formulas = {
            4: Formula(f"SUMPRODUCT({uses},{quantities})", used),
            5: Formula(f"C{row}-D{row}", limit.amount - used),
            6: Formula(tight, "tight" if price > 0 else "no"),
        }
        put(page, row, 1, limit.name, bold=True)
        put(page, row, 2, plan.limit_kinds[k])
        put(page, row, 3, limit.amount, number=UNITS, fill=INPUT)
        for column, formula in formulas.items():
            put(page, row, column, formula, number=UNITS)
            values[f"{letters(column - 1)}{row}"] = formula.value
        put(page, row, 7, price, number="0.0000")
    fit_widths(page, headings, {1: 26, 2: 10, 6: 22})
    return values
