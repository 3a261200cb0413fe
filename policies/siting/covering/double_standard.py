"""The most demand reached twice, when all is reached once within a wider limit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from policies.base import InfeasibleError, LocationView
from policies.mistakes import number_mistakes, refuse
from policies.siting.checks import target_mistakes
from policies.siting.covering.maximal_covering import MaximalCovering
from policies.siting.covering.set_covering import fewest_sites
from policies.siting.limits import SearchLimits
from policies.siting.patterns import patterns_of
from policies.siting.sites import Places, Siting, chosen, optimise


class DoubleStandard:
    r"""Reach as much demand as can be by two ambulances, with two limits of the drive.

    All demand is within :math:`T_2` of an ambulance, a share :math:`\alpha` of it within
    :math:`T_1`, and as much as can be within :math:`T_1` of two:

    .. math:: \max \sum_i d_i y_i^2, \quad \sum_{j:\,t_{ij} \le T_2} n_j \ge 1, \quad
        \sum_{j:\,t_{ij} \le T_1} n_j \ge y_i^1 + y_i^2, \quad y_i^2 \le y_i^1, \quad
        \sum_i d_i y_i^1 \ge \alpha \sum_i d_i, \quad \sum_j n_j = N.

    Parameters
    ----------
    target_s : float
        :math:`T_1` (or metres, as the table of travel).
    outer_target_s : float
        :math:`T_2`, not below `target_s`.
    covered_share : float
        :math:`\alpha`, from 0 to 1.
    ambulances : int
        :math:`N`; as a location policy it is the fleet's.

    References
    ----------
    Gendreau, Laporte and Semet, Solving an ambulance location model by tabu search, Location
    Science 5 (1997), 75-88.
    """

    def __init__(
        self,
        target_s: float = 480.0,
        outer_target_s: float = 900.0,
        covered_share: float = 0.0,
        ambulances: int = 1,
    ) -> None:
        refuse(
            [
                *target_mistakes(target_s),
                *number_mistakes(
                    "outer_target_s",
                    outer_target_s,
                    lambda s: target_s <= s < np.inf,
                    f"at least target_s, {target_s:g}",
                ),
                *number_mistakes(
                    "covered_share", covered_share, lambda a: 0 <= a <= 1, "from 0 to 1"
                ),
                *number_mistakes("ambulances", ambulances, lambda n: n >= 1, ">= 1"),
            ]
        )
        self._target_s = target_s
        self._outer_target_s = outer_target_s
        self._covered_share = covered_share
        self._ambulances = ambulances

    def place(self, view: LocationView) -> Sequence[int]:
        """Choose how many ambulances each station has."""
        limits = self._target_s, self._outer_target_s, self._covered_share
        model = DoubleStandard(*limits, view.ambulances)
        return model.solve(Places(view.travel_s, view.demand_share)).units.tolist()

    def solve(self, places: Places, limits: SearchLimits | None = None) -> Siting:
        """Choose how many ambulances each site has.

        Raises
        ------
        InfeasibleError
            If a point is beyond the outer limit, there are too few ambulances to reach all, or
            the share cannot be covered; it says what is short, and by how much.
        """
        import pulp

        self._require_possible(places)
        reaches = places.travel <= self._target_s
        patterns = patterns_of(reaches, places.demand, places.travel <= self._outer_target_s)
        outer = patterns_of(places.travel <= self._outer_target_s, places.demand)
        problem = pulp.LpProblem("double-standard", pulp.LpMaximize)
        units = [
            pulp.LpVariable(f"units_{j}", 0, self._ambulances, pulp.LpInteger)
            for j in range(places.sites)
        ]
        groups = range(len(patterns.demand))
        once = [pulp.LpVariable(f"once_{g}", cat=pulp.LpBinary) for g in groups]
        twice = [pulp.LpVariable(f"twice_{g}", cat=pulp.LpBinary) for g in groups]
        demand = patterns.demand.tolist()
        problem += pulp.lpSum(d * y for d, y in zip(demand, twice, strict=True))
        problem += pulp.lpSum(units) == self._ambulances
        covered = pulp.lpSum(d * y for d, y in zip(demand, once, strict=True))
        problem += covered >= self._covered_share * sum(demand) * (1 - 1e-9)
        for group in range(len(outer.demand)):
            problem += pulp.lpSum(units[j] for j in outer.sites_of(group)) >= 1
        for group, (first, second) in enumerate(zip(once, twice, strict=True)):
            problem += first + second <= pulp.lpSum(units[j] for j in patterns.sites_of(group))
            problem += second <= first
        outcome = optimise(problem, limits)
        placed = chosen(units)
        coverage = (placed @ reaches >= 2).astype(float)
        objective = float(coverage @ places.demand)
        return Siting(
            placed, coverage, None, objective, outcome.bound, outcome.status, outcome.seconds
        )

    def _require_possible(self, places: Places) -> None:
        """Raise if one of the limits alone cannot be kept."""
        needed = int(fewest_sites(places.require_reach(self._outer_target_s))[0].sum())
        if needed > self._ambulances:
            raise InfeasibleError(
                f"{needed} ambulances are needed to reach every point within "
                f"{self._outer_target_s:g}, got {self._ambulances}: "
                f"{needed - self._ambulances} short"
            )
        most = MaximalCovering(min(self._ambulances, places.sites), self._target_s).solve(places)
        share = most.objective / max(float(places.demand.sum()), 1e-300)
        if share < self._covered_share * (1 - 1e-9):
            raise InfeasibleError(
                f"covered_share: {self._ambulances} ambulances cover {share:.4g} of the demand "
                f"within {self._target_s:g} at most, wanted is {self._covered_share:g}: "
                f"{self._covered_share - share:.4g} short"
            )
