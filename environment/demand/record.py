"""Calls from a record: what of its file is usable and what is left out; replayed as they came."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

import numpy as np
import pandas as pd

from environment.demand.calls import Calls
from environment.demand.conditions import NO_CONDITION, NONE
from environment.demand.drawn_calls import DemandParameters, Streams, complete_calls
from environment.demand.hospitals import DEFAULT_HOSPITALS, HospitalParameters
from environment.demand.recorded_times import seconds_of_run
from environment.errors import DataError
from environment.parameters import YEAR_S
from environment.places.addresses import AddressBook
from environment.places.city import PlaceParameters, join_to_streets
from environment.roads.network import RoadNetwork
from environment.tables import X_HEADINGS, Y_HEADINGS, Column, read_table
from environment.units import DAY_S

COLUMNS = (
    Column("called_s", "text", aliases=("called_at",)),
    Column("x", aliases=X_HEADINGS),
    Column("y", aliases=Y_HEADINGS),
    Column("priority", "text", required=False),
    Column("units", "whole", required=False, minimum=1, maximum=1000),
    Column("transported", "whole", required=False, minimum=0, maximum=1),
    Column("dispatch_delay_s", required=False, minimum=0, maximum=YEAR_S),
    Column("mobilisation_s", required=False, minimum=0, maximum=YEAR_S),
    Column("scene_s", required=False, minimum=0, maximum=YEAR_S),
    Column("handover_s", required=False, minimum=0, maximum=YEAR_S),
    Column("condition", "text", required=False),
    Column("stay_s", required=False, minimum=0, maximum=YEAR_S),
)
NEEDED = ("called_s", "x", "y")


@dataclass(frozen=True, eq=False)
class Record:
    """Calls of a record that can be replayed.

    Attributes
    ----------
    table : DataFrame
        The columns of the file, ``called_s`` as seconds of the run, ``node`` and ``access_s``;
        labelled by the rows of the file.
    left_out : dict of str to int
        How many calls are left out, by the reason.
    """

    table: pd.DataFrame
    left_out: dict[str, int] = field(default_factory=dict)

    def notes(self, horizon_s: float) -> Iterator[str]:
        """What is left out, and how much of the run the record covers, a line each."""
        if self.left_out:
            of = len(self.table) + sum(self.left_out.values())
            reasons = ", ".join(f"{count:,} {why}" for why, count in self.left_out.items())
            yield f"{sum(self.left_out.values()):,} of {of:,} recorded calls left out: {reasons}"
        called_s = self.table["called_s"]
        before = int(called_s.min() // DAY_S)
        days = horizon_s / DAY_S
        after = max(days - called_s.max() // DAY_S - 1, 0.0)
        if before + after > 0:
            yield (
                f"the record covers {days - before - after:g} of the run's {days:g} days, warm-up "
                f"included: no call on {before + after:g} of them, over which nothing that is per "
                "time is taken"
            )


def read_record(
    path: Path,
    parameters: DemandParameters,
    roads: RoadNetwork,
    places: PlaceParameters,
    horizon_s: float = inf,
) -> Record:
    """Read a record, and join its calls to the streets.

    Calls at `horizon_s` and later are after the end of the run, and left out with other faulty ones
    where these are.

    Raises
    ------
    DataError
        If the table is not as it should be, a call lies off the map while these are not to be
        left out, or none is left.
    """
    drop = parameters.faulty_calls == "drop"
    table = read_table(path, [_lenient(column) if drop else column for column in COLUMNS])
    heading = table.attrs["headings"]["called_s"]
    form = parameters.recorded_time
    table["called_s"] = seconds_of_run(table["called_s"], heading, form, path, drop=drop)
    left_out: dict[str, int] = {}
    if drop:
        for axis in "xy":
            numbers = pd.to_numeric(table[axis], errors="coerce")
            table[axis] = numbers.where(np.isfinite(numbers))
        table = _without(table, table["called_s"].isna(), "without a moment", left_out)
        late = table["called_s"] >= horizon_s
        table = _without(table, late, "after the end of the run", left_out)
        table = _without(table, table[["x", "y"]].isna().any(axis=1), "without a place", left_out)
        far = _is_far(table, roads, places)
        table = _without(table, far, "off the map", left_out)
        if table.empty:
            reasons = ", ".join(f"{count:,} {why}" for why, count in left_out.items())
            raise DataError(f"{path}: no call is left: {reasons}")
    names = np.array([f"in row {row + 2}" for row in table.index])
    problems: list[str] = []
    x, y = table["x"].to_numpy(), table["y"].to_numpy()
    node, access_s = join_to_streets("call", names, x, y, roads, places, problems)
    if problems:
        raise DataError("\n".join(f"{path}: {problem}" for problem in problems))
    return Record(table.assign(node=node, access_s=access_s), left_out)


def _lenient(column: Column) -> Column:
    """A column that is needed, of which cells may be blank or wrong."""
    if column.name not in NEEDED:
        return column
    return replace(column, kind="text", may_be_blank=True)


def _without(
    table: pd.DataFrame, faulty: pd.Series, reason: str, left_out: dict[str, int]
) -> pd.DataFrame:
    if count := int(faulty.sum()):
        left_out[reason] = count
    return table[~faulty]


def _is_far(table: pd.DataFrame, roads: RoadNetwork, places: PlaceParameters) -> pd.Series:
    if table.empty:
        return pd.Series([], index=table.index, dtype=bool)
    _, distance_m = roads.nearest_stop(table["x"].to_numpy(), table["y"].to_numpy())
    return pd.Series(~(distance_m <= places.max_access_m), index=table.index)


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
    say so, and those at `horizon_s` and later with them.

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
