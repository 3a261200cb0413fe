"""Routes of a plan that were edited by hand: which rules they break, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from environment.errors import suggest
from experiments.planning.drops import Drop, capacity_of, deliveries_of, load_scale
from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import PlanningInput
from experiments.planning.orders import use_of
from experiments.planning.reading.read import read_grids, tell_all, understand
from experiments.planning.reading.rows import Mistakes, Row, read_rows
from experiments.planning.sheets.columns import Column, Sheet, plain
from experiments.planning.sheets.grid import Grid
from experiments.planning.streets import Streets
from experiments.planning.travel import ways_of
from policies.routing.planning import (
    Deliveries,
    RoutedTrip,
    check_plan,
    measures_of,
    timed_trips,
)
from policies.routing.planning.timing import Measures

PART = re.compile(r"(?P<name>.*) \(\d+ of \d+\)")
ANY_CAPACITY = 2**50
ROUTES = Sheet(
    "Routes",
    "Every stop of every vehicle.",
    (
        Column("vehicle", "Empty: nobody goes there", "text"),
        Column("trip", "Of the vehicle", "whole", minimum=1, maximum=1000, default=1),
        Column("stop", "Stops are driven in this order", maximum=1e6),
        Column("centre", "Who is supplied", "text", required=True),
        Column("load", "What is unloaded", required=True),
        *(
            Column(name, "Not read", "text")
            for name in (
                "what",
                "arrives",
                "leaves",
                "on board after",
                "km from last",
                "window",
                "note",
            )
        ),
    ),
    required=True,
)
WHOSE = ("centre", "item")
HOW_MUCH = ("quantity", "your own quantity", "quantity planned")
"""Where it stands; the first is a formula, which may have been saved without its value."""


@dataclass(frozen=True)
class HandCheck:
    """What was found.

    Attributes
    ----------
    broken : tuple of str
        Every rule that is broken, a line each.
    measures : Measures
        What the routes come to now.
    trips : tuple of RoutedTrip
        With their times worked out anew.
    deliveries : Deliveries
    """

    broken: tuple[str, ...]
    measures: Measures
    trips: tuple[RoutedTrip, ...]
    deliveries: Deliveries


def check_by_hand(path: Path, streets: Streets | None = None) -> HandCheck:
    """Test the routes of a plan's workbook, or folder, as they stand in its sheet Routes.

    Parameters
    ----------
    path : Path
    streets : Streets, optional
        The map on which it was planned.

    Raises
    ------
    WorkbookError
        With a line for every cell that cannot be understood.
    """
    grids = read_grids(path)
    asked = understand(grids, path)
    mistakes = Mistakes()
    grid = next((one for name, one in grids.items() if plain(name) == "routes"), None)
    if grid is None:
        raise WorkbookError(f"{path}: there is no sheet Routes; is it a plan of Corridor's?")
    rows = read_rows(_from_heading(grid, "vehicle"), ROUTES, mistakes)
    drops, trips = _drops_and_trips(asked, rows, mistakes)
    ordered = _ordered(asked, grids)
    if mistakes.lines:
        raise tell_all(path, mistakes)
    ways = ways_of(asked, streets)
    deliveries = deliveries_of(asked, ways, drops)
    timed = timed_trips(deliveries, trips)
    broken = [*_missing(asked, drops, ordered), *_too_heavy(asked, deliveries, timed)]
    broken += check_plan(_without_capacities(deliveries), trips)
    return HandCheck(tuple(broken), measures_of(deliveries, timed), timed, deliveries)


@dataclass(frozen=True)
class _Trip:
    vehicle: int
    stops: tuple[int, ...]


def _from_heading(grid: Grid, first: str) -> Grid:
    """A grid whose heading is in a later row, with rows above left empty."""
    for number, cells in enumerate(grid.rows):
        if any(plain(cell) == first for cell in cells if cell is not None):
            rows = (cells, *(() for _ in range(number)), *grid.rows[number + 1 :])
            return replace(grid, rows=rows)
    return replace(grid, rows=((),))


def _drops_and_trips(
    asked: PlanningInput, rows: Sequence[Row], mistakes: Mistakes
) -> tuple[list[Drop], list[_Trip]]:
    """The stops of all rows, and the trips of those with a vehicle."""
    centres = {plain(centre.name): number for number, centre in enumerate(asked.centres)}
    vehicles = {plain(truck.name): number for number, truck in enumerate(asked.trucks)}
    scale, drops = load_scale(asked), []
    order: dict[tuple[int, int], list[tuple[float, int]]] = {}
    seen: dict[str, str] = {}
    for row in rows:
        name = row["centre"]
        if name is None:
            continue
        part = PART.fullmatch(name)
        centre = centres.get(plain(name), centres.get(plain(part["name"])) if part else None)
        if centre is None:
            mistakes.add(
                row.at("centre"),
                f"there is no centre {name!r} ({suggest(plain(name), list(centres))})",
            )
            continue
        if plain(name) in seen:
            mistakes.add(row.at("centre"), f"{name!r} is there already, in {seen[plain(name)]}")
            continue
        seen[plain(name)] = row.at("centre")
        drops.append(Drop(centre, name, (), capacity_of(row["load"] or 0.0, scale)))
        vehicle = row["vehicle"]
        if vehicle is not None:
            number = vehicles.get(plain(vehicle))
            if number is None:
                told = (
                    f"there is no vehicle {vehicle!r} ({suggest(plain(vehicle), list(vehicles))})"
                )
                mistakes.add(row.at("vehicle"), told)
                continue
            where = (number, row["trip"] or 1)
            order.setdefault(where, []).append((row["stop"] or 0.0, len(drops) - 1))
    trips = [
        _Trip(vehicle, tuple(drop for _, drop in sorted(stops)))
        for (vehicle, _), stops in sorted(order.items())
    ]
    return drops, trips


def _ordered(asked: PlanningInput, grids: Mapping[str, Grid]) -> dict[int, float]:
    """The load that each centre has ordered; nothing where the sheet is not there."""
    grid = next((one for name, one in grids.items() if plain(name) == "orders"), None)
    if grid is None:
        return {}
    rows = _from_heading(grid, "centre")
    column = {plain(cell): k for k, cell in enumerate(rows.rows[0]) if cell is not None}
    if not {*WHOSE, HOW_MUCH[0]} <= column.keys():
        return {}
    how_much = [column[name] for name in HOW_MUCH if name in column]
    needs = {
        (plain(asked.centres[need.centre].name), plain(asked.products[need.product].name)): number
        for number, need in enumerate(asked.needs)
    }
    use = use_of(asked, asked.settings.load_unit)
    loads: dict[int, float] = {}
    for cells in rows.rows[1:]:
        if len(cells) <= max(*how_much, *(column[name] for name in WHOSE)):
            continue
        centre, item = (cells[column[name]] for name in WHOSE)
        number = needs.get((plain(centre), plain(item)))
        given = [cells[at] for at in how_much if isinstance(cells[at], int | float)]
        if number is not None and given:
            own = asked.needs[number].centre
            loads[own] = loads.get(own, 0.0) + float(given[0]) * float(use[number])
    return loads


def _missing(
    asked: PlanningInput, drops: Sequence[Drop], ordered: Mapping[int, float]
) -> list[str]:
    """Centres whose stops bring less, or more, than they have ordered."""
    scale, lines = load_scale(asked), []
    unit = asked.settings.load_unit
    for centre, load in ordered.items():
        own = [drop.load for drop in drops if drop.centre == centre]
        brought = sum(own) / scale
        # Loads are rounded up, each stop's by itself; what nobody brings is told by its row.
        if abs(brought - load) > len(own) / scale + 1e-6 * load and load > 0:
            name = asked.centres[centre].name
            lines.append(f"{name} has ordered {load:,.6g} {unit} and its stops have {brought:,.6g}")
    return lines


def _too_heavy(
    asked: PlanningInput, deliveries: Deliveries, trips: Sequence[RoutedTrip]
) -> list[str]:
    scale, unit = load_scale(asked), asked.settings.load_unit
    lines = []
    for trip in trips:
        vehicle = deliveries.vehicles[trip.vehicle]
        over = (trip.load - vehicle.capacity) / scale
        if over > 0:
            load = trip.load / scale
            lines.append(f"{vehicle.name} carries {load:,.6g} {unit}, {over:,.6g} more than it can")
    return lines


def _without_capacities(deliveries: Deliveries) -> Deliveries:
    """The same, loads being told in the workbook's own unit elsewhere."""
    vehicles = tuple(replace(one, capacity=ANY_CAPACITY) for one in deliveries.vehicles)
    return replace(deliveries, vehicles=vehicles)
