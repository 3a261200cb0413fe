"""The best shares of given stations, by projected gradients."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.interrupts import is_over
from policies.siting.robust.problem import LocationProblem

Floats = NDArray[np.float64]

ROUNDS, STEPS = 15, 40
"""Prices are set so many times, each time after so many steps."""

RESERVE = 1e-3
"""Ambulances of each station to spare, so that what is left of an error needs no one more."""

LIMIT_RESERVE = 1e-5
"""As a share of the limit of service."""

OVER_COST = 10.0
"""Of service beyond its limit, when sets of stations are compared."""

PRODUCTS_OF_A_CALL = 100_000
"""As long as one look takes in which there is nothing to multiply."""

STILL = 1e-7
"""Steps that change the cost by less than this share of it are the last."""


class Prices(NamedTuple):
    """What breaking the limits costs.

    Attributes
    ----------
    ambulance : (k,) float64
        At each open station, where their numbers are given.
    service : float
        Of the limit of the cost of service.
    """

    ambulance: Floats
    service: float


class Slope(NamedTuple):
    """Shares' cost, its gradient, and by how much they break the limits."""

    cost: float
    gradient: Floats
    over: Prices


class ShareOptimiser:
    r"""Shares of demand among open stations, when each takes what part of it suits.

    With stations and lights given, costs are convex in the shares of a point, which lie in a
    simplex. They are minimised by accelerated projected gradients (FISTA with restarts; Beck and
    Teboulle, SIAM Journal on Imaging Sciences 2, 2009; O'Donoghue and Candes 2015), and limits kept
    by an augmented Lagrangian. That takes no linear program, proves nothing, and is quick where
    costs are smooth.

    Parameters
    ----------
    problem : LocationProblem
    weight : float
    is_open, is_equipped : (s,), (l,) bool
    most_service_cost : float
        Limit of the second objective, perhaps infinite.
    until_s : float
        Reading of `time.perf_counter` at which to stop where one is.
    """

    def __init__(
        self,
        problem: LocationProblem,
        weight: float,
        is_open: NDArray[np.bool_],
        is_equipped: NDArray[np.bool_],
        most_service_cost: float = np.inf,
        until_s: float = np.inf,
    ) -> None:
        self.is_open = is_open
        self._problem, self._weight, self._until_s = problem, weight, until_s
        self._most = most_service_cost * (1 - LIMIT_RESERVE)
        self._has_way = problem.has_way[is_open]
        distance_km = np.where(self._has_way, problem.distance_km[is_open], 0.0)
        self._transport = problem.transport_cost_per_km * distance_km
        self._late = problem.unmet_cost * problem.is_late(is_equipped)[is_open]
        self._ambulance = problem.ambulance_cost_per_day[is_open]
        self._stations = float(problem.station_cost_per_day[is_open].sum())
        self._curvature = 0.0

    @property
    def is_over(self) -> bool:
        """Whether there is no time left, or the user has had enough."""
        return is_over(self._until_s)

    @property
    def serves_all(self) -> bool:
        """Whether the open stations reach every point."""
        return bool(self._has_way.any(axis=0).all())

    def begin(self, every: Floats | None = None) -> Floats:
        """Shares to begin with, (k, z): mostly of the cheapest station, or as in those of all."""
        problem = self._problem
        alone = self._weight * self._transport + (1 - self._weight) * self._late
        cost = np.where(self._has_way, alone + problem.travel_s[self.is_open], np.inf)
        wanted = np.zeros(cost.shape) if every is None else every[self.is_open]
        missing = 1.0 - wanted.sum(axis=0)
        wanted[cost.argmin(axis=0), np.arange(problem.points)] += missing
        even = self._has_way / self._has_way.sum(axis=0)
        asks = (problem.calls_per_day > 0) | (problem.simultaneous_calls > 0)
        return np.where(asks, 0.9 * wanted + 0.1 * even, wanted)

    def best(self, share: Floats) -> Floats:
        """Shares with as many ambulances as they take, in parts, too."""
        found, _ = self._keep_limits(share, None)
        return found

    def within(self, share: Floats, ambulances: Floats) -> tuple[Floats, Floats]:
        """Shares that these ambulances can serve, if there are any, and what one more is worth."""
        found, prices = self._keep_limits(share, ambulances)
        return found, prices.ambulance

    def needed(self, share: Floats) -> Floats:
        """Ambulances that shares take at each open station, in parts, (k,)."""
        return (self._demand(share) * share).sum(axis=1)

    def cost(self, share: Floats) -> float:
        """Of shares, with ambulances in parts, and dearly of breaking the limit of service."""
        free = Prices(np.zeros(len(share)), 0.0)
        slope = self._slope(share, free, None)
        over = max(0.0, slope.over.service) if np.isfinite(self._most) else 0.0
        return slope.cost + self._stations + OVER_COST * over

    @property
    def products(self) -> float:
        """What one look at all stations' demand takes, in products of numbers."""
        return float(self.is_open.sum() * self._problem.points**2 + PRODUCTS_OF_A_CALL)

    def everywhere(self, share: Floats) -> Floats:
        """Shares of all stations, (s, z)."""
        every = np.zeros((self._problem.stations, self._problem.points))
        every[self.is_open] = share
        return every

    def _keep_limits(self, share: Floats, ambulances: Floats | None) -> tuple[Floats, Prices]:
        prices = Prices(self._ambulance.copy(), 0.0)
        bound = ambulances is not None or np.isfinite(self._most)
        for _ in range(ROUNDS if bound else 1):
            share = self._descend(share, prices, ambulances)
            over = self._slope(share, prices, ambulances).over
            prices = self._raised(prices, over)
            most = RESERVE / 2 if ambulances is not None else np.inf
            kept = (over.ambulance <= most).all() and over.service <= LIMIT_RESERVE * self._most
            if kept or self.is_over:
                break
        return share, prices

    def _descend(self, share: Floats, prices: Prices, ambulances: Floats | None) -> Floats:
        """Walk downhill, with a momentum that is lost where the cost rises."""
        ahead, momentum = share, 1.0
        best = self._slope(share, prices, ambulances).cost
        for _ in range(STEPS):
            step, cost = self._step(ahead, prices, ambulances)
            if cost > best:
                if momentum == 1.0:
                    break
                ahead, momentum = share, 1.0
                continue
            faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
            ahead = step + (momentum - 1) / faster * (step - share)
            is_still = best - cost < STILL * abs(cost)
            share, best, momentum = step, cost, faster
            if is_still or self.is_over:
                break
        return share

    def _step(
        self, share: Floats, prices: Prices, ambulances: Floats | None
    ) -> tuple[Floats, float]:
        """A step as long as the curvature lets it be, and the cost there."""
        here = self._slope(share, prices, ambulances)
        if not self._curvature:
            self._curvature = max(float(np.abs(here.gradient).max()), 1e-9)
        most = self._curvature * 1e9
        while True:
            tried = np.where(self._has_way, share - here.gradient / self._curvature, -np.inf)
            step = onto_simplex(tried)
            cost = self._slope(step, prices, ambulances).cost
            move = step - share
            expected = (here.gradient * move).sum() + self._curvature / 2 * (move**2).sum()
            if cost <= here.cost + expected + 1e-12 * abs(here.cost) or self._curvature > most:
                self._curvature *= 0.8
                return step, cost
            self._curvature *= 2

    def _slope(self, share: Floats, prices: Prices, ambulances: Floats | None) -> Slope:
        problem, weight = self._problem, self._weight
        transport, late = (self._transport * share).sum(axis=0), (self._late * share).sum(axis=0)
        calls = problem.calls_per_day + problem.calls_set.worst(transport)
        late_calls = problem.calls_per_day + problem.calls_set.worst(late)
        demand = self._demand(share)
        needed = (demand * share).sum(axis=1)
        late_cost, standing = float(late_calls @ late), self._ambulance @ needed
        cost = weight * float(calls @ transport) + (1 - weight) * late_cost
        if ambulances is None:
            cost += float(standing)
            over = Prices(np.zeros(len(needed)), self._stations + standing + late_cost - self._most)
            price = self._penalty(prices, over)
            ambulance_price = self._ambulance * (1 + price.service)
        else:
            standing = self._ambulance @ ambulances
            over = Prices(
                needed - ambulances + RESERVE,
                self._stations + float(standing) + late_cost - self._most,
            )
            price = self._penalty(prices, over)
            ambulance_price = price.ambulance
            cost += float(((price.ambulance**2 - prices.ambulance**2) / (2 * self._stiff)).sum())
        if np.isfinite(self._most):
            cost += (price.service**2 - prices.service**2) / (2 * self._stiff_service)
        gradient = (
            weight * self._transport * calls
            + (1 - weight + price.service) * self._late * late_calls
            + ambulance_price[:, None] * demand
        )
        return Slope(cost, gradient, over)

    @property
    def _stiff(self) -> Floats:
        return np.maximum(self._ambulance, 1e-3 * max(float(self._ambulance.max()), 1.0))

    @property
    def _stiff_service(self) -> float:
        return 300.0 / max(self._most, 1e-9)

    def _penalty(self, prices: Prices, over: Prices) -> Prices:
        """Prices with the limits broken by so much."""
        service = 0.0
        if np.isfinite(self._most):
            service = max(0.0, prices.service + self._stiff_service * over.service)
        return Prices(np.maximum(0.0, prices.ambulance + self._stiff * over.ambulance), service)

    def _raised(self, prices: Prices, over: Prices) -> Prices:
        return self._penalty(prices, over)

    def _demand(self, share: Floats) -> Floats:
        """Simultaneous calls of each point at their worst for each station, (k, z)."""
        problem = self._problem
        return problem.simultaneous_calls + problem.simultaneous_set.worst(share)


def onto_simplex(values: Floats) -> Floats:
    """The nearest point to each column that is 0 or more and adds up to 1.

    By sorting (Held, Wolfe and Crowder, Mathematical Programming 6, 1974).
    """
    falling = -np.sort(-values, axis=0)
    with np.errstate(invalid="ignore"):
        level = (np.cumsum(falling, axis=0) - 1) / np.arange(1, len(values) + 1)[:, None]
        last = np.maximum((falling > level).sum(axis=0) - 1, 0)
    return np.maximum(values - level[last, np.arange(values.shape[1])], 0.0)
