"""The paper's second step as an integer program, mended and as it is printed."""

from __future__ import annotations

from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.planning.joint.groups import Tours, cheapest_split, members_of_all, tour_length
from policies.base import InfeasibleError
from policies.highs import solve

Array = NDArray[np.float64]


class SecondStep(NamedTuple):
    """What the program answers.

    Attributes
    ----------
    length : float
        Of all trips; NaN where no answer keeps its constraints.
    routes : tuple of tuple of int
        Centres of each trip, from 0 on.
    """

    length: float
    routes: tuple[tuple[int, ...], ...]


def solve_second_step(distance: Array, load: Array, most: float, *, as_printed: bool) -> SecondStep:
    r"""Drive as little as possible, by the paper's equations (7) to (14).

    With depot 0, distance :math:`d`, load :math:`q_i` of centre :math:`i` and capacity :math:`K`,

    .. math::

        \min \sum_{i \ne j} d_{ij} x_{ij}, \quad \sum_i x_{ij} = 1, \quad \sum_i x_{ji} = 1, \quad
        q_i \le n_i \le K, \quad n_i \le K + (q_i - K) x_{0i},

        n_j \ge n_i + q_j - K + K x_{ij} + (K - q_j - q_i) y.

    In the inequality of Desrochers and Laporte, :math:`y = x_{ji}`. The paper prints
    :math:`x_{ij}` once more. From :math:`x_{ij} = 1` follows then :math:`n_j \ge n_i + K - q_i`:
    a trip has two centres at most, and these may ask for more than a vehicle carries. What it
    prints elsewhere cannot be run at all and is mended in both: (7) lacks the sum over :math:`j`,
    (8) and (9) are one and the same, and (11) does not say which :math:`m` it has.

    Parameters
    ----------
    distance : (n + 1, n + 1) float64
    load : (n,) float64
        Above 0 and at most the capacity.
    most : float
        Capacity of a vehicle.
    as_printed : bool
    """
    import pulp

    count = len(load)
    problem = pulp.LpProblem("SecondStep", pulp.LpMinimize)
    drives = {
        leg: pulp.LpVariable("drives_{}_{}".format(*leg), cat=pulp.LpBinary)
        for leg in permutations(range(count + 1), 2)
    }
    delivered = [
        pulp.LpVariable(f"delivered_{i + 1}", float(units), float(most))
        for i, units in enumerate(load)
    ]
    problem += pulp.lpSum(float(distance[leg]) * drives[leg] for leg in drives)
    for j in range(1, count + 1):
        others = [i for i in range(count + 1) if i != j]
        problem += pulp.lpSum(drives[i, j] for i in others) == 1
        problem += pulp.lpSum(drives[j, i] for i in others) == 1
        problem += delivered[j - 1] <= most + float(load[j - 1] - most) * drives[0, j]
    for i, j in permutations(range(1, count + 1), 2):
        q_i, q_j = float(load[i - 1]), float(load[j - 1])
        last = drives[i, j] if as_printed else drives[j, i]
        problem += (
            delivered[j - 1]
            >= delivered[i - 1] + q_j - most + most * drives[i, j] + (most - q_j - q_i) * last
        )
    try:
        solve(problem)
    except InfeasibleError:
        return SecondStep(np.nan, ())
    routes = _routes([leg for leg, variable in drives.items() if variable.value() > 0.5])
    return SecondStep(sum(tour_length(distance, route) for route in routes), routes)


def _routes(driven: list[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """The trips of the legs that are driven."""
    after = {i: j for i, j in driven if i}
    routes = []
    for first in (j for i, j in driven if not i):
        route = [first]
        while after[route[-1]]:
            route.append(after[route[-1]])
        routes.append(tuple(place - 1 for place in route))
    return tuple(routes)


def shortest_length(distance: Array, load: Array, most: float) -> float:
    """The least length of trips that serve all centres, by trying every group of them."""
    fits = members_of_all(len(load)) @ load <= most * (1 + 1e-9)
    length = np.where(fits, Tours(distance).length, np.inf)
    return cheapest_split(length)[0]


class Arrivals(NamedTuple):
    """How far one vehicle drives, on average, until it is at a centre.

    Attributes
    ----------
    shortest : float
        On the shortest tour, in the better of its two directions.
    least : float
        On the tour that keeps this least.
    """

    shortest: float
    least: float


def arrivals_of_tours(distance: Array) -> Arrivals:
    """One vehicle past all of a few centres: by length, and by how soon it is there.

    Every order is tried.
    """
    orders = np.array(list(permutations(range(1, len(distance)))))
    legs = np.column_stack([distance[0, orders[:, 0]], distance[orders[:, :-1], orders[:, 1:]]])
    length = legs.sum(axis=1) + distance[orders[:, -1], 0]
    arrival = legs.cumsum(axis=1).mean(axis=1)
    is_shortest = length <= length.min() * (1 + 1e-9)
    return Arrivals(float(arrival[is_shortest].min()), float(arrival.min()))
