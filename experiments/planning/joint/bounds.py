"""What no plan of orders and trips can cost less than, for any number of centres."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import floyd_warshall

from experiments.planning.joint.problem import JointProblem

Array = NDArray[np.float64]

SHARES = np.linspace(0, 1, 21)
"""Of the two bounds on driving in their mixture."""
STEPS, FIRST_STEP, SHRINK = 150, 0.3, 0.98
"""Of the climb: the first step is a part of the mean of half a visit's legs."""


def cost_bound(problem: JointProblem) -> float:
    r"""A bound on the cost of quantities and trips chosen together.

    A trip of length :math:`\ell` past centres :math:`S` with loads that fit in :math:`K` is never
    shorter than the way to any of its centres and back, so
    :math:`\ell \ge \sum_{i \in S} (d_{0i} + d_{i0}) q_i / K`. Nor is it shorter than half of the
    two legs at each place added up, :math:`\ell \ge \sum_i e_i + e_0`, where :math:`e_i` is half
    of the two cheapest legs that a trip can have there, and, where it is above 0,
    :math:`e_0 \ge e_0 \sum_i q_i / K`. Any mixture of the two is a bound, too, and it is a sum
    over centres, each a newsvendor with a dearer unit that is visited or left out:

    .. math:: \max_{0 \le \theta \le 1} \sum_i \min\Bigl\{G_i(0),\ c (1 - \theta) e_i + \min_q
        \bigl[G_i(q) + \tfrac{q}{K}(f + c\,\theta (d_{0i} + d_{i0}) + c (1 - \theta) e_0)\bigr]
        \Bigr\}

    A potential :math:`\pi_i` of each centre, added to every leg there and taken off twice from its
    visit, leaves trips as long as they are and changes :math:`e`; it is moved by the subgradient,
    as Held and Karp do (Operations Research 18, 1970).

    Returns
    -------
    float
        Money.
    """
    distance = floyd_warshall(problem.distance)  # so that no way round is shorter
    potential = np.zeros(len(problem.items))
    best = _bound(problem, distance, potential, SHARES)
    step = FIRST_STEP * float(np.mean(_legs(distance, potential).half))
    highest = best.value
    for _ in range(STEPS):
        now = _bound(problem, distance, potential, np.array([best.share]))
        highest = max(highest, now.value)
        potential = potential + step * now.slope
        step *= SHRINK
    return max(highest, _bound(problem, distance, potential, SHARES).value)


class _Bound(NamedTuple):
    """A bound, the share of ways there and back in it, and where potentials should be moved."""

    value: float
    share: float
    slope: Array


def _bound(problem: JointProblem, distance: Array, potential: Array, shares: Array) -> _Bound:
    there_and_back = distance[0, 1:] + distance[1:, 0]
    legs = _legs(distance, potential)
    each, theta = problem.cost_per_distance, shares[:, None]
    of_depot = max(legs.at_depot, 0.0)
    a_unit = problem.trip_cost + each * (theta * there_and_back + (1 - theta) * of_depot)
    a_unit = a_unit / problem.capacity
    quantity = problem.centres.wanted(a_unit)
    # A trip has a centre at least, so there are no more trips than centres that are visited.
    half = legs.half + min(legs.at_depot, 0.0)
    visited = each * (1 - theta) * half + problem.centres.cost(quantity) + a_unit * quantity
    least = np.minimum(visited, problem.centres.cost_without)
    row = int(least.sum(axis=1).argmax())
    is_visited = visited[row] < problem.centres.cost_without
    neighbours = np.bincount(legs.neighbour[is_visited].ravel(), minlength=len(distance))[1:]
    slope = np.where(is_visited, neighbours / 2 - 1, 0.0)
    return _Bound(float(least[row].sum()), float(shares[row]), slope)


class _Legs(NamedTuple):
    """The two cheapest legs that a trip can have at each place.

    Attributes
    ----------
    half : (n,) float64
        Half of both at each centre, with potentials.
    neighbour : (n, 2) int64
        Where they come from and lead to.
    at_depot : float
        Half of those at the depot.
    """

    half: Array
    neighbour: NDArray[np.int64]
    at_depot: float


def _legs(distance: Array, potential: Array) -> _Legs:
    """They lead to two different places, or both to the depot."""
    of_place = np.append(0.0, potential)
    come, go = (distance.T + of_place)[1:], (distance + of_place)[1:]
    own = np.arange(len(potential))
    come[own, own + 1] = go[own, own + 1] = np.inf
    first_come, second_come = _two_least(come)
    first_go, second_go = _two_least(go)
    zero = np.zeros_like(first_come)
    pairs = np.stack(
        [(first_come, first_go), (first_come, second_go), (second_come, first_go), (zero, zero)]
    )
    length = come[own, pairs[:, 0]] + go[own, pairs[:, 1]]
    is_same = (pairs[:, 0] == pairs[:, 1]) & (pairs[:, 0] != 0)
    length = np.where(is_same, np.inf, length)
    chosen = length.argmin(axis=0)
    half = length[chosen, own] / 2 - potential
    at_depot = float((distance[0, 1:] + potential).min() + (distance[1:, 0] + potential).min()) / 2
    return _Legs(half, pairs[chosen, :, own], at_depot)


def _two_least(length: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns of the least and of the second least of each row."""
    if length.shape[1] < 3:  # of one centre: to and from the depot
        least = length.argmin(axis=1)
        return least, least
    two = np.argpartition(length, 1, axis=1)[:, :2]
    rows = np.arange(len(length))
    is_sorted = length[rows, two[:, 0]] <= length[rows, two[:, 1]]
    return np.where(is_sorted, two[:, 0], two[:, 1]), np.where(is_sorted, two[:, 1], two[:, 0])
