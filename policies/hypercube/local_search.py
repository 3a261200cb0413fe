"""A search for placements by moving one server at a time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from policies.hypercube.placement import Placement, PlacementProblem, Sites, placement_of
from policies.hypercube.starts import at_random, greedy, p_median
from policies.hypercube.system_mistakes import count_mistakes, table
from policies.mistakes import refuse

SMALLEST_GAIN = 1e-9
"""Part of the cost; less is rounding."""


def local_search(
    problem: PlacementProblem,
    rng: np.random.Generator,
    random_starts: int = 3,
    starts: Sequence[ArrayLike] | None = None,
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
    starts : sequence of (N,) array_like of int, optional
        Placements to begin with instead of those two.

    Raises
    ------
    PolicyError
        If `random_starts` is negative, there is no start, or one is no placement.
    """
    refuse(count_mistakes("random_starts", random_starts, 0))
    first = [greedy(problem), p_median(problem)] if starts is None else list(starts)
    every = [*first, *(at_random(problem, rng) for _ in range(random_starts))]
    if not every:
        refuse(["a start is needed: give starts, or random_starts above 0"])
    ends = [_descend(problem, table("starts", start, dtype=None)) for start in every]
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
