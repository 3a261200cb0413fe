"""The status of the solver's answers is looked at, and no search outlives its caller."""

import signal
from threading import Thread, Timer, main_thread
from threading import enumerate as enumerate_threads
from time import perf_counter

import numpy as np
import pulp
import pytest

from policies.base import InfeasibleError, PolicyError
from policies.highs import Found, Search, solve
from policies.interrupts import interrupts_held
from policies.watch import PolicyTimeout


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


@pytest.fixture
def knapsack() -> pulp.LpProblem:
    """Whole numbers for which a search takes long."""
    rng = np.random.default_rng(0)
    problem = pulp.LpProblem("Knapsack", pulp.LpMinimize)
    chosen = [pulp.LpVariable(f"x{i:02}", 0, 1, pulp.LpInteger) for i in range(60)]
    problem += pulp.lpDot(rng.uniform(1, 2, 60).tolist(), chosen)
    for row in rng.uniform(0, 1, (40, 60)).tolist():
        problem += pulp.lpDot(row, chosen) >= 0.37 * sum(row)
    return problem


def at_work() -> list[Thread]:
    """Threads beside the one of the tests that Python waits for at its end."""
    return [one for one in enumerate_threads() if not one.daemon and one is not main_thread()]


@pytest.mark.parametrize("exception", [KeyboardInterrupt, PolicyTimeout])
@pytest.mark.parametrize("when", ["start", "join"])
def test_no_search_outlives_an_exception_from_outside(knapsack, monkeypatch, exception, when):
    """Bug: HiGHS in a daemon thread at the end of Python: terminate called without an exception."""
    search, real, raised = Search(knapsack), getattr(Thread, when), []

    def interrupted(thread, *given):
        if when == "start":
            real(thread, *given)
        if not raised:
            raised.append(True)
            raise exception
        if when == "join":
            real(thread, *given)

    before = at_work()
    monkeypatch.setattr(Thread, when, interrupted)
    with pytest.raises(exception):
        search.run()
    monkeypatch.undo()
    assert raised
    assert at_work() == before


def test_a_search_that_was_stopped_goes_on(knapsack):
    """Bug: once cancelled, HiGHS was cancelled in all later runs."""
    search = Search(knapsack)
    first = search.run(perf_counter() + 0.5)
    assert first.status == "time limit"
    begin_s = perf_counter()
    second = search.run(begin_s + 1.0)
    assert perf_counter() - begin_s > 0.8
    assert second.status == "time limit"
    assert second.values is not None


def test_an_interrupted_search_has_the_best_so_far(knapsack):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    search = Search(knapsack)
    with interrupts_held():
        Timer(1.5, signal.raise_signal, [signal.SIGINT]).start()
        found = search.run()
        assert found.status == "interrupted"
        assert found.values is not None
        assert found.values.sum() > 0
        assert np.isfinite(found.bound)
        assert search.run() == Found("interrupted", None, -np.inf)  # and stops what comes after it
    signal.signal(signal.SIGINT, before)


def test_a_search_stopped_before_its_first_answer_has_none(knapsack):
    """Bug: values of 0 were taken for an answer, and a table of NaN was printed."""
    found = Search(knapsack).run(perf_counter())
    assert found == Found("time limit", None, -np.inf)
