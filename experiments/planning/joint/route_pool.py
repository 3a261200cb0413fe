"""Good plans of orders and trips for many centres: a pool of trips, and the best choice of them.

Trips come from a search for routes at loads of several sizes, and from small changes of those that
were chosen last. A choice is a set partitioning, in which every trip costs what its centres order
at best within the vehicle, so that quantities and trips are weighed together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.planning.joint.bounds import cost_bound
from experiments.planning.joint.groups import tour_length
from experiments.planning.joint.problem import TINY, JointPlan, JointProblem, Route, plan_of
from policies.highs import solve
from policies.routing.planning import Deliveries, Stop, Vehicle, plan_deliveries

Array = NDArray[np.float64]

TIGHTNESS = (1.0, 0.95, 0.9, 0.8)
"""Parts of what centres want at which routes are searched for."""
NEAR = 6
"""A trip may be changed by taking in one of so many centres nearest to each of its own."""
MOST_ROUNDS = 8
SAME = 1e-9
PARTS_OF_UNIT = 10
"""Loads of the search for routes are whole tenths of a unit."""
SOLVER_S = 20.0
"""For a choice; what is found by then is only taken if it is better than what is known."""
SEARCHES = 1_000
"""Iterations of a search for routes; the pool takes it from there."""


def best_two_steps(problem: JointProblem, quantity: Array) -> JointPlan:
    """Good trips for loads that are given; every centre with a load is visited."""
    routes = _searched_routes(problem, quantity, None)
    return _Pool(problem, quantity).improved(routes)


def best_found(problem: JointProblem) -> JointPlan:
    """A good plan of quantities and trips together, and how far it may be from the best.

    Never worse than that of two steps, from whose trips it begins.
    """
    centres = problem.centres
    wanted = np.minimum(centres.wanted(np.zeros(1))[0], problem.capacity)
    pool = _Pool(problem, None)
    known = best_two_steps(problem, wanted).routes
    for part in TIGHTNESS:
        load = _at_part(problem, wanted, part)
        prize = np.maximum(centres.cost_without - centres.cost(load[None])[0], 0.0)
        pool.add(_searched_routes(problem, load, prize))
    return pool.improved(known)


def _at_part(problem: JointProblem, wanted: Array, part: float) -> Array:
    """What centres want at the price at which all of them want a part of it."""
    everyone = np.ones((1, len(wanted)), dtype=bool)
    load = problem.centres.share(everyone, part * float(wanted.sum())).quantity[0]
    return np.minimum(load, problem.capacity)


def _searched_routes(problem: JointProblem, load: Array, prize: Array | None) -> list[Route]:
    """Routes for loads; with prizes, centres may be left out."""
    visited = np.flatnonzero(load > 0)
    if not len(visited):
        return []
    most = math.floor(problem.capacity * PARTS_OF_UNIT)
    units = [min(most, math.ceil(q * PARTS_OF_UNIT - SAME)) for q in load[visited].tolist()]
    vehicles = min(len(visited), math.ceil(1.5 * sum(units) / most) + 2)
    places = [0, *(visited + 1).tolist()]
    distance = problem.distance[np.ix_(places, places)]
    deliveries = Deliveries(
        depots=("depot",),
        stops=tuple(
            Stop(f"centre {i}", q, prize=None if prize is None else float(prize[i]))
            for i, q in zip(visited.tolist(), units, strict=True)
        ),
        vehicles=tuple(
            Vehicle(
                f"vehicle {k}", most, fixed_cost=problem.trip_cost,
                cost_per_km=problem.cost_per_distance,
            )
            for k in range(vehicles)
        ),
        travel_s=distance,
        distance_m=1000 * distance,
        objective="cost",
    )  # fmt: skip
    plan = plan_deliveries(deliveries, iterations=SEARCHES)
    return [tuple(int(visited[stop]) for stop in trip.stops) for trip in plan.trips]


class _Pool:
    """Trips, each past another group of centres, and the best choice among them.

    Parameters
    ----------
    problem : JointProblem
    given : (n,) float64 or None
        Quantities that are fixed; None where they are chosen with the trips.
    """

    def __init__(self, problem: JointProblem, given: Array | None) -> None:
        self._problem = problem
        self._given = given
        self._length: dict[frozenset[int], float] = {}
        self._route: dict[frozenset[int], Route] = {}
        self._cost: dict[frozenset[int], float] = {}
        self._quantity: dict[frozenset[int], Array] = {}
        order = np.argsort(problem.distance[1:, 1:], axis=1, kind="stable")
        self._near = [[i for i in row if i != k][:NEAR] for k, row in enumerate(order.tolist())]

    def add(self, routes: Iterable[Route]) -> None:
        """Take in trips; of those past the same centres the shortest is kept."""
        new = []
        for route in routes:
            group = frozenset(route)
            if not route or not self._fits(route):
                continue
            length = tour_length(self._problem.distance, route)
            if length < self._length.get(group, np.inf):
                if group not in self._length:
                    new.append(group)
                self._length[group], self._route[group] = length, route
        if new:
            self._price(new)

    def improved(self, known: Sequence[Route]) -> JointPlan:
        """Choose, change what was chosen, and choose again, until that helps no more.

        Parameters
        ----------
        known : sequence of Route
            A choice to begin with.
        """
        self.add(known)
        chosen = [frozenset(route) for route in known]
        cost = sum(map(self._money, chosen)) + self._left_out_cost(chosen)
        for _ in range(MOST_ROUNDS):
            self.add([one for group in chosen for one in self._changed(self._route[group])])
            better, less = self._choose(cost * (1 + SAME))
            if less >= cost * (1 - SAME):
                break
            chosen, cost = better, less
        quantity = np.zeros(len(self._problem.items))
        for group in chosen:
            quantity += self._quantity[group]
        routes = [self._route[group] for group in chosen]
        return plan_of(self._problem, quantity, routes, cost_bound(self._problem))

    def _fits(self, route: Route) -> bool:
        if self._given is None:
            return True
        load = self._given[list(route)]
        return bool((load > 0).all() and load.sum() <= self._problem.capacity * (1 + TINY))

    def _price(self, groups: Sequence[frozenset[int]]) -> None:
        """Say what the orders of groups cost."""
        members = np.zeros((len(groups), len(self._problem.items)), dtype=bool)
        for row, group in enumerate(groups):
            members[row, list(group)] = True
        if self._given is not None:
            quantity, cost = np.where(members, self._given, 0.0), np.zeros(len(groups))
        else:
            quantity, _, cost = self._problem.centres.share(members, self._problem.capacity)
        for group, units, money in zip(groups, quantity, cost.tolist(), strict=True):
            self._quantity[group], self._cost[group] = units, money

    def _choose(self, at_most: float) -> tuple[list[frozenset[int]], float]:
        """The trips that serve each centre once, or leave it out, at least cost.

        Of a trip that adds more to the bound of the linear program than there is between it and
        `at_most`, the cost of a choice that is known, no better choice can make use.
        """
        groups = list(self._length)
        linear = _Choice(self._problem, self._given, [self._money(g) for g in groups], groups)
        cost, dearer = linear.solved()
        useful = [g for g, more in zip(groups, dearer, strict=True) if cost + more <= at_most]
        whole = _Choice(self._problem, self._given, [self._money(g) for g in useful], useful)
        return whole.chosen()

    def _left_out_cost(self, chosen: Sequence[frozenset[int]]) -> float:
        """What it costs not to come to those whom no chosen trip visits."""
        if self._given is not None:
            return 0.0
        visited = frozenset[int]().union(*chosen)
        cost = self._problem.centres.cost_without.tolist()
        return float(sum(money for i, money in enumerate(cost) if i not in visited))

    def _money(self, group: frozenset[int]) -> float:
        """What a trip costs, with the orders of its centres."""
        driving = self._problem.cost_per_distance * self._length[group] + self._problem.trip_cost
        return self._cost[group] + driving

    def _changed(self, route: Route) -> Iterator[Route]:
        """Trips without one of the centres, with one more, and with one for another."""
        shorter = [route[:k] + route[k + 1 :] for k in range(len(route))]
        yield from shorter
        others = sorted({near for own in route for near in self._near[own]} - set(route))
        for other in others:
            for base in (route, *shorter):
                yield self._with(base, other)

    def _with(self, route: Route, other: int) -> Route:
        """A trip with one more centre, where that makes it longer by least."""
        distance = self._problem.distance
        places = np.array([0, *(centre + 1 for centre in route), 0])
        before, after = places[:-1], places[1:]
        detour = distance[before, other + 1] + distance[other + 1, after] - distance[before, after]
        at = int(detour.argmin())
        return (*route[:at], other, *route[at:])


class _Choice:
    """The program that chooses among trips: linear until whole numbers are asked for."""

    def __init__(
        self,
        problem: JointProblem,
        given: Array | None,
        money: Sequence[float],
        groups: Sequence[frozenset[int]],
    ) -> None:
        import pulp

        self._groups = groups
        self._money = money
        self._program = pulp.LpProblem("Choice", pulp.LpMinimize)
        self._takes = [pulp.LpVariable(f"takes_{k}", 0, 1) for k in range(len(groups))]
        through: list[list[pulp.LpVariable]] = [[] for _ in problem.items]
        for variable, group in zip(self._takes, groups, strict=True):
            for i in group:
                through[i].append(variable)
        terms = [cost * one for cost, one in zip(money, self._takes, strict=True)]
        self._once: dict[int, pulp.LpConstraint] = {}
        for i, own in enumerate(through):
            served = pulp.lpSum(own)
            if given is None:
                left_out = pulp.LpVariable(f"leaves_{i}", 0, 1)
                terms.append(float(problem.centres.cost_without[i]) * left_out)
                served += left_out
            elif given[i] <= 0:
                continue
            self._once[i] = served == 1
            self._program += self._once[i]
        self._program.setObjective(pulp.lpSum(terms))

    def solved(self) -> tuple[float, list[float]]:
        """The bound of the linear program, and what each trip adds to it at least."""
        import pulp

        solve(self._program)
        worth = {i: float(row.pi) for i, row in self._once.items()}
        dearer = [
            cost - sum(worth.get(i, 0.0) for i in group)
            for cost, group in zip(self._money, self._groups, strict=True)
        ]
        return float(pulp.value(self._program.objective) or 0.0), dearer

    def chosen(self) -> tuple[list[frozenset[int]], float]:
        """The best choice of whole trips, and its cost; infinite if none was found in time."""
        import pulp

        for variable in self._takes:
            variable.cat = pulp.LpInteger
        if not solve(self._program, time_limit_s=SOLVER_S):
            return [], np.inf
        pairs = zip(self._groups, self._takes, strict=True)
        chosen = [group for group, one in pairs if one.value() > 0.5]
        return chosen, float(pulp.value(self._program.objective) or 0.0)
