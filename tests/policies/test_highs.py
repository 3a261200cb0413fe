"""The status of the solver's answers is looked at."""

import pulp
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.highs import solve


@pytest.fixture
def problem() -> pulp.LpProblem:
    """Minimise x, which is at least 0."""
    problem = pulp.LpProblem("Plan", pulp.LpMinimize)
    problem += pulp.LpVariable("x", lowBound=0)
    return problem


def test_an_optimum_is_in_the_variables(problem):
    (x,) = problem.variables()
    problem += x >= 2.5
    assert solve(problem)
    assert x.value() == 2.5


def test_what_is_infeasible_is_told_by_the_name_of_the_problem(problem):
    problem += problem.variables()[0] <= -1
    with pytest.raises(InfeasibleError, match="Plan: no answer keeps all limits"):
        solve(problem)


def test_an_objective_without_a_bound_is_told(problem):
    problem.sense = pulp.LpMaximize
    with pytest.raises(PolicyError, match="Plan: HiGHS ended with the status 'Unbounded'"):
        solve(problem)
