"""Sheets of routes: one of all stops, which can be edited and checked, and one for each driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from experiments.planning.drops import load_scale
from experiments.planning.plan import Plan
from experiments.planning.writing.cells_out import (
    CLOCK,
    FAINT,
    INPUT,
    KM,
    NEED,
    UNITS,
    fit_widths,
    for_print,
    heading_row,
    put,
    time_cell,
)
from policies.routing.planning import RoutedTrip

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ROUTES = "Routes"
HEADINGS, FIRST = 4, 5
COLUMNS = (
    "Vehicle",
    "Trip",
    "Stop",
    "Centre",
    "Load",
    "What",
    "Arrives",
    "Leaves",
    "On board after",
    "km from last",
    "Window",
    "Note",
)
DRIVER = "Route "
MOST_ON_A_PAGE = 40
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
HELP = (
    "Edited by hand? Change vehicle, trip or stop of a row, save, and run: corridor plan --check "
    "THIS.xlsx  (stops are driven in the order of their numbers; 2.5 comes between 2 and 3)"
)


@dataclass(frozen=True)
class Visit:
    """A stop of a trip as it is printed.

    Attributes
    ----------
    drop : int
    arrives_s, leaves_s : float
    left : float
        Load on board afterwards, in the load unit.
    km : float
        From the last place.
    """

    drop: int
    arrives_s: float
    leaves_s: float
    left: float
    km: float


def visits_of(plan: Plan, trip: RoutedTrip) -> Iterator[Visit]:
    """The stops of a trip, in their order."""
    deliveries, scale = plan.deliveries, load_scale(plan.asked)
    left = trip.load
    places = [trip.depot, *map(deliveries.place, trip.stops)]
    for stop, at_s, leg in zip(trip.stops, trip.arrival_s, pairwise(places), strict=True):
        left -= deliveries.stops[stop].demand
        leaves_s = at_s + deliveries.stops[stop].service_s
        km = float(deliveries.distance_m[leg]) / 1000
        yield Visit(stop, at_s, leaves_s, left / scale, km)


def what_of(plan: Plan, drop: int) -> str:
    """What is unloaded at a stop, in words."""
    asked = plan.asked
    parts = []
    for need, units in plan.drops[drop].contents:
        name = asked.products[asked.needs[need].product].name
        parts.append(f"{units:,.10g} {name}")
    return "; ".join(parts)


def window_text(plan: Plan, drop: int) -> str:
    """When a centre can be reached, in words; empty where always."""
    begin_s, end_s = plan.deliveries.stops[drop].window_s
    if begin_s == 0 and end_s == float("inf"):
        return ""
    return (
        f"{_clock(begin_s)} to {_clock(end_s)}"
        if end_s < float("inf")
        else f"from {_clock(begin_s)}"
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds // 3600):02}:{int(seconds % 3600 // 60):02}"


def add_routes(page: Worksheet, plan: Plan) -> None:
    """Write the sheet of all stops."""
    put(page, 1, 1, "Routes", bold=True, size=16, ink=NEED)
    put(page, 2, 1, HELP, ink=FAINT)
    heading_row(page, HEADINGS, COLUMNS)
    row, scale = FIRST, load_scale(plan.asked)
    number: dict[int, int] = {}
    for trip in plan.routes.trips:
        number[trip.vehicle] = number.get(trip.vehicle, 0) + 1
        for position, visit in enumerate(visits_of(plan, trip), 1):
            name = plan.deliveries.vehicles[trip.vehicle].name
            _add_stop(page, row, plan, (name, number[trip.vehicle], position), visit, scale)
            row += 1
    for drop in plan.routes.unserved:
        put(page, row, 4, plan.drops[drop].name)
        put(page, row, 5, plan.drops[drop].load / scale, number=UNITS)
        put(page, row, 6, what_of(plan, drop))
        put(page, row, 12, f"not served: {plan.routes.why.get(drop, 'left out')}")
        row += 1
    widths = {1: _longest(plan.asked.trucks), 4: _longest(plan.drops), 6: 28, 11: 14, 12: 30}
    fit_widths(page, COLUMNS, widths)
    page.freeze_panes = page.cell(FIRST, 1)
    page.auto_filter.ref = f"A{HEADINGS}:L{max(row - 1, HEADINGS)}"
    for_print(page, f"{HEADINGS}:{HEADINGS}", landscape=True, one_page=False)


def _longest(named: object) -> int:
    return max((len(one.name) for one in named), default=0)  # type: ignore[attr-defined]


def _add_stop(
    page: Worksheet,
    row: int,
    plan: Plan,
    where: tuple[str, int, int],
    visit: Visit,
    scale: int,
) -> None:
    drop = plan.drops[visit.drop]
    for column, value in enumerate(where, 1):
        put(page, row, column, value, fill=INPUT)
    put(page, row, 4, drop.name, bold=True)
    put(page, row, 5, drop.load / scale, number=UNITS)
    put(page, row, 6, what_of(plan, visit.drop))
    put(page, row, 7, time_cell(visit.arrives_s), number=CLOCK)
    put(page, row, 8, time_cell(visit.leaves_s), number=CLOCK)
    put(page, row, 9, visit.left, number=UNITS)
    put(page, row, 10, visit.km, number=KM)
    put(page, row, 11, window_text(plan, visit.drop))


def add_driver_sheets(book: Workbook, plan: Plan) -> None:
    """Write a sheet to be printed for each vehicle that is used."""
    for vehicle in sorted({trip.vehicle for trip in plan.routes.trips}):
        trips = [trip for trip in plan.routes.trips if trip.vehicle == vehicle]
        name = plan.asked.trucks[vehicle].name
        _add_driver_sheet(book.create_sheet(_free_title(book, name)), plan, trips, name)


def _free_title(book: Workbook, name: str) -> str:
    """A title that a sheet may have, and that no other has."""
    plain = FORBIDDEN.sub(" ", f"{DRIVER}{name}")[:31]
    taken = {title.casefold() for title in book.sheetnames}
    title, number = plain, 2
    while title.casefold() in taken:
        tail = f" {number}"
        title, number = plain[: 31 - len(tail)] + tail, number + 1
    return title


def _add_driver_sheet(page: Worksheet, plan: Plan, trips: list[RoutedTrip], name: str) -> None:
    truck = plan.asked.trucks[trips[0].vehicle]
    unit, scale = plan.asked.settings.load_unit, load_scale(plan.asked)
    put(page, 1, 1, f"Route of {name}", bold=True, size=18, ink=NEED)
    put(
        page,
        2,
        1,
        f"Carries {truck.capacity:,.10g} {unit}.   Driver: ____________________   "
        "Date: ______________",
        ink=FAINT,
    )
    heads = [
        "Stop",
        "Place",
        "Arrive",
        "Leave",
        "Unload",
        f"Left on board ({unit})",
        "km",
        "Window",
        "Received by",
    ]
    row = 4
    for number, trip in enumerate(trips, 1):
        if len(trips) > 1:
            put(page, row, 1, f"Trip {number} of {len(trips)}", bold=True, size=12)
            row += 1
        heading_row(page, row, heads)
        row = _add_trip(page, row + 1, plan, trip, scale) + 1
    for letter, width in zip("ABCDEFGHI", (6, 30, 9, 9, 30, 13, 8, 15, 22), strict=True):
        page.column_dimensions[letter].width = width
    for_print(page, "1:2", landscape=True, one_page=row <= MOST_ON_A_PAGE)


def _add_trip(page: Worksheet, row: int, plan: Plan, trip: RoutedTrip, scale: int) -> int:
    depots, places = plan.asked.depots, plan.deliveries
    put(page, row, 2, depots[trip.depot].name, bold=True)
    put(page, row, 4, time_cell(trip.start_s), number=CLOCK)
    put(page, row, 5, "load")
    put(page, row, 6, trip.load / scale, number=UNITS)
    row += 1
    for position, visit in enumerate(visits_of(plan, trip), 1):
        put(page, row, 1, position, bold=True)
        put(page, row, 2, plan.drops[visit.drop].name, bold=True)
        put(page, row, 3, time_cell(visit.arrives_s), number=CLOCK)
        put(page, row, 4, time_cell(visit.leaves_s), number=CLOCK)
        put(page, row, 5, what_of(plan, visit.drop), wrap=True)
        put(page, row, 6, visit.left, number=UNITS)
        put(page, row, 7, visit.km, number=KM)
        put(page, row, 8, window_text(plan, visit.drop))
        page.row_dimensions[row].height = 24
        row += 1
    last = places.place(trip.stops[-1]) if trip.stops else trip.depot
    put(page, row, 2, depots[trip.end_depot].name, bold=True)
    put(page, row, 3, time_cell(trip.back_s), number=CLOCK)
    put(page, row, 7, float(places.distance_m[last, trip.end_depot]) / 1000, number=KM)
    put(page, row, 5, f"{trip.distance_m / 1000:,.1f} km in all", ink=FAINT)
    return row + 1
