"""Placements to begin a search with."""

from __future__ import annotations

import numpy as np

from policies.hypercube.placement import Array, PlacementProblem, Sites


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
