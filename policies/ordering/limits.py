"""Orders of many items within several limits that they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.assortment import Assortment
from policies.ordering.one_order.item import Item, Outcome
from policies.ordering.one_order.one_limit import share


@dataclass(frozen=True)
class Limit:
    """What the orders of n items may take together of money, volume, weight, doses or the like.

    Parameters
    ----------
    name : str
        As it is told to the user.
    amount : float
        How much there is, >= 0; infinite for no limit.
    use : (n,) float64
        How much a unit of each item takes, >= 0: its cost, its litres, its kilograms, or 1.
    """

    name: str
    amount: float
    use: NDArray[np.float64]


class OrderPlan(NamedTuple):
    """Orders of least expected cost within limits.

    Attributes
    ----------
    quantity : (n,) float64
        Units of each item.
    outcomes : (n,) tuple of Outcome
        What is to be expected of each order.
    used : (m,) float64
        What the orders take of each limit.
    price : (m,) float64
        What one more unit of each limit would save; 0 for a limit that does not bind.
    bound : float
        No plan within the limits costs less.
    cost : float
        Expected cost of all orders.
    """

    quantity: NDArray[np.float64]
    outcomes: tuple[Outcome, ...]
    used: NDArray[np.float64]
    price: NDArray[np.float64]
    bound: float
    cost: float


def plan_orders(
    items: Sequence[Item],
    limits: Sequence[Limit],
    *,
    whole: bool = True,
    time_limit_s: float = 10.0,
) -> OrderPlan:
    """Choose the orders of least expected cost that keep all limits."""
    assortment = Assortment(items, whole=whole)
    quantity = assortment.best(np.zeros(len(items)))
    use = np.array([limit.use for limit in limits], float).reshape(len(limits), len(items))
    price = np.zeros(len(limits))
    for row, limit in enumerate(limits):
        if use[row] @ quantity > limit.amount:
            shared = share(assortment, limit.amount, use[row])
            price[row] = shared.price
            quantity = np.minimum(quantity, assortment._down(shared.quantity))
            quantity = np.where(quantity < assortment.first, 0.0, quantity)
    outcomes = assortment.outcomes(quantity)
    cost = float(assortment.cost(quantity).sum())
    return OrderPlan(quantity, outcomes, use @ quantity, price, -np.inf, cost)
