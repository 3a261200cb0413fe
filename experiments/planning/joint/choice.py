"""How much every centre orders and who drives where, one after the other and chosen together."""

from __future__ import annotations

import numpy as np

from experiments.planning.joint.groups import Tours, cheapest_split, members_of_all
from experiments.planning.joint.problem import TINY, JointPlan, JointProblem, plan_of
from experiments.planning.joint.route_pool import best_found, best_two_steps

EXACT_CENTRES = 12
"""With more than this, the plan is the best found and its bound says how far it may be off."""


def two_steps(problem: JointProblem) -> JointPlan:
    """Order what is best for each centre by itself, then drive as little as possible.

    Scott and Rutner's two steps: the quantities of the first are loads of the second, and every
    centre that orders anything is visited. A centre orders no more than a vehicle carries, since
    it is visited once. The bound is that of the second step alone, given the quantities.
    """
    quantity = np.minimum(problem.centres.wanted(np.zeros(1))[0], problem.capacity)
    if len(quantity) > EXACT_CENTRES:
        return best_two_steps(problem, quantity)
    tours = Tours(problem.distance)
    members = members_of_all(len(quantity))
    cost = problem.cost_per_distance * tours.length + problem.trip_cost
    fits = members @ quantity <= problem.capacity * (1 + TINY)
    # Who orders nothing is not visited, at no cost.
    is_free = members @ (quantity > 0) == 0
    cost = np.where(is_free, 0.0, np.where(fits, cost, np.inf))
    _, groups = cheapest_split(cost)
    return plan_of(problem, quantity, [tours.route(one) for one in groups if not is_free[one]])


def order_jointly(problem: JointProblem) -> JointPlan:
    r"""Choose quantities and trips together.

    .. math:: \min \sum_i G_i(q_i) + \sum_r (f + c\,\ell_r)
        \quad\text{s.t.}\quad \sum_{i \in r} q_i \le K

    Centres may be left out: nobody comes, and nothing is ordered. For up to `EXACT_CENTRES`
    centres this is the optimum: the cost of a group that shares one trip is that of the
    newsvendors within its room plus its shortest tour, and the groups are chosen by dynamic
    programming over all of them. Beyond, it is the best plan found; see `route_pool`.
    """
    centres = problem.centres
    if len(centres) > EXACT_CENTRES:
        return best_found(problem)
    tours = Tours(problem.distance)
    loads = centres.share(members_of_all(len(centres)), problem.capacity)
    cost = loads.cost + problem.cost_per_distance * tours.length + problem.trip_cost
    cost[0] = 0.0
    alone = 1 << np.arange(len(centres))
    is_left_out = np.zeros(len(cost), dtype=bool)
    is_left_out[alone] = centres.cost_without <= cost[alone]
    cost[alone] = np.minimum(cost[alone], centres.cost_without)
    _, groups = cheapest_split(cost)
    visited = [one for one in groups if not is_left_out[one]]
    quantity = loads.quantity[visited].sum(axis=0)
    return plan_of(problem, quantity, [tours.route(one) for one in visited])
