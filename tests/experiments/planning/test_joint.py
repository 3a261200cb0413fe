"""Orders and trips chosen together, beside every other way to choose them on small instances."""

from collections.abc import Iterator
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from experiments.planning.joint import JointProblem, order_jointly, two_steps
from experiments.planning.joint.bounds import cost_bound
from experiments.planning.joint.groups import Tours, cheapest_split
from experiments.planning.joint.loads import Centres
from experiments.planning.joint.route_pool import best_found, best_two_steps
from policies.base import PolicyError
from policies.ordering.laws import (
    DemandLaw,
    LognormalDemand,
    NormalDemand,
    PoissonDemand,
    TableDemand,
)
from policies.ordering.newsvendor import Item, newsvendor, order_within, outcome

MEAN = (120, 80, 100, 60, 150, 90)
SD = (30, 20, 25, 15, 40, 20)
ORACLE = [Item(NormalDemand(m, s), 1.0, 0.5, 9.0) for m, s in zip(MEAN, SD, strict=True)]


def instance(seed: int, centres: int = 6, stops: float = 2.0, cost: float = 3.0) -> JointProblem:
    rng = np.random.default_rng(seed)
    mean = rng.uniform(50, 150, centres)
    items = [Item(NormalDemand(m, s), 1.0, 0.5, 9.0) for m, s in zip(mean, mean / 4, strict=True)]
    place = np.vstack([[0, 0], rng.uniform(-30, 30, (centres, 2))])
    distance = np.linalg.norm(place[:, None] - place, axis=2)
    return JointProblem(items, distance, stops * 125, cost, trip_cost=10.0)


def partitions(things: list[int]) -> Iterator[list[list[int]]]:
    """Every way to split some things into groups."""
    if not things:
        yield []
        return
    first, *rest = things
    for split in partitions(rest):
        for k, group in enumerate(split):
            yield [*split[:k], [first, *group], *split[k + 1 :]]
        yield [[first], *split]


def length(distance: NDArray[np.float64], route: tuple[int, ...]) -> float:
    places = [0, *(i + 1 for i in route), 0]
    return float(sum(distance[leg] for leg in pairwise(places)))


def least_by_trying_all(problem: JointProblem) -> float:
    """All splits of all parts of the centres, all orders of visits, a newsvendor for each trip."""
    centres, cost = len(problem.items), {}
    for group in range(1, 1 << centres):
        own = [i for i in range(centres) if group >> i & 1]
        tour = min(length(problem.distance, route) for route in permutations(own))
        items = [problem.items[i] for i in own]
        shared = order_within(items, problem.capacity, np.ones(len(own)))
        orders = sum(
            outcome(item, float(q)).cost for item, q in zip(items, shared.quantity, strict=True)
        )
        cost[tuple(own)] = orders + problem.cost_per_distance * tour + problem.trip_cost
    for i in range(centres):  # one that nobody visits
        cost[i,] = min(cost[i,], outcome(problem.items[i], 0.0).cost)
    return min(
        sum(cost[tuple(sorted(group))] for group in split)
        for split in partitions(list(range(centres)))
    )


def test_oracle_of_six_centres() -> None:
    centres, everyone = Centres(ORACLE), np.ones((1, 6), dtype=bool)
    free = centres.share(everyone, np.inf)
    assert free.quantity.sum() == pytest.approx(750.472195, abs=1e-6)
    assert free.cost[0] == pytest.approx(943.722841, abs=1e-6)
    tight = centres.share(everyone, 650.0)
    assert tight.price[0] == pytest.approx(2.009693, abs=1e-6)
    assert tight.quantity.sum() == pytest.approx(650)


LAWS: tuple[DemandLaw, ...] = (
    NormalDemand(100, 30), LognormalDemand(80, 40), PoissonDemand(60.0),
    TableDemand([20, 50, 90], [0.3, 0.5, 0.2]),
)  # fmt: skip


@given(
    room=st.floats(1, 400),
    costs=st.lists(
        st.tuples(st.floats(0.1, 5), st.floats(0.1, 2), st.floats(0.2, 20)), min_size=4, max_size=4
    ),
)
@settings(max_examples=12, deadline=None)
def test_groups_share_room_as_the_shared_newsvendor_does(
    room: float, costs: list[tuple[float, float, float]]
) -> None:
    items = [Item(law, *cost) for law, cost in zip(LAWS, costs, strict=True)]
    members = np.array([[1, 1, 1, 1], [0, 1, 0, 1], [1, 0, 0, 0]], dtype=bool)
    loads = Centres(items).share(members, room)
    for row, own in enumerate(members):
        group = [item for item, is_in in zip(items, own, strict=True) if is_in]
        shared = order_within(group, room, np.ones(len(group)))
        cost = sum(
            outcome(item, float(q)).cost for item, q in zip(group, shared.quantity, strict=True)
        )
        assert loads.cost[row] == pytest.approx(cost, rel=1e-6, abs=1e-6)
        assert loads.quantity[row].sum() <= room * (1 + 1e-9)
        assert not loads.quantity[row][~own].any()


def test_tours_of_all_groups_are_the_shortest() -> None:
    rng = np.random.default_rng(3)
    distance = rng.uniform(1, 10, (6, 6))  # one way may be longer than the other
    tours = Tours(distance)
    for group in range(1, 32):
        own = [i for i in range(5) if group >> i & 1]
        least = min(length(distance, route) for route in permutations(own))
        assert tours.length[group] == pytest.approx(least)
        assert length(distance, tours.route(group)) == pytest.approx(least)
        assert sorted(tours.route(group)) == own


def test_the_cheapest_split_is_the_cheapest() -> None:
    cost = np.random.default_rng(4).uniform(1, 5, 32)
    least, groups = cheapest_split(cost)
    assert sum(groups) == 31
    assert least == pytest.approx(sum(cost[groups]))
    splits = partitions(list(range(5)))
    assert least == pytest.approx(
        min(sum(cost[sum(1 << i for i in group)] for group in split) for split in splits)
    )


@pytest.mark.parametrize(("stops", "cost"), [(1.5, 1.0), (2.5, 3.0), (6.0, 30.0)])
def test_joint_choice_is_the_best_of_all(stops: float, cost: float) -> None:
    problem = instance(seed=int(stops * 10), centres=5, stops=stops, cost=cost)
    plan = order_jointly(problem)
    assert plan.cost == pytest.approx(least_by_trying_all(problem), rel=1e-9)
    assert plan.gap == 0.0
    for route in plan.routes:
        assert plan.quantity[list(route)].sum() <= problem.capacity * (1 + 1e-9)


def test_a_centre_dearer_to_reach_than_to_leave_out_is_left_out() -> None:
    items = [Item(NormalDemand(100, 10), 1, 0.5, 9), Item(NormalDemand(20, 5), 1, 0.5, 9)]
    distance = np.array([[0, 10, 500.0], [10, 0, 500], [500, 500, 0]])
    plan = order_jointly(JointProblem(items, distance, 200))
    assert plan.routes == ((0,),)
    assert plan.quantity[1] == 0
    assert plan.ordering_cost == pytest.approx(
        newsvendor(items[0]).cost + outcome(items[1], 0).cost
    )
    assert len(two_steps(JointProblem(items, distance, 200)).routes) == 1


@given(
    seed=st.integers(0, 10_000),
    stops=st.floats(1.2, 8),
    cost=st.floats(0, 20),
    trip_cost=st.floats(0, 100),
)
@settings(max_examples=8, deadline=None)
def test_together_costs_no_more_than_two_steps_and_no_less_than_the_bound(
    seed: int, stops: float, cost: float, trip_cost: float
) -> None:
    base = instance(seed, 5, stops, cost)
    problem = JointProblem(base.items, base.distance, base.capacity, cost, trip_cost)
    together, apart = order_jointly(problem), two_steps(problem)
    assert together.cost <= apart.cost * (1 + 1e-9)
    assert cost_bound(problem) <= together.cost * (1 + 1e-9)


@pytest.mark.slow
def test_searched_plans_come_near_the_best() -> None:
    """What is found for many centres, on instances whose best is known."""
    for seed in range(2):
        problem = instance(seed, centres=9, stops=2.5)
        best, apart = order_jointly(problem), two_steps(problem)
        found = best_found(problem)
        wanted = np.minimum(problem.centres.wanted(np.zeros(1))[0], problem.capacity)
        assert best.cost * (1 - 1e-9) <= found.cost <= 1.01 * best.cost
        assert apart.cost * (1 - 1e-9) <= best_two_steps(problem, wanted).cost <= 1.01 * apart.cost
        assert found.bound <= best.cost * (1 + 1e-9)


@pytest.mark.slow
def test_many_centres_are_served_once_within_the_vehicles() -> None:
    problem = instance(1, centres=16, stops=3.0)
    plan = order_jointly(problem)
    visited = [centre for route in plan.routes for centre in route]
    assert len(visited) == len(set(visited))
    assert plan.bound <= plan.cost <= two_steps(problem).cost * (1 + 1e-9)
    assert not plan.quantity[[i for i in range(16) if i not in visited]].any()
    for route in plan.routes:
        assert plan.quantity[list(route)].sum() <= problem.capacity * (1 + 1e-9)


def test_mistakes_are_told() -> None:
    with pytest.raises(PolicyError, match="capacity must be above 0, got 0"):
        JointProblem(ORACLE, np.zeros((7, 7)), 0.0)
    with pytest.raises(PolicyError, match=r"shape \(7, 7\), got \(3, 3\)"):
        JointProblem(ORACLE, np.zeros((3, 3)), 1.0)
    packs = [Item(NormalDemand(1, 1), 1, 1, 9, pack=10.0)]
    with pytest.raises(PolicyError, match="item 0: orders and trips are chosen together only"):
        order_jointly(JointProblem(packs, np.zeros((2, 2)), 1.0))
