"""The integer program of what remains to be chosen, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import InfeasibleError
from policies.highs import Search
from policies.ordering.one_order.core import Core
from policies.ordering.one_order.prices import Shared

if TYPE_CHECKING:
    import pulp

Numbers = NDArray[np.float64]

GAP_UNITS = 1e3
"""The gap in the units of the program, whose tolerances are fixed."""

LIMIT_UNITS = 1e4
"""The most that a choice uses of a limit, in the units of the program."""

CLOSE = 1e-4
"""By so much, in the program's units, tangents may be below a cost."""

SAME = 1e-7
"""Costs of steps that differ by less, in the program's units, are the same but for rounding."""

MOST_ROUNDS = 30
"""So often tangents are added at most."""

FIRST_TANGENTS = 8
"""On each side of its best, an item whose cost bends has so many tangents from the start."""


class Solved(NamedTuple):
    """An answer of the program.

    Attributes
    ----------
    quantity : (n,) float64 or None
        None if there is none within the limits.
    above : float
        No better plan costs less than this above the bound at the prices.
    """

    quantity: Numbers | None
    above: float


class Program:
    r"""Choose a quantity for each item within its core.

    .. math:: \min \sum_i e_i(q_i) + \sum_j \lambda_j s_j \quad\text{s.t.}\quad
              \sum_i w_{ij} q_i + s_j = B_j,\ s_j \ge 0

    where :math:`e_i` is what a quantity costs item i at the prices above its best. That is the cost
    of a plan above the bound at these prices. The cost of steps rises from one to the next, so that
    integer variables, one for each cost, take the first ones first. Where nothing may be ordered,
    too, a binary one lets them. Costs of many steps, and of any
    quantity, are held from below by tangents.

    Parameters
    ----------
    shared : Shared
    core : Core
    price : (m,) float64
    gap : float
        Money between the bound at these prices and the best plan that is known.
    """

    def __init__(self, shared: Shared, core: Core, price: Numbers, gap: float) -> None:
        self._shared, self._core, self._gap = shared, core, gap
        self._surcharge = price @ shared.use
        assortment = shared.assortment
        best = assortment.best(self._surcharge)
        self._least = assortment.cost(best) + self._surcharge * best
        self._gate = (core.skips & core.orders).nonzero()[0]
        self._base = np.where(core.skips, 0.0, core.low)
        bent, counts = core.bent(assortment.step), core.steps(assortment.step)
        self._choose_steps(np.where(core.orders & ~bent, counts, 0).astype(np.int64))
        self._bent = bent.nonzero()[0]
        self._stride = np.where(assortment.step > 0, assortment.step, 1.0)
        self._uses = self._used()
        most = self._uses.max(axis=1, initial=0.0)
        self._unit = np.where(most > 0, most, 1.0) / LIMIT_UNITS
        self._cost = self._costs(price)
        self._gate_of = {i: len(self._unit) + g for g, i in enumerate(self._gate.tolist())}

    def _excess(self, quantity: Numbers) -> Numbers:
        """What quantities cost above the best of each at the prices, (n,), in our units."""
        cost = self._shared.assortment.cost(quantity) + self._surcharge * quantity
        return (cost - self._least) / self._gap * GAP_UNITS

    def _costs(self, price: Numbers) -> Numbers:
        core = self._core
        slack = price * self._unit / self._gap * GAP_UNITS
        self._fixed = float(self._excess(self._base).sum())
        gates = (self._excess(core.low) - self._excess(self._base))[self._gate]
        nothing = np.zeros(len(self._bent))
        return np.concatenate([slack, gates, self._step_costs, nothing, nothing + 1])

    def _choose_steps(self, counts: NDArray[np.int64]) -> None:
        """Make a choice of each run of steps of an item that cost the same."""
        core, step = self._core, self._shared.assortment.step
        item = np.repeat(np.arange(len(counts)), counts)
        cost = np.zeros(len(item))
        first = np.cumsum(counts) - counts
        before = self._excess(core.low)
        for number in range(int(counts.max(initial=0))):
            has = (counts > number).nonzero()[0]
            after = self._excess(core.low + step * (number + 1))
            cost[first[has] + number] = (after - before)[has]
            before = after
        begins = np.ones(len(item), bool)
        begins[1:] = (np.diff(item) > 0) | (np.abs(np.diff(cost)) > SAME)
        run = np.cumsum(begins) - 1
        self._of_step, self._most_steps = item[begins], np.bincount(run, minlength=begins.sum())
        self._step_costs = np.bincount(run, cost) / np.maximum(self._most_steps, 1)

    def _used(self) -> Numbers:
        """What each choice uses of each limit, (m, choices), in units of the limit."""
        shared, core = self._shared, self._core
        parts = [
            shared.use[:, self._gate] * core.low[self._gate],
            shared.use[:, self._of_step] * shared.assortment.step[self._of_step],
            shared.use[:, self._bent] * self._stride[self._bent],
        ]
        return np.column_stack(parts)

    def _made(self) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
        """The program without tangents, and its variables in the order of their costs."""
        import pulp

        limits, bent = len(self._unit), len(self._bent)
        most = [1] * len(self._gate) + self._most_steps.tolist()
        spans = ((self._core.high - self._core.low) / self._stride)[self._bent]
        stepped = self._shared.assortment.step[self._bent] > 0
        kinds = [pulp.LpInteger if whole else pulp.LpContinuous for whole in stepped]
        variables = [
            *(pulp.LpVariable(f"slack_{j}", 0) for j in range(limits)),
            *(pulp.LpVariable(f"step_{k}", 0, n, pulp.LpInteger) for k, n in enumerate(most)),
            *(pulp.LpVariable(f"more_{k}", 0, float(spans[k]), kinds[k]) for k in range(bent)),
            *(pulp.LpVariable(f"cost_{k}") for k in range(bent)),
            pulp.LpVariable("one", 1, 1),
        ]
        problem = pulp.LpProblem("orders_within_limits", pulp.LpMinimize)
        problem.addVariables(variables)
        # HiGHS stops at a share of the objective, which is at least that of this variable.
        problem += _sum(variables, self._cost) + GAP_UNITS * variables[-1]
        shared = self._shared
        room = (shared.amount - shared.use @ self._base) / self._unit
        for limit, uses in enumerate(self._uses / self._unit[:, None]):
            taken = _sum(variables[limits:], uses)
            problem += taken + variables[limit] == float(room[limit])
        first = limits + len(self._gate)
        for column, item in enumerate([*self._of_step.tolist(), *self._bent.tolist()], first):
            if item in self._gate_of:
                all_of_it = variables[column].upBound
                problem += variables[column] <= all_of_it * variables[self._gate_of[item]]
        return problem, variables

    def _tangents(
        self, quantity: Numbers, index: NDArray[np.int64]
    ) -> tuple[list[NDArray[np.int64]], list[ArrayLike]]:
        """Rows, each <= 0: a line below the cost of each bent item, less its cost.

        Where any quantity may be ordered the line touches the cost there; else it goes through the
        cost there and a step farther.
        """
        low, assortment = self._core.low, self._shared.assortment
        at = self._excess(quantity)
        slope = (assortment.slope(quantity) + self._surcharge) * GAP_UNITS / self._gap
        farther = self._excess(quantity + self._stride) - at
        slope = np.where(assortment.step > 0, farther, slope)
        value = at - self._excess(low) - slope * (quantity - low) / self._stride
        count, one = len(self._bent), len(self._cost)
        columns: list[NDArray[np.int64]] = []
        coefficients: list[ArrayLike] = []
        for place, item in enumerate(self._bent.tolist()):
            more, cost = one - 2 * count + place, one - count + place
            columns.append(index[[more, cost, self._gate_of.get(item, one)]])
            coefficients.append([slope[item], -1.0, value[item]])
        return columns, coefficients

    def solve(self, until_s: float, close: float) -> Solved:
        """Solve the program, with more tangents where costs bend.

        Parameters
        ----------
        until_s : float
            Reading of `time.perf_counter` at which to stop.
        close : float
            Money by which the answer may cost more than the best.
        """
        problem, variables = self._made()
        search = Search(problem)
        index = np.array([variable.index for variable in variables])
        for quantity in self._first_tangents() if self._bent.size else ():
            search.add_rows(*self._tangents(quantity, index))
        allowed = close / self._gap * GAP_UNITS
        above, best, least = 0.0, None, np.inf
        for _ in range(MOST_ROUNDS):
            try:
                found = search.run(until_s, allowed / GAP_UNITS)
            except InfeasibleError:  # a core that leaves choices out may have left out too many
                break
            above = max(above, found.bound - GAP_UNITS + self._fixed)
            if found.values is None:
                break
            values = found.values[index]
            quantity = self._quantity(values)
            true, told = self._true(quantity, values), float(values[:-1] @ self._cost) + self._fixed
            if true < least:
                best, least = quantity, true
            if not self._bent.size or true - told <= max(CLOSE, allowed):
                break
            search.add_rows(*self._tangents(quantity, index))
            search.add_rows(*self._tangents(quantity - self._stride, index))
        return Solved(best, above / GAP_UNITS * self._gap)

    def _first_tangents(self) -> Iterator[Numbers]:
        """Quantities at which costs have lines below them from the start.

        They are the closer together the nearer to the best at the prices.
        """
        low, high = self._core.low, self._core.high
        best = np.clip(self._shared.assortment.best_if_ordered(self._surcharge), low, high)
        for end in (low, high):
            for part in (*0.5 ** np.arange(FIRST_TANGENTS), 0.0):
                steps = part * (end - best) / self._stride
                whole = self._shared.assortment.step > 0
                yield best + self._stride * np.where(whole, np.rint(steps), steps)

    def _true(self, quantity: Numbers, values: Numbers) -> float:
        """What orders cost above the bound at the prices, in our units."""
        slack = values[: len(self._unit)] @ self._cost[: len(self._unit)]
        return float(self._excess(quantity).sum() + slack)

    def _quantity(self, values: Numbers) -> Numbers:
        """What is ordered of each item, (n,), in an answer."""
        core, step = self._core, self._shared.assortment.step
        limits, gates, steps = len(self._unit), len(self._gate), len(self._of_step)
        quantity = self._base.copy()
        quantity[self._gate] += core.low[self._gate] * np.rint(values[limits : limits + gates])
        taken = np.rint(values[limits + gates : limits + gates + steps])
        quantity += step * np.bincount(self._of_step, taken, minlength=len(quantity))
        if self._bent.size:
            first = limits + gates + steps
            more = values[first : first + len(self._bent)]
            stepped = step[self._bent] > 0
            more = self._stride[self._bent] * np.where(stepped, np.rint(more), more)
            quantity[self._bent] += np.clip(more, 0.0, (core.high - core.low)[self._bent])
        return quantity


def _sum(variables: list[pulp.LpVariable], coefficients: Numbers) -> pulp.LpAffineExpression:
    """Coefficients times variables; there may be more variables."""
    import pulp

    used = coefficients.nonzero()[0].tolist()
    return pulp.LpAffineExpression([(variables[k], float(coefficients[k])) for k in used])
