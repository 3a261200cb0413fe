"""Delivery plans to a proven gap of the nonlinear objective, and the front between its parts."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from time import perf_counter

import numpy as np

from policies.delivery.plan import DeliveryPlan
from policies.delivery.problem import DeliveryProblem
from policies.delivery.program import DeliveryProgram
from policies.delivery.shortage import shares_of
from policies.mistakes import number_mistakes, refuse
from policies.siting.limits import SearchLimits

LEAST_OBJECTIVE = 0.01
"""Of a normalised objective below this, the gap is a share of this: it may well be 0."""

MIP_GAP_SHARE = 0.5
"""Of the gap that is asked for, so much is left to each integer search."""

SAME_SHARE = 1e-7
"""Extremes that are no farther apart are the same."""

EXTREME_TIME_SHARE = 0.25
"""Of the time limit, so much is for each of the four searches for extremes."""

DEFAULT_LIMITS = SearchLimits(time_limit_s=60.0)


@dataclass(frozen=True)
class Extremes:
    """Between what both objectives lie.

    Attributes
    ----------
    least_delay, least_cost : float
        No plan has less, as was proven.
    most_delay, most_cost : float
        Of the plan of least cost, and of that of least delay.
    """

    least_delay: float
    most_delay: float
    least_cost: float
    most_cost: float

    @property
    def delay_range(self) -> float:
        """What differences of delay are measured by."""
        return _range(self.least_delay, self.most_delay)

    @property
    def cost_range(self) -> float:
        """What differences of cost are measured by."""
        return _range(self.least_cost, self.most_cost)

    def normalised(self, plan: DeliveryPlan) -> tuple[float, float]:
        """Delay and cost of a plan, from 0 for the least to 1 for the most."""
        delay = (plan.delay - self.least_delay) / self.delay_range
        return delay, (plan.cost - self.least_cost) / self.cost_range


def _range(least: float, most: float) -> float:
    """How far extremes are apart; where they are the same, their size, so that it is weighed."""
    size = max(most, 1.0)
    return most - least if most - least > SAME_SHARE * size else size


@dataclass(frozen=True, eq=False)
class DeliveryAnswer:
    """A plan and what is proven of it.

    Attributes
    ----------
    plan : DeliveryPlan
    extremes : Extremes
    delay_weight : float
        ω₁; cost weighs 1 less it.
    objective : float
        The weighted sum of the true normalised objectives.
    bound : float
        No plan has less.
    seconds : float
    """

    plan: DeliveryPlan
    extremes: Extremes
    delay_weight: float
    objective: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """What the objective may be above the best, as a share of it (`LEAST_OBJECTIVE`)."""
        return max(self.objective - self.bound, 0.0) / max(self.objective, LEAST_OBJECTIVE)


def find_plan(
    problem: DeliveryProblem, delay_weight: float = 0.5, limits: SearchLimits | None = None
) -> DeliveryAnswer:
    r"""Minimise :math:`\omega_1 \tilde Z_1 + \omega_2 \tilde Z_2`, both normalised.

    Normalised is by the least that was proven of each, and by what the plan of least cost delays
    and that of least delay costs, each with the least of the other among its equals.

    Parameters
    ----------
    problem : DeliveryProblem
    delay_weight : float
        :math:`\omega_1`, from 0 to 1; :math:`\omega_2 = 1 - \omega_1`.
    limits : SearchLimits, optional
        By default a gap of 1e-4 or a minute. The extremes may take as long once more; where time
        ends their search, they are the best that were met.

    Raises
    ------
    PolicyError
        If the weight is not allowed.
    """
    refuse(number_mistakes("delay_weight", delay_weight, lambda w: 0 <= w <= 1, "from 0 to 1"))
    return _Planner(problem, limits or DEFAULT_LIMITS).weighted(delay_weight)


def find_front(
    problem: DeliveryProblem, weights: int = 11, limits: SearchLimits | None = None
) -> list[DeliveryAnswer]:
    """Plans for equidistant weights from all cost to all delay, none worse than another in both.

    Weights find the plans on the lower hull of the front alone.
    """
    planner = _Planner(problem, limits or DEFAULT_LIMITS)
    answers = [planner.weighted(weight) for weight in np.linspace(0, 1, weights).tolist()]
    kept: list[DeliveryAnswer] = []
    for answer in sorted(answers, key=lambda a: (a.plan.cost, a.plan.delay)):
        if not kept or answer.plan.delay < kept[-1].plan.delay - 1e-9:
            kept.append(answer)
    return kept


@dataclass(frozen=True)
class _Aim:
    """What is minimised: delay and cost times their weights, within the most of each.

    `offset` is the weighted sum of the extremes, without which it is they that are looked for.
    """

    delay: float
    cost: float
    offset: float | None = None
    most: tuple[float, float] = (inf, inf)

    @property
    def is_extreme(self) -> bool:
        return self.offset is None

    def value(self, plan: DeliveryPlan) -> float:
        return self.delay * plan.delay + self.cost * plan.cost

    def size(self, plan: DeliveryPlan) -> float:
        """What the gap is a share of."""
        return max(self.value(plan) - (self.offset or 0.0), LEAST_OBJECTIVE)

    def allows(self, plan: DeliveryPlan) -> bool:
        """Whether a plan keeps the limit on that which is not minimised."""
        most_delay, most_cost = self.most
        return (self.delay > 0 or plan.delay <= most_delay) and (
            self.cost > 0 or plan.cost <= most_cost
        )


class _Planner:
    """One program for several weights, and every plan that it has met."""

    def __init__(self, problem: DeliveryProblem, limits: SearchLimits) -> None:
        self._began_s = perf_counter()
        self._limits = limits
        shares = shares_of(problem)
        self._program = DeliveryProgram(problem, shares)
        self._met = [DeliveryPlan(problem, shares.nearest)]
        self._cut: set[tuple[float, ...]] = set()
        self.extremes = self._find_extremes()

    def weighted(self, delay_weight: float) -> DeliveryAnswer:
        """The plan of a weight."""
        extremes = self.extremes
        delay, cost = delay_weight / extremes.delay_range, (1 - delay_weight) / extremes.cost_range
        offset = delay * extremes.least_delay + cost * extremes.least_cost
        plan, bound = self._minimise(_Aim(delay, cost, offset))
        of_delay, of_cost = extremes.normalised(plan)
        objective = delay_weight * of_delay + (1 - delay_weight) * of_cost
        seconds = perf_counter() - self._began_s
        return DeliveryAnswer(
            plan, extremes, delay_weight, objective, min(bound - offset, objective), seconds
        )

    def _find_extremes(self) -> Extremes:
        """Least delay, then least cost, each with the least of the other beside it."""
        slack = 1 + self._limits.gap
        soonest, least_delay = self._minimise(_Aim(1.0, 0.0))
        self._program.bound(delay=soonest.delay * slack + 1e-6)
        soonest = self._least_of(0.0, 1.0, soonest)
        self._program.bound()
        cheapest, least_cost = self._minimise(_Aim(0.0, 1.0))
        self._program.bound(cost=cheapest.cost * slack + 1e-6)
        cheapest = self._least_of(1.0, 0.0, cheapest)
        self._program.bound()
        return Extremes(max(least_delay, 0.0), cheapest.delay, max(least_cost, 0.0), soonest.cost)

    def _least_of(self, delay: float, cost: float, known: DeliveryPlan) -> DeliveryPlan:
        """The best within the bounds that are set, of which one plan is known."""
        self._program.begin_at(known)
        slack = 1 + self._limits.gap
        most = slack * known.delay + 2e-6, slack * known.cost + 2e-6
        plan, _ = self._minimise(_Aim(delay, cost, most=most))
        return plan

    def _minimise(self, aim: _Aim) -> tuple[DeliveryPlan, float]:
        """The best plan by a sum of both objectives, and a bound of all plans.

        Tangents are added where the plan makes things for other times than any before, until the
        true objective is within the gap of the bound.
        """
        share = EXTREME_TIME_SHARE if aim.is_extreme else 1.0
        until_s = perf_counter() + share * self._limits.time_limit_s
        self._program.weigh(aim.delay, aim.cost)
        known = [plan for plan in self._met if aim.allows(plan)]
        bound = -inf
        while True:
            best = min(known, key=aim.value, default=None)
            within = self._limits.gap * aim.size(best) if best else 0.0
            if best is not None:
                if aim.value(best) - bound <= within:
                    return best, bound
                self._program.begin_at(best)
            gap = MIP_GAP_SHARE * self._limits.gap if aim.is_extreme else 0.0
            found = self._program.run(until_s, gap, max(MIP_GAP_SHARE * within, 1e-9))
            bound = max(bound, found.bound)
            if found.values is not None:
                plan = self._program.plan_of(found.values)
                self._met.append(plan)
                known += [plan] if aim.allows(plan) else []
            if found.status != "optimal" or not self._cut_at(plan):
                return min(known or self._met, key=aim.value), bound

    def _cut_at(self, plan: DeliveryPlan) -> bool:
        """Add tangents at a plan; False if they are there already."""
        place = tuple(np.round(plan.making_days, 9).tolist())
        if place in self._cut:
            return False
        self._cut.add(place)
        self._program.add_tangents(plan.making_days)
        return True
