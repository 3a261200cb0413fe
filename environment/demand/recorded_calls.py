"""Calls from a record, replayed as they came."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from math import inf
from pathlib import Path

import pandas as pd

from environment.demand.calls import Calls
from environment.demand.conditions import NO_CONDITION, NONE
from environment.demand.drawn_calls import DemandParameters, Streams, complete_calls
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.demand.record import read_record
from environment.errors import DataError
from environment.places.addresses import AddressBook
from environment.places.city import PlaceParameters


def read_recorded_calls(
    path: Path,
    parameters: DemandParameters,
    addresses: AddressBook,
    places: PlaceParameters,
    streams: Streams,
    hospitals: HospitalParameters = DEFAULT_HOSPITALS,
    horizon_s: float = inf,
) -> Calls:
    """Read calls from a CSV file; what its columns leave open is drawn as for random calls.

    ``called_s`` is in seconds since midnight of the first day; ``called_at`` is a date and time,
    and the first call's day is then the first (`seconds_of_run`). Calls are put in order of time.
    ``condition`` is the name of one, or ``none``. Faulty calls are left out where the parameters
    say so; those at `horizon_s` and later are.

    Raises
    ------
    DataError
        If the table is not as it should be, or a call lies off the map.
    """
    table = read_record(path, parameters, addresses.roads, places, horizon_s).table
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
    table["zone"] = addresses.zone_of(table["x"].to_numpy(), table["y"].to_numpy())
    table = table.sort_values("called_s", kind="stable", ignore_index=True)
    return complete_calls(parameters, table, streams, hospitals)


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
