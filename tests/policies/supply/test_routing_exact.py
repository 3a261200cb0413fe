"""The integer program against brute force, and what it tells where it does not end."""

from itertools import pairwise, permutations

import numpy as np
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.routing.base import RoutingView, Trip
from policies.routing.exact import Exact, ExactPlan
from policies.routing.savings import Savings
from policies.routing.schedule import total_travel_s


def random_instance(rng: np.random.Generator, stops: int, *, symmetric: bool) -> RoutingView:
    """Times without a pattern, and loads of which few fit on one vehicle."""
    travel_s = rng.uniform(10, 100, (stops + 1, stops + 1))
    if symmetric:
        travel_s = (travel_s + travel_s.T) / 2
    return RoutingView(
        travel_s=travel_s,
        depot=0,
        demand=rng.integers(1, 10, stops + 1),
        capacity=np.array([int(rng.integers(9, 25))]),
        ready_s=np.zeros(1),
        service_s=np.zeros(stops + 1),
    )


def least_driving_s(view: RoutingView) -> float:
    """The least over all orders of the stops, each cut into trips wherever that is best."""
    stops = range(1, len(view.demand))
    return min(_cut_best(view, order) for order in permutations(stops))


def _cut_best(view: RoutingView, order: tuple[int, ...]) -> float:
    """The least driving in this order; a trip ends where a shortest path through the cuts does."""
    best = [0.0] + [np.inf] * len(order)
    for begin in range(len(order)):
        load, inside_s = 0, 0.0
        for end in range(begin, len(order)):
            load += view.demand[order[end]]
            if load > view.capacity[0]:
                break
            if end > begin:
                inside_s += view.travel_s[order[end - 1], order[end]]
            trip_s = view.travel_s[0, order[begin]] + inside_s + view.travel_s[order[end], 0]
            best[end + 1] = min(best[end + 1], best[begin] + trip_s)
    return best[-1]


@pytest.mark.parametrize("symmetric", [True, False])
def test_exact_drives_no_more_than_the_best_of_all_orders_on_60_instances(symmetric):
    rng = np.random.default_rng(60 + symmetric)
    for number in range(30):
        view = random_instance(rng, 3 + number % 4, symmetric=symmetric)
        plan = Exact().solve(view)
        assert plan.total_s == pytest.approx(least_driving_s(view), abs=1e-6)
        assert plan.total_s == pytest.approx(total_travel_s(view, plan.trips))
        assert plan.gap == 0


def test_with_room_for_all_it_is_a_tour():
    # Stops on a circle, the depot among them: the shortest tour goes round.
    angle = np.array([0, 3, 1, 5, 2, 4]) * np.pi / 3
    place = np.exp(1j * angle)
    view = RoutingView(
        np.abs(place[:, None] - place),
        0,
        np.ones(6, dtype=np.int64),
        np.array([100]),
        np.zeros(1),
        np.zeros(6),
    )
    plan = Exact().solve(view)
    assert plan.total_s == pytest.approx(6)
    (trip,) = plan.trips
    around = [0, *trip.stops, 0]
    assert all(abs(place[i] - place[j]) == pytest.approx(1) for i, j in pairwise(around))


def test_too_many_stops_are_refused():
    view = random_instance(np.random.default_rng(1), 4, symmetric=True)
    with pytest.raises(PolicyError, match="exact routing takes at most 3 stops, got 4; let most_s"):
        Exact(most_stops=3).solve(view)


def test_too_many_stops_are_planned_by_savings_only_where_that_is_asked_for():
    views = [random_instance(np.random.default_rng(seed), 6, symmetric=False) for seed in range(20)]
    exact, savings = Exact(most_stops=6), Savings()
    better = [view for view in views if exact.plan(view) != savings.plan(view)]
    assert better  # so that it shows who planned
    for view in better:
        assert Exact(most_stops=5, beyond="savings").plan(view) == savings.plan(view)
        with pytest.raises(PolicyError, match=r"at most 5 stops, got 6; .* or beyond be 'savings'"):
            Exact(most_stops=5).plan(view)
    with pytest.raises(PolicyError, match="beyond must be 'savings' or left out, got 'direct'"):
        Exact(beyond="direct")


def test_no_more_trips_than_there_are():
    view = random_instance(np.random.default_rng(3), 6, symmetric=True)._replace(
        demand=np.array([0, 5, 5, 5, 5, 5, 5]), capacity=np.array([10])
    )
    far = view._replace(travel_s=view.travel_s + 1000.0)
    far.travel_s[0, :] = far.travel_s[:, 0] = 1.0  # each stop by itself would be nearest
    assert len(Exact().solve(far).trips) == 6
    plan = Exact().solve(far, most_trips=3)
    assert len(plan.trips) == 3
    assert plan.total_s > Exact().solve(far).total_s
    with pytest.raises(InfeasibleError):
        Exact().solve(far, most_trips=2)


def test_cut_short_it_is_no_worse_than_savings_and_tells_the_gap():
    view = random_instance(np.random.default_rng(7), 14, symmetric=False)
    plan = Exact(most_stops=14, time_limit_s=1e-4).solve(view)
    assert plan.total_s <= total_travel_s(view, Savings().plan(view))
    assert plan.bound_s < plan.total_s
    assert 0 < plan.gap <= 1


def test_the_gap_is_the_share_that_might_be_saved():
    assert ExactPlan([Trip(0, (1,))], 200.0, 150.0).gap == 0.25
    assert ExactPlan([], 0.0, 0.0).gap == 0


def test_wrong_parameters_are_told_at_once():
    with pytest.raises(PolicyError, match="most_stops must be >= 1, got 0; time_limit_s must"):
        Exact(most_stops=0, time_limit_s=0)
