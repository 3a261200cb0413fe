"""The plans among which cost and service trade."""

from __future__ import annotations

import numpy as np

from policies.interrupts import interrupts_held, is_interrupted
from policies.mistakes import number_mistakes, refuse
from policies.siting.limits import SearchLimits, Watcher
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.plan import LocationPlan
from policies.siting.robust.problem import LocationProblem

SAME_SHARE = 1e-9
"""Costs that differ by less than this share are the same."""

TIE_WEIGHT = 1e-3
"""Weight of the other objective where one alone is minimised, so that it is not left to chance."""


def front_by_weights(
    problem: LocationProblem,
    weights: int = 11,
    limits: SearchLimits | None = None,
    on_progress: Watcher | None = None,
) -> list[LocationPlan]:
    """Find plans that are best for some weight of cost against service, as the paper does.

    Plans that lie inside the convex hull of the front (unsupported) are never found so. Weights go
    from cost to service; an interruption ends them with the plans so far.

    Parameters
    ----------
    problem : LocationProblem
    weights : int
        How many, evenly spread.
    limits : SearchLimits, optional
        Of each search.
    on_progress : callable, optional
        Is told of every step of every search.

    Returns
    -------
    list of LocationPlan
        From the cheapest to the best service; none is worse in both than another.
    """
    refuse(number_mistakes("weights", weights, lambda n: n >= 2, ">= 2"))
    return plans_along_weights(problem, weights, limits, on_progress)


def plans_along_weights(
    problem: LocationProblem,
    weights: int,
    limits: SearchLimits | None = None,
    on_progress: Watcher | None = None,
) -> list[LocationPlan]:
    """As `front_by_weights`; with one weight, the cheapest plan alone."""
    plans: list[LocationPlan] = []
    with interrupts_held():
        for weight in np.clip(np.linspace(1, 0, weights), TIE_WEIGHT, 1 - TIE_WEIGHT).tolist():
            plans.append(solve_location(problem, weight, limits, on_progress=on_progress))
            if _is_stopped(plans):
                break
    return without_dominated(plans)


def front_by_limits(
    problem: LocationProblem,
    steps: int = 10,
    limits: SearchLimits | None = None,
    on_progress: Watcher | None = None,
) -> list[LocationPlan]:
    r"""Find the cheapest plan for each of several limits of the cost of service.

    The :math:`\varepsilon`-constraint method (Haimes, Lasdon and Wismer, 1971): the limits lie
    evenly between what the cheapest plan and the best service cost, so plans inside the convex
    hull of the front are found, too. An interruption ends them with the plans so far.

    Parameters
    ----------
    problem : LocationProblem
    steps : int
        How many limits between both ends.
    limits : SearchLimits, optional
        Of each search.
    on_progress : callable, optional
        Is told of every step of every search.

    Returns
    -------
    list of LocationPlan
        From the cheapest to the best service; none is worse in both than another.
    """
    refuse(number_mistakes("steps", steps, lambda n: n >= 0, ">= 0"))
    plans: list[LocationPlan] = []
    with interrupts_held():
        for weight in (1 - TIE_WEIGHT, TIE_WEIGHT):
            plans.append(solve_location(problem, weight, limits, on_progress=on_progress))
            if _is_stopped(plans):
                return without_dominated(plans)
        worst, best = (plan.costs.service_cost_per_day for plan in plans)
        between = np.linspace(best, worst, steps + 2)[1:-1] if worst > best else np.empty(0)
        for most in between.tolist():  # a plan within one limit is within all that follow
            known = [plan.layout for plan in plans]
            plans.append(solve_location(problem, 1 - TIE_WEIGHT, limits, most, on_progress, known))
            if _is_stopped(plans):
                break
    return without_dominated(plans)


def _is_stopped(plans: list[LocationPlan]) -> bool:
    return plans[-1].status == "interrupted" or is_interrupted()


def without_dominated(plans: list[LocationPlan]) -> list[LocationPlan]:
    """Leave out plans that are no better in either objective than another; by rising cost."""
    by_cost = sorted(plans, key=lambda plan: plan.costs)
    front: list[LocationPlan] = []
    for plan in by_cost:
        service = plan.costs.service_cost_per_day
        least = front[-1].costs.service_cost_per_day if front else np.inf
        if service < least - SAME_SHARE * abs(service):
            front.append(plan)
    return front
