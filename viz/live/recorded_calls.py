"""How far the calls of a saved run had come, moment by moment."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isnan
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from simulation.result import Result
from viz.live.call_watch import LEFT, LOST, OVER, REACHED, SENT, WAITING
from viz.live.frame import CallMark
from viz.live.legs import Point
from viz.live.recorded_rows import rows_of
from viz.live.recorded_streets import RecordedStreets


class CallStep(NamedTuple):
    """A call comes into a state."""

    at_s: float
    call: int
    state: str


class RecordedCalls:
    """The calls of a run.

    A call's mark has the priority that was reported until a crew is there, and its last one from
    then on: when a patient became more urgent, the tables do not say. Neither do they say when
    callers of an epidemic gave up waiting: they are shown to leave as soon as they could have been
    answered.

    Attributes
    ----------
    steps : list of CallStep
        In the order of time.
    """

    def __init__(self, result: Result, streets: RecordedStreets, places: tuple[Point, ...]) -> None:
        calls = result.calls
        self._places = places
        self._first = calls["priority"].cat.codes.to_numpy()
        self._final = calls["final_priority"].cat.codes.to_numpy()
        self._called_s = calls["called_s"].to_numpy()
        missions = dict(iter(result.missions.groupby("call")))
        self.steps: list[CallStep] = []
        for row in rows_of(calls):
            number = int(row.call)
            own = missions.get(number)
            self.steps += _unanswered(row, streets) if own is None else _answered(row, own)
        self.steps.sort(key=lambda step: step.at_s)
        self.told_s = np.array([step.at_s for step in self.steps])
        self._by_call: dict[int, list[CallStep]] = {}
        for step in self.steps:
            self._by_call.setdefault(step.call, []).append(step)

    def steps_of(self, call: int) -> list[CallStep]:
        """The states of one call in the order of time."""
        return self._by_call.get(call, [])

    def mark(self, step: CallStep) -> CallMark:
        """As a frame tells it."""
        place, is_known = self._places[step.call], step.state in (REACHED, OVER)
        priority = int((self._final if is_known else self._first)[step.call])
        return CallMark(step.call, place.x_m, place.y_m, priority, step.state, step.at_s)

    def between(self, after_s: float, until_s: float) -> Iterator[CallMark]:
        """Marks of all that happened after one moment, until another."""
        first, last = np.searchsorted(self.told_s, [after_s, until_s], side="right")
        return map(self.mark, self.steps[first:last])

    def at(self, now_s: float) -> Iterator[CallMark]:
        """Marks of the calls that are on the map at a moment."""
        for steps in self._by_call.values():
            if steps[0].at_s > now_s:
                continue
            last = max(k for k, step in enumerate(steps) if step.at_s <= now_s)
            if steps[last].state not in (OVER, LEFT, LOST):
                yield self.mark(steps[last])


def _unanswered(row: Any, streets: RecordedStreets) -> Iterator[CallStep]:
    """A call to which nobody was sent."""
    number = int(row.call)
    called_s, ready_s = float(row.called_s), float(row.ready_s)
    yield CallStep(called_s, number, WAITING)
    if row.state == LOST:
        yield CallStep(ready_s, number, LOST)
    elif row.state == LEFT:
        known = number < len(streets.patience_s)
        patience_s = streets.patience_s[number] if known else inf
        left_s = called_s + patience_s if patience_s < inf else ready_s
        yield CallStep(max(left_s, ready_s), number, LEFT)


def _answered(row: Any, missions: pd.DataFrame) -> Iterator[CallStep]:
    """A call to which ambulances were sent, some of which may have been called off."""
    number = int(row.call)
    yield CallStep(float(row.called_s), number, WAITING)
    under_way: list[tuple[float, int]] = []  # when somebody is sent, or does not come
    reached_s, over_s = inf, -inf
    for mission in rows_of(missions):
        under_way.append((mission.dispatched_s, 1))
        if isnan(mission.arrived_s):
            under_way.append((mission.home_s, -1))
        else:
            reached_s = min(reached_s, mission.arrived_s)
            over_s = max(over_s, mission.left_scene_s)
    count = 0
    for at_s, change in sorted(under_way):
        count += change
        if at_s < reached_s and (count == 0 or (change > 0 and count == 1)):
            yield CallStep(at_s, number, SENT if count else WAITING)
    if reached_s < inf:
        yield CallStep(reached_s, number, REACHED)
        yield CallStep(over_s, number, OVER)
    elif row.state == LEFT:
        yield CallStep(max(at_s for at_s, _ in under_way), number, LEFT)
