"""Lights that decide which drives are late, beside every subset of them."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import PolicyError
from policies.siting.limits import SearchLimits
from policies.siting.robust.lights import DistanceLights, RouteLights
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.plan import evaluate
from policies.siting.robust.uncertainty import Box

GAP = 1e-5
EXACT = SearchLimits(gap=GAP)


def lit(random_problem, seed: int, lights: int = 4):
    """Every light is on half of the routes, and drives are long enough for lights to matter."""
    rng = np.random.default_rng(seed)
    stations, points = 3, 4
    equipment = RouteLights(
        delay_s=rng.uniform(20, 90, lights),
        on_route=rng.random((lights, stations, points)) < 0.5,
        cost_per_day=float(rng.uniform(0.5, 6)),
    )
    return random_problem(seed, lights=equipment, simultaneous_set=Box(np.full(points, 0.5)))


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.7]))
@settings(max_examples=8, deadline=None)
def test_lights_beside_every_subset(random_problem, seed: int, weight: float) -> None:
    problem = lit(random_problem, seed)
    found = []
    for subset in product([False, True], repeat=4):
        is_equipped = np.array(subset)
        fixed = replace(
            problem, travel_s=problem.travel_s + problem.lights.waits_s(is_equipped), lights=None
        )
        plan = solve_location(fixed, weight, EXACT)
        found.append(plan.objective + weight * problem.lights.cost_per_day * sum(subset))
    plan = solve_location(problem, weight, EXACT)
    assert plan.objective == pytest.approx(min(found), rel=2 * GAP)
    _, costs = evaluate(problem, plan.layout)
    assert costs.weighted(weight) == pytest.approx(plan.objective)


def test_a_light_that_saves_a_late_drive_is_equipped(random_problem) -> None:
    """One station; 290 s of driving and a light of 20 s on the way to the first point alone."""
    on_route = np.zeros((2, 1, 2), dtype=bool)
    on_route[0, 0, 0] = on_route[1, 0, 1] = True
    problem = random_problem(
        0,
        stations=1,
        points=2,
        travel_s=np.array([[290.0, 200.0]]),
        lights=RouteLights(np.array([20.0, 20.0]), on_route, 1.0),
    )
    plan = solve_location(problem, 0.5, EXACT)
    assert plan.layout.is_equipped.tolist() == [True, False]
    dear = replace(problem, lights=replace(problem.lights, cost_per_day=1000.0))
    assert not solve_location(dear, 0.5, EXACT).layout.is_equipped.any()


def test_lights_of_the_paper_cost_money_and_change_nothing(random_problem) -> None:
    distance_m = np.array([[100.0, 300.0], [250.0, 150.0], [500.0, 900.0]])
    lights = DistanceLights(distance_m, standard_m=200.0, cost_per_day=1.0)
    with_lights = solve_location(random_problem(1, lights=lights), 0.5, EXACT)
    without = solve_location(random_problem(1), 0.5, EXACT)
    assert not with_lights.layout.is_equipped.any()
    assert with_lights.objective == pytest.approx(without.objective, rel=GAP)
    assert lights.greens(np.array([True, False, True])).tolist() == [
        [True, False],
        [False, False],
        [False, False],
    ]


def test_mistakes_of_lights_are_told(random_problem) -> None:
    wrong = RouteLights(np.array([-5.0]), np.zeros((1, 2, 2), dtype=bool), -1.0)
    with pytest.raises(PolicyError) as error:
        random_problem(0, lights=wrong)
    assert str(error.value) == (
        "lights.on_route must have shape (1, 3, 4), got (1, 2, 2); "
        "lights.delay_s must be >= 0, got -5; lights.cost_per_day must be >= 0, got -1.0"
    )
    with pytest.raises(PolicyError) as error:
        random_problem(0, lights=DistanceLights(np.array([[-1.0]]), -2.0, np.inf))
    assert str(error.value) == (
        "lights.distance_m must be >= 0, got -1; lights.standard_m must be >= 0, got -2.0; "
        "lights.cost_per_day must be >= 0, got inf"
    )
