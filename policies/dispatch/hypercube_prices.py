"""What it costs the others to send an ambulance of a station: prices in seconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.hypercube.service_cost import Service, service_cost_s

STEPS_S = (60.0, 20.0)
"""By how much prices are raised and lowered, one step after the other."""
LEAST_GAIN_S = 0.01
MOST_EVALUATIONS = 120


def station_prices_s(
    service: Service, lost_call_s: float, start_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Search for the prices by which the predicted response is shortest.

    One station after the other, a price is raised or lowered as long as that helps. The search
    ends when no step helps, or after `MOST_EVALUATIONS` predictions.

    Parameters
    ----------
    service : Service
    lost_call_s : float
        What a lost call counts.
    start_s : (s,) float64
        Prices to begin with.

    Returns
    -------
    (s,) float64
        The least is 0; so are those of stations without ambulances.
    """
    manned = np.flatnonzero(service.ambulances)
    if len(manned) < 2 or not service.is_called:
        return np.zeros(len(service.ambulances))
    search = _Search(service, lost_call_s, start_s)
    for step_s in STEPS_S:
        while search.goes_round(manned.tolist(), step_s):
            pass
    price_s = search.best_s - search.best_s[manned].min()
    return np.where(service.ambulances > 0, price_s, 0.0)


class _Search:
    """The best prices so far, and how often the model was asked."""

    def __init__(self, service: Service, lost_call_s: float, start_s: NDArray[np.float64]) -> None:
        self._service = service
        self._lost_call_s = lost_call_s
        self._evaluations = 0
        self.best_s = start_s.copy()
        self._least_s = self._cost_s(start_s)

    def goes_round(self, rows: Sequence[int], step_s: float) -> bool:
        """Try every station once; tell whether any price has changed."""
        changed = [self._improve(row, step_s) for row in rows]
        return any(changed)

    def _improve(self, row: int, step_s: float) -> bool:
        """Raise or lower the price of a station, if that helps."""
        for change_s in (step_s, -step_s):
            if self._evaluations >= MOST_EVALUATIONS:
                return False
            price_s = self.best_s.copy()
            price_s[row] += change_s
            cost_s = self._cost_s(price_s)
            if cost_s < self._least_s - LEAST_GAIN_S:
                self.best_s, self._least_s = price_s, cost_s
                return True
        return False

    def _cost_s(self, price_s: NDArray[np.float64]) -> float:
        self._evaluations += 1
        return service_cost_s(self._service, price_s, self._lost_call_s)
