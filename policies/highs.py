"""Linear and integer programs solved by HiGHS, with the status of every answer checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.base import InfeasibleError, PolicyError

if TYPE_CHECKING:
    import pulp


def solve(problem: pulp.LpProblem, *, time_limit_s: float | None = None) -> bool:
    """Solve a program on one thread, so that the same program has the same answer everywhere.

    Parameters
    ----------
    problem : pulp.LpProblem
        Its variables hold the answer afterwards.
    time_limit_s : float, optional
        Seconds after which the search stops; without it, at the optimum.

    Returns
    -------
    bool
        Whether there is an answer; there is none only where time ran out before the first.

    Raises
    ------
    InfeasibleError
        If no answer keeps all limits.
    PolicyError
        If the solver fails, or the objective has no bound.
    """
    import pulp

    simplex = {"solver": "simplex"} if not problem.isMIP() else {}
    solver = pulp.HiGHS(msg=False, threads=1, timeLimit=time_limit_s, gapRel=0.0, **simplex)
    status = problem.solve(solver)
    if status == pulp.LpStatusInfeasible:
        raise InfeasibleError(f"{problem.name}: no answer keeps all limits")
    if status == pulp.LpStatusOptimal:
        return True
    if time_limit_s is not None and problem.sol_status == pulp.LpSolutionNoSolutionFound:
        return False
    raise PolicyError(f"{problem.name}: HiGHS ended with the status {pulp.LpStatus[status]!r}")
