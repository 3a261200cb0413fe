"""Looks at the calls of a run: who waits, who is helped, and how soon."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from agents.service.mission import Mission
from simulation.recorder import CallState
from viz.live.call_book import CallBook
from viz.live.frame import CallMark

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

WAITING, SENT, REACHED, OVER, LEFT, LOST = "waiting", "sent", "reached", "over", "left", "lost"
_ENDS = {CallState.COMPLETED: OVER, CallState.LEFT: LEFT, CallState.LOST: LOST}


class CallWatch:
    """Knows how far each call has come that is not over.

    Attributes
    ----------
    marks : dict of int to CallMark
        Of the calls that are on the map.
    arrivals : list of (int, float)
        Number and moment of the first arrivals between the last look and the one before.
    came : list of int
        Numbers of the calls that came in between the two.
    unserved : list of int
        Numbers of those to whom, since then, nobody will come any more.
    """

    def __init__(self, model: EmergencyModel, book: CallBook) -> None:
        self._model = model
        self._book = book
        self.marks: dict[int, CallMark] = {}
        self.arrivals: list[tuple[int, float]] = []
        self.came: list[int] = []
        self.unserved: list[int] = []
        self._missions = 0
        self._crews: dict[int, list[Mission]] = {}  # under way or at the scene, by call

    @property
    def waiting_count(self) -> int:
        """Calls for whom nobody is under way."""
        return sum(mark.state == WAITING for mark in self.marks.values())

    def look(self, now_s: float) -> list[CallMark]:
        """Calls that have come, or come further, since the last look."""
        self.came = list(self._book.came(now_s))
        self._hear_of_arrivals(now_s)
        self.unserved = []
        told = []
        states = self._model.recorder.states
        for number in self.came:
            end = int(states[number])  # NumPy's take long to compare with an enumeration's
            if end == CallState.OPEN:
                told.append(self._mark(number))
            elif end != CallState.COMPLETED:
                self.unserved.append(number)
        for number, before in [*self.marks.items()]:
            mark = self._progress(before)
            if mark is not before:
                told.append(mark)
                self.marks[number] = mark
            if mark.state in (LEFT, LOST):
                self.unserved.append(number)
            if mark.state in (OVER, LEFT, LOST):
                del self.marks[number]
        return told

    def _mark(self, number: int) -> CallMark:
        """The mark of a call that has just come in."""
        book = self._book
        mark = CallMark(
            number,
            float(book.x_m[number]),
            float(book.y_m[number]),
            int(self._model.recorder.final_priority[number]),
            WAITING,
            float(book.called_s[number]),
        )
        self.marks[number] = mark
        return mark

    def _progress(self, before: CallMark) -> CallMark:
        """The mark of a call as it is now; the same one if nothing is new."""
        state, since_s = self._state(before)
        priority = int(self._model.recorder.final_priority[before.number])
        if state == before.state and priority == before.priority:
            return before
        return CallMark(before.number, before.x_m, before.y_m, priority, state, since_s)

    def _state(self, before: CallMark) -> tuple[str, float]:
        number, now_s = before.number, self._model.env.now
        end = CallState(int(self._model.recorder.states[number]))
        if end is not CallState.OPEN:
            return _ENDS[end], now_s
        patient = self._model.centre.patients.get(number)
        if patient is None or patient.is_awaited:  # not taken yet, or nobody is under way
            return WAITING, before.since_s if before.state == WAITING else now_s
        crews = self._crews.get(number, ())
        if not crews and not any(patient.open.values()):
            return OVER, now_s
        arrived_s = float(self._book.arrived_s[number])
        if not isnan(arrived_s):
            return REACHED, arrived_s
        sent_s = min((mission.dispatched_s for mission in crews), default=now_s)
        return SENT, before.since_s if before.state == SENT else sent_s

    # Arrivals

    def _hear_of_arrivals(self, now_s: float) -> None:
        """Note who was reached first by whom, also on missions that nobody saw."""
        books = self._model.recorder
        seen: dict[int, float] = {}
        if books.mission_count > self._missions:
            for call, arrived_s in books.arrivals_since(self._missions):
                if not isnan(arrived_s):
                    _keep_first(seen, int(call), arrived_s)
            self._missions = books.mission_count
        self._crews = {}
        for ambulance in self._model.centre.ambulances:
            mission = ambulance.mission
            if mission is None:
                continue
            if mission.arrived_s <= now_s:
                _keep_first(seen, mission.call, mission.arrived_s)
            if ambulance.patient is not None and mission.hospital < 0:
                self._crews.setdefault(mission.call, []).append(mission)
        known_s = self._book.arrived_s
        self.arrivals = [(n, s) for n, s in seen.items() if isnan(known_s[n])]
        for number, arrived_s in self.arrivals:
            known_s[number] = arrived_s


def _keep_first(seen: dict[int, float], number: int, moment_s: float) -> None:
    seen[number] = min(moment_s, seen.get(number, moment_s))
