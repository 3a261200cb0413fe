"""How much of one item to order once, before demand is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from policies.base import PolicyError
from policies.mistakes import number_mistakes, refuse
from policies.ordering.demand_laws import DemandLaw


@dataclass(frozen=True)
class Item:
    """One item at one place, to be ordered once for the time until the next order helps.

    Parameters
    ----------
    demand : DemandLaw
        What will be asked for in that time.
    unit_cost : float
        Money for each unit ordered.
    holding_cost : float
        Money for each unit that is left over.
    shortage_cost : float
        Money for each unit that is asked for and not there.
    stock : float
        Units that are there already or under way, less those owed; negative if more are owed.

    Raises
    ------
    PolicyError
        If a cost is negative, or a unit costs nothing whether it is used or not, so that no
        quantity would be enough.
    """

    demand: DemandLaw
    unit_cost: float
    holding_cost: float
    shortage_cost: float
    stock: float = 0.0

    def __post_init__(self) -> None:
        mistakes = number_mistakes("stock", self.stock, math.isfinite, "finite")
        for name in ("unit_cost", "holding_cost", "shortage_cost"):
            cost = getattr(self, name)
            mistakes += number_mistakes(name, cost, lambda c: 0 <= c < math.inf, ">= 0 and finite")
        if not mistakes and self.unit_cost + self.holding_cost == 0:
            mistakes.append("unit_cost and holding_cost must not both be 0: no order is too large")
        refuse(mistakes)


class Outcome(NamedTuple):
    """What is to be expected of an order.

    Attributes
    ----------
    quantity : float
        Units ordered.
    cost : float
        Expected cost G of the order, of what is left over and of what is short.
    surplus, shortage : float
        Expected units left over, and expected units asked for and not there.
    fill_rate : float
        Expected share of the demand that is met; 1 if there is none.
    cycle_service_level : float
        Probability that all demand is met.
    """

    quantity: float
    cost: float
    surplus: float
    shortage: float
    fill_rate: float
    cycle_service_level: float


def best_quantity(item: Item, surcharge: float = 0.0) -> float:
    r"""The quantity of least expected cost.

    .. math:: q^\star = \max\{0, F^{-1}(r) - x\},\qquad r = \frac{p - c}{p + v}

    with stock :math:`x` and costs :math:`c` a unit, :math:`v` for holding and :math:`p` for
    shortage. Where :math:`p \le c` a shortage is cheaper than the unit, and nothing is ordered.
    The quantity need not be whole, unless demand is.

    Parameters
    ----------
    item : Item
    surcharge : float
        Money added to the unit's cost, such as the price of a limit that it shares with others.

    References
    ----------
    Scott and Rutner's first step, after Arrow, Harris and Marschak, Optimal inventory policy,
    Econometrica 19 (1951), 250-272.
    """
    gain = item.shortage_cost - item.unit_cost - surcharge
    if gain <= 0:
        return 0.0
    level = item.demand.quantile(gain / (item.shortage_cost + item.holding_cost))
    return max(0.0, level - item.stock)


def outcome(item: Item, quantity: float) -> Outcome:
    r"""What is to be expected if `quantity` units are ordered, the best or not.

    .. math:: G(q) = c q + v E(x + q - D)^+ + p E(D - x - q)^+

    The fill rate is :math:`1 - E(D - x - q)^+ / E D^+`: where a law gives some probability to a
    negative demand, as the normal does, that is not counted as demand.

    Parameters
    ----------
    item : Item
    quantity : float
        Units, >= 0.

    Raises
    ------
    PolicyError
        If the quantity is negative.
    """
    if not 0 <= quantity < math.inf:
        raise PolicyError(f"quantity must be >= 0 and finite, got {quantity}")
    quantity = float(quantity)
    level = item.stock + quantity
    shortage = item.demand.shortage(level)
    surplus = max(0.0, level - item.demand.mean + shortage)
    cost = item.unit_cost * quantity + item.holding_cost * surplus + item.shortage_cost * shortage
    asked_for = item.demand.shortage(0.0)
    return Outcome(
        quantity=quantity,
        cost=cost,
        surplus=surplus,
        shortage=shortage,
        # With more owed than there is, what is owed is short as well.
        fill_rate=max(0.0, 1 - shortage / asked_for) if asked_for else 1.0,
        cycle_service_level=item.demand.probability_met(level),
    )


def newsvendor(item: Item) -> Outcome:
    """The order of least expected cost, and what is to be expected of it."""
    return outcome(item, best_quantity(item))
