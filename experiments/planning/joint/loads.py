"""What centres order when they share the room of one vehicle, for many groups at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.mistakes import refuse
from policies.ordering.laws import DemandLaw
from policies.ordering.laws.base import ParametricLaw
from policies.ordering.newsvendor import Item

Array = NDArray[np.float64]


HALVINGS = 60
"""Enough to find the price of room to the last digits."""


class Loads(NamedTuple):
    """Orders of groups of centres, each group on one vehicle.

    Attributes
    ----------
    quantity : (s, n) float64
        Units; 0 for centres that are not of the group.
    price : (s,) float64
        What one more unit of room on the group's vehicle would save; 0 where there is enough.
    cost : (s,) float64
        Expected cost of the orders of the group's centres.
    """

    quantity: Array
    price: Array
    cost: Array


class Centres:
    """Centres that order one item each, asked at many prices at a time.

    Parameters
    ----------
    items : sequence of Item
        One for each of the n centres, that is ordered in any quantity and does not keep.

    Raises
    ------
    PolicyError
        If an item is ordered in packs, or has a least order or service, or keeps.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        refuse(
            [
                f"item {number}: orders and trips are chosen together only for what is ordered "
                "in any quantity and does not keep: leave out pack, minimum_order, "
                "least_service_level and shelf_life_periods"
                for number, one in enumerate(items)
                if one.pack or one.minimum_order or one.least_service_level or one.keeps
            ]
        )
        self.items = tuple(items)

        def each(name: str) -> Array:
            return np.array([getattr(one, name) for one in items], dtype=float)

        self._unit, self._holding = each("unit_cost"), each("holding_cost")
        self._shortage, self._stock = each("shortage_cost"), each("stock")
        self._mean = np.array([one.demand.mean for one in items])
        self._quantile, self._unmet = zip(*(_formulas(one.demand) for one in items), strict=True)
        self.cost_without = self.cost(np.zeros(len(self.items)))

    def __len__(self) -> int:
        return len(self.items)

    def wanted(self, prices: Array) -> Array:
        """Units of least expected cost where each unit costs so much more, (k, n).

        Parameters
        ----------
        prices : (k,) or (k, n) float64
            Money for a unit of room, >= 0: one for all centres, or one for each.
        """
        prices = prices[:, None] if prices.ndim == 1 else prices
        gain = self._shortage - self._unit - prices
        width = self._shortage + self._holding
        wants = gain > 0
        ratio = np.where(wants, gain, width / 2) / width
        level = np.column_stack([ask(ratio[:, i]) for i, ask in enumerate(self._quantile)])
        return np.where(wants, np.maximum(level - self._stock, 0.0), 0.0)

    def cost(self, quantity: Array) -> Array:
        """Expected cost of each order, of the shape (..., n) of the quantities."""
        level = quantity + self._stock
        short = np.stack([ask(level[..., i]) for i, ask in enumerate(self._unmet)], axis=-1)
        surplus = np.maximum(level - self._mean + short, 0.0)
        return self._unit * quantity + self._holding * surplus + self._shortage * short

    def share(self, members: NDArray[np.bool_], room: float) -> Loads:
        r"""Let each group share the room of one vehicle at least expected cost.

        The same as `policies.ordering.newsvendor.order_within` for each group: a price
        :math:`\lambda` of the room at which :math:`\sum_i q_i(\lambda) \le K` is found by
        bisection, for all groups side by side.

        Parameters
        ----------
        members : (s, n) bool
            Which centres are of each group.
        room : float
            :math:`K`, units.
        """
        quantity = np.where(members, self.wanted(np.zeros(1)), 0.0)
        price = np.zeros(len(members))
        tight = np.flatnonzero(quantity.sum(axis=1) > room)
        if len(tight):
            quantity[tight], price[tight] = self._at_prices(members[tight], room)
        cost = np.where(members, self.cost(quantity), 0.0).sum(axis=1)
        return Loads(quantity, price, cost)

    def _at_prices(self, members: NDArray[np.bool_], room: float) -> tuple[Array, Array]:
        """Orders and prices of groups that want more than the room."""
        low = np.zeros(len(members))
        high = np.full(len(members), 2 * float((self._shortage - self._unit).max()))
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            is_short = np.where(members, self.wanted(middle), 0.0).sum(axis=1) > room
            low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
        more, less = (np.where(members, self.wanted(one), 0.0) for one in (low, high))
        used_more, used_less = more.sum(axis=1), less.sum(axis=1)
        rest = (room - used_less) / np.maximum(used_more - used_less, 1e-300)
        # Where the use jumps, as with whole demands, a mixture of both sides costs the same.
        rest = np.where(used_more > used_less, rest, 0.0)
        return less + rest[:, None] * (more - less), high


def _formulas(demand: DemandLaw) -> tuple[Callable[[Array], Array], Callable[[Array], Array]]:
    """The quantile and the shortage of a demand, for arrays."""
    if isinstance(demand, ParametricLaw):
        parameters, law = demand.parameters, type(demand)
        return lambda p: law.inverse(p, *parameters), lambda level: law.unmet(level, *parameters)
    return _one_by_one(demand.quantile), _one_by_one(demand.shortage)


def _one_by_one(formula: Callable[[float], float]) -> Callable[[Array], Array]:
    def of_all(numbers: Array) -> Array:
        each, back = np.unique(numbers, return_inverse=True)
        values = np.array([formula(float(one)) for one in each])
        return values[back].reshape(np.shape(numbers))

    return of_all
