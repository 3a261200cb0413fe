"""Rows of the program beside every plan: none is cut off, and budgeted ones are exact."""

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import InfeasibleError
from policies.highs import Search, solve
from policies.siting.limits import SearchLimits
from policies.siting.robust.outer_approximation import solve_location
from policies.siting.robust.plan import evaluate
from policies.siting.robust.program import NONE, RobustProgram, Row, add_budget_rows, tangent
from policies.siting.robust.uncertainty import Budgeted, Ellipsoid, excess

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=8, deadline=None)
COLUMNS, AMBULANCES = np.arange(4), np.array([4])


@pytest.mark.parametrize("kind", ["ellipsoid", "budgeted"])
@given(SEEDS)
@FEW
def test_no_tangent_cuts_off_a_plan(
    random_problem, random_covariance, every_layout, kind: str, seed: int
) -> None:
    """Tangents at any middle, of any answer, beside each plan and mixtures of two."""
    covariance = random_covariance(seed)
    uncertainty = {
        "ellipsoid": Ellipsoid(covariance, 1.5),
        "budgeted": Budgeted(np.sqrt(np.diag(covariance)), 1.5),
    }[kind]
    problem = random_problem(seed, simultaneous_set=uncertainty)
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(20):
        values, middle = rng.uniform(0, 1, (2, 5))
        values[4] = 0.0  # no ambulances: every tangent is asked for
        row = tangent(COLUMNS, AMBULANCES, values, middle, problem.simultaneous_calls, uncertainty)
        assert row is not None
        columns, coefficients = row
        assert coefficients @ values[columns] > 0
        rows.append(np.bincount(columns, coefficients, minlength=5))
    for layout in every_layout(problem):
        ambulances, _ = evaluate(problem, layout)
        for j, share in enumerate(layout.share):
            assert (rows @ np.append(share, ambulances[j]) <= 1e-9).all()
            needed = problem.simultaneous_calls @ share / 3 + excess(uncertainty, share / 3)
            assert (rows @ np.append(share / 3, needed) <= 1e-9).all()


@given(SEEDS, st.floats(0, 4))
@FEW
def test_budget_rows_are_exact(seed: int, budget: float) -> None:
    """The least that is enough by the rows is the worst sum, by sorting."""
    rng = np.random.default_rng(seed)
    budgeted = Budgeted(rng.uniform(0, 2, 4) * (rng.random(4) < 0.8), budget)
    mean, weights = rng.uniform(0, 5, 4), rng.uniform(0, 1, 4)
    program = pulp.LpProblem("Least", pulp.LpMinimize)
    enough = pulp.LpVariable("enough", 0)
    program.setObjective(enough + 0)
    fixed = {i: pulp.LpVariable(f"w{i}", w, w) for i, w in enumerate(weights.tolist())}
    add_budget_rows(
        program, enough + 0, fixed, mean, budgeted, lambda name: pulp.LpVariable(name, 0)
    )
    assert solve(program)
    assert enough.value() == pytest.approx(mean @ weights + excess(budgeted, weights), abs=1e-6)


@pytest.mark.parametrize("kind", ["ellipsoid", "budgeted"])
@pytest.mark.parametrize(
    "case",
    ["as drawn", "nobody calls at one point", "nobody calls", "one station", "no deviation"],
)
@pytest.mark.parametrize("budget", [0.0, 0.5, 4.0])
def test_the_program_allows_every_plan_at_its_true_cost(
    random_problem, random_covariance, every_layout, kind: str, case: str, budget: float
) -> None:
    """All rows of the program and many tangents, with the whole fleet of the plan and none less."""
    stations = 1 if case == "one station" else 2
    given, covariance = edge_case(case, random_covariance(3))
    uncertainty = {
        "ellipsoid": Ellipsoid(covariance, budget),
        "budgeted": Budgeted(np.sqrt(np.diag(covariance)), budget),
    }[kind]
    sets = {"calls_set": uncertainty, "simultaneous_set": uncertainty}
    problem = random_problem(3, stations, **given, **sets)
    for layout in list(every_layout(problem))[::3]:
        shared = layout._replace(
            is_open=np.ones(stations, dtype=bool),
            share=0.6 * layout.share + 0.4 / stations,
        )
        for one in (layout, shared):
            ambulances, costs = evaluate(problem, one)
            search, program = fixed_search(problem, one, ambulances)
            found = search.run()
            for _ in range(20):
                values = np.array(found.values)
                rows = tangents_of(problem, program, values)
                if not rows:
                    break
                search.add_rows([row[0] for row in rows], [row[1] for row in rows])
                found = search.run()
            assert found.bound == pytest.approx(costs.weighted(0.5), rel=1e-5, abs=1e-6)


def edge_case(case: str, covariance: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
    calls = {
        "nobody calls at one point": np.array([0.0, 2, 3, 1]),
        "nobody calls": np.zeros(4),
    }.get(case, np.array([4.0, 2, 3, 1]))
    if case == "no deviation":
        covariance = np.zeros((4, 4))
    elif case == "nobody calls at one point":
        covariance = covariance * np.outer([0, 1, 1, 1], [0, 1, 1, 1])
    return {"calls_per_day": calls, "simultaneous_calls": calls}, covariance


def fixed_search(problem, layout, ambulances: np.ndarray) -> tuple[Search, RobustProgram]:
    """The program with stations, shares and ambulances held at those of a plan."""
    program = RobustProgram(problem, 0.5)
    search = Search(program.problem)
    program.locate_columns()
    is_known = program.share != NONE
    columns = [program.station, program.ambulance, program.share[is_known]]
    values = np.concatenate([layout.is_open, ambulances, layout.share[is_known]]).astype(float)
    search.bound_columns(np.concatenate(columns), values, values)
    search.relax()
    return search, program


def tangents_of(problem, program: RobustProgram, values: np.ndarray) -> list[Row]:
    """Those of all limits that an answer breaks by more than a rounded ambulance may."""
    at_once = problem.simultaneous_calls, problem.simultaneous_set
    calls = problem.calls_per_day, problem.calls_set
    transport, late = program.total
    limits = [
        *(
            (columns, n, at_once)
            for columns, n in zip(program.share, program.ambulance, strict=True)
        ),
        (program.transport, transport, calls),
        (program.late, late, calls),
    ]
    found = [
        tangent(columns, np.array([bound]), values, values, *demand)
        for columns, bound, demand in limits
    ]
    return [row for row in found if row is not None]


@pytest.mark.parametrize("budget", [0.0, 0.3, 1.0, 2.0])
def test_least_ambulances_of_a_budget_by_enumeration(budget: float) -> None:
    """A station of given size serves what it can and no more, also just enough of it."""
    mean, width = np.array([2.0, 0.0]), np.array([1.0, 0.0])
    budgeted = Budgeted(width, budget)
    needed = 2.0 + min(budget, 1.0)
    for size, is_enough in ((needed, True), (needed - 1e-3, False), (0.0, False)):
        program = pulp.LpProblem("Enough", pulp.LpMinimize)
        fixed = {i: pulp.LpVariable(f"w{i}", 1, 1) for i in range(2)}
        free = pulp.LpVariable("free", size, size)
        program.setObjective(free + 0)
        add_budget_rows(
            program, free + 0, fixed, mean, budgeted, lambda name: pulp.LpVariable(name, 0)
        )
        if is_enough:
            assert solve(program)
        else:
            with pytest.raises(InfeasibleError):
                solve(program)


def test_a_budget_above_the_points_that_a_station_reaches_is_their_box() -> None:
    """A station reaches some of the points; the budget is for all of them."""
    budgeted = Budgeted(np.array([1.0, 2.0, 4.0, 8.0]), 3.5)
    program = pulp.LpProblem("Least", pulp.LpMinimize)
    enough = pulp.LpVariable("enough", 0)
    program.setObjective(enough + 0)
    reached = {i: pulp.LpVariable(f"w{i}", 1, 1) for i in (0, 2)}
    mean = np.ones(4)
    add_budget_rows(
        program, enough + 0, reached, mean, budgeted, lambda name: pulp.LpVariable(name, 0)
    )
    assert solve(program)
    weights = np.array([1.0, 0, 1, 0])
    assert enough.value() == pytest.approx(2 + 5)
    assert excess(budgeted, weights) == pytest.approx(5)


@pytest.mark.parametrize("kind", ["ellipsoid", "budgeted"])
@pytest.mark.parametrize("case", ["nobody calls at one point", "nobody calls", "one station"])
def test_edge_cases_have_their_best_plan(
    random_problem, random_covariance, every_layout, kind: str, case: str
) -> None:
    given, covariance = edge_case(case, random_covariance(5))
    uncertainty = {
        "ellipsoid": Ellipsoid(covariance, 1.0),
        "budgeted": Budgeted(np.sqrt(np.diag(covariance)), 4.0),
    }[kind]
    stations = 1 if case == "one station" else 3
    problem = random_problem(
        5, stations, **given, calls_set=uncertainty, simultaneous_set=uncertainty
    )
    plan = solve_location(problem, 0.5, SearchLimits(1e-4))
    best = min(evaluate(problem, one)[1].weighted(0.5) for one in every_layout(problem))
    assert plan.status == "optimal"
    assert plan.bound <= best * (1 + 1e-9)
    assert plan.objective <= best * (1 + 1e-4)
    assert np.isfinite(plan.layout.share).all()
