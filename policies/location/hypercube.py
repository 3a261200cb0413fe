"""Ambulances where the hypercube predicts the shortest response."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.base import LocationView
from policies.hypercube.service_cost import (
    FEWEST_PER_HOUR,
    Service,
    compile_model,
    service_cost_s,
)
from policies.location.demand_share import DemandShare
from policies.mistakes import number_mistakes, refuse

LEAST_GAIN_S = 0.01
MOST_EVALUATIONS = 150


class Hypercube:
    """Place ambulances so that the predicted mean response is shortest.

    Unlike a share of demand, the hypercube model knows that the nearest ambulance may be busy. The
    search begins where `demand_share` ends, and moves one ambulance at a time to another station
    for as long as that helps, or until `MOST_EVALUATIONS` predictions have been made.

    Parameters
    ----------
    lost_call_s : float
        Seconds of response that a call counts which finds everybody busy.

    References
    ----------
    Larson, A hypercube queuing model for facility location and redistricting in urban emergency
    services, Computers and Operations Research 1 (1974), 67-95.
    """

    def __init__(self, lost_call_s: float = 1800.0) -> None:
        refuse(
            number_mistakes(
                "lost_call_s", lost_call_s, lambda s: 0 <= s < np.inf, ">= 0 and finite"
            )
        )
        self._lost_call_s = lost_call_s
        compile_model()

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose by local search."""
        if view.calls_per_hour <= FEWEST_PER_HOUR:
            return DemandShare().place(view)
        search = _Search(view, self._lost_call_s)
        while search.goes_round():
            pass
        return search.best.tolist()


class _Search:
    """The best placement so far, and how often the model was asked."""

    def __init__(self, view: LocationView, lost_call_s: float) -> None:
        self._view = view
        self._lost_call_s = lost_call_s
        self._evaluations = 0
        self._free = np.zeros(len(view.given))
        self.best = np.array(DemandShare().place(view))
        self._least_s = self._cost_s(self.best)

    def goes_round(self) -> bool:
        """Try every station once; tell whether any ambulance has moved."""
        moved = [self._move_from(row) for row in range(len(self.best))]
        return any(moved)

    def _move_from(self, row: int) -> bool:
        """Move an ambulance of a station to the first other one where that helps."""
        for other in range(len(self.best)):
            if other == row or not self.best[row] or self._evaluations >= MOST_EVALUATIONS:
                continue
            ambulances = self.best.copy()
            ambulances[row] -= 1
            ambulances[other] += 1
            cost_s = self._cost_s(ambulances)
            if cost_s < self._least_s - LEAST_GAIN_S:
                self.best, self._least_s = ambulances, cost_s
                return True
        return False

    def _cost_s(self, ambulances: NDArray[np.int64]) -> float:
        self._evaluations += 1
        view = self._view
        calls_per_hour = view.calls_per_hour * view.demand_share
        service = Service(ambulances, calls_per_hour, view.travel_s, view.busy_s)
        return service_cost_s(service, self._free, self._lost_call_s)
