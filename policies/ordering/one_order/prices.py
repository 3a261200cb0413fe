"""The prices of limits at which items want no more of them together than there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.base import PolicyError
from policies.ordering.one_order.assortment import Assortment
from policies.ordering.one_order.one_limit import price_between

Numbers = NDArray[np.float64]

NEAR = 1e-4
"""Share of what a limit is worth by which its price may be off where the search begins."""

MOST_CUTS = 1000
"""Some dozens are enough as a rule; more than this would be a fault."""

ROUNDING = 1e-9
"""Share by which a limit may be exceeded."""

CLOSE = 1e-9
"""Share of what the limits cost at most by which the bound may be below the optimum."""


@dataclass(frozen=True)
class Shared:
    """Items and the limits that they share.

    Attributes
    ----------
    assortment : Assortment
        n items.
    use : (m, n) float64
        How much a unit of each takes of each limit, >= 0.
    amount : (m,) float64
        How much there is, >= 0 and finite.
    """

    assortment: Assortment
    use: Numbers
    amount: Numbers

    def keeps(self, quantity: Numbers) -> bool:
        """Whether orders keep all limits, but for rounding."""
        return bool((self.use @ quantity <= self.amount * (1 + ROUNDING)).all())

    @property
    def least(self) -> Numbers:
        """The least that may be ordered of each."""
        return np.where(self.assortment.may_skip, 0.0, self.assortment.first)

    def bound(self, price: Numbers) -> float:
        """What no orders that keep the limits cost less than, by prices of these."""
        surcharge = price @ self.use
        wanted = self.assortment.best(surcharge)
        priced = self.assortment.cost(wanted) + surcharge * wanted
        return float(priced.sum() - price @ self.amount)

    def within(self, quantity: Numbers) -> Numbers:
        """Orders of which any quantity may be, less by what rounding has put beyond a limit."""
        taken, least = self.use @ quantity, self.use @ self.least
        beyond, spare = taken - self.amount, taken - least
        part = np.divide(beyond, spare, out=np.zeros_like(beyond), where=beyond > 0).max()
        return quantity + part * (self.least - quantity)


class Prices(NamedTuple):
    """The prices that give the best bound.

    Attributes
    ----------
    price : (m,) float64
        Of a unit of each limit.
    bound : float
        No orders that keep the limits cost less.
    wanted : (k, n) float64
        Orders each of which is best at these prices, but for rounding.
    share : (k,) float64
        Their mixture, which uses no more of any limit than there is, and exhausts each that has a
        price.
    """

    price: Numbers
    bound: float
    wanted: Numbers
    share: Numbers


def find_prices(shared: Shared) -> Prices:
    r"""Maximise the dual by Kelley's cutting planes.

    .. math:: L(\lambda) = \sum_i \min_q \left[G_i(q) + \lambda^\top w_i q\right]
              - \lambda^\top B,\qquad \lambda \ge 0

    Every :math:`L(\lambda)` is a bound. It is concave, and the orders that are best at one price
    give a plane above it; the highest point below all planes so far is the next price. The
    multipliers of that program mix these orders. Where nobody wants any of a limit, a higher price
    of it is no better, so that prices have a box to be looked for in.

    Parameters
    ----------
    shared : Shared
    """
    wanted = shared.use @ shared.assortment.best(np.zeros(shared.use.shape[1]))
    scale = np.maximum(wanted, shared.amount)
    scale = np.where(scale > 0, scale, 1.0)
    search = _Search(shared, shared.use / scale[:, None], shared.amount / scale)
    search.start()
    price, share = search.climb()
    active = share > 0
    wanted = np.array(search.wanted)[active]
    return Prices(price / scale, search.bound, wanted, share[active] / share[active].sum())


class _Search:
    """The planes that are known; limits are scaled so that there is, or is wanted, 1 of each."""

    def __init__(self, shared: Shared, use: Numbers, room: Numbers) -> None:
        self._shared, self._use, self._room = shared, use, room
        assortment = shared.assortment
        gain = np.maximum(assortment.shortage_cost - assortment.unit_cost, 0.0)
        per_use = np.divide(gain, use, out=np.zeros_like(use), where=use > 0)
        self._highest = per_use.max(axis=1)
        self.wanted: list[Numbers] = []
        self._cost: list[float] = []
        self._excess: list[Numbers] = []
        self.bound, self._best = -np.inf, np.zeros(len(room))

    def start(self) -> None:
        """Look at no price, at the highest ones, and at each limit alone."""
        nothing = np.zeros(len(self._room))
        excess = self._look(nothing)
        self._look(self._highest)
        for limit in (excess > 0).nonzero()[0].tolist():
            self._alone(limit)
        self._unit = max(abs(self._cost[1] - self._cost[0]), 1e-9 * abs(self._cost[0]), 1e-300)

    def _look(self, price: Numbers) -> Numbers:
        """Add the plane of a price; gives how much too much is wanted there."""
        assortment = self._shared.assortment
        surcharge = price @ self._use
        wanted = assortment.best(surcharge)
        cost = float(assortment.cost(wanted).sum())
        excess = self._use @ wanted - self._room
        self.wanted.append(wanted)
        self._cost.append(cost)
        self._excess.append(excess)
        value = cost + float(price @ excess)
        if value > self.bound:
            self.bound, self._best = value, price
        return excess

    def _alone(self, limit: int) -> None:
        """Find the price of one limit, and keep the planes on both sides of the kink."""
        assortment, price = self._shared.assortment, np.zeros(len(self._room))

        def used(of_one: float) -> float:
            return float(self._use[limit] @ assortment.best(of_one * self._use[limit]))

        room, use = float(self._room[limit]), self._use[limit]
        for end in price_between(used, room, assortment, use, NEAR):
            price[limit] = end
            self._look(price.copy())

    def climb(self) -> tuple[Numbers, Numbers]:
        """Look at the highest point below the planes until it is no higher than the bound."""
        for _ in range(MOST_CUTS):
            top, price, share = self._highest_point()
            if top - self.bound <= CLOSE * self._unit:
                return self._best, share
            before = self.bound
            self._look(price)
            if np.array_equal(price, self._best) and self.bound == before:
                return self._best, share
        raise PolicyError("the prices of the limits were not found")

    def _highest_point(self) -> tuple[float, Numbers, Numbers]:
        """The highest point below all planes, its prices, and the share of each plane in it."""
        from scipy.optimize import linprog

        planes = len(self._cost)
        above = (np.array(self._cost) - self._cost[0]) / self._unit * LP_UNITS
        slopes = np.array(self._excess)
        worth = self._unit / LP_UNITS
        found = linprog(
            np.concatenate([[-1.0], np.zeros(len(self._room))]),
            A_ub=np.column_stack([np.ones(planes), -slopes]),
            b_ub=above,
            bounds=[(None, None), *((0.0, high / worth) for high in self._highest)],
            method="highs",
        )
        if found.status != 0:
            raise PolicyError(f"the prices of the limits were not found: {found.message}")
        top = self._cost[0] - found.fun * worth
        return top, found.x[1:] * worth, np.maximum(-found.ineqlin.marginals, 0.0)


LP_UNITS = 1e3
"""What the limits cost at most, in the units of the linear program, whose tolerances are fixed."""
