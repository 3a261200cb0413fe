"""A search for placements by moving one server at a time, where all are too many to be tried."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from policies.hypercube.placement.exhaustive import MOST_PLACEMENTS, exhaustive
from policies.hypercube.placement.problem import (
    Array,
    Placement,
    PlacementProblem,
    Sites,
    placement_of,
)
from policies.hypercube.system_mistakes import count_mistakes, table
from policies.mistakes import refuse


def greedy(problem: PlacementProblem) -> Sites:
    """One server after the other where it lowers the cost most, (N,).

    The system of fewer servers has lists of as many of them as there are, if that is below D.
    """
    chosen: list[int] = []
    while len(chosen) < problem.servers:
        count = len(chosen) + 1
        smaller = PlacementProblem(
            problem.calls_per_hour,
            problem.travel_s,
            problem.service_s,
            count,
            min(problem.districting_level, count),
            problem.objective,
            problem.service_mode,
            problem.may_share,
        )
        free = _free_sites(problem, chosen)
        costs = smaller.costs([[*chosen, site] for site in free])
        chosen.append(free[costs.argmin()])
    return np.array(chosen)


def p_median(problem: PlacementProblem) -> Sites:
    """As if every server were always free: the least mean time to the nearest, (N,).

    By swaps from a greedy start (Teitz and Bart, Operations Research 16, 1968); a cheap first
    guess and not always the median itself.
    """
    share = problem.calls_per_hour / problem.calls_per_hour.sum()
    chosen: list[int] = []
    while len(chosen) < problem.servers:
        free = _free_sites(problem, chosen)
        nearest_s = problem.travel_s[chosen].min(axis=0, initial=np.inf)
        means_s = np.minimum(nearest_s, problem.travel_s[free]) @ share
        chosen.append(free[means_s.argmin()])
    while _swap_for_median(problem, chosen, share):
        pass
    return np.array(chosen)


def at_random(problem: PlacementProblem, rng: np.random.Generator) -> Sites:
    """Any placement, each as likely but for those with shared sites, (N,)."""
    return rng.choice(problem.candidates, size=problem.servers, replace=problem.may_share)


def _swap_for_median(problem: PlacementProblem, chosen: list[int], share: Array) -> bool:
    """Move the first server that gains by it to its best site; return whether there is one."""
    now_s = problem.travel_s[chosen].min(axis=0) @ share
    for k in range(len(chosen)):
        others = chosen[:k] + chosen[k + 1 :]
        free = _free_sites(problem, chosen)
        if not free:
            return False
        nearest_s = problem.travel_s[others].min(axis=0, initial=np.inf)
        means_s = np.minimum(nearest_s, problem.travel_s[free]) @ share
        if means_s.min() < now_s * (1 - 1e-12):  # rounding must not make it go round in circles
            chosen[k] = free[means_s.argmin()]
            return True
    return False


def _free_sites(problem: PlacementProblem, chosen: list[int]) -> list[int]:
    """Where one more server may stand."""
    return [k for k in range(problem.candidates) if problem.may_share or k not in chosen]


SMALLEST_GAIN = 1e-9
"""Part of the cost; less is rounding."""


def local_search(
    problem: PlacementProblem,
    rng: np.random.Generator,
    random_starts: int = 3,
    initial_placements: Sequence[ArrayLike] | None = None,
) -> Placement:
    """Move one server at a time for as long as that lowers the cost; keep the best of all starts.

    Servers take turns, and each moves to the site that is best for it. The search ends where no
    move of a single server gains.

    Parameters
    ----------
    problem : PlacementProblem
    rng : numpy.random.Generator
        For random starts.
    random_starts : int
        Beside a greedy start and that of the p-median.
    initial_placements : sequence of (N,) array_like of int, optional
        Placements to begin with instead of those two.

    Raises
    ------
    PolicyError
        If `random_starts` is negative, there is no start, or one is no placement.
    """
    refuse(count_mistakes("random_starts", random_starts, 0))
    usual = [greedy(problem), p_median(problem)]
    first = usual if initial_placements is None else list(initial_placements)
    every = [*first, *(at_random(problem, rng) for _ in range(random_starts))]
    if not every:
        refuse(["a start is needed: give initial_placements, or random_starts above 0"])
    ends = [_descend(problem, table("initial_placements", start, dtype=None)) for start in every]
    tried = sum(count for _, _, count in ends)
    sites, cost, _ = min(ends, key=lambda end: end[1])
    return placement_of(problem, sites, cost, "local search", tried)


def _descend(problem: PlacementProblem, sites: Sites) -> tuple[Sites, float, int]:
    """Go down from a placement; return where that ends, its cost, and placements solved."""
    cost, tried, unmoved, server = float(problem.costs(sites[None])[0]), 1, 0, 0
    while unmoved < problem.servers:
        moves = _moves(problem, sites, server)
        costs = problem.costs(moves)
        tried += len(moves)
        if len(moves) and costs.min() < cost - SMALLEST_GAIN * abs(cost):
            sites, cost, unmoved = moves[costs.argmin()], float(costs.min()), 0
        else:
            unmoved += 1
        server = (server + 1) % problem.servers
    return sites, cost, tried


def _moves(problem: PlacementProblem, sites: Sites, server: int) -> Sites:
    """The placements that differ in where one server stands."""
    taken = sites[[server]] if problem.may_share else sites
    free = np.setdiff1d(np.arange(problem.candidates), taken)
    moves = np.repeat(sites[None], len(free), axis=0)
    moves[:, server] = free
    return moves


def find_placement(problem: PlacementProblem, rng: np.random.Generator) -> Placement:
    """Try all placements if there are at most a million, and search locally if there are more.

    Parameters
    ----------
    problem : PlacementProblem
    rng : numpy.random.Generator
        For the random starts of a local search.
    """
    if problem.is_exact and problem.placements <= MOST_PLACEMENTS:
        return exhaustive(problem)
    return local_search(problem, rng)
