"""Many items together: what each costs at a quantity, and which quantity costs it least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from policies.ordering.laws import Demands
from policies.ordering.one_order.item import Item, Outcome

Numbers = NDArray[np.float64]

HALVINGS = 60
"""Enough to find a number between two to its last digits."""

NOTHING = 1e-13
"""Share of a level that is nothing but rounding."""

ALMOST = 1e-9
"""Share of a step by which a quantity may be off it by rounding."""


class Assortment:
    r"""Items with their costs and the quantities that may be ordered of each.

    .. math:: G_i(q) = c q + (v - s) E(y - D)^+ + p E(D - y)^+ + (s + w) E(y - D^{(m)})^+,
              \qquad y = x + q

    as in `outcome`. For what does not keep, :math:`s = 0` and :math:`D^{(m)} = D`. All arrays have
    a number for each of the n items.

    Parameters
    ----------
    items : sequence of Item
    whole : bool
        Whether whole units are ordered of what has no pack.

    Attributes
    ----------
    step : (n,) float64
        Units between two quantities that may be ordered; 0 for any.
    first : (n,) float64
        The least quantity that may be ordered, if any is.
    may_skip : (n,) bool
        Whether nothing may be ordered, too.
    """

    def __init__(self, items: Sequence[Item], *, whole: bool) -> None:
        def each(name: str) -> Numbers:
            return np.array([getattr(item, name) for item in items], float)

        self.unit_cost, self.shortage_cost = each("unit_cost"), each("shortage_cost")
        self.stock, self.demands = each("stock"), Demands([item.demand for item in items])
        self._holding_cost, waste_cost = each("holding_cost"), each("waste_cost")
        self._keeps = each("keeps").astype(bool)
        self._expires = np.isfinite(each("shelf_life_periods"))
        kept = np.where(self._keeps, each("value_kept"), 0.0)
        self._surplus_cost = self._holding_cost - kept + np.where(self._keeps, 0.0, waste_cost)
        self._late = (self._keeps & self._expires).nonzero()[0]
        self._late_cost = (kept + waste_cost)[self._late]
        late = [items[i] for i in self._late.tolist()]
        self._late_demands = Demands([item.demand for item in late])
        self._lifetimes = Demands([item.lifetime_demand for item in late])
        pack = each("pack")
        self.step = np.where(pack > 0, pack, 1.0 if whole else 0.0)
        required = self._required(each("least_service_level"))
        self.may_skip = required <= 0
        self.first = np.maximum(required, self.at_least(each("minimum_order")))

    @property
    def is_convex(self) -> bool:
        """Whether any quantity may be ordered of each from the least one on."""
        return bool((self.step == 0).all() and not (self.may_skip & (self.first > 0)).any())

    def _required(self, service_level: Numbers) -> Numbers:
        """The least quantities that give the service that is asked for."""
        asked = service_level > 0
        level = self.demands.quantile(np.where(asked, service_level, 0.5))
        return self.at_least(np.where(asked, np.maximum(level - self.stock, 0.0), 0.0))

    def at_least(self, quantity: Numbers) -> Numbers:
        """The next quantities that can be ordered and are not below."""
        steps = np.where(self.step > 0, self.step, 1.0)
        return np.where(self.step > 0, steps * np.ceil(quantity / steps - ALMOST), quantity)

    def cost(self, quantity: Numbers) -> Numbers:
        """Expected cost G of each, (n,)."""
        level = self.stock + quantity
        shortage = self.demands.shortage(level)
        surplus = np.maximum(level - self.demands.mean + shortage, 0.0)
        cost = self.unit_cost * quantity + self._surplus_cost * surplus
        cost += self.shortage_cost * shortage
        if self._late.size:
            cost[self._late] += self._late_cost * self._unused(level[self._late])
        return cost

    def slope(self, quantity: Numbers) -> Numbers:
        """What a little more of each costs, (n,): the right derivative of its cost."""
        level = self.stock + quantity
        met = self.demands.probability_met(level)
        slope = self.unit_cost + self._surplus_cost * met - self.shortage_cost * (1 - met)
        if self._late.size:
            late = self._lifetimes.probability_met(level[self._late])
            slope[self._late] += self._late_cost * late
        return slope

    def _unused(self, level: Numbers) -> Numbers:
        """Expected units that go out of date, of items that keep until then."""
        shortage = self._lifetimes.shortage(level)
        return np.maximum(level - self._lifetimes.mean + shortage, 0.0)

    def best(self, surcharge: Numbers) -> Numbers:
        """The quantity of least cost of each that pays `surcharge` more a unit, (n,)."""
        quantity = self.best_if_ordered(surcharge)
        leaves = self.may_skip & (self.first > 0)
        if not leaves.any():
            return quantity
        saves = self.cost(quantity) + surcharge * quantity < self.cost(np.zeros_like(quantity))
        return np.where(leaves & ~saves, 0.0, quantity)

    def best_if_ordered(self, surcharge: Numbers) -> Numbers:
        """The same if of nothing less may be ordered than there is to be ordered at least."""
        quantity = self.best_of_any(surcharge)
        stepped = (self.step > 0) & (quantity > self._down(quantity))
        if stepped.any():
            down = self._down(quantity)
            up = down + self.step
            dearer = self.cost(up) - self.cost(down) + surcharge * self.step
            quantity = np.where(stepped, np.where(dearer < 0, up, down), quantity)
        return np.maximum(quantity, self.first)

    def at_most(self, quantity: Numbers) -> Numbers:
        """The next quantities that may be ordered and are not above, (n,).

        Of what may not be left out, `quantity` is to be no less than the least.
        """
        down = np.maximum(self._down(quantity), np.where(self.may_skip, 0.0, self.first))
        return np.where(down < self.first, 0.0, down)

    def _down(self, quantity: Numbers) -> Numbers:
        """The next multiples of the steps that are not above."""
        steps = np.where(self.step > 0, self.step, 1.0)
        down = steps * np.floor(quantity / steps + ALMOST)
        return np.where(self.step > 0, down, quantity)

    def best_of_any(self, surcharge: Numbers) -> Numbers:
        """The same if any quantity may be ordered."""
        gain = self.shortage_cost - self.unit_cost - surcharge
        weight = self.shortage_cost + self._surplus_cost
        weight[self._late] += self._late_cost
        wants = gain > 0
        ratio = np.where(wants, gain, 0.5) / np.where(wants, weight, 1.0)
        level = self.demands.quantile(ratio)
        if self._late.size:
            level[self._late] = self._level_of_those_that_keep(level, ratio)
        return np.where(wants, np.maximum(level - self.stock, 0.0), 0.0)

    def _level_of_those_that_keep(self, level: Numbers, ratio: Numbers) -> Numbers:
        """Where demands of one period and of a shelf life, weighed by costs, reach a ratio.

        That lies between the levels at which either does.
        """
        late = self._late
        now = (self.shortage_cost + self._surplus_cost)[late]
        wanted = ratio[late] * (now + self._late_cost)
        of_one, of_all = level[late], self._lifetimes.quantile(ratio[late])
        low, high = np.minimum(of_one, of_all), np.maximum(of_one, of_all)
        for _ in range(HALVINGS):
            if (high - low <= NOTHING * np.abs(high)).all():
                break
            middle = (low + high) / 2
            met = now * self._late_demands.probability_met(middle)
            enough = met + self._late_cost * self._lifetimes.probability_met(middle) >= wanted
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return high

    def outcomes(self, quantity: Numbers) -> tuple[Outcome, ...]:
        """What is to be expected of each order."""
        level, nothing = self.stock + quantity, np.zeros_like(quantity)
        shortage = self.demands.shortage(level)
        surplus = np.maximum(level - self.demands.mean + shortage, 0.0)
        waste = np.where(self._keeps, 0.0, surplus)
        waste[self._late] = self._unused(level[self._late])
        asked_for = self.demands.shortage(nothing)
        # With more owed than there is, what is owed is short as well.
        lost = np.minimum(shortage, asked_for)
        lost = np.divide(lost, asked_for, out=nothing, where=asked_for > 0)
        columns = (
            quantity,
            self.cost(quantity),
            surplus,
            shortage,
            1 - lost,
            self.demands.probability_met(level),
            waste,
        )
        return tuple(map(Outcome._make, zip(*(c.tolist() for c in columns), strict=True)))
