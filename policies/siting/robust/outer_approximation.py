"""Robust location, solved to a proven gap by cuts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from policies.base import InfeasibleError, PolicyError
from policies.highs import Found, Search
from policies.interrupts import BEFORE_A_PLAN, SearchInterrupted, interrupts_held
from policies.mistakes import number_mistakes, refuse
from policies.siting.limits import Progress, SearchLimits, Watcher
from policies.siting.robust.plan import Layout, LocationPlan, Status, evaluate, relative_gap
from policies.siting.robust.problem import LocationProblem
from policies.siting.robust.program import CUT_SHARE, NONE, RobustProgram, tangent
from policies.siting.robust.rounding import settle
from policies.siting.robust.share_optimiser import ShareOptimiser
from policies.siting.robust.uncertainty import Budgeted, Ellipsoid
from policies.siting.station_search import cheapest_shares, improve_stations

SHARE_OVER = 1e-3
"""A share that is above the openness of its station by no more gets no cut in the relaxation."""

MIP_GAP_SHARE = 0.5
"""Of the gap that is asked for, so much is left to each integer search."""

MOST_REFINEMENTS = 100
"""Linear programs with given stations, ambulances and lights, after an integer search."""

RESERVE, RESERVE_SHARE = 1e-3, 1e-5
"""In them: ambulances of each station, and share of the limit of service, to spare."""

LACK = 10.0
"""In them: ambulances that may be missing at each station, and as a multiple of that limit."""

MEMORY = 0.9
"""How much of the middle of the answers so far stays when the next one is added to it."""

OPEN_PARTS = (0.25, 0.5, 0.75)
"""Stations of the relaxation that are open by so much of the most open one are tried."""

LIKELY = 0.01
"""Stations that are open by more than this in the relaxation may be added to these."""

EARLY_ROUND = 10
"""Of the relaxation, before which a first look for whole plans is taken."""

FAR = 20.0
"""It is taken where the gap is still above so many times that which is asked for."""

NEAR = 3.0
"""Where the gap is no more than so many times that, the next answer will not be far from the last.

Then tangents are taken at the last one, and the integer program is asked before whole plans are
looked for otherwise.
"""

STALL_SHARE = 0.05
"""The relaxation is left when a round lifts its bound by less than this share of the gap."""


def solve_location(
    problem: LocationProblem,
    weight: float = 0.5,
    limits: SearchLimits | None = None,
    most_service_cost: float | None = None,
    on_progress: Watcher | None = None,
    known: Sequence[Layout] = (),
) -> LocationPlan:
    r"""Choose stations, ambulances and lights for demand at its worst.

    Minimised is :math:`w F_1 + (1 - w) F_2` (see `Costs`). What a set of demands asks of a plan
    is convex in the plan: its tangents are linear limits that every plan must keep. They are
    added where the answer so far breaks the true limit, first to the linear relaxation, then to
    the integer program, until the true cost of an answer is within the gap of the bound (outer
    approximation; Duran and Grossmann, Mathematical Programming 36, 1986).

    Parameters
    ----------
    problem : LocationProblem
    weight : float
        :math:`w`, from 0 (the paper's Model O) to 1 (its Model P).
    limits : SearchLimits, optional
        Gap and seconds; by default, a gap of 1e-4 and no limit.
    most_service_cost : float, optional
        The second objective may not be above it.
    on_progress : callable, optional
        Is told of every step.
    known : sequence of Layout
        Of other plans, to begin with; those that break `most_service_cost` lend their stations.

    Returns
    -------
    LocationPlan
        The best plan found, also where time ran out or the user interrupted.

    Raises
    ------
    InfeasibleError
        If no plan keeps `most_service_cost`; it says by how much the limit is short.
    PolicyError
        If the weight is not from 0 to 1, or time ran out before there was a plan that keeps
        `most_service_cost`.
    SearchInterrupted
        If the user interrupted before there was one.
    """
    refuse(number_mistakes("weight", weight, lambda w: 0 <= w <= 1, "from 0 to 1"))
    try:
        with interrupts_held():
            return OuterApproximation(
                problem, weight, limits or SearchLimits(), most_service_cost, on_progress, known
            ).run()
    except InfeasibleError:
        if most_service_cost is None:
            raise
        least = solve_location(problem, 0.0, limits).costs.service_cost_per_day
        raise InfeasibleError(
            f"no plan has a service cost of {most_service_cost:g} a day; the least found is "
            f"{least:g}: {least - most_service_cost:g} short"
        ) from None


class OuterApproximation:
    """One search; see `solve_location` for its parameters."""

    def __init__(
        self,
        problem: LocationProblem,
        weight: float,
        limits: SearchLimits,
        most_service_cost: float | None,
        on_progress: Watcher | None,
        known: Sequence[Layout],
    ) -> None:
        self._begin_s = perf_counter()
        self._problem, self._weight, self._limits = problem, weight, limits
        self._most_service_cost = np.inf if most_service_cost is None else most_service_cost
        self._tell, self._known = on_progress, known
        self._program = RobustProgram(problem, weight, most_service_cost)
        self._search = Search(self._program.problem)
        self._program.locate_columns()
        self._is_limited = np.zeros(self._program.share.shape, dtype=bool)
        self._best: tuple[float, Layout] | None = None
        self._bound = 0.0  # no cost is less
        self._middle = np.zeros(self._search.columns)
        self._answers = 0

    def run(self) -> LocationPlan:
        """Search until the gap is reached or somebody or the clock stops it."""
        try:
            self._begin()
            status = self._relaxed() or self._integer()
        except KeyboardInterrupt:
            status = "interrupted"
        return self._plan(status)

    @property
    def _gap(self) -> float:
        return relative_gap(self._best[0], self._bound) if self._best else np.inf

    @property
    def _is_near(self) -> bool:
        return self._gap <= NEAR * self._limits.gap

    def _relaxed(self) -> Status | None:
        """Lift the bound of the linear relaxation while that is worth it."""
        self._search.relax()
        while True:
            if self._answers == EARLY_ROUND and self._gap > FAR * self._limits.gap:
                self._settle()
            before = self._bound
            found = self._search.run(self._until_s)
            if found.values is None:
                return self._stopped(found)
            self._take(found)
            self._round(found.values)
            if self._gap <= self._limits.gap:
                return "optimal"
            lifted = (self._bound - before) / max(abs(self._bound), 1e-12)
            added = self._limit_shares(found.values) + self._cut(found.values)
            if not added or lifted < STALL_SHARE * self._limits.gap:
                return None

    def _integer(self) -> Status:
        """Solve the integer program again and again, each time with more cuts."""
        is_settled = not self._is_near
        if is_settled:
            self._settle()
            if self._gap <= self._limits.gap:
                return "optimal"
        self._search.free_integers()
        self._limit_all_shares()
        while True:
            found = self._search.run(self._until_s, MIP_GAP_SHARE * self._limits.gap)
            self._take(found)
            added = 0
            if found.values is not None:
                self._offer(self._program.layout(found.values))
                added = self._cut(found.values)
                if added and self._gap > self._limits.gap:
                    self._refine(found.values)
            if self._gap <= self._limits.gap:
                return "optimal"
            if found.status != "optimal":
                return self._stopped(found)
            if not added:
                return "tolerance"
            if not is_settled:
                self._settle()
                is_settled = True

    def _settle(self) -> None:
        """Look for whole plans that share demand, which is worth it where sharing is not linear."""
        problem, middle = self._problem, self._middle
        sets = problem.calls_set, problem.simultaneous_set
        if not any(isinstance(one, Ellipsoid | Budgeted) for one in sets):
            return
        openness = middle[self._program.station]
        starts = [openness > part * openness.max() for part in OPEN_PARTS]
        starts += [layout.is_open for layout in self._known]
        is_equipped = middle[self._program.light] > 0.5
        if self._best:
            starts.append(self._best[1].is_open)
            is_equipped = self._best[1].is_equipped

        def make(is_open: NDArray[np.bool_]) -> ShareOptimiser:
            return ShareOptimiser(
                problem, self._weight, is_open, is_equipped, self._most_service_cost, self._until_s
            )

        least = self._best[0] if self._best else np.inf
        settle(starts, openness > LIKELY, make, is_equipped, self._offer, least)

    def _refine(self, values: NDArray[np.float64]) -> None:
        """Find the best shares for what an integer answer decides, or learn why there are none.

        An answer breaks the true limits by a trifle, which costs a whole ambulance or the limit
        of service. With a reserve it does so no longer after some linear programs; if they come
        to no answer, their tangents keep the integer program from deciding the same again.
        """
        search, reserve = self._search, self._program.reserve
        limit = self._most_service_cost
        most = np.array([RESERVE, RESERVE_SHARE * limit if np.isfinite(limit) else 0.0])
        least = np.array([-LACK, -LACK * limit if np.isfinite(limit) else 0.0])
        search.fix_integers(values)
        search.bound_columns(reserve, least, most)
        with suppress(InfeasibleError):
            for _ in range(MOST_REFINEMENTS):
                found = search.run(self._until_s)
                if found.values is None or not self._cut(found.values):
                    break
                self._offer(self._program.layout(found.values))
        search.bound_columns(reserve, np.zeros(2), np.zeros(2))
        search.free_integers()

    def _take(self, found: Found) -> None:
        """Keep a better bound, and tell how far the search is."""
        self._bound = max(self._bound, found.bound)
        if self._tell is not None:
            objective = self._best[0] if self._best else np.inf
            self._tell(Progress(self._seconds, objective, self._bound, self._gap))

    def _offer(self, layout: Layout) -> float:
        """Keep a layout if its true cost is the least so far and within the limit; that cost."""
        _, costs = evaluate(self._problem, layout)
        within = self._most_service_cost * (1 + CUT_SHARE)
        objective = costs.weighted(self._weight)
        if costs.service_cost_per_day > within:
            return np.inf
        if not self._best or objective < self._best[0]:
            self._best = objective, layout
        return objective

    def _round(self, values: NDArray[np.float64]) -> None:
        """Look for a good plan near an answer of the relaxation."""
        program, problem = self._program, self._problem
        openness, lights = values[program.station], values[program.light]
        is_equipped = lights > 0.5
        serve_cost = self._serve_cost(values, is_equipped)
        start = openness >= min(0.5, float(openness.max()))
        is_open = improve_stations(start, problem.station_cost_per_day, serve_cost)
        self._offer(Layout(is_open, cheapest_shares(is_open, serve_cost), is_equipped))

    def _serve_cost(
        self, values: NDArray[np.float64], is_equipped: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """What each station's service of each point costs, (s, z), at the demand worst now."""
        problem, program = self._problem, self._program
        calls = problem.calls_per_day
        transport = calls + problem.calls_set.worst(values[program.transport])
        late = calls + problem.calls_set.worst(values[program.late])
        everyone = np.ones(problem.points)
        at_once = problem.simultaneous_calls + problem.simultaneous_set.worst(everyone)
        cost = (
            self._weight * problem.transport_cost_per_km * problem.distance_km * transport
            + (1 - self._weight) * problem.unmet_cost * problem.is_late(is_equipped) * late
            + problem.ambulance_cost_per_day[:, None] * at_once
        )
        return np.where(problem.has_way, cost, np.inf)

    def _begin(self) -> None:
        """Add the tangents for all points alike, and look for a first plan."""
        values = np.ones(self._search.columns)
        values[self._program.ambulance] = values[self._program.total] = 0.0
        values[self._program.reserve] = 0.0
        self._cut(values)
        self._round(values)
        for layout in self._known:
            self._offer(layout)

    def _cut(self, values: NDArray[np.float64]) -> int:
        """Add tangents of all limits that an answer breaks; how many."""
        problem, program = self._problem, self._program
        self._answers += 1
        kept = min(MEMORY, 1 - 1 / self._answers)
        self._middle = kept * self._middle + (1 - kept) * values
        spare_ambulances, spare_late = program.reserve.tolist()
        transport, late = program.total.tolist()
        at_once = problem.simultaneous_calls, problem.simultaneous_set
        calls = problem.calls_per_day, problem.calls_set
        limits = [
            (columns, np.array([ambulances, spare_ambulances]), at_once)
            for columns, ambulances in zip(program.share, program.ambulance, strict=True)
        ]
        limits.append((program.transport, np.array([transport]), calls))
        limits.append((program.late, np.array([late, spare_late]), calls))
        middle = values if self._is_near else self._middle
        found = [
            tangent(columns, bound, values, middle, *demand) for columns, bound, demand in limits
        ]
        rows = [row for row in found if row is not None]
        self._search.add_rows([row[0] for row in rows], [row[1] for row in rows])
        return len(rows)

    def _limit_shares(self, values: NDArray[np.float64]) -> int:
        """Hold shares below the openness of their station where they are above; how many."""
        program = self._program
        over = program.shares(values) > values[program.station][:, None] + SHARE_OVER
        return self._limit(over & ~self._is_limited)

    def _limit_all_shares(self) -> None:
        """Hold every share below the openness of its station."""
        self._limit(~self._is_limited & (self._program.share != NONE))

    def _limit(self, chosen: NDArray[np.bool_]) -> int:
        program = self._program
        stations = program.station[np.nonzero(chosen)[0]]
        pairs = np.stack([program.share[chosen], stations], axis=1)
        self._search.add_rows(list(pairs), [np.array([1.0, -1.0])] * len(pairs))
        self._is_limited |= chosen
        return len(pairs)

    @property
    def _seconds(self) -> float:
        return perf_counter() - self._begin_s

    @property
    def _until_s(self) -> float:
        return self._begin_s + self._limits.time_limit_s

    @staticmethod
    def _stopped(found: Found) -> Status:
        return "interrupted" if found.status == "interrupted" else "time limit"

    def _plan(self, status: Status) -> LocationPlan:
        if self._best is None and status == "interrupted":
            raise SearchInterrupted(f"Location: {BEFORE_A_PLAN}")
        if self._best is None:
            raise PolicyError(
                f"Location: {status} after {self._seconds:.1f} s, before any plan was found; "
                "give it more time"
            )
        objective, layout = self._best
        ambulances, costs = evaluate(self._problem, layout)
        bound = min(self._bound, objective)
        return LocationPlan(status, layout, ambulances, costs, objective, bound, self._seconds)
