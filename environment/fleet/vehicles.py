"""The vehicles of a scenario: station, type, skills and shift of each."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from environment.apportionment import apportion, spread_evenly
from environment.errors import DataError
from environment.fleet.breakdowns import BreakdownParameters
from environment.fleet.shifts import Shift
from environment.fleet.vehicle_types import (
    AMBULANCE,
    MOST_SKILLS,
    TRANSPORTS,
    VehicleType,
    skill_bits,
    skill_mask,
)
from environment.parameters import Parameters
from environment.tables import Column, read_table

ALWAYS = -1
"""The shift of a vehicle that is always on duty."""

SHOWN_NAMES = 8


class FleetParameters(Parameters):
    """The ambulances: how many, of which types, and when they are on duty."""

    ambulances: Annotated[
        int | None,
        Field(ge=1, le=10_000, description="how many; without it, as many as the sites have"),
    ] = None
    available_after: Annotated[
        Literal["clear", "base"],
        Field(description="sent to the next call once clear of the last, or only once at base"),
    ] = "clear"
    vehicles: Annotated[
        Path | None,
        Field(description="CSV of all vehicles, in place of numbers, shares and their location"),
    ] = None
    types: Annotated[tuple[VehicleType, ...], Field(min_length=1)] = (AMBULANCE,)
    shifts: tuple[Shift, ...] = ()
    breakdowns: BreakdownParameters | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [
            *_repeated("types", [one.name for one in self.types]),
            *_repeated("shifts", [one.name for one in self.shifts]),
        ]
        if self.vehicles is None:
            problems += _wrong_sum("types", [one.share for one in self.types])
            problems += _wrong_sum("shifts", [one.share for one in self.shifts])
        elif self.ambulances is not None:
            problems.append(
                "the table of vehicles says how many there are; leave out ambulances "
                f"({self.ambulances}) or vehicles ({self.vehicles})"
            )
        skills = len(skill_bits(self.types))
        if skills > MOST_SKILLS:
            problems.append(f"types have {skills} skills together, allowed are {MOST_SKILLS}")
        if problems:
            raise ValueError("; ".join(problems))
        return self


def _repeated(what: str, names: list[str]) -> list[str]:
    if len(set(names)) == len(names):
        return []
    return [f"the names of {what} must differ, got {', '.join(names)}"]


def _wrong_sum(what: str, shares: list[float]) -> list[str]:
    if not shares or abs(sum(shares) - 1) <= 1e-6:
        return []
    return [f"the shares of {what} must sum to 1, got {sum(shares):g}"]


@dataclass(frozen=True, eq=False)
class Vehicles:
    """All vehicles of a run, by number.

    Attributes
    ----------
    vehicle_id : (v,) array of str
    station : (v,) int64
        Row among the stations.
    type : (v,) int64
        Row among the types.
    skills : (v,) int64
        A bit for each thing that it can do, see `skill_bits`.
    shift : (v,) int64
        Row among the shifts, or `ALWAYS`.
    """

    vehicle_id: NDArray[np.str_]
    station: NDArray[np.int64]
    type: NDArray[np.int64]
    skills: NDArray[np.int64]
    shift: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.vehicle_id)

    @property
    def transports(self) -> NDArray[np.bool_]:
        """Whether each can take a patient to a hospital, (v,)."""
        return (self.skills & TRANSPORTS).astype(bool)


def settle_vehicles(
    fleet: FleetParameters, placed: NDArray[np.int64], site_id: NDArray[np.str_]
) -> Vehicles:
    """Give types and shifts to the ambulances of the stations.

    The fleet's counts are the shares' by largest remainders; each station has its fair share of
    types and of shifts, and each type of shifts, nearly always to within one vehicle.

    Parameters
    ----------
    fleet : FleetParameters
    placed : (s,) int64
        Ambulances of each station.
    site_id : (s,) array of str
        Names of the stations, by which vehicles are called: the first of ``S1`` is ``S1-1``.
    """
    size = int(placed.sum())
    station = np.repeat(np.arange(len(placed)), placed)
    types = _spread([one.share for one in fleet.types], size, [station])
    shifts = np.full(size, ALWAYS)
    if fleet.shifts:
        shifts = _spread([one.share for one in fleet.shifts], size, [station, types])
    of_station = zip(site_id, placed.tolist(), strict=True)
    names = [f"{site}-{k}" for site, size in of_station for k in range(1, size + 1)]
    return _vehicles(fleet, np.array(names, dtype=str), station, types, shifts)


def _spread(
    shares: Sequence[float], size: int, groupings: Sequence[NDArray[np.int64]]
) -> NDArray[np.int64]:
    if len(shares) == 1:
        return np.zeros(size, dtype=np.int64)
    return spread_evenly(apportion(size, shares), groupings)


def _vehicles(
    fleet: FleetParameters,
    vehicle_id: NDArray[np.str_],
    station: NDArray[np.int64],
    types: NDArray[np.int64],
    shifts: NDArray[np.int64],
) -> Vehicles:
    bits = skill_bits(fleet.types)
    masks = np.array([skill_mask(one, bits) for one in fleet.types], dtype=np.int64)
    return Vehicles(vehicle_id, station, types, masks[types], shifts)


def read_vehicles(path: Path, fleet: FleetParameters, site_id: NDArray[np.str_]) -> Vehicles:
    """Read a table of vehicles, one a row.

    Its columns are ``vehicle``, ``station`` (a ``site_id``), ``type`` (which may be left out where
    there is only one) and ``shift`` (always on duty without one).

    Raises
    ------
    DataError
        With one line for every mistake in the file.
    """
    type_names = [one.name for one in fleet.types]
    one_type = len(type_names) == 1
    columns = (
        Column("vehicle", "text"),
        Column("station", "text"),
        Column("type", "text", required=not one_type, default=type_names[0]),
        Column("shift", "text", required=False, default=""),
    )
    table = read_table(path, columns).fillna({"type": type_names[0], "shift": ""})
    twice = table["vehicle"].duplicated()
    problems = [
        f"row {row + 2}: vehicle {table['vehicle'][row]!r} stands in an earlier row already"
        for row in table.index[twice].tolist()
    ]
    station = _rows_of(table["station"], site_id.tolist(), problems)
    types = _rows_of(table["type"], type_names, problems)
    shift_names = ["", *(one.name for one in fleet.shifts)]
    shifts = _rows_of(table["shift"], shift_names, problems) - 1
    if problems:
        raise DataError("\n".join(f"{path}: {problem}" for problem in problems))
    return _vehicles(fleet, table["vehicle"].to_numpy(dtype=str), station, types, shifts)


def _rows_of(names: pd.Series, known: Sequence[str], problems: list[str]) -> NDArray[np.int64]:
    """Rows of names in a list; each name that is not there is added to `problems`."""
    place = {name: row for row, name in enumerate(known)}
    for row, name in zip(names.index.tolist(), names.tolist(), strict=True):
        if name not in place:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            problems.append(
                f"row {row + 2}: {names.name} must be one of {_listed(known)}, got {name!r}{hint}"
            )
    return np.array([place.get(name, 0) for name in names], dtype=np.int64)


def _listed(names: Sequence[str]) -> str:
    """A list of names, cut short where there are many."""
    shown = [name or "nothing" for name in names[:SHOWN_NAMES]]
    return ", ".join(shown + ["…"] * (len(names) > SHOWN_NAMES))
