"""The sheet of orders: a number is changed, and quantity, cost and service move."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.planning.plan import Plan
from experiments.planning.sheets.grid import letters
from experiments.planning.writing.cells_out import (
    FAINT,
    HEAD,
    INPUT,
    MONEY,
    NEED,
    UNITS,
    WARN,
    Formula,
    fit_widths,
    for_print,
    heading_row,
    put,
)
from experiments.planning.writing.order_row import COLUMNS, FOLDED, INPUTS, LETTER, Order

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ORDERS = "Orders"
TOTALS, HEADINGS, FIRST = 4, 5, 6
"""Rows of the totals, of the heads, and of the first order."""
HELP = (
    "Change a yellow cell: a mean, a deviation, a cost, or type a quantity of your own. Quantity, "
    "cost and service follow. The price of limits stays that of the plan; where a limit turns red "
    "in Limits used, plan again."
)


def add_orders(page: Worksheet, orders: list[Order]) -> dict[str, Any]:
    """Write the sheet; returns what its formulas come to, by cell."""
    plan = orders[0].plan
    last = FIRST + len(orders) - 1
    put(page, 1, 1, "Orders", bold=True, size=16, ink=NEED)
    put(page, 2, 1, HELP, ink=FAINT)
    headings = [
        *(heading for _, heading, _ in COLUMNS),
        *(f"A unit uses of {limit.name}" for limit in plan.limits),
        *(f"{name} as planned" for name in INPUTS),
    ]
    heading_row(page, HEADINGS, headings)
    values: dict[str, Any] = {}
    widest: dict[int, int] = {}
    for order in orders:
        cells = order.cells()
        _add_order(page, order, cells, values)
        for column, name in ((1, "centre"), (2, "item"), (3, "law")):
            widest[column] = max(widest.get(column, 0), len(str(cells[name])))
    _add_totals(page, plan, last, values)
    fit_widths(page, headings, widest)
    _fold(page, len(headings))
    _colour_changes(page, last)
    page.freeze_panes = page.cell(FIRST, 2)
    page.auto_filter.ref = f"A{HEADINGS}:{LETTER['changed']}{last}"
    for_print(page, f"{HEADINGS}:{HEADINGS}", landscape=True, one_page=False)
    page.print_area = f"A1:{LETTER['changed']}{last}"
    return values


def _add_order(
    page: Worksheet, order: Order, cells: dict[str, Any], values: dict[str, Any]
) -> None:
    for column, (name, _, number) in enumerate(COLUMNS, 1):
        value = cells.get(name)
        fill = INPUT if name in (*INPUTS, "own") else HEAD if name == "quantity" else None
        put(page, order.row, column, value, number=number, fill=fill, bold=name == "quantity")
        if isinstance(value, Formula):
            values[f"{letters(column - 1)}{order.row}"] = value.value
    column = len(COLUMNS) + 1
    for limit, kind in zip(order.plan.limits, order.plan.limit_kinds, strict=True):
        use = float(limit.use[order.number])
        if kind == "money" and use:
            put(page, order.row, column, Formula(order.ref("unit"), use), number=MONEY)
            values[f"{letters(column - 1)}{order.row}"] = use
        else:
            put(page, order.row, column, use, number=UNITS)
        column += 1
    for name in INPUTS:
        value = cells.get(name)
        put(
            page, order.row, column, value.value if isinstance(value, Formula) else value, ink=FAINT
        )
        column += 1


def _add_totals(page: Worksheet, plan: Plan, last: int, values: dict[str, Any]) -> None:
    put(page, TOTALS, 1, "All together", bold=True)
    outcomes = plan.orders.outcomes
    totals = {
        "quantity": (sum(o.quantity for o in outcomes), UNITS),
        "short": (sum(o.shortage for o in outcomes), UNITS),
        "surplus": (sum(o.surplus for o in outcomes), UNITS),
        "cost": (sum(o.cost for o in outcomes), MONEY),
    }
    for name, (value, number) in totals.items():
        letter = LETTER[name]
        cell = f"{letter}{TOTALS}"
        values[cell] = value
        column = next(k for k, (own, _, _) in enumerate(COLUMNS, 1) if own == name)
        formula = Formula(f"SUM({letter}{FIRST}:{letter}{last})", value)
        put(page, TOTALS, column, formula, number=number, bold=True)


def _fold(page: Worksheet, columns: int) -> None:
    """Fold away how the quantities are worked out, behind a button above the columns."""
    first = next(k for k, (name, _, _) in enumerate(COLUMNS) if name == FOLDED)
    for column in range(first, columns):
        dimension = page.column_dimensions[letters(column)]
        dimension.outlineLevel, dimension.hidden = 1, True


def _colour_changes(page: Worksheet, last: int) -> None:
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import PatternFill

    rows = f"A{FIRST}:{LETTER['changed']}{last}"
    changed = f'LEFT(${LETTER["changed"]}{FIRST},7)="changed"'
    fill = PatternFill("solid", bgColor=WARN)
    page.conditional_formatting.add(rows, FormulaRule(formula=[changed], fill=fill))
