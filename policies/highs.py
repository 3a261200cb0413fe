"""Linear and integer programs solved by HiGHS, with the status of every answer checked."""

from __future__ import annotations

from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.base import InfeasibleError, PolicyError
from policies.interrupts import is_interrupted, is_over

if TYPE_CHECKING:
    import pulp

LOOKS_PER_S = 20
"""How often Python has a turn, in which it hears of signals, while HiGHS is at work."""


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


class Found(NamedTuple):
    """How a search ended.

    Attributes
    ----------
    status : {"optimal", "time limit", "interrupted"}
        ``optimal`` is within the gap that was asked for.
    values : (columns,) float64 or None
        The best answer, by ``index`` of the program's variables; None if there is none yet.
    bound : float
        No answer is better than this; infinite if nothing has been proven.
    """

    status: str
    values: NDArray[np.float64] | None
    bound: float


class Search:
    """A program that stays in HiGHS while rows are added to it, on one thread.

    Everything is minimised: of a program that maximises, `Found.bound` has the other sign.

    Parameters
    ----------
    problem : pulp.LpProblem
        Its variables are given their ``index``; its objective has no constant.
    """

    def __init__(self, problem: pulp.LpProblem) -> None:
        import pulp

        pulp_solver = pulp.HiGHS(msg=False, threads=1)
        pulp_solver.createAndConfigureSolver(problem)
        pulp_solver.buildSolverModel(problem)
        self._name = problem.name
        self._model: Any = problem.solverModel
        self._until_s, self._is_wanted = np.inf, False
        self._let_be_stopped()
        self._integers = np.array(
            [v.index for v in problem.variables() if v.cat == pulp.LpInteger], dtype=np.int64
        )
        lp = self._model.getLp()
        every = np.array(lp.col_lower_), np.array(lp.col_upper_)
        self._bounds = every[0][self._integers], every[1][self._integers]
        self._is_relaxed = False

    @property
    def columns(self) -> int:
        """How many variables there are."""
        return int(self._model.getNumCol())

    def relax(self) -> None:
        """Let whole numbers be any numbers."""
        self._let_be_whole(False)

    def fix_integers(self, values: NDArray[np.float64]) -> None:
        """Hold whole numbers at those of an answer; the program is linear then."""
        fixed = np.rint(values[self._integers])
        self.bound_columns(self._integers, fixed, fixed)
        self._let_be_whole(False)

    def free_integers(self) -> None:
        """Let whole numbers be what they may, and whole."""
        self.bound_columns(self._integers, *self._bounds)
        self._let_be_whole(True)

    def _let_be_whole(self, is_whole: bool) -> None:
        import highspy

        kind = highspy.HighsVarType.kInteger if is_whole else highspy.HighsVarType.kContinuous
        size = len(self._integers)
        self._model.changeColsIntegrality(
            size, self._integers.astype(np.int32), np.full(size, kind)
        )
        self._is_relaxed = not is_whole

    def add_rows(self, columns: list[NDArray[np.int64]], coefficients: list[ArrayLike]) -> None:
        """Add rows: each sum of coefficients times columns is at most 0."""
        import highspy

        sizes = [len(row) for row in columns]
        if not sizes:
            return
        count = len(sizes)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int32)
        self._model.addRows(
            count,
            np.full(count, -highspy.kHighsInf),
            np.zeros(count),
            sum(sizes),
            starts,
            np.concatenate(columns).astype(np.int32),
            np.concatenate([np.asarray(row, dtype=float) for row in coefficients]),
        )

    def bound_columns(
        self, columns: NDArray[np.int64], least: NDArray[np.float64], most: NDArray[np.float64]
    ) -> None:
        """Set the bounds of columns."""
        self._model.changeColsBounds(len(columns), columns.astype(np.int32), least, most)

    def cost_columns(self, columns: NDArray[np.int64], cost: NDArray[np.float64]) -> None:
        """Set what a unit of columns costs in the objective."""
        self._model.changeColsCost(len(columns), columns.astype(np.int32), cost)

    def begin_at(self, values: NDArray[np.float64]) -> None:
        """Give the next search a first answer: whole numbers, to which HiGHS finds the rest."""
        fixed = np.rint(values[self._integers])
        self._model.setSolution(len(fixed), self._integers.astype(np.int32), fixed)

    def run(self, until_s: float = np.inf, gap: float = 0.0, absolute_gap: float = 1e-6) -> Found:
        """Search until the gap is reached, the clock shows `until_s`, or the user interrupts.

        Parameters
        ----------
        until_s : float
            Reading of `time.perf_counter` at which to stop.
        gap : float
            Share of the objective that the bound may be below it.
        absolute_gap : float
            How much the bound may be below the objective, whichever is reached first.

        Raises
        ------
        InfeasibleError
            If no answer keeps all limits.
        PolicyError
            If the solver fails, or the objective has no bound.
        """
        if is_interrupted():
            return Found("interrupted", None, -np.inf)
        self._model.setOptionValue("mip_rel_gap", gap)
        self._model.setOptionValue("mip_abs_gap", absolute_gap)
        for counts_earlier in (False, True):
            earlier_s = float(self._model.getRunTime()) if counts_earlier else 0.0
            self._limit_seconds(earlier_s + until_s - perf_counter())
            self._wait(until_s)
            if not self._stopped_early(until_s):
                break
        return self._found()

    def _limit_seconds(self, seconds: float) -> None:
        """Set the limit of HiGHS itself, which its inner searches keep, too."""
        import highspy

        finite = seconds if np.isfinite(seconds) else highspy.kHighsInf
        self._model.setOptionValue("time_limit", max(finite, 0.0))

    def _stopped_early(self, until_s: float) -> bool:
        """Whether HiGHS has counted the seconds of earlier runs, as some versions do."""
        import highspy

        is_stopped = self._model.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
        return is_stopped and not is_over(until_s)

    def _let_be_stopped(self) -> None:
        """Have HiGHS ask whether to stop, whatever it is doing."""

        def answer(event: Any) -> None:  # each time, for HiGHS remembers the last answer
            event.interrupt(not self._is_wanted or is_over(self._until_s))

        model = self._model
        for asks in (model.cbSimplexInterrupt, model.cbIpmInterrupt, model.cbMipInterrupt):
            asks.subscribe(answer)

    def _wait(self, until_s: float) -> None:
        """Let HiGHS run in a thread, so that Python hears of signals meanwhile.

        The thread has ended when this does, also by an exception that came from outside. It is no
        daemon: in one that still runs when Python ends, the process would be aborted.
        """
        self._until_s, self._is_wanted = until_s, True
        thread = Thread(target=self._model.run)
        try:
            thread.start()
            while thread.is_alive():
                thread.join(1 / LOOKS_PER_S)
        finally:
            self._is_wanted = False
            if thread.is_alive():
                thread.join()

    def _found(self) -> Found:
        import highspy

        status, info = self._model.getModelStatus(), self._model.getInfo()
        kind = highspy.HighsModelStatus
        if status == kind.kOptimal:
            bound = info.objective_function_value if self._is_linear else info.mip_dual_bound
            return Found("optimal", self._values(), bound)
        if status in {kind.kInfeasible, kind.kUnboundedOrInfeasible}:
            raise InfeasibleError(f"{self._name}: no answer keeps all limits")
        interrupted = is_interrupted()
        if status not in {kind.kTimeLimit, kind.kInterrupt} and not interrupted:
            told = self._model.modelStatusToString(status)
            raise PolicyError(f"{self._name}: HiGHS ended with the status {told!r}")
        why = "interrupted" if interrupted else "time limit"
        if self._is_linear:
            return Found(why, None, -np.inf)
        # Stopped before the first answer, HiGHS may have an objective of 0 beside values of 0.
        feasible = int(highspy.SolutionStatus.kSolutionStatusFeasible)
        has_answer = info.valid and info.primal_solution_status == feasible
        return Found(why, self._values() if has_answer else None, info.mip_dual_bound)

    @property
    def _is_linear(self) -> bool:
        return self._is_relaxed or not len(self._integers)

    def _values(self) -> NDArray[np.float64]:
        return np.array(self._model.getSolution().col_value)
