"""Fronts of cost against service, beside every plan of small cases."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import InfeasibleError, PolicyError
from policies.siting.limits import SearchLimits
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.pareto import front_by_limits, front_by_weights
from policies.siting.robust.plan import evaluate
from policies.siting.robust.uncertainty import Box, Ellipsoid

GAP = 1e-4
EXACT = SearchLimits(gap=GAP)


def costs_of(plans) -> np.ndarray:
    return np.array([plan.costs for plan in plans])


@pytest.mark.parametrize("find", [front_by_weights, front_by_limits])
@given(st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_no_plan_is_better_in_both(random_problem, every_layout, find, seed: int) -> None:
    problem = random_problem(seed, simultaneous_set=Box(np.full(4, 0.3)))
    front = costs_of(find(problem, 5, EXACT))
    assert (np.diff(front[:, 0]) >= 0).all()
    assert (np.diff(front[:, 1]) < 0).all()
    for layout in every_layout(problem):
        _, costs = evaluate(problem, layout)
        assert not (np.array(costs) < front * (1 - 4 * GAP)).all(axis=1).any()


@given(st.integers(0, 10_000))
@settings(max_examples=4, deadline=None)
def test_the_cheapest_plan_within_a_limit(random_problem, every_layout, seed: int) -> None:
    """Beside enumeration: none that keeps the limit costs less than the bound."""
    problem = random_problem(seed)
    both = np.array([evaluate(problem, layout)[1] for layout in every_layout(problem)])
    most = float(np.quantile(both[:, 1], 0.1))
    plan = solve_location(problem, 1.0, EXACT, most_service_cost=most)
    cheapest = both[both[:, 1] <= most, 0].min()
    assert plan.costs.service_cost_per_day <= most * (1 + 1e-5)
    assert plan.bound <= cheapest * (1 + 1e-9)
    assert plan.costs.cost_per_day <= cheapest * (1 + GAP)


def test_limits_find_plans_that_no_weight_finds(random_problem) -> None:
    """Points of the front above the line between two others."""
    problem = random_problem(11, stations=5, points=6)
    by_weights = costs_of(front_by_weights(problem, 21, EXACT))
    by_limits = costs_of(front_by_limits(problem, 12, EXACT))
    least = [
        (by_weights @ [w, 1 - w]).min() for w in np.linspace(0.001, 0.999, 200)
    ]  # what the best plan of each weight costs
    unsupported = [
        costs
        for costs in by_limits
        if all(
            costs @ [w, 1 - w] > best * (1 + 1e-3)
            for w, best in zip(np.linspace(0.001, 0.999, 200), least, strict=True)
        )
    ]
    assert unsupported


def test_a_limit_that_cannot_be_kept_is_told(random_problem) -> None:
    message = r"no plan has a service cost of 1 a day; the least found is (.*): (.*) short"
    with pytest.raises(InfeasibleError, match=message):
        solve_location(random_problem(0), 1.0, EXACT, most_service_cost=1.0)


def test_stations_that_cannot_keep_a_limit_do_not_end_the_search(random_problem) -> None:
    """A relaxation with given stations had been infeasible, and the whole search with it."""
    ellipsoid = Ellipsoid(np.diag(np.arange(1.0, 7.0)), 1.5)
    problem = random_problem(2, 5, 6, calls_set=ellipsoid, simultaneous_set=ellipsoid)
    ends = [solve_location(problem, weight, EXACT).costs for weight in (0.999, 0.001)]
    worst, best = (costs.service_cost_per_day for costs in ends)
    assert best < worst
    for part in (0.1, 0.5, 0.9):
        most = best + part * (worst - best)
        plan = solve_location(problem, 1.0, SearchLimits(gap=1e-2), most_service_cost=most)
        assert plan.costs.service_cost_per_day <= most * (1 + 1e-5)


def test_a_known_plan_is_there_at_once(random_problem) -> None:
    """Limits had no plan where time ran out before the first; the best service keeps them all."""
    problem = random_problem(5, 20, 60)
    known = solve_location(problem, 0.0, SearchLimits(time_limit_s=2))
    most = 1.01 * known.costs.service_cost_per_day
    hurry = SearchLimits(time_limit_s=1e-9)
    plan = solve_location(problem, 1.0, hurry, most, known=[known.layout])
    assert plan.costs == known.costs
    front = front_by_limits(problem, 2, hurry)
    assert len(front) >= 1


def test_numbers_of_plans_are_checked(random_problem) -> None:
    with pytest.raises(PolicyError, match="weights must be >= 2, got 1"):
        front_by_weights(random_problem(0), 1)
    with pytest.raises(PolicyError, match="steps must be >= 0, got -1"):
        front_by_limits(random_problem(0), -1)
