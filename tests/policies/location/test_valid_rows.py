"""Rows of the program beside every plan: none is cut off, and budgeted ones are exact."""

import numpy as np
import pulp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.highs import solve
from policies.location.budget_rows import add_budget_rows
from policies.location.plan import evaluate
from policies.location.tangents import tangent
from policies.location.uncertainty import Budgeted, Ellipsoid, excess

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
