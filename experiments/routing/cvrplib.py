"""Instances and solutions of CVRPLIB: one depot, loads, vehicles of one size.

The format is that of TSPLIB 95 (Reinelt, ORSA Journal on Computing 3, 1991), with CAPACITY, a
DEMAND_SECTION and a DEPOT_SECTION. Distances are taken as they are counted there: EUC_2D rounded to
the nearest whole number, CEIL_2D up, MAN_2D, or EXPLICIT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil, isfinite
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from environment.errors import DataError, suggest
from policies.routing.planning import Deliveries, Objective, RoutedTrip, Stop, Vehicle

SECTIONS = (
    "NODE_COORD_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DISPLAY_DATA_SECTION",
)
MOST_PLACES = 10_000
"""More places than this would need more than two gigabytes of tables."""

LENGTHS: dict[str, Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]] = {
    "EUC_2D": lambda dx, dy: np.floor(np.hypot(dx, dy) + 0.5),
    "CEIL_2D": lambda dx, dy: np.ceil(np.hypot(dx, dy)),
    "MAN_2D": lambda dx, dy: np.floor(np.abs(dx) + np.abs(dy) + 0.5),
}
FORMATS = ("FULL_MATRIX", "LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_ROW", "UPPER_DIAG_ROW")


@dataclass(frozen=True, eq=False)
class Instance:
    """What a file of CVRPLIB says.

    Attributes
    ----------
    name : str
    customers : tuple of int
        Their numbers in the file.
    demand : tuple of int
    capacity : int
    vehicles : int or None
        How many there may be, if the file limits them.
    longest : float or None
        The longest that a route may be, services included, if the file limits it.
    service : float
        What a visit takes, in the unit of lengths.
    length : (n, n) float64
        From each place to each other, the depot first.
    """

    name: str
    customers: tuple[int, ...]
    demand: tuple[int, ...]
    capacity: int
    vehicles: int | None
    longest: float | None
    service: float
    length: NDArray[np.float64]

    @property
    def least_vehicles(self) -> int:
        """Vehicles that all loads fill at least."""
        return max(ceil(sum(self.demand) / self.capacity), 1) if self.capacity else 1

    def deliveries(self, objective: Objective, vehicles: int | None) -> Deliveries:
        """What is to be delivered; a unit of length is a metre and takes a second.

        Parameters
        ----------
        objective : Objective
        vehicles : int or None
            How many there are; None for as many as the file says, or one for each customer.
        """
        count = vehicles or self.vehicles or max(len(self.customers), 1)
        shift_s = (0.0, self.longest if self.longest is not None else np.inf)
        return Deliveries(
            ("depot",),
            tuple(
                Stop(f"node {number}", units, self.service)
                for number, units in zip(self.customers, self.demand, strict=True)
            ),
            tuple(
                Vehicle(f"vehicle {k + 1}", self.capacity, shift_s=shift_s) for k in range(count)
            ),
            self.length,
            self.length,
            objective,
        )


@dataclass
class _Text:
    """A file taken apart: its keys, and the numbers of its sections, with lines for messages."""

    entries: dict[str, tuple[int, str]] = field(default_factory=dict)
    rows: dict[str, list[tuple[int, list[float]]]] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def read_instance(path: Path) -> Instance:
    """Read a ``.vrp`` file.

    Raises
    ------
    DataError
        If it cannot be read, or something in it is missing or wrong: every mistake, a line each.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from None
    parts = _taken_apart(text)
    found = _instance(parts, path)
    if found is None or parts.mistakes:
        raise DataError("\n".join(f"{path.name}: {mistake}" for mistake in parts.mistakes))
    return found


def _taken_apart(text: str) -> _Text:
    parts, section = _Text(), ""
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        word = line.split(":")[0].strip().upper()
        if not line:
            continue
        if word == "EOF":
            break
        if word in SECTIONS:
            section = word
            parts.rows[section] = []
        elif section and re.match(r"[-+.\d]", line):
            _add_numbers(parts, section, number, line)
        elif ":" in line:
            parts.entries[word] = (number, line.split(":", 1)[1].strip())
        else:
            parts.mistakes.append(f"line {number}: {line[:60]!r} is neither a key nor a section")
    return parts


def _add_numbers(parts: _Text, section: str, number: int, line: str) -> None:
    try:
        values = [float(word) for word in line.split()]
    except ValueError:
        parts.mistakes.append(f"line {number}: {line[:60]!r} in {section} must be numbers")
        return
    if not all(map(isfinite, values)):
        parts.mistakes.append(f"line {number}: {line[:60]!r} in {section} must be finite numbers")
        return
    parts.rows[section].append((number, values))


def _instance(parts: _Text, path: Path) -> Instance | None:
    """What a file says; None where something is wrong, which is noted."""
    kind = parts.entries.get("TYPE", (0, "CVRP"))
    if kind[1].upper() not in {"CVRP", "VRP", "DCVRP"}:
        parts.mistakes.append(f"line {kind[0]}: TYPE must be CVRP, got {kind[1]!r}")
    size = _whole(parts, "DIMENSION", 2)
    capacity = _whole(parts, "CAPACITY", 1)
    if size is not None and size > MOST_PLACES:
        parts.mistakes.append(f"DIMENSION must be at most {MOST_PLACES:,}, got {size:,}")
    if size is None or size > MOST_PLACES:
        return None
    demand = _by_number(parts, "DEMAND_SECTION", size, 1)
    depot = _depot(parts, size)
    length = _lengths(parts, size)
    vehicles = _whole(parts, "VEHICLES", 1) if "VEHICLES" in parts.entries else None
    longest = float(parts.entries["DISTANCE"][1]) if _is_number(parts, "DISTANCE") else None
    service = float(parts.entries["SERVICE_TIME"][1]) if _is_number(parts, "SERVICE_TIME") else 0.0
    if demand is not None:
        _note_wrong_demand(parts, demand[:, 0], depot)
    if capacity is None or demand is None or length is None or depot is None or parts.mistakes:
        return None
    units = demand[:, 0]
    order = [depot, *(k for k in range(size) if k != depot)]
    return Instance(
        name=parts.entries.get("NAME", (0, path.stem))[1].strip('"') or path.stem,
        customers=tuple(k + 1 for k in order[1:]),
        demand=tuple(int(units[k]) for k in order[1:]),
        capacity=capacity,
        vehicles=vehicles,
        longest=longest,
        service=service,
        length=np.ascontiguousarray(length[np.ix_(order, order)]),
    )


def _note_wrong_demand(parts: _Text, units: NDArray[np.float64], depot: int | None) -> None:
    for k in np.flatnonzero((units < 0) | (units != np.rint(units))).tolist():
        parts.mistakes.append(
            f"DEMAND_SECTION: node {k + 1} must have a whole number >= 0, got {units[k]:g}"
        )
    if depot is not None and units[depot]:
        parts.mistakes.append(
            f"the depot, node {depot + 1}, must have demand 0, got {units[depot]:g}"
        )


def _is_number(parts: _Text, key: str) -> bool:
    """Whether a key is there and a number; noted where it is no number >= 0."""
    if key not in parts.entries:
        return False
    line, text = parts.entries[key]
    try:
        fine = 0 <= float(text) < np.inf
    except ValueError:
        fine = False
    if not fine:
        parts.mistakes.append(f"line {line}: {key} must be a number >= 0, got {text!r}")
    return fine


def _whole(parts: _Text, key: str, least: int) -> int | None:
    """A key's whole number; None where there is none, which is noted."""
    if key not in parts.entries:
        guess = suggest(key, list(parts.entries)) if parts.entries else "the file has no keys"
        parts.mistakes.append(f"{key} is missing; {guess}")
        return None
    line, text = parts.entries[key]
    if not re.fullmatch(r"\+?\d{1,15}", text) or int(text) < least:
        parts.mistakes.append(f"line {line}: {key} must be a whole number >= {least}, got {text!r}")
        return None
    return int(text)


def _by_number(parts: _Text, section: str, size: int, columns: int) -> NDArray[np.float64] | None:
    """Rows that begin with the number of a node, (size, columns)."""
    if section not in parts.rows:
        parts.mistakes.append(f"{section} is missing")
        return None
    table, seen = np.full((size, columns), np.nan), set()
    for line, values in parts.rows[section]:
        node = int(values[0])
        if len(values) != columns + 1:
            parts.mistakes.append(
                f"line {line}: {section} has {len(values)} numbers a line; wanted {columns + 1}"
            )
        elif not 1 <= node <= size or node != values[0]:
            parts.mistakes.append(f"line {line}: there is no node {values[0]:g}, only 1 to {size}")
        elif node in seen:
            parts.mistakes.append(f"line {line}: node {node} comes twice in {section}")
        else:
            table[node - 1] = values[1:]
            seen.add(node)
    missing = [str(k) for k in range(1, size + 1) if k not in seen]
    if missing:
        told = ", ".join(missing[:10]) + (", …" if len(missing) > 10 else "")
        parts.mistakes.append(f"{section} lacks {len(missing):,} of {size:,} nodes: {told}")
    return None if np.isnan(table).any() else table


def _depot(parts: _Text, size: int) -> int | None:
    rows = parts.rows.get("DEPOT_SECTION", [(0, [1.0])])
    depots = [value for _, values in rows for value in values if value != -1]
    if len(depots) != 1 or not 1 <= depots[0] <= size:
        told = ", ".join(f"{depot:g}" for depot in depots) or "none"
        parts.mistakes.append(f"DEPOT_SECTION must name one node of 1 to {size}, got {told}")
        return None
    return int(depots[0]) - 1


def _lengths(parts: _Text, size: int) -> NDArray[np.float64] | None:
    line, kind = parts.entries.get("EDGE_WEIGHT_TYPE", (0, "EUC_2D"))
    if kind.upper() == "EXPLICIT":
        return _explicit(parts, size)
    if kind.upper() not in LENGTHS:
        known = ", ".join((*LENGTHS, "EXPLICIT"))
        _by_number(parts, "NODE_COORD_SECTION", size, 2)
        parts.mistakes.append(f"line {line}: EDGE_WEIGHT_TYPE must be one of {known}, got {kind!r}")
        return None
    xy = _by_number(parts, "NODE_COORD_SECTION", size, 2)
    if xy is None:
        return None
    return LENGTHS[kind.upper()](*(xy[:, None, axis] - xy[None, :, axis] for axis in (0, 1)))


def _explicit(parts: _Text, size: int) -> NDArray[np.float64] | None:
    """A table as the file gives it, whole or one half of it."""
    line, layout = parts.entries.get("EDGE_WEIGHT_FORMAT", (0, "FULL_MATRIX"))
    if layout.upper() not in FORMATS:
        parts.mistakes.append(
            f"line {line}: EDGE_WEIGHT_FORMAT must be one of {', '.join(FORMATS)}, got {layout!r}"
        )
        return None
    given = [v for _, values in parts.rows.get("EDGE_WEIGHT_SECTION", []) for v in values]
    places = list(_places(layout.upper(), size))
    if len(given) != len(places):
        parts.mistakes.append(
            f"EDGE_WEIGHT_SECTION has {len(given):,} numbers; {layout} of {size:,} nodes has "
            f"{len(places):,}"
        )
        return None
    if min(given) < 0:
        parts.mistakes.append(f"EDGE_WEIGHT_SECTION must be >= 0, got {min(given):g}")
    length = np.zeros((size, size))
    rows, columns = np.array(places, dtype=np.int64).T
    length[rows, columns] = given
    if layout.upper() != "FULL_MATRIX":
        length[columns, rows] = given
    np.fill_diagonal(length, 0.0)
    return length


def _places(layout: str, size: int) -> Iterator[tuple[int, int]]:
    """Row and column of each number of a table, in the order of the file."""
    for row in range(size):
        begin, end = {
            "FULL_MATRIX": (0, size),
            "LOWER_ROW": (0, row),
            "LOWER_DIAG_ROW": (0, row + 1),
            "UPPER_ROW": (row + 1, size),
            "UPPER_DIAG_ROW": (row, size),
        }[layout]
        yield from ((row, column) for column in range(begin, end))


def solution_text(trips: Sequence[RoutedTrip], cost: float) -> str:
    """Routes as CVRPLIB writes them: customers are counted from 1, the depot left out."""
    lines = [
        f"Route #{number}: {' '.join(str(stop + 1) for stop in trip.stops)}"
        for number, trip in enumerate(trips, 1)
    ]
    return "\n".join([*lines, f"Cost {cost:.10g}", ""])


def best_known(path: Path) -> float | None:
    """The cost in the ``.sol`` file beside an instance; None where there is none."""
    beside = path.with_suffix(".sol")
    if not beside.is_file():
        return None
    found = re.search(r"(?im)^\s*Cost\s+([\d.]+)", beside.read_text(errors="replace"))
    return float(found[1]) if found else None
