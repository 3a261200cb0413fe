"""The best placement of all, where they can all be tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, combinations_with_replacement, islice
from time import perf_counter

import numpy as np

from policies.base import InfeasibleError
from policies.hypercube.placement.problem import (
    ROWS_AT_ONCE,
    Placement,
    PlacementProblem,
    Sites,
    placement_of,
)

MOST_PLACEMENTS = 1_000_000
TIMED_PLACEMENTS = 200
"""That are solved to say how long all would take."""


def exhaustive(problem: PlacementProblem, most: int = MOST_PLACEMENTS) -> Placement:
    """Try every placement; of equally good ones, the first in lexical order is kept.

    142,506 placements of 5 servers on 30 sites, with 200 demand points, take about 5 s.

    Parameters
    ----------
    problem : PlacementProblem
    most : int
        Placements that may be tried.

    Raises
    ------
    InfeasibleError
        If there are more; the message tells how many, and how long they would take.
    """
    if problem.placements > most:
        raise InfeasibleError(
            f"{problem.placements:,} placements would take {_told(expected_s(problem))}, and at "
            f"most {most:,} are tried; allow more, or use local_search()"
        )
    best_cost, best_sites = np.inf, np.empty(0, dtype=np.int64)
    for sites in _parts(problem):
        costs = problem.costs(sites)
        first = costs.argmin()
        if costs[first] < best_cost:
            best_cost, best_sites = costs[first], sites[first]
    found = placement_of(problem, best_sites, best_cost, "exhaustive", problem.placements)
    return replace(found, optimum=found.cost)


def expected_s(problem: PlacementProblem) -> float:
    """Seconds that all placements would take, from the time of a few drawn at random."""
    rng, count = np.random.default_rng(0), min(TIMED_PLACEMENTS, problem.placements)
    if problem.may_share:
        sites = rng.integers(problem.candidates, size=(count, problem.servers))
    else:
        every = np.arange(problem.candidates)
        sites = rng.permuted(np.tile(every, (count, 1)), axis=1)[:, : problem.servers]
    problem.costs(sites[:1])  # compiled before the clock starts
    began = perf_counter()
    problem.costs(sites)
    return (perf_counter() - began) / count * problem.placements


def beside_optimum(problem: PlacementProblem, found: Placement) -> Placement:
    """What was found with the optimum beside it, where all placements can be tried."""
    if found.optimum is not None or problem.placements > MOST_PLACEMENTS:
        return found
    return replace(found, optimum=exhaustive(problem).cost)


def _parts(problem: PlacementProblem) -> Iterator[Sites]:
    """All placements in lexical order, many at a time."""
    choose = combinations_with_replacement if problem.may_share else combinations
    every = choose(range(problem.candidates), problem.servers)
    while rows := list(islice(every, ROWS_AT_ONCE)):
        yield np.array(rows, dtype=np.int64)


def _told(seconds: float) -> str:
    """A time in words."""
    for unit, size_s in (("years", 365.25 * 86400), ("days", 86400), ("hours", 3600)):
        if seconds >= size_s:
            return f"about {seconds / size_s:.3g} {unit}"
    return f"about {seconds:.3g} s"
