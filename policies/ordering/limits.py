"""Orders of many items within several limits that they share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError
from policies.mistakes import refuse
from policies.ordering.one_order.assortment import Assortment
from policies.ordering.one_order.exact import best_whole
from policies.ordering.one_order.item import Item, Outcome
from policies.ordering.one_order.one_limit import share
from policies.ordering.one_order.prices import ROUNDING, Shared, find_prices


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
    gap: float = 1e-6,
    time_limit_s: float = 10.0,
) -> OrderPlan:
    r"""Choose the orders of least expected cost that keep all limits.

    .. math:: \min \sum_i G_i(q_i) \quad\text{s.t.}\quad \sum_i w_{ij} q_i \le B_j,\ q_i \in Q_i

    where :math:`Q_i` are the quantities that may be ordered: whole units or packs or any, none or
    at least the minimum order, and enough for the service that is asked for. Each limit has a
    multiplier :math:`\lambda_j`, at which every item is a newsvendor that pays
    :math:`\sum_j \lambda_j w_{ij}` more a unit. The best multipliers give a bound. Where any
    quantity may be ordered, :math:`G_i` being convex, a mixture of what is wanted at them costs no
    more than the bound, and is the optimum. Else they leave few quantities of each item that can
    be part of a better plan than one that is known, and an integer program chooses among these.

    Parameters
    ----------
    items : sequence of Item
        The n items, or the same item at n places.
    limits : sequence of Limit
        The m limits, all of which are kept.
    whole : bool
        Whether whole units are ordered of what has no pack.
    gap : float
        Share of the cost by which the integer program may miss the optimum; 0 to prove it.
    time_limit_s : float
        Seconds after which the integer program stops; its answer then is the best so far, and
        ``bound`` tells how far it may be from the optimum.

    Raises
    ------
    InfeasibleError
        If the service that is asked for takes more of a limit than there is: every such limit is
        named, with by how much.
    PolicyError
        If a limit is negative, or does not have one use for every item.

    References
    ----------
    Hadley and Whitin, Analysis of Inventory Systems (1963), section 6.3.
    """
    refuse(list(_mistakes(len(items), limits)))
    assortment = Assortment(items, whole=whole)
    use = np.array([limit.use for limit in limits], float).reshape(len(limits), len(items))
    amount = np.array([limit.amount for limit in limits], float)
    finite = np.isfinite(amount)
    shared = Shared(assortment, use[finite], amount[finite])
    _require_room(shared, [limit.name for limit in limits if math.isfinite(limit.amount)])
    quantity, finite_prices, bound = _best_within(shared, gap, time_limit_s)
    price = np.zeros(len(limits))
    price[finite] = finite_prices
    outcomes = assortment.outcomes(quantity)
    cost = float(assortment.cost(quantity).sum())
    return OrderPlan(quantity, outcomes, use @ quantity, price, min(bound, cost), cost)


def _best_within(
    shared: Shared, gap: float, time_limit_s: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Quantities, prices of the limits, and the bound."""
    assortment, nothing = shared.assortment, np.zeros(len(shared.amount))
    wanted = assortment.best(np.zeros(len(assortment.step)))
    if shared.keeps(wanted):
        return wanted, nothing, float(assortment.cost(wanted).sum())
    if assortment.is_convex and len(shared.amount) == 1:
        order, price = share(assortment, float(shared.amount[0]), shared.use[0])
        one_price = np.array([price])
        return order, one_price, shared.bound(one_price)
    prices = find_prices(shared)
    if assortment.is_convex:
        return shared.within(prices.share @ prices.wanted), prices.price, prices.bound
    proven = best_whole(shared, prices, gap, time_limit_s)
    return proven.quantity, prices.price, proven.bound


def _require_room(shared: Shared, names: Sequence[str]) -> None:
    """Raise an `InfeasibleError` if the least that may be ordered does not keep the limits."""
    taken = shared.use @ shared.least
    short = (taken > shared.amount * (1 + ROUNDING)).nonzero()[0].tolist()
    if short:
        raise InfeasibleError(
            "; ".join(
                f"{names[i]}: the service that is asked for takes {taken[i]:g}, "
                f"{taken[i] - shared.amount[i]:g} more than the {shared.amount[i]:g} there are"
                for i in short
            )
        )


def _mistakes(count: int, limits: Sequence[Limit]) -> Iterator[str]:
    for limit in limits:
        if not limit.amount >= 0:
            yield f"{limit.name}: amount must be >= 0, got {limit.amount}"
        use = np.asarray(limit.use, float)
        if use.shape != (count,):
            wanted = f"one number for each of {count} items"
            yield f"{limit.name}: use must hold {wanted}, got {use.shape}"
        elif (wrong := use[~((use >= 0) & (use < math.inf))]).size:
            yield f"{limit.name}: every use must be >= 0 and finite, got {wrong[0]:g}"
