"""The integer program of what remains to be chosen, solved by HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

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

MOST_ROUNDS = 30
"""So often tangents are added at most."""

FIRST_TANGENTS = 9
"""At so many quantities a cost that bends has a tangent from the start."""


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
    binary variables, one a step, take the first ones first. Where nothing may be ordered, too,
    another lets them. Costs of any quantity are held from below by tangents.

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
        stepped = core.orders & (assortment.step > 0)
        counts = np.where(stepped, np.rint((core.high - core.low) / _or_1(assortment.step)), 0)
        self._of_step = np.repeat(np.arange(len(counts)), counts.astype(np.int64))
        smooth = core.orders & (assortment.step == 0) & (core.high > core.low)
        self._smooth = smooth.nonzero()[0]
        self._uses = self._used()
        most = self._uses.max(axis=1, initial=0.0)
        self._unit = np.where(most > 0, most, 1.0) / LIMIT_UNITS
        self._cost = self._costs(price, counts)
        self._gate_of = {i: len(self._unit) + g for g, i in enumerate(self._gate.tolist())}

    def _excess(self, quantity: Numbers) -> Numbers:
        """What quantities cost above the best of each at the prices, (n,), in our units."""
        cost = self._shared.assortment.cost(quantity) + self._surcharge * quantity
        return (cost - self._least) / self._gap * GAP_UNITS

    def _costs(self, price: Numbers, counts: Numbers) -> Numbers:
        core, step = self._core, self._shared.assortment.step
        slack = price * self._unit / self._gap * GAP_UNITS
        self._fixed = float(self._excess(self._base).sum())
        gates = (self._excess(core.low) - self._excess(self._base))[self._gate]
        steps = np.zeros(len(self._of_step))
        first = np.concatenate([[0], np.cumsum(counts.astype(np.int64))[:-1]])
        before = self._excess(core.low)
        for number in range(int(counts.max(initial=0))):
            has = (counts > number).nonzero()[0]
            after = self._excess(core.low + step * (number + 1))
            steps[first[has] + number] = (after - before)[has]
            before = after
        nothing = np.zeros(len(self._smooth))
        return np.concatenate([slack, gates, steps, nothing, nothing + 1])

    def _used(self) -> Numbers:
        """What each choice, taken whole, uses of each limit, (m, choices), in units of the limit."""
        shared, core = self._shared, self._core
        parts = [
            shared.use[:, self._gate] * core.low[self._gate],
            shared.use[:, self._of_step] * shared.assortment.step[self._of_step],
            shared.use[:, self._smooth],
        ]
        return np.column_stack(parts)

    def _made(self) -> tuple[pulp.LpProblem, list[pulp.LpVariable]]:
        """The program without tangents, and its variables in the order of their costs."""
        import pulp

        limits, smooth = len(self._unit), len(self._smooth)
        yes_no = len(self._gate) + len(self._of_step)
        spans = (self._core.high - self._core.low)[self._smooth]
        variables = [
            *(pulp.LpVariable(f"slack_{j}", 0) for j in range(limits)),
            *(pulp.LpVariable(f"step_{k}", 0, 1, pulp.LpInteger) for k in range(yes_no)),
            *(pulp.LpVariable(f"more_{k}", 0, float(spans[k])) for k in range(smooth)),
            *(pulp.LpVariable(f"cost_{k}") for k in range(smooth)),
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
        for column, item in enumerate([*self._of_step.tolist(), *self._smooth.tolist()], first):
            if item in self._gate_of:
                most = variables[column].upBound
                problem += variables[column] <= most * variables[self._gate_of[item]]
        return problem, variables

    def _tangents(
        self, quantity: Numbers, index: NDArray[np.int64]
    ) -> tuple[list[NDArray[np.int64]], list[ArrayLike]]:
        """Rows, each <= 0: the tangent of each smooth item's cost at a quantity, less its cost."""
        low = self._core.low
        slope = self._shared.assortment.slope(quantity) + self._surcharge
        slope *= GAP_UNITS / self._gap
        value = self._excess(quantity) - self._excess(low) - slope * (quantity - low)
        count, one = len(self._smooth), len(self._cost)
        columns, coefficients = [], []
        for place, item in enumerate(self._smooth.tolist()):
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
        for part in np.linspace(0, 1, FIRST_TANGENTS if self._smooth.size else 0):
            at = self._core.low + part * (self._core.high - self._core.low)
            search.add_rows(*self._tangents(at, index))
        allowed = close / self._gap * GAP_UNITS
        above, quantity = 0.0, None
        for _ in range(MOST_ROUNDS):
            found = search.run(until_s, allowed / GAP_UNITS)
            above = max(above, found.bound - GAP_UNITS + self._fixed)
            if found.values is None:
                break
            values = found.values[index]
            quantity = self._quantity(values)
            told = float(values[:-1] @ self._cost) + self._fixed
            if not self._smooth.size or self._true(quantity, values) - told <= max(CLOSE, allowed):
                break
            search.add_rows(*self._tangents(quantity, index))
        return Solved(quantity, above / GAP_UNITS * self._gap)

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
        if self._smooth.size:
            spans = (core.high - core.low)[self._smooth]
            first = limits + gates + steps
            more = values[first : first + len(self._smooth)]
            quantity[self._smooth] += np.clip(more, 0.0, spans)
        return quantity


def _or_1(step: Numbers) -> Numbers:
    return np.where(step > 0, step, 1.0)


def _sum(variables: list[pulp.LpVariable], coefficients: Numbers) -> pulp.LpAffineExpression:
    """Coefficients times variables; there may be more variables."""
    import pulp

    used = coefficients.nonzero()[0].tolist()
    return pulp.LpAffineExpression([(variables[k], float(coefficients[k])) for k in used])
