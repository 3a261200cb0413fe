"""An item that is ordered once, and what is to be expected of its order."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from policies.mistakes import number_mistakes, refuse
from policies.ordering.laws import DemandLaw


@dataclass(frozen=True)
class Item:
    """One item at one place, to be ordered once for the time until the next order helps.

    That time is one period below.

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
    pack : float
        Units of a pack, of which whole ones are ordered; 0 for any quantity.
    minimum_order : float
        Units below which an order is not taken; ordering nothing is allowed.
    least_service_level : float
        Probability, below 1, with which all demand is to be met at least, whatever it costs.
    shelf_life_periods : float
        Periods, >= 1, in which a unit can be used, this one included; infinite for what keeps. At 1
        all that is left over is waste.
    leftover_value : float or None
        Money that a unit is worth that is left over and can be used later; None for its cost,
        since it need not be bought again.
    waste_cost : float
        Money for doing away with each unit that was not used in its shelf life.

    Raises
    ------
    PolicyError
        If a number is not allowed, or a unit costs nothing whether it is used or not, so that no
        quantity would be enough.
    """

    demand: DemandLaw
    unit_cost: float
    holding_cost: float
    shortage_cost: float
    stock: float = 0.0
    pack: float = 0.0
    minimum_order: float = 0.0
    least_service_level: float = 0.0
    shelf_life_periods: float = 1.0
    leftover_value: float | None = None
    waste_cost: float = 0.0

    def __post_init__(self) -> None:
        mistakes = number_mistakes("stock", self.stock, math.isfinite, "finite")
        for name, (is_fine, wanted) in _ALLOWED.items():
            mistakes += number_mistakes(name, getattr(self, name), is_fine, wanted)
        if self.leftover_value is not None:
            mistakes += number_mistakes("leftover_value", self.leftover_value, *_MONEY)
        refuse(mistakes or self._contradictions())
        if self.keeps and self.shelf_life_periods < math.inf:
            self.lifetime_demand  # noqa: B018 - a law that cannot tell it says so now

    def _contradictions(self) -> list[str]:
        mistakes = []
        if self.keeps and self.value_kept > self.holding_cost + self.shortage_cost:
            mistakes.append(
                "leftover_value must be at most holding_cost and shortage_cost together, "
                f"got {self.leftover_value:g}: one would rather keep units than give them"
            )
        if not mistakes and self.cost_of_excess <= 0:
            mistakes.append(
                "holding_cost must be above 0 for what keeps: no order is too large"
                if self.shelf_life_periods == math.inf
                else "unit_cost and holding_cost must not both be 0: no order is too large"
            )
        return mistakes

    @property
    def keeps(self) -> bool:
        """Whether what is left over can be used later."""
        return self.shelf_life_periods > 1

    @property
    def value_kept(self) -> float:
        """Money that a unit is worth that is left over and can be used later."""
        if self.leftover_value is not None:
            return self.leftover_value
        return min(self.unit_cost, self.holding_cost + self.shortage_cost)

    @property
    def cost_of_excess(self) -> float:
        """Money that a unit costs which nobody will ask for."""
        cost = self.unit_cost + self.holding_cost
        return (
            cost - self.value_kept
            if self.shelf_life_periods == math.inf
            else cost + self.waste_cost
        )

    @cached_property
    def lifetime_demand(self) -> DemandLaw:
        """What will be asked for in the shelf life, which is to be finite."""
        return self.demand.over(self.shelf_life_periods) if self.keeps else self.demand


_MONEY: tuple[Callable[[float], bool], str] = (lambda c: 0 <= c < math.inf, ">= 0 and finite")
_ALLOWED: dict[str, tuple[Callable[[float], bool], str]] = {
    "unit_cost": _MONEY,
    "holding_cost": _MONEY,
    "shortage_cost": _MONEY,
    "pack": _MONEY,
    "minimum_order": _MONEY,
    "least_service_level": (lambda s: 0 <= s < 1, ">= 0 and below 1"),
    "shelf_life_periods": (lambda t: t >= 1, ">= 1"),
    "waste_cost": _MONEY,
}


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
    waste : float
        Expected units that are not used in their shelf life, those of the stock included.
    """

    quantity: float
    cost: float
    surplus: float
    shortage: float
    fill_rate: float
    cycle_service_level: float
    waste: float
