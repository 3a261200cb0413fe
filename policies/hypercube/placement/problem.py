"""Where servers may stand, what a placement of them costs, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policies.hypercube.approximate import approximate
from policies.hypercube.batch_solve import (
    MOST_SERVERS,
    site_mistakes,
    solve_placements,
    table_mistakes,
)
from policies.hypercube.placement.objective import RESPONSE, Objective
from policies.hypercube.system import HypercubeSystem, ServiceMode
from policies.hypercube.system_mistakes import (
    choice_mistakes,
    count_mistakes,
    level_mistakes,
    table,
)
from policies.mistakes import refuse

ROWS_AT_ONCE = 4096
"""Placements that are solved in one call, so that what is told of them fits into the caches."""

Sites = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, init=False)
class PlacementProblem:
    """Choose the sites of N servers of a loss system out of I candidates.

    A call goes to the nearest free one of its D nearest servers; of equally near ones, to that at
    the site with the lowest number. Up to 12 servers are solved exactly; more by `approximate`.

    Parameters
    ----------
    calls_per_hour : (J,) array_like
        Of each demand point, >= 0 and not all 0.
    travel_s : (I, J) array_like
        Seconds from each candidate site to each demand point, >= 0 and finite.
    service_s : float, (I,) or (I, J) array_like
        Mean seconds that a server of a site is busy with a call of a demand point, > 0.
    servers : int
        How many are to be placed, N.
    districting_level : int
        Servers that a call may go to, D, from 1 to N.
    objective : Objective
        What is to be as low as can be.
    service_mode : {"calibrated", "paper"}
        As in `HypercubeSystem`.
    may_share : bool
        Whether several servers may stand at one site.

    Raises
    ------
    PolicyError
        If shapes do not fit, a number is out of range, or there are fewer sites than servers and
        none may be shared.
    """

    calls_per_hour: Array
    travel_s: Array
    service_s: Array
    servers: int
    districting_level: int
    objective: Objective
    service_mode: ServiceMode
    may_share: bool

    def __init__(
        self,
        calls_per_hour: ArrayLike,
        travel_s: ArrayLike,
        service_s: ArrayLike,
        servers: int,
        districting_level: int,
        objective: Objective = RESPONSE,
        service_mode: ServiceMode = "calibrated",
        may_share: bool = False,
    ) -> None:
        calls = table("calls_per_hour", calls_per_hour)
        travel, service = table("travel_s", travel_s), table("service_s", service_s)
        refuse(
            [
                *choice_mistakes("service_mode", service_mode, ("calibrated", "paper")),
                *table_mistakes(calls, travel, service),
                *_count_mistakes(servers, districting_level),
                *_objective_mistakes(objective),
            ]
        )
        if servers > len(travel) and not may_share:
            refuse([f"{servers} servers need as many sites, and there are {len(travel)}"])
        service = service[:, None] if service.ndim == 1 else service
        own = {
            "calls_per_hour": calls,
            "travel_s": travel,
            "service_s": np.array(np.broadcast_to(service, travel.shape)),
            "servers": int(servers),
            "districting_level": int(districting_level),
            "objective": objective,
            "service_mode": service_mode,
            "may_share": may_share,
        }
        for name, value in own.items():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)
            object.__setattr__(self, name, value)

    @property
    def candidates(self) -> int:
        """How many sites there are, I."""
        return len(self.travel_s)

    @property
    def placements(self) -> int:
        """How many placements there are; servers are all alike."""
        spare = self.servers - 1 if self.may_share else 0
        return comb(self.candidates + spare, self.servers)

    @property
    def is_exact(self) -> bool:
        """Whether placements are solved exactly."""
        return self.servers <= MOST_SERVERS

    def costs(self, sites: ArrayLike) -> Array:
        """What placements cost, (S,).

        Parameters
        ----------
        sites : (S, N) array_like of int
            The site of each server, by number from 0; in which order makes no difference.

        Raises
        ------
        PolicyError
            If there are no such placements.
        InfeasibleError
            If a system does not converge.
        """
        rows = np.sort(self._checked(sites), axis=1)
        ask = self._exact_costs if self.is_exact else self._approximate_costs
        parts = range(0, len(rows), ROWS_AT_ONCE)
        return np.concatenate([ask(rows[k : k + ROWS_AT_ONCE]) for k in parts] or [np.empty(0)])

    def system(self, sites: ArrayLike) -> HypercubeSystem:
        """The system of one placement, (N,), with its lists of the nearest servers."""
        (chosen,) = self._checked(table("sites", sites, dtype=None)[None])
        travel_s = self.travel_s[chosen]
        by_time = np.lexsort((np.broadcast_to(chosen[:, None], travel_s.shape), travel_s), axis=0)
        return HypercubeSystem(
            self.calls_per_hour,
            travel_s,
            by_time[: self.districting_level].T,
            self.service_s[chosen],
            service_mode=self.service_mode,
        )

    def _checked(self, sites: ArrayLike) -> Sites:
        chosen = table("sites", sites, dtype=None)
        if not chosen.size:
            chosen = np.empty((0, self.servers), dtype=np.int64)
        mistakes = site_mistakes(chosen, self.candidates)
        if not mistakes and chosen.shape[1] != self.servers:
            mistakes.append(f"a placement has {self.servers} sites, got {chosen.shape[1]}")
        if not mistakes and not self.may_share:
            ordered = np.sort(chosen, axis=1)
            shared = np.argwhere(ordered[:, 1:] == ordered[:, :-1])
            if len(shared):
                site = ordered[tuple(shared[0])]
                mistakes.append(f"sites may not be shared, got {site} twice in row {shared[0][0]}")
        refuse(mistakes)
        return chosen.astype(np.int64)

    def _exact_costs(self, sites: Sites) -> Array:
        answers = solve_placements(
            sites,
            self.calls_per_hour,
            self.travel_s,
            self.service_s,
            self.districting_level,
            self.service_mode,
            self.objective.within_s,
        )
        return self.objective.cost(answers, answers.coverage, self.calls_per_hour)

    def _approximate_costs(self, sites: Sites) -> Array:
        costs = []
        for row in sites:
            answer = approximate(self.system(row))
            coverage = answer.coverage(self.objective.within_s)
            costs.append(self.objective.cost(answer, coverage, self.calls_per_hour))
        return np.array(costs)


@dataclass(frozen=True)
class Placement:
    """A placement that was found, and how.

    Attributes
    ----------
    sites : tuple of int
        The site of each server, in ascending order.
    cost : float
        By the objective.
    found_by : str
        The search: ``"exhaustive"``, ``"genetic"`` or ``"local search"``.
    is_exact : bool
        Whether the cost is exact, or by `approximate`.
    tried : int
        Placements that were solved on the way.
    optimum : float or None
        The lowest cost of all placements, where they have all been tried.
    """

    sites: tuple[int, ...]
    cost: float
    found_by: str
    is_exact: bool
    tried: int
    optimum: float | None = None

    @property
    def gap(self) -> float | None:
        """By which part the cost is above the optimum, where that is known; 0.01 is 1 %."""
        if self.optimum is None:
            return None
        return self.cost / self.optimum - 1 if self.optimum else self.cost


def placement_of(
    problem: PlacementProblem, sites: ArrayLike, cost: float, found_by: str, tried: int
) -> Placement:
    """A placement as it is told."""
    chosen = tuple(sorted(np.asarray(sites).tolist()))
    return Placement(chosen, float(cost), found_by, problem.is_exact, tried)


def _objective_mistakes(objective: object) -> list[str]:
    if isinstance(objective, Objective):
        return []
    return [f"objective must be an Objective, such as {RESPONSE!r}, got {objective!r}"]


def _count_mistakes(servers: int, level: int) -> list[str]:
    """What is wrong with the numbers of servers and of places on a list."""
    return count_mistakes("servers", servers, 1) or level_mistakes(level, servers)
