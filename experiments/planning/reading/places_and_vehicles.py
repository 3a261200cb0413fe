"""Depots, centres, vehicles and links from the rows of their sheets."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from environment.errors import suggest
from environment.roads.network import GEOGRAPHIC, PLANE
from environment.units import DAY_S, MINUTE_S
from experiments.planning.inputs import Centre, Link, Place, Settings, Truck
from experiments.planning.reading.rows import Mistakes, Row, name_mistakes
from experiments.planning.sheets.columns import plain

MOST_TRUCKS = 1000


def read_depots(rows: Sequence[Row], mistakes: Mistakes) -> tuple[Place, ...]:
    """The depots, of which there must be one."""
    name_mistakes(rows, "depot", mistakes)
    return tuple(Place(row["depot"] or "", *_coordinates(row)) for row in rows)


def read_centres(
    rows: Sequence[Row], depots: Sequence[Row], mistakes: Mistakes
) -> tuple[Centre, ...]:
    """The centres; none has the name of a depot."""
    taken = name_mistakes(depots, "depot", Mistakes())
    name_mistakes(rows, "centre", mistakes)
    centres = []
    for row in rows:
        if row["centre"] is not None and plain(row["centre"]) in taken:
            first = depots[taken[plain(row["centre"])]].at("depot")
            mistakes.add(row.at("centre"), f"a depot has the name {row['centre']!r}, in {first}")
        window_s = _span(row, "open from", "open to", 0.0, mistakes)
        centres.append(
            Centre(
                row["centre"] or "",
                *_coordinates(row),
                urgency=_or(row["urgency"], 1.0),
                window_s=window_s,
                service_s=_or(row["service"], 0.0) * MINUTE_S,
                prize=row["value if served"],
            )
        )
    return tuple(centres)


def read_trucks(
    rows: Sequence[Row], depots: Mapping[str, int], settings: Settings, mistakes: Mistakes
) -> tuple[Truck, ...]:
    """Every vehicle by itself; those that are alike are numbered."""
    name_mistakes(rows, "vehicle", mistakes)
    total = sum(_or(row["how many"], 1) for row in rows)
    if total > MOST_TRUCKS:
        mistakes.add(
            rows[0].at("how many"), f"there are {total:,} vehicles; at most {MOST_TRUCKS:,}"
        )
        return ()
    trucks: list[Truck] = []
    for row in rows:
        depot = named(row, "depot", depots, "depot", mistakes, default=0)
        same = {
            "capacity": _or(row["capacity"], 1.0),
            "depot": depot,
            "end_depot": named(row, "end depot", depots, "depot", mistakes, default=depot),
            "shift_s": _span(row, "shift from", "shift to", settings.departure_s, mistakes),
            "trips": _or(row["trips"], 1),
            "cost": _or(row["fixed cost"], 0.0),
            "cost_per_km": _or(row["cost per km"], 0.0),
            "cost_per_h": _or(row["cost per hour"], 0.0),
            "reload_s": _or(row["reload"], 0.0) * MINUTE_S,
        }
        count = _or(row["how many"], 1)
        name = row["vehicle"] or ""
        names = [name] if count == 1 else [f"{name} {k}" for k in range(1, count + 1)]
        trucks += [Truck(one, **same) for one in names]
    _tell_equal_names(rows, trucks, mistakes)
    return tuple(trucks)


def read_links(
    rows: Sequence[Row], places: Mapping[str, int], mistakes: Mistakes
) -> tuple[Link, ...]:
    """Ways between two places."""
    links = []
    for row in rows:
        ends = [named(row, name, places, "centre or depot", mistakes) for name in ("from", "to")]
        is_closed = row["closed"] == "yes"
        if not is_closed and not {"distance", "time"} & row.given.keys():
            mistakes.add(row.place, "a link needs a distance, a time, or closed: yes")
        if ends[0] == ends[1] >= 0:
            mistakes.add(row.place, f"a link leads from {row['from']!r} to itself")
        both_ways = row["both ways"] != "no"
        links.append(Link(ends[0], ends[1], row["distance"], row["time"], both_ways, is_closed))
    return tuple(links)


def named(
    row: Row,
    column: str,
    known: Mapping[str, int],
    what: str,
    mistakes: Mistakes,
    *,
    default: int = -1,
) -> int:
    """The number of what a cell names; the default where it is empty or unknown."""
    name = row[column]
    if name is None:
        return default
    number = known.get(plain(name))
    if number is None:
        mistakes.add(
            row.at(column), f"there is no {what} {name!r} ({suggest(plain(name), list(known))})"
        )
        return default
    return number


def _or(value: Any, default: Any) -> Any:
    """A value, or what stands for one that is wrong and told of."""
    return default if value is None else value


def _coordinates(row: Row) -> tuple[float, float]:
    if "x" in row.given or "y" in row.given:
        return _or(row["x"], math.nan), _or(row["y"], math.nan)
    return _or(row["longitude"], math.nan), _or(row["latitude"], math.nan)


def crs_of(rows: Sequence[Row], distances: str, mistakes: Mistakes) -> str:
    """What the coordinates of all places are; those that are missing or of both kinds are told."""
    flat = [row for row in rows if {"x", "y"} & row.given.keys()]
    crs = PLANE if flat else GEOGRAPHIC
    wanted = ("x", "y") if flat else ("latitude", "longitude")
    if flat and len(flat) < len(rows):
        other = next(row for row in rows if row not in flat)
        told = f"has no x and y, which {flat[0].place} has; give all places the same coordinates"
        mistakes.add(other.place, told)
    elif distances != "given":
        for row in rows:
            missing = [name for name in wanted if name not in row.given]
            if missing:
                mistakes.add(row.place, f"there is no {' and no '.join(missing)}")
    return crs


def _span(
    row: Row, first: str, last: str, default_s: float, mistakes: Mistakes
) -> tuple[float, float]:
    """From when to when; a wrong order is told."""
    begin_s, end_s = _or(row[first], default_s), _or(row[last], math.inf)
    if begin_s > end_s:
        told = f"{last} must not be before {first}, which is {clock(begin_s)}"
        if last == "shift to":
            told += f"; write {clock(end_s + DAY_S)} for {clock(end_s)} of the next day"
        mistakes.add(row.at(last), told)
        return begin_s, math.inf
    return begin_s, end_s


def clock(seconds: float) -> str:
    """A time of the day, such as ``08:30``; seconds only where there are some."""
    whole = round(seconds)
    text = f"{whole // 3600:02}:{whole % 3600 // 60:02}"
    return text if whole % 60 == 0 else f"{text}:{whole % 60:02}"


def _tell_equal_names(rows: Sequence[Row], trucks: Sequence[Truck], mistakes: Mistakes) -> None:
    """Tell of a numbered vehicle that has the name of another row's."""
    own = [plain(row["vehicle"]) for row in rows if row["vehicle"]]
    if len(set(own)) < len(own):
        return  # that is told already
    counts = Counter(plain(truck.name) for truck in trucks if truck.name)
    for name, count in counts.items():
        if count > 1:
            told = f"{count} vehicles get the name {name!r}; name their rows otherwise"
            mistakes.add(rows[0].at("vehicle"), told)
