"""The trace of a run: one row a leg, and every other event, when it was settled.

Live view, replay and stories are made of it, of a run under way and of a saved one alike
(`viz.live`), so nothing has to be worked out again from the ends of missions. Rows stand in the
order in which they were written. A way is kept as its ends and the streets that were open: the
router finds the same way again (`environment.traffic.ways.Way`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
import simpy
from numpy.typing import NDArray

from agents.activity import Activity
from agents.leg import LEG_KINDS, LEG_LAYOUT, NOBODY, LegRow, pack_leg
from environment.traffic.driving import Driving
from environment.traffic.green_waves import AXIS, FROM_S, LIGHT, ROW_COLUMNS, UNTIL_S
from environment.traffic.ways import Way

DRIVINGS_KEPT = 4
"""Of 80 MB each on Manhattan."""
_LEG_KINDS = np.dtype(list(zip(LegRow._fields, LEG_KINDS, strict=True)))


class Event(IntEnum):
    """What happens besides legs: of whom, and the value that holds from then on."""

    PRIORITY = 0
    """Of a call."""
    UNITS = 1
    """How many ambulances a call has to do with."""
    LEFT = 2
    """A patient has given up waiting."""
    LOST = 3
    BEDS = 4
    """How many are taken at a hospital."""
    HOSPITAL_OPEN = 5
    STATION_OPEN = 6
    OUTPUT = 7
    """Which share of its rates a supplier reaches."""


class EventRow(NamedTuple):
    """Something that happened; see `Event`."""

    time_s: float
    event: int
    subject: int
    value: float


class GreenRow(NamedTuple):
    """A light that will be green along an axis; one that is taken back ends as it begins."""

    told_s: float
    ambulance: int
    light: int
    axis: int
    from_s: float
    until_s: float


class StreetsRow(NamedTuple):
    """Street pieces that are closed from a moment on; as numbered by the legs, from 1 on."""

    since_s: float
    closed: tuple[int, ...]


class TraceTables(NamedTuple):
    """The trace as tables, in the order in which it was written.

    Attributes
    ----------
    legs : DataFrame
        `LegRow`, with the activity's name.
    events : DataFrame
        `EventRow`, with the event's name.
    greens : DataFrame
        `GreenRow`.
    streets : DataFrame
        ``streets``, ``since_s``, ``edge``: one row per closed street piece, -1 where none is.
    """

    legs: pd.DataFrame
    events: pd.DataFrame
    greens: pd.DataFrame
    streets: pd.DataFrame


class Trace:
    """Writes down what is settled at the moment at which it is.

    Parameters
    ----------
    env : simpy.Environment, optional
        The clock; a trace that is only read has none.
    is_kept : bool
        Whether anything is noted at all (`run.trace` of the scenario).

    Attributes
    ----------
    legs : bytearray
        Rows of `agents.leg.LegRow`, packed: a run has some for each call.
    events : list of EventRow
    streets : list of StreetsRow
    """

    def __init__(self, env: simpy.Environment | None = None, *, is_kept: bool = True) -> None:
        self._env = env
        self.is_kept = is_kept
        self.legs = bytearray()
        self.events: list[EventRow] = []
        self._plans = array("d")
        self._read = 0
        self._greens: list[GreenRow] = []
        self.streets: list[StreetsRow] = []
        self._planned: dict[int, dict[tuple[Any, ...], GreenRow]] = {}
        self._driving: Driving | None = None
        self._version = 0
        self._drivings: dict[int, Driving] = {}

    # Writing

    def stood(
        self,
        now_s: float,
        vehicle: int,
        activity: Activity,
        node: int,
        target: int,
        serves: int,
        from_s: float,
    ) -> None:
        """Note that a vehicle does something where it stands, or will stand from a moment on."""
        self._note_leg(now_s, from_s, 0.0, vehicle, node, node, target, serves, activity, False, 0)

    def happened(self, event: Event, subject: int, value: float = 0.0) -> None:
        """Note an event."""
        if self.is_kept:
            self.events.append(EventRow(self._now_s, int(event), subject, float(value)))

    def beds_taken(self, hospital: int, beds: int) -> None:
        """Note how many beds of a hospital are taken from now on."""
        self.happened(Event.BEDS, hospital, beds)

    def hospital_opened(self, hospital: int, is_open: bool) -> None:
        """Note that a hospital has opened or closed."""
        self.happened(Event.HOSPITAL_OPEN, hospital, is_open)

    def station_opened(self, station: int, is_open: bool) -> None:
        """Note that a station has opened or closed."""
        self.happened(Event.STATION_OPEN, station, is_open)

    def output_changed(self, supplier: int, share: float) -> None:
        """Note which share of its rates a supplier reaches from now on."""
        self.happened(Event.OUTPUT, supplier, share)

    def units_reduced(self, call: int, units: int) -> None:
        """Note that a patient has to do with fewer ambulances."""
        self.happened(Event.UNITS, call, units)

    def streets_changed(self, driving: Driving) -> int:
        """Note on which streets one drives from now on; returns their number."""
        if self._driving is not None:
            closed = () if driving.closed is None else np.flatnonzero(driving.closed).tolist()
            self.streets.append(StreetsRow(self._now_s, tuple(closed)))
            self._version = len(self.streets)
        self._driving = driving
        self._drivings[self._version] = driving
        if len(self._drivings) > DRIVINGS_KEPT:
            del self._drivings[min(self._drivings)]
        return self._version

    def greens_planned(self, ambulance: int, rows: NDArray[np.float64]) -> None:
        """Note all greens for a vehicle from now on, rows of `environment.traffic.green_waves`."""
        if self.is_kept:
            self._plans.extend((self._now_s, ambulance, len(rows)))
            self._plans.frombytes(rows.tobytes())

    def set_out_on_open_streets(
        self, vehicle: int, activity: Activity, way: Way, target: int, serves: int
    ) -> None:
        """Note a drive on streets of its own, which are never closed."""
        self._note_leg(
            self._now_s, way.left_s, way.drive_s, vehicle, way.origin, way.destination, target,
            serves, activity, way.siren, 0,
        )  # fmt: skip

    def _note_leg(self, *row: float) -> None:
        if self.is_kept:
            self.legs += pack_leg(*row)

    @property
    def _now_s(self) -> float:
        assert self._env is not None
        return float(self._env.now)

    # Reading

    @property
    def greens(self) -> list[GreenRow]:
        """Greens that were planned so far, and what became otherwise of them since."""
        while self._read < len(self._plans):
            now_s, ambulance, count = self._plans[self._read : self._read + 3]
            end = self._read + 3 + int(count) * ROW_COLUMNS
            rows = np.array(self._plans[self._read + 3 : end]).reshape(-1, ROW_COLUMNS)
            self._plan(now_s, int(ambulance), rows)
            self._read = end
        return self._greens

    def _plan(self, now_s: float, ambulance: int, rows: NDArray[np.float64]) -> None:
        """Compare the greens of a vehicle with those that were planned for it before."""
        planned = {}
        for row in rows.tolist():
            axis, light = int(row[AXIS]), int(row[LIGHT])
            green = GreenRow(now_s, ambulance, light, axis, row[FROM_S], row[UNTIL_S])
            planned[green[2:5]] = green
        before = self._planned.get(ambulance, {})
        self._greens += [
            green._replace(told_s=now_s, until_s=green.from_s)
            for key, green in before.items()
            if key not in planned and green.from_s > now_s
        ]
        self._greens += [
            green
            for key, green in planned.items()
            if key not in before or before[key].until_s != green.until_s
        ]
        self._planned[ambulance] = planned

    @property
    def leg_count(self) -> int:
        """Rows of legs so far."""
        return len(self.legs) // LEG_LAYOUT.size

    def legs_since(self, first: int) -> Iterator[LegRow]:
        """Rows of legs from the first-th on."""
        rows = LEG_LAYOUT.iter_unpack(bytes(self.legs[first * LEG_LAYOUT.size :]))
        return map(LegRow._make, rows)

    def leg_table(self) -> NDArray[Any]:
        """All legs so far, a structured array with the fields of `LegRow`."""
        return np.frombuffer(bytes(self.legs), _LEG_KINDS)

    def driving_kept(self, streets: int) -> Driving | None:
        """Driving on some of the streets, if it is among the latest of a run under way."""
        return self._drivings.get(streets)

    def copy(self) -> Trace:
        """The trace so far, without the clock and the streets of the run."""
        trace = Trace(is_kept=self.is_kept)
        trace.legs, trace.events = bytearray(self.legs), [*self.events]
        trace._plans, trace.streets = self._plans[:], [*self.streets]
        trace._greens = [] if len(self._plans) else [*self._greens]
        return trace

    # Tables

    def tables(self) -> TraceTables:
        """The trace so far as tables."""
        legs = pd.DataFrame(self.leg_table())
        events = pd.DataFrame(self.events, columns=list(EventRow._fields))
        greens = pd.DataFrame(self.greens, columns=list(GreenRow._fields))
        whole = {"ambulance": "int32", "light": "int32", "axis": "int8"}
        rows = [
            (number, row.since_s, edge)
            for number, row in enumerate(self.streets, start=1)
            for edge in row.closed or (NOBODY,)
        ]
        streets = pd.DataFrame(rows, columns=["streets", "since_s", "edge"])
        return TraceTables(
            legs.assign(activity=_named(legs["activity"], Activity)),
            events.astype({"time_s": "float64", "subject": "int32", "value": "float64"}).assign(
                event=_named(events["event"], Event)
            ),
            greens.astype(
                {**whole, "told_s": "float64", "from_s": "float64", "until_s": "float64"}
            ),
            streets.astype({"streets": "int32", "since_s": "float64", "edge": "int32"}),
        )

    @classmethod
    def of_tables(cls, tables: TraceTables) -> Self:
        """The trace that was saved as tables."""
        trace = cls()
        legs = np.empty(len(tables.legs), _LEG_KINDS)
        for name in LegRow._fields:
            legs[name] = (
                _codes(tables.legs[name], Activity) if name == "activity" else (tables.legs[name])
            )
        trace.legs = bytearray(legs.tobytes())
        events = tables.events.assign(event=_codes(tables.events["event"], Event))
        trace.events = [EventRow._make(row) for row in _rows(events)]
        trace._greens = [GreenRow._make(row) for row in _rows(tables.greens)]
        trace.streets = [
            StreetsRow(float(own["since_s"].iloc[0]), tuple(e for e in own["edge"] if e >= 0))
            for _, own in tables.streets.groupby("streets")
        ]
        return trace


def _named(codes: pd.Series, kinds: type[IntEnum]) -> pd.Categorical[str]:
    names = pd.Index([kind.name.lower() for kind in kinds])
    return pd.Categorical.from_codes(codes.to_numpy(dtype=np.int64), names)


def _codes(names: pd.Series, kinds: type[IntEnum]) -> NDArray[np.int64]:
    by_name = {kind.name.lower(): kind.value for kind in kinds}
    return np.array([by_name[name] for name in names], dtype=np.int64)


def _rows(table: pd.DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows as tuples of plain numbers."""
    return zip(*(table[name].tolist() for name in table), strict=True)
