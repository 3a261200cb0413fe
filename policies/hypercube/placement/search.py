"""The best placement that can be had at a fair price."""

from __future__ import annotations

import numpy as np

from policies.hypercube.placement.exhaustive import MOST_PLACEMENTS, exhaustive
from policies.hypercube.placement.local_search import local_search
from policies.hypercube.placement.problem import Placement, PlacementProblem


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
