"""PyVRP and local search against every plan there is, and against one another."""

import numpy as np
import pytest

from policies.base import InfeasibleError
from policies.routing.base import RoutingView
from policies.routing.hybrid_search import PyVRP
from policies.routing.planning import (
    Deliveries,
    Stop,
    Vehicle,
    check_plan,
    measures_of,
    plan_deliveries,
    timed_trips,
)
from policies.routing.planning.days import LATEST_ARRIVAL, arrays_of, worth
from policies.routing.planning.deliveries import OBJECTIVES
from policies.routing.planning.local_search import days_of
from policies.routing.savings import Savings
from policies.routing.schedule import weighted_arrival_s
from tests.policies.routing.all_plans import least_objective, random_deliveries

pytestmark = pytest.mark.slow  # they compile


def objective_found(deliveries: Deliveries, method: str) -> float:
    """What the best plan found is worth; infinite where it is refused."""
    try:
        plan = plan_deliveries(deliveries, method, iterations=2000)
    except InfeasibleError:
        return np.inf
    assert check_plan(deliveries, plan.trips) == []
    return plan.objective


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_plan_of_12_random_instances_is_better(objective):
    """60 with the five objectives: windows, two depots, prizes, trips, shifts, no ways."""
    for seed in range(12):
        deliveries = random_deliveries(seed, objective)
        least = least_objective(deliveries)
        assert objective_found(deliveries, "pyvrp") == pytest.approx(least, rel=1e-5)
        if seed == 0:
            assert objective_found(deliveries, "savings") == pytest.approx(least, rel=1e-5)


def on_a_square(count: int, vehicles: int, objective: str, seed: int = 0) -> Deliveries:
    """Stops at random in a square of 10 km, and vehicles with a third of room to spare."""
    rng = np.random.default_rng(seed)
    xy_m = rng.uniform(0, 10_000, (count + 1, 2))
    distance_m = np.hypot(*(xy_m[:, None] - xy_m).transpose(2, 0, 1))
    demand = rng.integers(1, 10, count).tolist()
    capacity = int(1.3 * sum(demand) / vehicles) + 9
    return Deliveries(
        ("depot",),
        tuple(Stop(f"S{number}", units) for number, units in enumerate(demand)),
        tuple(Vehicle(f"V{number}", capacity) for number in range(vehicles)),
        distance_m / 10,
        distance_m,
        objective,
    )


def test_arrivals_are_a_tenth_earlier_than_on_the_shortest_routes_in_their_best_order():
    shortest = plan_deliveries(on_a_square(60, 6, "time"), "pyvrp", iterations=1000)
    deliveries = on_a_square(60, 6, "sum_of_arrivals")
    resequenced = arrivals_route_by_route(deliveries, shortest.trips)
    found = plan_deliveries(deliveries, "pyvrp", iterations=1000)
    assert found.objective < 0.9 * resequenced


def arrivals_route_by_route(deliveries: Deliveries, trips) -> float:
    """The sum of arrivals where each vehicle keeps its stops, in the best order found."""
    total = 0.0
    for trip in trips:
        places = [0, *(stop + 1 for stop in trip.stops)]
        own = Deliveries(
            deliveries.depots,
            tuple(deliveries.stops[stop] for stop in trip.stops),
            (deliveries.vehicles[trip.vehicle],),
            deliveries.travel_s[np.ix_(places, places)],
            deliveries.distance_m[np.ix_(places, places)],
            "sum_of_arrivals",
        )
        total += plan_deliveries(own, "savings", iterations=400).objective
    return total


@pytest.mark.parametrize("seed", range(20))
def test_compiled_days_are_worth_what_their_times_say(seed):
    objective = OBJECTIVES[seed % 5]
    deliveries = random_deliveries(seed, objective)
    try:
        plan = plan_deliveries(deliveries, "savings", iterations=200)
    except InfeasibleError:
        return
    arrays = arrays_of(deliveries)
    days = days_of(arrays, plan.trips)
    value = worth(arrays, days)
    if arrays.objective != LATEST_ARRIVAL:
        assert value == pytest.approx(plan.objective, rel=1e-5)
    again = measures_of(deliveries, timed_trips(deliveries, plan.trips))
    assert again == plan.measures


def test_same_seed_same_plan():
    deliveries = on_a_square(30, 4, "sum_of_arrivals")
    first, second = (plan_deliveries(deliveries, iterations=400, seed=3) for _ in range(2))
    assert first == second


def test_policy_brings_the_urgent_sooner_than_savings_do():
    rng = np.random.default_rng(5)
    better = 0.0
    for _ in range(5):
        xy = rng.uniform(0, 1000, (13, 2))
        view = RoutingView(
            np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1)),
            0,
            rng.integers(1, 10, 13),
            np.array([20, 30]),
            np.array([100.0, 900.0]),
            np.full(13, 60.0),
            rng.integers(0, 5, 13).astype(float),
        )
        waited = [weighted_arrival_s(view, one.plan(view)) for one in (Savings(), PyVRP())]
        assert waited[1] <= waited[0]
        better += waited[1] / waited[0] / 5
    assert better < 0.9
