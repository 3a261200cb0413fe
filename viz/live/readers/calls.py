"""Reads calls and the legs that serve them: who waits, who is helped, and how soon."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf, isnan, nan

import numpy as np
import pandas as pd

from agents.activity import Activity
from agents.leg import LegRow
from simulation.trace import Event, EventRow
from viz.live.frame import CallMark
from viz.live.readers.legs import Point
from viz.live.readers.places import Spot
from viz.live.readers.run_log import RunLog

WAITING, SENT, REACHED, OVER, LEFT, LOST = "waiting", "sent", "reached", "over", "left", "lost"
ENDS = (OVER, LEFT, LOST)


@dataclass(eq=False)
class _Batch:
    """Calls that became known together, in the order of their time.

    Not NumPy's arrays, which let go of the interpreter for each search: a run that shares it with
    a page pays more for handing it over than for the search.
    """

    numbers: array[int]
    called_s: array[float]
    told: int = 0


class CallRegister:
    """Where, when and how urgent each call is, by its number.

    Attributes
    ----------
    x_m, y_m, access_s, called_s, ready_s : (n,) float64
    priority : (n,) int64
        As reported.
    units, zone : (n,) int64
    target_s : (n,) float64
        Response time that counts as in time.
    """

    def __init__(self, log: RunLog) -> None:
        self._log = log
        self._roads = log.area.city.roads
        self._targets_s = np.array([p.target_s for p in log.scenario.demand.priorities])
        self.x_m = self.y_m = self.called_s = self.ready_s = self.target_s = np.empty(0)
        self.priority = self.units = self.zone = np.empty(0, dtype=np.int64)
        self._node = np.empty(0, dtype=np.int64)
        self.access_s = np.empty(0)
        self._batches: list[_Batch] = []
        self._known = 0

    def access_s_with(self, call: int, *, siren: bool) -> float:
        """Seconds from the street to a call."""
        share = self._log.area.city.access_share(siren=siren)
        return float(self.access_s[call]) * share

    def update(self) -> None:
        """Take in the calls that have come up."""
        batches = self._log.call_batches()
        for table in batches[self._known :]:
            self._add(table)
        self._known = len(batches)

    def came(self, now_s: float) -> Iterator[int]:
        """Numbers of the calls that have come in since this was asked last."""
        for batch in self._batches:
            upto = bisect_right(batch.called_s, now_s, lo=batch.told)
            yield from batch.numbers[batch.told : upto]
            batch.told = upto
        self._batches = [b for b in self._batches if b.told < len(b.numbers)]

    def spot(self, call: int) -> Spot:
        """Where a patient is."""
        place = Point(float(self.x_m[call]), float(self.y_m[call]))
        return Spot(place, int(self._node[call]), float(self.access_s[call]))

    def _add(self, table: pd.DataFrame) -> None:
        first = len(self.called_s)
        x_m, y_m = self._roads.to_metres(table["x"].to_numpy(), table["y"].to_numpy())
        columns = {name: table[name].to_numpy() for name in ("called_s", "ready_s", "access_s")}
        codes = {
            name: table[name].to_numpy(dtype=np.int64)
            for name in ("priority", "units", "zone", "node")
        }
        self.x_m, self.y_m = np.append(self.x_m, x_m), np.append(self.y_m, y_m)
        self.called_s = np.append(self.called_s, columns["called_s"])
        self.ready_s = np.append(self.ready_s, columns["ready_s"])
        self.access_s = np.append(self.access_s, columns["access_s"])
        self.priority = np.append(self.priority, codes["priority"])
        self.units = np.append(self.units, codes["units"])
        self.zone = np.append(self.zone, codes["zone"])
        self._node = np.append(self._node, codes["node"])
        self.target_s = np.append(self.target_s, self._targets_s[codes["priority"]])
        called_s = columns["called_s"].astype(float)
        order = np.argsort(called_s, kind="stable")
        numbers = array("q", (first + order).tolist())
        self._batches.append(_Batch(numbers, array("d", called_s[order].tolist())))


@dataclass(eq=False)
class OpenCall:
    """A call that is not over.

    Attributes
    ----------
    number, priority, units : int
    ready_s : float
    crews : dict of int to (float, float)
        When each was sent and will arrive, of those under way or at the scene, by ambulance.
    served, cleared : int
        Crews that have left the scene, and that have no more to do with it.
    arrived_s : float
        When the first was there; NaN until then.
    waits_since_s, left_s : float
        Since when nobody is under way, and when the last crew left the scene.
    end : str
        `LEFT` or `LOST`; empty if it is neither.
    end_s : float
    """

    number: int
    priority: int
    units: int
    ready_s: float
    waits_since_s: float
    crews: dict[int, tuple[float, float]] = field(default_factory=dict)
    served: int = 0
    cleared: int = 0
    arrived_s: float = nan
    left_s: float = nan
    end: str = ""
    end_s: float = nan

    @property
    def is_closed(self) -> bool:
        """Whether nobody has anything more to do with it."""
        return bool(self.end) or self.cleared >= self.units

    def state(self, now_s: float) -> tuple[str, float]:
        """How far it has come, and since when."""
        if self.end:
            return self.end, self.end_s
        if not self.crews and self.served >= self.units:
            return OVER, self.left_s
        if not self.crews and not self.served:
            return WAITING, self.waits_since_s
        first_s = min((arrive_s for _, arrive_s in self.crews.values()), default=inf)
        if not isnan(self.arrived_s) or first_s <= now_s:
            return REACHED, first_s if isnan(self.arrived_s) else self.arrived_s
        return SENT, min(sent_s for sent_s, _ in self.crews.values())


class CallReader:
    """Knows how far each call has come that is not over.

    Attributes
    ----------
    marks : dict of int to CallMark
        Of the calls that are on the map, as they were told last.
    open : dict of int to OpenCall
    came : list of int
        Numbers of the calls that came in between the last look and the one before.
    arrivals : list of (int, float)
        Number and moment of the first arrivals between the two.
    unserved : list of int
        Numbers of those to whom, since then, nobody will come any more.
    """

    def __init__(self, register: CallRegister) -> None:
        self._register = register
        self.marks: dict[int, CallMark] = {}
        self.open: dict[int, OpenCall] = {}
        self.came: list[int] = []
        self.arrivals: list[tuple[int, float]] = []
        self.unserved: list[int] = []
        self._serves: dict[int, tuple[OpenCall, bool]] = {}  # by ambulance; is at the hospital

    def read(self, rows: Iterable[LegRow], events: Iterable[EventRow], now_s: float) -> None:
        """Take in what has happened until a moment."""
        self.came, self.arrivals, self.unserved = [*self._register.came(now_s)], [], []
        register = self._register
        for number in self.came:
            self.open[number] = OpenCall(
                number, int(register.priority[number]), int(register.units[number]),
                float(register.ready_s[number]), float(register.called_s[number]),
            )  # fmt: skip
        for row in rows:
            if row.vehicle >= 0:
                self._follow(row)
        for event in events:
            self._hear(event)
        for call in self.open.values():
            if call.crews and isnan(call.arrived_s):
                self._arrive(call, now_s)

    def waiting_count(self, now_s: float) -> int:
        """Calls for whom nobody is under way."""
        return sum(call.state(now_s)[0] == WAITING for call in self.open.values())

    def in_care(self, now_s: float) -> int:
        """Calls that could be answered, and are not closed."""
        return sum(call.ready_s <= now_s and not call.is_closed for call in self.open.values())

    def news(self, now_s: float) -> list[CallMark]:
        """Marks of calls that have come, or come further, since this was asked last."""
        told = []
        for number, call in [*self.open.items()]:
            mark, before = self._mark(call, now_s), self.marks.get(number)
            if mark.state in ENDS:
                if before is not None:
                    told.append(mark)
                    del self.marks[number]
            elif mark != before:
                told.append(mark)
                self.marks[number] = mark
        self.forget()
        return told

    def forget(self) -> None:
        """Let go of the calls that are closed, and not on the map."""
        for number in [n for n, call in self.open.items() if call.is_closed]:
            if number not in self.marks:
                del self.open[number]

    def _mark(self, call: OpenCall, now_s: float) -> CallMark:
        register, (state, since_s) = self._register, call.state(now_s)
        place = float(register.x_m[call.number]), float(register.y_m[call.number])
        return CallMark(call.number, *place, call.priority, state, since_s)

    def _follow(self, row: LegRow) -> None:
        """Take in what an ambulance sets out to do."""
        number, served = row.vehicle, self._serves.get(row.vehicle)
        if served is not None and served[0].number == row.serves:
            call, has_left = served
            if row.activity != Activity.TO_CALL:
                if not has_left:
                    self._leave_scene(call, row)
                    self._serves[number] = (call, True)
                return
            if not has_left and row.told_s < call.crews[number][1]:  # by another way
                self._send(call, row, sent_s=call.crews[number][0])
                return
        if served is not None:
            self._part(*served, row)
        if row.activity == Activity.TO_CALL:
            call = self.open[row.serves]
            self._serves[number] = (call, False)
            self._send(call, row, sent_s=row.told_s)

    def _send(self, call: OpenCall, row: LegRow, sent_s: float) -> None:
        access_s = self._register.access_s_with(call.number, siren=row.siren)
        arrive_s = row.left_s + row.drive_s + access_s
        call.crews[row.vehicle] = (sent_s, arrive_s)

    def _part(self, call: OpenCall, has_left: bool, row: LegRow) -> None:
        """Note that an ambulance has no more to do with its call."""
        del self._serves[row.vehicle]
        if has_left:
            call.cleared += 1
        elif call.crews[row.vehicle][1] <= row.told_s:
            self._leave_scene(call, row)
            call.cleared += 1
        else:
            del call.crews[row.vehicle]
            if not call.crews:
                call.waits_since_s = row.told_s

    def _leave_scene(self, call: OpenCall, row: LegRow) -> None:
        self._arrive(call, row.told_s)
        del call.crews[row.vehicle]
        call.served += 1
        call.left_s = row.told_s

    def _arrive(self, call: OpenCall, now_s: float) -> None:
        """Note the first arrival, once it has come."""
        if not isnan(call.arrived_s):
            return
        first_s = min(arrive_s for _, arrive_s in call.crews.values())
        if first_s <= now_s:
            call.arrived_s = first_s
            self.arrivals.append((call.number, first_s))

    def _hear(self, row: EventRow) -> None:
        call = self.open.get(row.subject)
        if call is None:
            return
        if row.event == Event.PRIORITY:
            call.priority = int(row.value)
        elif row.event == Event.UNITS:
            call.units = int(row.value)
        elif row.event in (Event.LEFT, Event.LOST):
            call.end = LEFT if row.event == Event.LEFT else LOST
            call.end_s = row.time_s
            self.unserved.append(call.number)
