"""A workbook, or a folder of CSV files, as a question: every mistake at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from environment.errors import MOST_TOLD
from environment.roads.network import GEOGRAPHIC
from experiments.planning.errors import WorkbookError
from experiments.planning.inputs import PlanningInput, Settings
from experiments.planning.reading.csv_folder import read_folder
from experiments.planning.reading.far_places import tell_far_places
from experiments.planning.reading.needs import (
    NeedReader,
    read_history,
    read_limits,
    read_products,
)
from experiments.planning.reading.opening import read_workbook
from experiments.planning.reading.places_and_vehicles import (
    crs_of,
    read_centres,
    read_depots,
    read_links,
    read_trucks,
)
from experiments.planning.reading.rows import Mistakes, Row, read_rows, read_settings
from experiments.planning.sheets import catalogue
from experiments.planning.sheets.catalogue import SHEETS, WRITTEN
from experiments.planning.sheets.columns import Sheet, plain
from experiments.planning.sheets.grid import Grid

LAST_VEHICLE_SHEETS = "Route "
"""How the names of sheets of single vehicles begin, which are written and not read."""


def read_input(path: Path) -> PlanningInput:
    """Read what is to be planned.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` workbook, or a folder with a CSV file for each sheet.

    Raises
    ------
    WorkbookError
        With a line for every mistake and its cell, at most 20.
    """
    return understand(read_grids(path), path)


def read_grids(path: Path) -> dict[str, Grid]:
    """The cells of every sheet, by its name."""
    return read_folder(path) if path.is_dir() else read_workbook(path)


def understand(grids: Mapping[str, Grid], path: Path) -> PlanningInput:
    """What the cells of a workbook ask for."""
    mistakes = Mistakes()
    found = _find_sheets(grids, mistakes)
    if mistakes.lines:
        raise tell_all(path, mistakes)
    settings = _settings(found, mistakes)
    rows = {
        sheet.name: read_rows(found[sheet.name], sheet, mistakes) if sheet.name in found else []
        for sheet in SHEETS
        if sheet not in (catalogue.SETTINGS, catalogue.PAST_DEMAND)
    }
    for sheet in SHEETS:
        if sheet.required and not rows[sheet.name] and not mistakes.lines:
            mistakes.add(found[sheet.name].label, "has no rows")
    asked = _put_together(rows, found, settings, mistakes)
    if mistakes.lines:
        raise tell_all(path, mistakes)
    return asked


def _put_together(
    rows: Mapping[str, list[Row]],
    found: Mapping[str, Grid],
    settings: Settings,
    mistakes: Mistakes,
) -> PlanningInput:
    crs = crs_of([*rows["Depots"], *rows["Centres"]], settings.distances, mistakes)
    depots = read_depots(rows["Depots"], mistakes)
    centres = read_centres(rows["Centres"], rows["Depots"], mistakes)
    if crs == GEOGRAPHIC and settings.distances != "given":
        tell_far_places(rows["Centres"], centres, depots, mistakes)
    depot_numbers = {plain(depot.name): n for n, depot in enumerate(depots)}
    centre_numbers = {plain(centre.name): n for n, centre in enumerate(centres)}
    place_numbers = depot_numbers | {
        name: number + len(depots) for name, number in centre_numbers.items()
    }
    products = read_products(rows["Items"], mistakes)
    history = read_history(found.get("Past demand"), centre_numbers, products, mistakes)
    reader = NeedReader(rows["Centres"], rows["Items"], products, history, mistakes)
    return PlanningInput(
        centres=centres,
        products=products,
        needs=reader.read(rows["Demand"], centre_numbers),
        trucks=read_trucks(rows["Vehicles"], depot_numbers, settings, mistakes),
        depots=depots,
        limits=read_limits(rows["Limits"], products, mistakes),
        links=read_links(rows["Links"], place_numbers, mistakes),
        settings=settings,
        crs=crs,
        notes=(*mistakes.notes, *(note for grid in found.values() for note in grid.notes)),
    )


def _find_sheets(grids: Mapping[str, Grid], mistakes: Mistakes) -> dict[str, Grid]:
    """The sheets that are read, by their own names."""
    known = {plain(sheet.name): sheet.name for sheet in SHEETS}
    written = {plain(name) for name in WRITTEN}
    found: dict[str, Grid] = {}
    strangers: dict[str, str] = {}
    for name, grid in grids.items():
        if plain(name) in known:
            found[known[plain(name)]] = grid
        elif plain(name) not in written and not name.startswith(LAST_VEHICLE_SHEETS):
            strangers[plain(name)] = grid.label
    for stranger, label in strangers.items():
        close = difflib.get_close_matches(stranger, list(known), n=1, cutoff=0.7)
        if close and known[close[0]] not in found:
            mistakes.add(label, f"unknown sheet (did you mean {known[close[0]]!r}?)")
        else:
            mistakes.notes.append(f"{label}: the sheet is not read")
    for sheet in SHEETS:
        if sheet.required and sheet.name not in found:
            _tell_missing(sheet, list(grids), mistakes)
    return found


def _tell_missing(sheet: Sheet, there: list[str], mistakes: Mistakes) -> None:
    names = ", ".join(repr(name) for name in there[:8]) + (", …" if len(there) > 8 else "")
    mistakes.add(sheet.name, f"there is no such sheet (there is {names or 'nothing'})")


def _settings(found: Mapping[str, Grid], mistakes: Mistakes) -> Settings:
    if "Settings" not in found:
        return Settings()
    row = read_settings(found["Settings"], mistakes)
    usual = Settings()
    values = {
        "objective": row["objective"] and row["objective"].replace(" ", "_"),
        "distances": row["distances"],
        "speed_kph": row["speed"],
        "detour": row["detour"],
        "departure_s": row["departure"],
        "load_unit": row["load counted in"],
        "whole": None if row["whole units"] is None else row["whole units"] == "yes",
        "search_s": row["search"],
        "currency": row["currency"],
    }
    given = {
        name: getattr(usual, name) if value is None else value for name, value in values.items()
    }
    return Settings(**given)


def tell_all(path: Path, mistakes: Mistakes) -> WorkbookError:
    """The error that tells every mistake, at most 20 lines."""
    lines = mistakes.lines
    shown = lines if len(lines) <= MOST_TOLD else lines[: MOST_TOLD - 1]
    told = [f"{path}: {line}" for line in shown]
    if len(shown) < len(lines):
        told.append(f"{path}: … and {len(lines) - len(shown):,} more mistakes")
    return WorkbookError("\n".join(told))
