"""Rows of a sheet under their headings, every cell of the right kind or told of."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from environment.errors import suggest
from environment.units import DAY_S, HOUR_S, MINUTE_S
from experiments.planning.sheets.catalogue import SETTINGS
from experiments.planning.sheets.columns import NO_MAXIMUM, Column, Sheet, plain
from experiments.planning.sheets.grid import Grid, is_empty, text_of

HEADING = re.compile(r"^(?P<name>.*?)\s*[(\[](?P<unit>[^)\]]*)[)\]]\s*$", re.DOTALL)
CLOCK = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?")
LONGEST = 40
MOST_SIGNS = 100
MONEY = "money"
SAME_UNITS = {
    "km/h": ("kph", "kmh", "km per hour"),
    "min": ("minutes", "minute", "mins"),
    "°": ("deg", "degrees", "degree"),
    "units": ("unit", "doses", "pieces"),
    "days": ("day", "d"),
    "kg": ("kilogram", "kilograms"),
    "litres": ("l", "litre", "liter", "liters"),
    "km": ("kilometres", "kilometers"),
    "s": ("sec", "seconds"),
}


@dataclass
class Row:
    """One thing of a sheet.

    Attributes
    ----------
    values : dict of str to object
        By the plain name of the column; what is empty has the column's default, and what is wrong
        has None.
    given : dict of str to str
        The cell of each value that is not empty.
    place : str
        The cell with which the row begins.
    """

    values: dict[str, Any]
    given: dict[str, str]
    place: str

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def at(self, name: str) -> str:
        """The cell of a value, or of the row's beginning where it is empty."""
        return self.given.get(name, self.place)


@dataclass
class Mistakes:
    """What is wrong with a workbook, and what is only to be told, a line each.

    Attributes
    ----------
    lines, notes : list of str
    """

    lines: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, place: str, told: str) -> None:
        """Note a mistake at a cell."""
        line = f"{place}: {told}"
        if line not in self.lines:
            self.lines.append(line)


def read_rows(grid: Grid, sheet: Sheet, mistakes: Mistakes) -> list[Row]:
    """The rows of a sheet, without empty ones."""
    for (row, column), told in grid.wrong.items():
        mistakes.add(grid.place(row, column), told)
    columns = _columns(grid, sheet, mistakes)
    rows = []
    for number, cells in enumerate(grid.rows[1:], 1):
        is_empty_row = all(is_empty(cells[k]) for k in columns.values() if k < len(cells))
        if is_empty_row and not any(row == number for row, _ in grid.wrong):
            continue
        rows.append(_row(grid, number, columns, sheet, mistakes))
    return rows


def read_settings(grid: Grid, mistakes: Mistakes) -> Row:
    """The settings: a name in the first column, its value in the second, its unit in the third."""
    for (line, at), told in grid.wrong.items():
        mistakes.add(grid.place(line, at), told)
    known = {plain(column.name): column for column in SETTINGS.columns}
    row = Row({name: column.default for name, column in known.items()}, {}, grid.place(0, 0))
    for number, cells in enumerate(grid.rows):
        name, value, unit = (*cells, None, None, None)[:3]
        if is_empty(name) or (number == 0 and plain(name) == "setting"):
            continue
        setting = known.get(plain(split_heading(name)[0]))
        if setting is None:
            told = f"unknown setting {shown(name)} ({suggest(plain(name), list(known))})"
            mistakes.add(grid.place(number, 0), told)
            continue
        if not is_empty(unit) and not _is_unit(str(unit), setting.unit):
            wanted = setting.unit or "no unit"
            told = f"{setting.name} must be in {wanted}, got {shown(unit)}"
            mistakes.add(grid.place(number, 2), told)
        if not is_empty(value) and (number, 1) not in grid.wrong:
            _set(row, setting, value, grid.place(number, 1), mistakes)
    return row


def _set(row: Row, setting: Column, value: object, place: str, mistakes: Mistakes) -> None:
    name = plain(setting.name)
    if name in row.given:
        mistakes.add(place, f"{setting.name} is set twice, in {row.at(name)} too")
    row.given[name] = place
    row.values[name] = convert(value, setting, place, mistakes)


def split_heading(heading: object) -> tuple[str, str]:
    """The name of a column, and the unit that stands in brackets behind it."""
    found = HEADING.match(str(heading))
    return (found["name"], found["unit"]) if found else (str(heading), "")


def shown(value: object) -> str:
    """A value as messages show it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _columns(grid: Grid, sheet: Sheet, mistakes: Mistakes) -> dict[str, int]:
    """Where each column of a sheet stands, by its plain name."""
    headings = grid.rows[0] if grid.rows else ()
    known = {plain(name): one for one in sheet.columns for name in (one.name, *one.aliases)}
    found: dict[str, int] = {}
    for number, heading in enumerate(headings):
        if is_empty(heading):
            continue
        name, unit = split_heading(heading)
        column = known.get(plain(name))
        place = grid.place(0, number)
        if column is None:
            _tell_unknown(name, place, list(known), mistakes)
            continue
        if unit and not _is_unit(unit, column.unit):
            wanted = column.unit or "no unit"
            mistakes.add(place, f"{column.name} must be in {wanted}, got {shown(unit)}")
        if plain(column.name) in found:
            first = grid.place(0, found[plain(column.name)])
            mistakes.add(place, f"column {column.name} is there twice, in {first} too")
        else:
            found[plain(column.name)] = number
    for column in sheet.columns:
        if column.required and plain(column.name) not in found:
            mistakes.add(grid.place(0, 0), f"there is no column {column.name!r} in row 1")
    return found


def _tell_unknown(name: str, place: str, known: Sequence[str], mistakes: Mistakes) -> None:
    """A heading that is misspelt is a mistake; a column of the user's own is only not read."""
    close = difflib.get_close_matches(plain(name), known, n=1, cutoff=0.75)
    if close:
        mistakes.add(place, f"unknown column {shown(name)} (did you mean {close[0]!r}?)")
    else:
        mistakes.notes.append(f"{place}: column {shown(name)} is not read")


def _is_unit(given: str, wanted: str) -> bool:
    given = plain(given)
    if wanted == MONEY:  # in whichever currency, but no other unit
        return not any(_is_unit(given, unit) for unit in SAME_UNITS) or not given
    return not given or given in {plain(wanted), *SAME_UNITS.get(wanted, ())}


def _row(
    grid: Grid, number: int, columns: Mapping[str, int], sheet: Sheet, mistakes: Mistakes
) -> Row:
    row = Row({}, {}, grid.place(number, 0))
    cells = grid.rows[number]
    for column in sheet.columns:
        name = plain(column.name)
        at = columns.get(name, len(cells))
        value = cells[at] if at < len(cells) else None
        row.values[name] = column.default
        if (number, at) in grid.wrong:
            row.given[name] = grid.place(number, at)
            row.values[name] = None
        elif not is_empty(value):
            row.given[name] = grid.place(number, at)
            row.values[name] = convert(value, column, row.given[name], mistakes)
        elif column.required and name in columns:
            mistakes.add(
                grid.place(number, at), f"{column.name} must be {column.allowed}, got nothing"
            )
            row.values[name] = None
    return row


def convert(value: object, column: Column, place: str, mistakes: Mistakes) -> Any:
    """A cell as its column wants it, or None after its mistake is noted."""
    answer = _READ[column.kind](value, column)
    if answer is None:
        allowed = column.allowed
        if _is_number(value) and value > column.maximum == NO_MAXIMUM:  # type: ignore[operator]
            allowed = f"at most {column.maximum:,.10g} {column.unit}".rstrip()
        elif column.kind == "text":
            allowed = f"a text of at most {MOST_SIGNS} signs, without control characters"
        mistakes.add(place, f"{column.name} must be {allowed}, got {shown(value)}")
    return answer


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _text(value: object, _: Column) -> str | None:
    text = " ".join(text_of(value).split())
    has_control = any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text)
    return text if len(text) <= MOST_SIGNS and not has_control else None


def _number(value: object, column: Column) -> float | None:
    if not _is_number(value):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except OverflowError:
        return None
    low = number > column.minimum if column.above_minimum else number >= column.minimum
    return number if low and number <= column.maximum else None


def _whole(value: object, column: Column) -> int | None:
    number = _number(value, column)
    return int(number) if number is not None and number.is_integer() else None


def _choice(value: object, column: Column) -> str | None:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return next((one for one in column.choices if plain(one) == plain(value)), None)


def _time(value: object, _: Column) -> float | None:
    """Seconds from midnight: of a time, a text such as 08:30, or a share of a day up to 1."""
    if isinstance(value, datetime):  # a time formatted as a date: 1900-01-00 and what follows
        return None
    if isinstance(value, time):
        return value.hour * HOUR_S + value.minute * MINUTE_S + value.second
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return seconds if 0 <= seconds < 100 * DAY_S else None
    if isinstance(value, str):
        found = CLOCK.fullmatch(value.strip())
        if found is None or int(found[2]) > 59 or int(found[3] or 0) > 59:
            return None
        return int(found[1]) * HOUR_S + int(found[2]) * MINUTE_S + int(found[3] or 0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value * DAY_S if 0 <= value <= 1 and math.isfinite(value) else None


_READ: dict[str, Any] = {
    "text": _text,
    "number": _number,
    "whole": _whole,
    "choice": _choice,
    "time": _time,
}


def name_mistakes(rows: Sequence[Row], name: str, mistakes: Mistakes) -> dict[str, int]:
    """Where each name stands among rows, by its plain form; a second one is a mistake."""
    found: dict[str, int] = {}
    for number, row in enumerate(rows):
        own = row[name]
        if own is None:
            continue
        if plain(own) in found:
            first = rows[found[plain(own)]].at(name)
            mistakes.add(row.at(name), f"{name} {own!r} is there already, in {first}")
        else:
            found[plain(own)] = number
    return found
