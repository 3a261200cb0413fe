"""Sheets for whoever decides: the summary, what if, the fits, the pictures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from experiments.planning.findings import figures_of, more_lines, tight_lines, unserved_lines
from experiments.planning.plan import Plan
from experiments.planning.what_if import WhatIf
from experiments.planning.writing.cells_out import (
    CLOCK,
    FAINT,
    KM,
    MONEY,
    NEED,
    SHARE,
    UNITS,
    Formula,
    fit_widths,
    for_print,
    heading_row,
    put,
    time_cell,
)
from experiments.planning.writing.order_row import LETTER
from experiments.planning.writing.orders_sheet import ORDERS, TOTALS

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

SUMMARY, WHAT_IF, PICTURES, FIT = "Summary", "What if", "Pictures", "Fit"
LIVE = {
    "Units ordered": "quantity",
    "Expected units short": "short",
    "Expected units left over": "surplus",
    "Expected cost of orders, shortage and surplus included": "cost",
}
"""Figures that follow the sheet of orders, and its column."""
PICTURE_WIDTH_PX = 900
WHAT_IF_HELP = (
    "One change at a time; orders and routes are solved anew for each. With hundreds of stops a "
    "difference of some tenths of a percent in km may be the search's and not the change's."
)


def add_summary(page: Worksheet, plan: Plan, rows: Sequence[WhatIf]) -> dict[str, Any]:
    """Write the summary; returns what its formulas come to, by cell."""
    put(page, 1, 1, "The plan", bold=True, size=18, ink=NEED)
    values: dict[str, Any] = {}
    row = 3
    at: dict[str, int] = {}
    for name, value, unit in figures_of(plan):
        at[name] = row
        put(page, row, 1, name)
        _put_figure(page, row, _live(name, value, at), unit)
        if isinstance(page.cell(row, 2).value, str) and page.cell(row, 2).value.startswith("="):
            values[f"B{row}"] = value
        row += 1
    for title, lines in (
        ("What is tight", tight_lines(plan)),
        ("Who goes without", unserved_lines(plan)),
        ("What more or less would bring", list(more_lines(rows, plan)) if rows else []),
        ("How the routes were found", _route_lines(plan)),
        ("Notes", list(plan.notes)),
    ):
        row = _add_lines(page, row + 1, title, lines)
    page.column_dimensions["A"].width = 62
    page.column_dimensions["B"].width = 16
    page.column_dimensions["C"].width = 14
    page.sheet_view.showGridLines = False
    for_print(page, "1:1", landscape=False, one_page=row < 60)
    return values


def _live(name: str, value: float, at: Mapping[str, int]) -> float | Formula:
    if name in LIVE:
        return Formula(f"{ORDERS}!${LETTER[LIVE[name]]}${TOTALS}", value)
    if name == "All costs together":
        orders = at["Expected cost of orders, shortage and surplus included"]
        return Formula(f"B{orders}+B{at['Cost of vehicles']}", value)
    return value


def _put_figure(page: Worksheet, row: int, value: float | Formula, unit: str) -> None:
    if unit == "clock" and not isinstance(value, Formula):
        put(page, row, 2, time_cell(value), number=CLOCK, bold=True)
        return
    number = SHARE if unit == "share" else KM if unit in ("km", "h") else UNITS
    put(page, row, 2, value, number=number, bold=True)
    put(page, row, 3, "" if unit == "share" else unit, ink=FAINT)


def _route_lines(plan: Plan) -> list[str]:
    routes, objective = plan.routes, plan.asked.settings.objective.replace("_", " ")
    lines = [f"Least {objective}, by {routes.method}"]
    if routes.bound == routes.bound and routes.objective > 0:  # NaN where nothing is proven
        gap = max(0.0, 1 - routes.bound / routes.objective)
        lines.append(
            "No plan is better: that is proven"
            if gap < 1e-6
            else f"No plan can be more than {gap:.1%} better"
        )
    return lines


def _add_lines(page: Worksheet, row: int, title: str, lines: Sequence[str]) -> int:
    if not lines:
        return row - 1
    put(page, row, 1, title, bold=True, size=12, ink=NEED)
    for line in lines:
        row += 1
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
        put(page, row, 1, line, wrap=True)
        page.row_dimensions[row].height = 14 * (1 + len(line) // 105)
    return row + 1


def add_what_if(page: Worksheet, rows: Sequence[WhatIf], plan: Plan) -> None:
    """Write the table of changes, each solved."""
    money = plan.asked.settings.currency
    put(page, 1, 1, "What if", bold=True, size=16, ink=NEED)
    put(page, 2, 1, WHAT_IF_HELP, ink=FAINT)
    heads = [
        "Change",
        "Units ordered",
        "Demand met",
        f"Orders, shortage, surplus ({money})",
        f"Vehicles ({money})",
        f"All together ({money})",
        "Difference",
        "km",
        "Last arrival",
        "Vehicles used",
        "Visits not made",
        "Note",
    ]
    heading_row(page, 4, heads)
    for row, one in enumerate(rows, 5):
        put(page, row, 1, one.change, bold=row == 5)
        if one.note:
            put(page, row, 12, one.note)
            continue
        numbers = (
            (one.units, UNITS),
            (one.fill_rate, SHARE),
            (one.order_cost, MONEY),
            (one.route_cost, MONEY),
            (one.total_cost, MONEY),
            (one.total_cost - rows[0].total_cost, "+#,##0.00;-#,##0.00;0.00"),
            (one.distance_km, KM),
            (time_cell(one.last_arrival_s), CLOCK),
            (one.vehicles, "0"),
            (one.unserved, "0"),
        )
        for column, (value, number) in enumerate(numbers, 2):
            put(page, row, column, value, number=number)
    fit_widths(page, heads, {1: 26, 12: 40})
    page.freeze_panes = "B5"
    for_print(page, "4:4", landscape=True, one_page=True)


def add_fits(page: Worksheet, plan: Plan) -> None:
    """Write which laws were fitted to past demand, and how well each fits."""
    put(page, 1, 1, "Laws fitted to past demand", bold=True, size=16, ink=NEED)
    put(
        page,
        2,
        1,
        "The law of the least AIC is taken; the distance is Kolmogorov and Smirnov's.",
        ink=FAINT,
    )
    heads = [
        "Centre",
        "Item",
        "Law",
        "Taken",
        "Mean",
        "Standard deviation",
        "AIC",
        "Distance",
        "Why not",
    ]
    heading_row(page, 4, heads)
    row = 5
    for need in plan.asked.needs:
        for candidate in need.fits:
            is_taken = candidate.law == need.law
            cells = (
                plan.asked.centres[need.centre].name,
                plan.asked.products[need.product].name,
                candidate.name.replace("_", " "),
                "yes" if is_taken else None,
                candidate.law.mean if candidate.law else None,
                getattr(candidate.law, "sd", None),
                candidate.aic,
                candidate.distance,
                candidate.why_not or None,
            )
            for column, value in enumerate(cells, 1):
                number = "0.000" if column in (5, 6, 7, 8) else None
                put(page, row, column, value, number=number, bold=is_taken)
            row += 1
    fit_widths(page, heads, {1: 22, 2: 12, 3: 20, 9: 40})
    page.freeze_panes = "A5"


def add_pictures(page: Worksheet, pictures: Mapping[str, bytes]) -> None:
    """Put pictures below each other."""
    from openpyxl.drawing.image import Image

    row = 1
    for name, content in pictures.items():
        image = Image(io.BytesIO(content))
        scale = PICTURE_WIDTH_PX / image.width
        image.width, image.height = PICTURE_WIDTH_PX, round(image.height * scale)
        put(page, row, 1, name, bold=True, size=14, ink=NEED)
        page.add_image(image, f"A{row + 1}")
        row += 4 + round(image.height / 20)
    page.sheet_view.showGridLines = False
    for_print(page, "1:1", landscape=False, one_page=True)
