"""The integer program of what remains to be chosen, solved by HiGHS."""

from __future__ import annotations

from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policies.ordering.one_order.core import Core
from policies.ordering.one_order.prices import Shared

Numbers = NDArray[np.float64]

GAP_UNITS = 1e3
"""The gap in the units of the program, whose tolerances are fixed."""

LIMIT_UNITS = 1e4
"""The amount of a limit in the units of the program."""

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
        self._scale = np.where(shared.amount > 0, shared.amount, 1.0)
        self._tangents: list[tuple[Numbers, Numbers]] = []
        self._cost = self._costs(price, counts)
        self._limits = self._rows_of_limits()
        self._gates = self._rows_of_gates()
        for part in np.linspace(0, 1, FIRST_TANGENTS if self._smooth.size else 0):
            self._touch(core.low + part * (core.high - core.low))

    def _excess(self, quantity: Numbers) -> Numbers:
        """What quantities cost above the best of each at the prices, (n,), in our units."""
        cost = self._shared.assortment.cost(quantity) + self._surcharge * quantity
        return (cost - self._least) / self._gap * GAP_UNITS

    def _costs(self, price: Numbers, counts: Numbers) -> Numbers:
        core, step = self._core, self._shared.assortment.step
        slack = price * self._scale / self._gap * GAP_UNITS
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

    def _rows_of_limits(self) -> tuple[Any, Numbers]:
        """What choices take of the limits, and what is left of these where all have their base."""
        shared, core = self._shared, self._core
        use = shared.use / self._scale[:, None]
        parts = [
            np.eye(len(use)),
            use[:, self._gate] * core.low[self._gate],
            use[:, self._of_step] * shared.assortment.step[self._of_step],
            use[:, self._smooth],
            np.zeros((len(use), len(self._smooth))),
        ]
        room = shared.amount / self._scale - use @ self._base
        return LIMIT_UNITS * np.column_stack(parts), LIMIT_UNITS * room

    def _rows_of_gates(self) -> list[tuple[int, int, float]]:
        """Column, the column of its gate, and how much it may be at most if that is open."""
        limits, steps = len(self._scale), len(self._of_step)
        gate_of = {item: limits + g for g, item in enumerate(self._gate.tolist())}
        first = limits + len(self._gate)
        core = self._core
        closed = [
            (first + place, gate_of[item], 1.0)
            for place, item in enumerate(self._of_step.tolist())
            if item in gate_of
        ]
        return closed + [
            (first + steps + place, gate_of[item], float(core.high[item] - core.low[item]))
            for place, item in enumerate(self._smooth.tolist())
            if item in gate_of
        ]

    def _touch(self, quantity: Numbers) -> None:
        """Add a tangent of the cost of each smooth item: its value at the least, and its slope."""
        low = self._core.low
        value = self._excess(quantity) - self._excess(low)
        slope = self._shared.assortment.slope(quantity) + self._surcharge
        slope *= GAP_UNITS / self._gap
        value -= slope * (quantity - low)
        self._tangents.append((value[self._smooth], slope[self._smooth]))

    def solve(self, until_s: float) -> Solved:
        """Solve the program, with more tangents where costs bend, until the clock shows `until_s`."""
        above = 0.0
        quantity = None
        for _ in range(MOST_ROUNDS):
            found = self._solve_once(until_s)
            above = max(above, found.mip_dual_bound + self._fixed)
            if found.x is None:
                break
            quantity, told = self._quantity(found.x), float(found.fun) + self._fixed
            if self._smooth.size == 0 or self._true(quantity, found.x) - told <= CLOSE:
                break
            self._touch(quantity)
        return Solved(quantity, above / GAP_UNITS * self._gap)

    def _true(self, quantity: Numbers, values: Numbers) -> float:
        """What orders cost above the bound at the prices, in our units."""
        slack = values[: len(self._scale)] @ self._cost[: len(self._scale)]
        return float(self._excess(quantity).sum() + slack)

    def _solve_once(self, until_s: float) -> Any:
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows, room = self._limits
        most = np.ones(len(self._cost))
        most[: len(self._scale)] = np.inf
        least = np.zeros(len(self._cost))
        smooth = len(self._smooth)
        if smooth:
            spans = (self._core.high - self._core.low)[self._smooth]
            most[-2 * smooth :] = np.concatenate([spans, np.full(smooth, np.inf)])
            least[-smooth:] = -np.inf
        whole = np.zeros(len(self._cost))
        whole[len(self._scale) : len(whole) - 2 * smooth] = 1
        constraints = [LinearConstraint(rows, room, room)]
        if self._gates or smooth:
            constraints.append(self._ties())
        left_s = max(until_s - perf_counter(), 0.01)
        return milp(
            self._cost,
            integrality=whole,
            bounds=Bounds(least, most),
            constraints=constraints,
            options={"time_limit": left_s, "mip_rel_gap": 0.0},
        )

    def _ties(self) -> Any:
        """Rows, each >= 0: what its gate allows less a column, a cost less a tangent of it."""
        from scipy import sparse
        from scipy.optimize import LinearConstraint

        entries: list[tuple[int, int, float]] = []
        constants: list[float] = []
        for column, gate, most in self._gates:
            row = len(constants)
            entries += [(row, column, -1.0), (row, gate, most)]
            constants.append(0.0)
        columns, smooth = len(self._cost), len(self._smooth)
        gate_of = {item: len(self._scale) + g for g, item in enumerate(self._gate.tolist())}
        for value, slope in self._tangents:
            for place, item in enumerate(self._smooth.tolist()):
                row = len(constants)
                entries += [
                    (row, columns - smooth + place, 1.0),
                    (row, columns - 2 * smooth + place, -slope[place]),
                ]
                if item in gate_of:
                    entries.append((row, gate_of[item], -value[place]))
                constants.append(0.0 if item in gate_of else value[place])
        row, column, number = zip(*entries, strict=True)
        matrix = sparse.csr_array((number, (row, column)), shape=(len(constants), columns))
        return LinearConstraint(matrix, constants, np.inf)

    def _quantity(self, values: Numbers) -> Numbers:
        """What is ordered of each item, (n,), in an answer."""
        core, step = self._core, self._shared.assortment.step
        limits, gates, steps = len(self._scale), len(self._gate), len(self._of_step)
        quantity = self._base.copy()
        quantity[self._gate] += core.low[self._gate] * np.rint(values[limits : limits + gates])
        taken = np.rint(values[limits + gates : limits + gates + steps])
        quantity += step * np.bincount(self._of_step, taken, minlength=len(quantity))
        if self._smooth.size:
            spans = (core.high - core.low)[self._smooth]
            more = values[limits + gates + steps : -len(self._smooth)]
            quantity[self._smooth] += np.clip(more, 0.0, spans)
        return quantity


def _or_1(step: Numbers) -> Numbers:
    return np.where(step > 0, step, 1.0)
