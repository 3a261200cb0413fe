"""A plan as a workbook, or as a folder of CSV files."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.planning.drops import load_scale
from experiments.planning.findings import figures_of, more_lines, tight_lines, unserved_lines
from experiments.planning.inputs import PlanningInput
from experiments.planning.plan import Plan
from experiments.planning.reading.opening import require_openpyxl
from experiments.planning.sheets.catalogue import PAST_DEMAND, SETTINGS, SHEETS
from experiments.planning.sheets.grid import letters
from experiments.planning.sheets.safe_text import with_mark
from experiments.planning.what_if import WhatIf
from experiments.planning.writing.cached_values import with_values
from experiments.planning.writing.cells_out import time_cell
from experiments.planning.writing.input_rows import history_name, is_there, rows_of
from experiments.planning.writing.input_sheets import add_input_sheets
from experiments.planning.writing.limits_sheet import FIRST_LIMIT, add_limits
from experiments.planning.writing.order_row import LIMITS_USED, Order
from experiments.planning.writing.orders_sheet import FIRST, ORDERS, add_orders
from experiments.planning.writing.routes_sheet import (
    COLUMNS,
    ROUTES,
    add_driver_sheets,
    add_routes,
    visits_of,
    what_of,
    window_text,
)
from experiments.planning.writing.summary_sheet import (
    FIT,
    PICTURES,
    SUMMARY,
    WHAT_IF,
    add_fits,
    add_pictures,
    add_summary,
    add_what_if,
)
from experiments.planning.writing.template import add_readme, content_of

STEPS = (
    "Summary says what it costs, what is tight, and what more of it would bring.",
    "Orders: yellow cells can be changed; quantity, cost and service follow, without Corridor.",
    "Routes has all stops, and each vehicle has a sheet to print.",
    "Routes that were changed by hand are tested by:   corridor plan --check THIS.xlsx",
    "The last sheets say what was asked. Change them and plan again by:",
    "    corridor plan THIS.xlsx --out NEW.xlsx",
)


def plan_workbook(
    plan: Plan, what_ifs: Sequence[WhatIf] = (), pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """A plan as the content of an ``.xlsx`` file.

    Parameters
    ----------
    plan : Plan
    what_ifs : sequence of WhatIf
        The table of changes, the plan itself first; no such sheet where it is empty.
    pictures : mapping of str to bytes, optional
        PNG files by what they show.

    Raises
    ------
    WorkbookError
        If openpyxl is not installed.
    """
    require_openpyxl()
    from openpyxl import Workbook

    book = Workbook()
    add_readme(book, "A plan of orders and deliveries", STEPS)
    orders = _orders(plan)
    last = FIRST + len(orders) - 1
    values = {
        SUMMARY: add_summary(book.create_sheet(SUMMARY), plan, what_ifs),
        ORDERS: add_orders(book.create_sheet(ORDERS), orders),
        LIMITS_USED: add_limits(book.create_sheet(LIMITS_USED), plan, last),
    }
    add_routes(book.create_sheet(ROUTES), plan)
    add_driver_sheets(book, plan)
    if what_ifs:
        add_what_if(book.create_sheet(WHAT_IF), what_ifs, plan)
    if pictures:
        add_pictures(book.create_sheet(PICTURES), pictures)
    if any(need.fits for need in plan.asked.needs):
        add_fits(book.create_sheet(FIT), plan)
    add_input_sheets(book, rows_of(plan.asked))
    book.active = book.sheetnames.index(SUMMARY)
    book.calculation.fullCalcOnLoad = True
    return with_values(content_of(book), values, book.sheetnames)


def _orders(plan: Plan) -> list[Order]:
    histories = [history_name(plan.asked, need) for need in plan.asked.needs if need.history]
    column = {name: letters(1 + number) for number, name in enumerate(dict.fromkeys(histories))}
    orders = []
    for number, need in enumerate(plan.asked.needs):
        cells = ""
        if need.history:
            letter = column[history_name(plan.asked, need)]
            cells = f"'{PAST_DEMAND.name}'!${letter}$2:${letter}${len(need.history) + 1}"
        orders.append(Order(plan, number, FIRST + number, FIRST_LIMIT, cells))
    return orders


def plan_files(plan: Plan, what_ifs: Sequence[WhatIf] = ()) -> dict[str, bytes]:
    """A plan as CSV files by name, with those that asked for it."""
    files = {f"{name}.csv": _table(rows) for name, rows in _answers(plan, what_ifs).items() if rows}
    return files | input_files(plan.asked)


def input_files(asked: PlanningInput) -> dict[str, bytes]:
    """What is asked as CSV files by name."""
    return {
        f"{name}.csv": _input_table(name, rows) for name, rows in rows_of(asked).items() if rows
    }


def _answers(plan: Plan, what_ifs: Sequence[WhatIf]) -> dict[str, list[dict[str, Any]]]:
    return {
        SUMMARY: [
            {"what": name, "value": value, "unit": unit} for name, value, unit in figures_of(plan)
        ],
        "Findings": [
            {"finding": line}
            for line in (
                *tight_lines(plan),
                *unserved_lines(plan),
                *more_lines(what_ifs, plan),
                *plan.notes,
            )
        ],
        ORDERS: _order_rows(plan),
        LIMITS_USED: [
            {
                "limit": limit.name,
                "kind": kind,
                "at most": limit.amount,
                "used": float(used),
                "one more saves": float(price),
            }
            for limit, kind, used, price in zip(
                plan.limits, plan.limit_kinds, plan.orders.used, plan.orders.price, strict=True
            )
        ],
        ROUTES: _route_rows(plan),
        WHAT_IF: [vars(one) for one in what_ifs],
    }


def _order_rows(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "centre": plan.asked.centres[need.centre].name,
            "item": plan.asked.products[need.product].name,
            "law": need.law_name,
            "mean": need.mean,
            "sd": need.sd,
            **outcome._asdict(),
        }
        for need, outcome in zip(plan.asked.needs, plan.orders.outcomes, strict=True)
    ]


def _route_rows(plan: Plan) -> list[dict[str, Any]]:
    """The stops, under the same heads as in the workbook."""
    rows, scale = [], load_scale(plan.asked)
    trips: dict[int, int] = {}
    for trip in plan.routes.trips:
        trips[trip.vehicle] = trips.get(trip.vehicle, 0) + 1
        name = plan.asked.trucks[trip.vehicle].name
        for position, visit in enumerate(visits_of(plan, trip), 1):
            drop = plan.drops[visit.drop]
            cells = (
                name,
                trips[trip.vehicle],
                position,
                drop.name,
                drop.load / scale,
                what_of(plan, visit.drop),
                time_cell(visit.arrives_s),
                time_cell(visit.leaves_s),
                visit.left,
                visit.km,
                window_text(plan, visit.drop),
                None,
            )
            rows.append(dict(zip(COLUMNS, cells, strict=True)))
    for drop_number in plan.routes.unserved:
        drop = plan.drops[drop_number]
        why = plan.routes.why.get(drop_number, "left out")
        left = (None, None, None, drop.name, drop.load / scale, what_of(plan, drop_number))
        not_served = (*left, *[None] * 5, f"not served: {why}")
        rows.append(dict(zip(COLUMNS, not_served, strict=True)))
    return rows


def _input_table(name: str, rows: list[dict[str, Any]]) -> bytes:
    """A sheet that asks, under its headings with units; settings as a row each."""
    if name == SETTINGS.name:
        return _table(
            [
                {
                    "Setting": column.name,
                    "Value": _input_value(column.kind, rows[0][column.name]),
                    "Unit": column.unit,
                }
                for column in SETTINGS.columns
            ]
        )
    if name == PAST_DEMAND.name:
        return _table(rows, list(dict.fromkeys(key for row in rows for key in row)))
    sheet = next(sheet for sheet in SHEETS if sheet.name == name)
    return _table(
        [
            {
                column.heading: _input_value(column.kind, row.get(column.name))
                for column in sheet.columns
            }
            for row in rows
        ]
    )


def _input_value(kind: str, value: Any) -> Any:
    return time_cell(value) if kind == "time" and is_there(value) else value


def _table(rows: list[dict[str, Any]], heads: list[str] | None = None) -> bytes:
    text = io.StringIO()
    heads = heads or list(rows[0])
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([with_mark(head) for head in heads])
    for row in rows:
        writer.writerow([_csv_text(row.get(head)) for head in heads])
    return text.getvalue().encode("utf-8-sig")


def _csv_text(value: Any) -> Any:
    if isinstance(value, str):
        return with_mark(value)
    return value if is_there(value) else None


def is_workbook(path: Path) -> bool:
    """Whether a path is to be a workbook, and not a folder of CSV files."""
    return path.suffix.lower() in (".xlsx", ".xlsm")
