"""The delivery plan as an integer program in which tangents stand for the exponential penalty."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.delivery.plan import DeliveryPlan
from policies.delivery.problem import PERSONS_PER_GROUP, DeliveryProblem
from policies.delivery.shortage import Shares
from policies.highs import Found, Search

FIRST_PARTS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the longest time of making, where the first tangents are taken."""


class DeliveryProgram:
    r"""Minimises a sum of delay and cost in HiGHS.

    The penalty of a way is convex in the days :math:`P_i` that its site makes things for. So each
    tangent :math:`a + b P_i` is a bound from below,

    .. math:: w_{ij} \ge a\,y_{ij} + b\,(P_i - \bar P_i (1 - y_{ij})),

    with the longest time of making as the big M, which lets go of ways that are not used
    (outer approximation; Duran and Grossmann, Mathematical Programming 36, 1986). What the program
    proves is therefore a bound of the nonlinear objective.

    Parameters
    ----------
    problem : DeliveryProblem
    shares : Shares
        What every district gets.
    """

    def __init__(self, problem: DeliveryProblem, shares: Shares) -> None:
        import pulp

        self.problem, self._shares = problem, shares
        self._most_days = problem.most_making_days
        self._model = pulp.LpProblem("Delivery_plan", pulp.LpMinimize)
        leaves = np.minimum(self._most_sent(), shares.units).any(axis=2)
        ways = np.argwhere(problem.has_way & leaves)
        self._ways: list[tuple[int, int]] = [(i, j) for i, j in ways.tolist()]
        self._add_columns()
        self._limit_shares()
        self._limit_sites()
        self._open_ways()
        self._add_costs()
        self._search = Search(self._model)
        self._delay_columns = np.array([self._delay[w].index for w in self._ways], dtype=np.int64)
        for part in FIRST_PARTS:
            self.add_tangents(part * self._most_days)

    def _add_columns(self) -> None:
        import pulp

        problem, units = self.problem, self._shares.units
        most_sent = self._most_sent()
        self._sent = {}
        for i, j in self._ways:
            most = np.minimum(most_sent[i, j], units[j])
            for k in np.flatnonzero(most).tolist():
                name = f"sent_{i}_{j}_{k}"
                self._sent[i, j, k] = pulp.LpVariable(name, 0, int(most[k]), pulp.LpInteger)
        self._used = {
            (i, j): pulp.LpVariable(f"used_{i}_{j}", cat=pulp.LpBinary) for i, j in self._ways
        }
        self._delay = {(i, j): pulp.LpVariable(f"delay_{i}_{j}", 0) for i, j in self._ways}
        sites = range(len(problem.supply))
        self._open = [pulp.LpVariable(f"open_{i}", cat=pulp.LpBinary) for i in sites]
        self._days = [pulp.LpVariable(f"days_{i}", 0, float(self._most_days[i])) for i in sites]
        self._one = pulp.LpVariable("one", 1, 1)
        for column in (self._one, *self._open, *self._days):  # so that HiGHS has all of them
            self._model += 1.0 * column <= column.upBound
        self._cost, self._all_delay = pulp.LpVariable("cost", 0), pulp.LpVariable("all_delay", 0)

    def _most_sent(self) -> NDArray[np.int64]:
        """What the rules leave to each way, (m, n, k + 1)."""
        problem, shares = self.problem, self._shares
        there = np.column_stack([problem.supply, problem.staff_groups])
        districts = len(problem.need)
        most = np.repeat(there[:, None], districts, axis=1)
        if shares.from_own is None:
            return most
        of_region = np.zeros_like(there)
        np.add.at(of_region, problem.region, shares.units)
        is_own = problem.region[None] == np.arange(len(there))[:, None]
        to_others = np.repeat((there - shares.from_own)[:, None], districts, axis=1)
        from_others = (of_region - shares.from_own)[problem.region][None]
        return np.where(is_own[:, :, None], most, np.minimum(to_others, from_others))

    def _limit_shares(self) -> None:
        """Everybody gets his share, and own sites send what they have to."""
        import pulp

        of_district: dict[tuple[int, int], list[pulp.LpVariable]] = {}
        of_region: dict[tuple[int, int], list[pulp.LpVariable]] = {}
        for (i, j, k), sent in self._sent.items():
            of_district.setdefault((j, k), []).append(sent)
            if self.problem.region[j] == i:
                of_region.setdefault((i, k), []).append(sent)
        for (j, k), sent in of_district.items():
            self._model += pulp.lpSum(sent) == int(self._shares.units[j, k])
        if self._shares.from_own is not None:
            for (i, k), sent in of_region.items():
                self._model += pulp.lpSum(sent) == int(self._shares.from_own[i, k])

    def _limit_sites(self) -> None:
        """No site sends more than it has, and what it makes takes its time."""
        import pulp

        of_site: dict[tuple[int, int], list[pulp.LpVariable]] = {}
        for (i, _, k), sent in self._sent.items():
            of_site.setdefault((i, k), []).append(sent)
        there = np.column_stack([self.problem.supply, self.problem.staff_groups])
        for (i, k), sent in of_site.items():
            self._model += pulp.lpSum(sent) <= int(there[i, k]) * self._open[i]
            if k < self.problem.need.shape[1] and self.problem.production_per_day[i, k] > 0:
                per_day = float(self.problem.production_per_day[i, k])
                ready = int(self.problem.ready[i, k])
                self._model += pulp.lpSum(sent) * (1 / per_day) - self._days[i] <= ready / per_day

    def _open_ways(self) -> None:
        for (i, j, _), sent in self._sent.items():
            self._model += sent <= sent.upBound * self._used[i, j]
        for (i, _), used in self._used.items():
            self._model += used <= self._open[i]

    def _add_costs(self) -> None:
        """The two objectives as columns in units of their size, so that they can be bounded."""
        import pulp

        problem, staff = self.problem, self.problem.need.shape[1]
        self.cost_of = {
            sent: PERSONS_PER_GROUP * problem.subsidy_per_person
            if k == staff
            else float(problem.cost_per_unit_km[k] * problem.distance_km[i, j])
            for (i, j, k), sent in self._sent.items()
        }
        fixed = zip(self._open, problem.fixed_cost.tolist(), strict=True)
        self.cost_of |= dict(fixed)
        self._cost_unit = max(sum(c * (v.upBound or 1) for v, c in self.cost_of.items()), 1.0)
        every = pulp.lpSum((c / self._cost_unit) * v for v, c in self.cost_of.items() if c)
        self._model += every == self._cost
        self._model += pulp.lpSum(self._delay.values()) == self._all_delay
        self._model.setObjective(1.0 * self._cost)

    def add_tangents(self, making_days: NDArray[np.float64]) -> None:
        """Bound the penalties of all ways from below by their tangents there, (m,)."""
        problem = self.problem
        columns: list[NDArray[np.int64]] = []
        coefficients: list[ArrayLike] = []
        for (i, j), delay in zip(self._ways, self._delay_columns.tolist(), strict=True):
            at, most = float(making_days[i]), float(self._most_days[i])
            late = problem.way_days[i, j] + at - problem.threshold_days[j]
            value = float(problem.penalty(late))
            growth = problem.delay_growth_per_day
            slope = growth * (value + 1) if late > 0 else 0.0
            first, used = value - slope * at, self._used[i, j].index
            if value == slope == 0:
                continue
            columns.append(np.array([used, self._days[i].index, self._one.index, delay]))
            coefficients.append([first + slope * most, slope, -slope * most, -1.0])
        self._search.add_rows(columns, coefficients)

    def weigh(self, delay: float, cost: float) -> None:
        """Set what is minimised: both objectives times these."""
        columns = np.array([self._all_delay.index, self._cost.index])
        self._search.cost_columns(columns, np.array([delay, cost * self._cost_unit]))

    def bound(self, delay: float = np.inf, cost: float = np.inf) -> None:
        """Let no plan have more delay or cost."""
        columns = np.array([self._all_delay.index, self._cost.index])
        most = np.array([delay, cost / self._cost_unit])
        self._search.bound_columns(columns, np.zeros(2), most)

    def run(self, until_s: float, gap: float, absolute_gap: float) -> Found:
        """Search (see `policies.highs.Search.run`)."""
        return self._search.run(until_s, gap, absolute_gap)

    def begin_at(self, plan: DeliveryPlan) -> None:
        """Give the next search a plan to begin at."""
        values = np.zeros(self._search.columns)
        for place, sent in self._sent.items():
            values[sent.index] = plan.sent[place]
        for way, used in self._used.items():
            values[used.index] = plan.is_used[way]
        for i, is_open in enumerate(self._open):
            values[is_open.index] = plan.is_open[i]
        self._search.begin_at(values)

    def plan_of(self, values: NDArray[np.float64]) -> DeliveryPlan:
        """The plan that an answer of HiGHS means."""
        sent = np.zeros((*self.problem.distance_km.shape, self._shares.units.shape[1]), np.int64)
        for place, column in self._sent.items():
            sent[place] = round(values[column.index])
        return DeliveryPlan(self.problem, sent)
