"""Robust location beside every plan of small cases, and what holds in all."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import PolicyError
from policies.siting.limits import SearchLimits
from policies.siting.robust import outer_approximation
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.plan import evaluate
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.uncertainty import Box, Budgeted, Ellipsoid, Nominal

GAP = 1e-4
EXACT = SearchLimits(gap=GAP)
SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=8, deadline=None)
KINDS = ("nominal", "box", "ellipsoid", "budgeted")


def sets_of(kind: str, covariance: np.ndarray, size: float = 1.0):
    width = size * np.sqrt(np.diag(covariance))
    return {
        "nominal": Nominal(),
        "box": Box(width),
        "ellipsoid": Ellipsoid(covariance, size),
        "budgeted": Budgeted(width, 1.5),
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
@given(SEEDS, st.sampled_from([0.0, 0.5, 1.0]))
@FEW
def test_no_plan_is_better(
    random_problem, random_covariance, every_layout, kind: str, seed: int, weight: float
) -> None:
    """Shares may be split, so a plan may be better than all with one station for each point."""
    uncertainty = sets_of(kind, random_covariance(seed))
    problem = random_problem(seed, calls_set=uncertainty, simultaneous_set=uncertainty)
    plan = solve_location(problem, weight, EXACT)
    best = min(evaluate(problem, layout)[1].weighted(weight) for layout in every_layout(problem))
    assert plan.status == "optimal"
    assert plan.bound <= best * (1 + 1e-9)
    assert plan.objective <= best * (1 + GAP) + 1e-9
    assert plan.gap <= GAP


@given(SEEDS)
@FEW
def test_a_plan_keeps_the_second_order_cones(random_problem, random_covariance, seed: int) -> None:
    """True norms by the root of the covariance, not by the solver's tangents."""
    covariance = random_covariance(seed)
    ellipsoid = Ellipsoid(covariance, 1.5)
    problem = random_problem(seed, calls_set=ellipsoid, simultaneous_set=ellipsoid)
    plan = solve_location(problem, 0.5, EXACT)
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(4))
    share = plan.layout.share
    needed = share @ problem.simultaneous_calls + 1.5 * np.linalg.norm(share @ root, axis=1)
    # Rounded up but for a millionth; the root above is rounded, too.
    assert (plan.ambulances >= needed - 2e-6 * np.maximum(1, needed)).all()
    assert (plan.ambulances < needed + 1).all()
    assert share.sum(axis=0) == pytest.approx(1)
    assert (share <= plan.layout.is_open[:, None]).all()
    transport = 2.0 * (share * problem.distance_km).sum(axis=0)
    standing = (
        problem.station_cost_per_day @ plan.layout.is_open
        + problem.ambulance_cost_per_day @ plan.ambulances
    )
    total = problem.calls_per_day @ transport + 1.5 * np.linalg.norm(root.T @ transport)
    assert plan.costs.cost_per_day == pytest.approx(standing + total, rel=1e-6)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_no_uncertainty_is_the_nominal_plan(random_problem, kind: str) -> None:
    zero = sets_of(kind, np.zeros((4, 4)))
    for seed in range(5):
        nominal = solve_location(random_problem(seed), 0.5, EXACT)
        robust = solve_location(
            random_problem(seed, calls_set=zero, simultaneous_set=zero), 0.5, EXACT
        )
        assert robust.objective == pytest.approx(nominal.objective, rel=GAP)


@pytest.mark.parametrize("kind", KINDS[1:])
@given(SEEDS)
@settings(max_examples=4, deadline=None)
def test_more_protection_never_costs_less(
    random_problem, random_covariance, kind: str, seed: int
) -> None:
    covariance = random_covariance(seed)
    plans = []
    for size in (0.0, 0.5, 1.0, 2.0):
        uncertainty = sets_of(kind, covariance, size)
        problem = random_problem(seed, calls_set=uncertainty, simultaneous_set=uncertainty)
        plans.append(solve_location(problem, 0.5, EXACT))
    for less, more in pairwise(plans):
        assert more.objective >= less.bound * (1 - 1e-9)


def paper(uncertainty) -> LocationProblem:
    """Three stations and five demand points; distances are lost, and do not matter here."""
    return LocationProblem(
        distance_km=np.zeros((3, 5)),
        travel_s=np.zeros((3, 5)),
        calls_per_day=np.zeros(5),
        simultaneous_calls=DEMAND,
        station_cost_per_day=np.array([115_700.0, 125_000, 270_000]),
        ambulance_cost_per_day=np.array([11_000_000.0, 56_000, 130_000]),
        transport_cost_per_km=50.0,
        unmet_cost=50.0,
        time_limit_s=900.0,
        simultaneous_set=uncertainty,
    )


DEMAND = np.array([90.0, 19, 39, 183, 103])


@pytest.mark.parametrize(
    ("uncertainty", "ambulances"),
    [
        (Nominal(), 434),
        (Box(0.1 * DEMAND), 478),
        # The paper has 367, below the nominal 434, which no set round its demands can give.
        (Ellipsoid(np.diag((0.1 * DEMAND) ** 2), 1.0), 458),
        (Ellipsoid(np.diag((0.1 * DEMAND) ** 2), 1.6448536269514722), 473),
    ],
)
def test_small_case_of_the_paper(uncertainty, ambulances: int) -> None:
    plan = solve_location(paper(uncertainty), 0.5, EXACT)
    assert plan.ambulances.tolist() == [0, ambulances, 0]
    assert plan.layout.is_open.tolist() == [False, True, False]


def test_a_larger_set_of_candidates_never_costs_more(random_problem) -> None:
    problem = random_problem(3, stations=6, points=8)
    fields = ("distance_km", "travel_s", "station_cost_per_day", "ambulance_cost_per_day")
    objectives = []
    for stations in (2, 4, 6):
        nested = {name: getattr(problem, name)[:stations] for name in fields}
        nested |= {name: getattr(problem, name) for name in ("calls_per_day", "simultaneous_calls")}
        plan = solve_location(random_problem(3, stations, 8, **nested), 0.5, EXACT)
        objectives.append(plan.objective)
    assert objectives[1] <= objectives[0] * (1 + GAP)
    assert objectives[2] <= objectives[1] * (1 + GAP)


def test_progress_is_told_and_never_gets_worse(random_problem, random_covariance) -> None:
    told = []
    ellipsoid = Ellipsoid(random_covariance(1), 1.5)
    problem = random_problem(1, calls_set=ellipsoid, simultaneous_set=ellipsoid)
    plan = solve_location(problem, 0.5, EXACT, on_progress=told.append)
    assert told
    for before, after in pairwise(told):
        assert after.bound >= before.bound
        assert after.objective <= before.objective
    assert told[-1].objective >= plan.objective


def hard_problem(random_problem, points: int = 60):
    """More than a second of work."""
    covariance = np.diag(np.random.default_rng(2).uniform(0.5, 4, points))
    ellipsoid = Ellipsoid(covariance, 2.0)
    return random_problem(5, 20, points, calls_set=ellipsoid, simultaneous_set=ellipsoid)


def test_the_best_plan_is_kept_when_time_is_up(random_problem) -> None:
    """A gap of 1 % is left after a second; a busy machine may have more."""
    for seconds in (1.0, 4.0, 16.0):
        limits = SearchLimits(gap=0.0, time_limit_s=seconds)
        plan = solve_location(hard_problem(random_problem), 0.5, limits)
        assert plan.status == "time limit"
        assert plan.gap > 0
        if plan.gap < 0.2:
            break
    assert plan.gap < 0.2


def test_the_best_plan_is_kept_when_the_user_interrupts(random_problem) -> None:
    def interrupt(progress) -> None:
        if progress.gap < 0.2:
            raise KeyboardInterrupt

    plan = solve_location(
        hard_problem(random_problem), 0.5, SearchLimits(gap=0.0), on_progress=interrupt
    )
    assert plan.status == "interrupted"
    assert plan.gap < 0.2


def test_an_interrupt_reaches_the_solver(random_problem, monkeypatch) -> None:
    """Ctrl+C while HiGHS is at work, told by a thread's join that raises."""
    real, calls = outer_approximation.Search._wait, []

    def wait(search, until_s):
        calls.append(until_s)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(search, until_s)

    monkeypatch.setattr(outer_approximation.Search, "_wait", wait)
    plan = solve_location(hard_problem(random_problem), 0.5, SearchLimits(gap=0.0))
    assert plan.status == "interrupted"


def test_there_is_a_plan_even_without_time(random_problem) -> None:
    problem = hard_problem(random_problem)
    plan = solve_location(problem, 0.5, SearchLimits(time_limit_s=1e-9))
    assert plan.status == "time limit"
    assert plan.objective == evaluate(problem, plan.layout)[1].weighted(0.5)


def test_no_time_for_a_plan_within_a_limit_is_told(random_problem) -> None:
    # A limit that some plan keeps: one that none can keep may be found out in no time at all.
    problem = hard_problem(random_problem)

    def interrupt(progress) -> None:
        raise KeyboardInterrupt

    some = solve_location(problem, 0.0, SearchLimits(), on_progress=interrupt)
    most = some.costs.service_cost_per_day
    limits = SearchLimits(time_limit_s=1e-9)
    with pytest.raises(PolicyError, match=r"Location: time limit after .* before any plan was"):
        solve_location(problem, 1.0, limits, most_service_cost=1.001 * most)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: solve_location(p, 1.5), "weight must be from 0 to 1, got 1.5"),
        (
            lambda p: SearchLimits(gap=-1, time_limit_s=0),
            "gap must be from 0 to below 1, got -1; time_limit_s must be above 0, got 0",
        ),
    ],
)
def test_bad_parameters_are_told(random_problem, make, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        make(random_problem(0))
    assert str(error.value) == message
