"""The calls of a run in the order in which they come, for who looks on."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from environment.demand.calls import Calls
    from simulation.model import EmergencyModel


@dataclass(eq=False)
class _Batch:
    """Calls that became known together, in the order of their time.

    Not NumPy's arrays, which let go of the interpreter for each search: a run that shares it with
    a page pays more for handing it over than for the search.
    """

    numbers: array[int]
    called_s: array[float]
    told: int = 0


class CallBook:
    """Where, when and how urgent each call is, by its number.

    Attributes
    ----------
    x_m, y_m, called_s : (n,) float64
    priority : (n,) int64
        As reported.
    target_s : (n,) float64
        Response time that counts as in time.
    arrived_s : (n,) float64
        When the first ambulance was there; NaN until somebody notes it.
    """

    def __init__(self, model: EmergencyModel) -> None:
        self._model = model
        self._targets_s = np.array([p.target_s for p in model.config.demand.priorities])
        self.x_m = self.y_m = self.called_s = self.target_s = self.arrived_s = np.empty(0)
        self.priority = np.empty(0, dtype=np.int64)
        self._batches: list[_Batch] = []
        self._batches_known = 0
        self._add(model.calls)

    def came(self, now_s: float) -> Iterator[int]:
        """Numbers of the calls that have come in since this was asked last."""
        for batch in self._batches:
            upto = bisect_right(batch.called_s, now_s, lo=batch.told)
            yield from batch.numbers[batch.told : upto]
            batch.told = upto
        self._batches = [b for b in self._batches if b.told < len(b.numbers)]

    def update(self) -> None:
        """Take in the calls that have come up in the run."""
        later = self._model.later_calls
        for calls in later[self._batches_known :]:
            self._add(calls)
        self._batches_known = len(later)

    def _add(self, calls: Calls) -> None:
        table, first = calls.table, len(self.called_s)
        roads = self._model.ground.city.roads
        x_m, y_m = roads.to_metres(table["x"].to_numpy(), table["y"].to_numpy())
        called_s = table["called_s"].to_numpy(dtype=float)
        priority = table["priority"].to_numpy(dtype=np.int64)
        self.x_m, self.y_m = np.append(self.x_m, x_m), np.append(self.y_m, y_m)
        self.called_s = np.append(self.called_s, called_s)
        self.priority = np.append(self.priority, priority)
        self.target_s = np.append(self.target_s, self._targets_s[priority])
        self.arrived_s = np.append(self.arrived_s, np.full(len(table), np.nan))
        order = np.argsort(called_s, kind="stable")
        numbers = array("q", (first + order).tolist())
        self._batches.append(_Batch(numbers, array("d", called_s[order].tolist())))
