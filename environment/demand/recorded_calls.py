"""Calls from a record, replayed as they came."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from environment.demand.calls import Calls
from environment.demand.conditions import NO_CONDITION, NONE
from environment.demand.drawn_calls import DemandParameters, Streams, complete_calls
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.errors import DataError
from environment.places.addresses import AddressBook
from environment.places.city import PlaceParameters, join_to_streets
from environment.tables import Column, read_table

COLUMNS = (
    Column("called_s", "text", aliases=("called_at",)),
    Column("x", aliases=("lon", "longitude", "x_m")),
    Column("y", aliases=("lat", "latitude", "y_m")),
    Column("priority", "text", required=False),
    Column("units", "whole", required=False, minimum=1, maximum=1000),
    Column("transported", "whole", required=False, minimum=0, maximum=1),
    Column("dispatch_delay_s", required=False, minimum=0),
    Column("mobilisation_s", required=False, minimum=0),
    Column("scene_s", required=False, minimum=0),
    Column("handover_s", required=False, minimum=0),
    Column("condition", "text", required=False),
    Column("stay_s", required=False, minimum=0),
)


def read_recorded_calls(
    path: Path,
    parameters: DemandParameters,
    addresses: AddressBook,
    places: PlaceParameters,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
) -> Calls:
    """Read calls from a CSV file; what its columns leave open is drawn as for random calls.

    ``called_s`` is in seconds since midnight of the first day; under ``called_at`` it may be a
    date and time, and the first call's day is then the first. Calls are put in order of time.
    ``condition`` is the name of one, or ``none``.

    Raises
    ------
    DataError
        If the table is not as it should be, or a call lies off the map.
    """
    table = read_table(path, COLUMNS)
    table["called_s"] = _seconds(table["called_s"], path)
    if "priority" in table:
        priorities = [p.name for p in parameters.priorities]
        table["priority"] = _rows_by_name(table["priority"], priorities, path)
    if "condition" in table:
        conditions = [c.name for c in parameters.conditions]
        table["condition"] = _rows_by_name(table["condition"], [*conditions, NO_CONDITION], path)
        table["condition"] = table["condition"].replace(len(conditions), NONE)
    if "transported" in table:
        table["transported"] = table["transported"].astype("boolean")
    table["onset_s"] = table["called_s"]
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    problems: list[str] = []
    names = np.array([f"in row {row + 2}" for row in table.index])
    table["node"], table["access_s"] = join_to_streets(
        "call", names, x, y, addresses.roads, places, problems
    )
    if problems:
        raise DataError("\n".join(f"{path}: {problem}" for problem in problems))
    table["zone"] = addresses.zone_of(x, y)
    table = table.sort_values("called_s", kind="stable", ignore_index=True)
    return complete_calls(parameters, table, streams, hospitals)


def _seconds(texts: pd.Series, path: Path) -> pd.Series:
    """Seconds since midnight of the first call's day, from numbers or from dates and times."""
    seconds = pd.to_numeric(texts, errors="coerce").replace([np.inf, -np.inf], np.nan)
    if seconds.isna().all():
        seconds = _seconds_from_dates(texts, path)
    if seconds.isna().any():
        row = int(seconds.isna().to_numpy().argmax())
        raise DataError(
            f"{path}: row {row + 2}: called_s must be seconds, or in every row a date and time "
            f"such as 2026-11-21T07:30:00, got {texts.iloc[row]!r}"
        )
    if (seconds < 0).any():
        row = int((seconds < 0).to_numpy().argmax())
        raise DataError(f"{path}: row {row + 2}: called_s must be >= 0, got {texts.iloc[row]!r}")
    return seconds


def _seconds_from_dates(texts: pd.Series, path: Path) -> pd.Series:
    """Seconds since the first midnight, NaN for what is no date; all in one time zone."""
    try:
        moments = pd.to_datetime(texts, errors="coerce", format="ISO8601")
    except ValueError:
        raise DataError(
            f"{path}: called_s mixes time zones; write every moment with the same offset, or none"
        ) from None
    return (moments - moments.dt.normalize().min()).dt.total_seconds()


def _rows_by_name(names: pd.Series, known: Sequence[str], path: Path) -> pd.Series:
    """Rows in a list by name; a call without one keeps none and gets one drawn."""
    strange = names[names.notna() & ~names.isin(known)]
    if len(strange):
        row, got = strange.index.tolist()[0], strange.iloc[0]
        close = difflib.get_close_matches(str(got), known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise DataError(
            f"{path}: row {row + 2}: {names.name} must be one of {', '.join(known)}, "
            f"got {got!r}{hint}"
        )
    return names.map({name: row for row, name in enumerate(known)})
