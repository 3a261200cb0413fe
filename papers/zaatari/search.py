"""The paper's genetic algorithm beside the best of all placements."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from papers.zaatari.camp import SERVERS, FittedCamp
from papers.zaatari.paper import FITTED_ROW
from policies.hypercube import Placement, exhaustive, genetic
from simulation.streams import stream


class Search(NamedTuple):
    """Five servers placed by trying every placement, and by the genetic algorithm.

    Attributes
    ----------
    optimum : Placement
    genetic : list of Placement
        With that optimum beside it.
    """

    optimum: Placement
    genetic: list[Placement]

    @property
    def found(self) -> float:
        """Share of the genetic algorithm's runs that found the optimum."""
        return float(np.mean([one.sites == self.optimum.sites for one in self.genetic]))


def search_sites(fitted: FittedCamp, runs: int, seed: int) -> Search:
    """Place five servers exhaustively, and so many times by the genetic algorithm."""
    problem = fitted.problem(SERVERS, FITTED_ROW.calls_per_hour)
    best = exhaustive(problem)
    found = [genetic(problem, stream(seed, k, "zaatari.genetic")) for k in range(runs)]
    return Search(best, [replace(one, optimum=best.cost) for one in found])
