"""Send by lists that the hypercube model finds best for the present demand."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

import numpy as np
from numpy.typing import NDArray

from environment.demand.calls import Call
from environment.units import HOUR_S
from policies.base import Assignment, DispatchView
from policies.expected_demand import ExpectedDemand
from policies.hypercube.service_cost import Service, compile_model, service_cost_s
from policies.mistakes import number_mistakes, refuse


class PresentDemand:
    r"""Calls an hour by zone, learnt from those that came, the older the less.

    A call that came :math:`t` ago counts :math:`e^{-t/m}`. What was known beforehand counts like
    calls of :math:`m` hours:

    .. math:: \lambda_z = \frac{m \lambda_z^0 + \sum_i e^{-t_i/m}}{m + m (1 - e^{-T/m})}

    after :math:`T` hours of the run.

    Parameters
    ----------
    known_per_hour : (z,) float64
        :math:`\lambda^0`.
    memory_h : float
        :math:`m`.
    """

    def __init__(self, known_per_hour: NDArray[np.float64], memory_h: float) -> None:
        self._known = known_per_hour
        self._memory_h = memory_h
        self._count = np.zeros(len(known_per_hour))
        self._counted_h = 0.0
        self._seen: set[int] = set()

    def note(self, number: int, zone: int, units: int, now_s: float) -> None:
        """Count a call of a zone, the first time that it is asked for."""
        if number not in self._seen:
            self._seen.add(number)
            self._forget(now_s)
            self._count[zone] += units

    def per_hour(self, now_s: float) -> NDArray[np.float64]:
        """Ambulances that calls of each zone ask for in an hour, (z,)."""
        self._forget(now_s)
        observed_h = self._memory_h * (1 - exp(-self._counted_h / self._memory_h))
        return (self._memory_h * self._known + self._count) / (self._memory_h + observed_h)

    def _forget(self, now_s: float) -> None:
        now_h = now_s / HOUR_S
        self._count *= exp((self._counted_h - now_h) / self._memory_h)
        self._counted_h = now_h


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


MOVED_SHARE = 0.1
"""Share of the calls that must have moved, come or gone before prices are worked out anew."""


class Hypercube:
    """Send who is there first, if the ambulances of some stations seem farther than they are.

    Whoever is sent is missing for others. The hypercube model knows how much: each station has a
    price in seconds, and a zone's list of stations is that of their drives plus prices. The prices
    are those by which the predicted mean response of all calls is shortest. If all are 0, it sends
    whom `nearest` would.

    Demand is what the service expects and what has come since (`PresentDemand`). Prices are worked
    out for the first call, and at a review if calls have moved to other stations' surroundings.

    Parameters
    ----------
    review_h : float
        Hours between two looks at the demand.
    memory_h : float
        Hours after which a call counts for 1/e of a new one; what is expected counts as the calls
        of so many hours.
    lost_call_s : float
        Seconds of response that a call counts which finds everybody busy.

    References
    ----------
    Larson, A hypercube queuing model for facility location and redistricting in urban emergency
    services, Computers and Operations Research 1 (1974), 67-95. That the nearest ambulance is not
    always the best: Carter, Chaiken and Ignall, Response areas for two emergency units, Operations
    Research 20 (1972), 571-594.
    """

    def __init__(
        self, review_h: float = 24.0, memory_h: float = 48.0, lost_call_s: float = 1800.0
    ) -> None:
        wanted = "above 0 and finite"
        refuse(
            [
                *number_mistakes("review_h", review_h, lambda h: 0 < h < np.inf, wanted),
                *number_mistakes("memory_h", memory_h, lambda h: 0 < h < np.inf, wanted),
                *number_mistakes(
                    "lost_call_s", lost_call_s, lambda s: 0 <= s < np.inf, ">= 0 and finite"
                ),
            ]
        )
        self._review_h = review_h
        self._memory_h = memory_h
        self._lost_call_s = lost_call_s
        self._responsibilities: dict[ExpectedDemand, _Responsibility] = {}
        compile_model()

    def choose(self, call: Call, view: DispatchView) -> Sequence[Assignment]:
        """Choose by expected arrival plus the price of the ambulance's station."""
        price_s = self._price_s(call, view)
        if not price_s.any():
            return [Assignment(number) for number in view.nearest(call, call.units)]
        price_of = dict(zip(view.stations, price_s.tolist(), strict=True))
        ranked = sorted(
            view.available,
            key=lambda ambulance: view.arrival_in_s(ambulance, call) + price_of[ambulance.station],
        )
        return [Assignment(ambulance.number) for ambulance in ranked[: call.units]]

    def _price_s(self, call: Call, view: DispatchView) -> NDArray[np.float64]:
        """Prices for the calls that are decided together with this one, (s,)."""
        expected = view.expected_demand
        own = self._responsibilities.get(expected)
        if own is None:
            own = self._responsibilities[expected] = _Responsibility(expected, self._memory_h)
        own.demand.note(call.number, call.zone, call.units, view.now_s)
        if view.now_s >= own.review_s:
            own.review_s = view.now_s + HOUR_S * self._review_h
            own.review(view.now_s, self._lost_call_s)
        return own.price_s


class _Responsibility:
    """Calls that are decided together, and the prices at which that is done."""

    def __init__(self, expected: ExpectedDemand, memory_h: float) -> None:
        self.demand = PresentDemand(expected.calls_per_hour, memory_h)
        self.price_s = np.zeros(len(expected.ambulances))
        self.review_s = 0.0
        self._expected = expected
        drive_s = np.where(expected.ambulances[:, None] > 0, expected.drive_s, np.inf)
        self._nearest = drive_s.argmin(axis=0)
        self._planned: NDArray[np.float64] = np.zeros(len(expected.ambulances))

    def review(self, now_s: float, lost_call_s: float) -> None:
        """Work out prices anew, if demand is not any more what they were worked out for."""
        per_hour, expected = self.demand.per_hour(now_s), self._expected
        around = np.bincount(self._nearest, per_hour, minlength=len(expected.ambulances)).astype(
            np.float64
        )
        if abs(around - self._planned).sum() <= MOVED_SHARE * self._planned.sum():
            return
        self._planned = around
        service = Service(expected.ambulances, per_hour, expected.drive_s, expected.busy_s)
        self.price_s = station_prices_s(service, lost_call_s, self.price_s)
