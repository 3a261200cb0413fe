"""Shipments from sources to sites as a linear program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policies.allocation.base import AllocationView, limits_of
from policies.base import PolicyError
from policies.highs import solve

if TYPE_CHECKING:
    import pulp

WHOLE_WITHIN = 1e-6
"""How far from a whole number the solver's whole numbers may lie."""


class FlowProgram:
    """Units of each item that go from each source to each site, within all limits but demand.

    The limits are those of a network flow, so every vertex, and with it the simplex method's
    optimum, is in whole units.

    Parameters
    ----------
    view : AllocationView
    name : str
        What is decided, for messages.
    """

    def __init__(self, view: AllocationView, name: str) -> None:
        import pulp

        self._shape = (*view.available.shape[:1], *view.demand.shape)
        self.problem = pulp.LpProblem(name, pulp.LpMinimize)
        self.flow = {
            way: pulp.LpVariable("flow_{}_{}_{}".format(*way), lowBound=0) for way in _ways(view)
        }
        dispatch_limit, _ = limits_of(view)
        self._limit((0, 2), view.available)
        self._limit((0,), dispatch_limit)

    def into(self, site: int, item: int) -> pulp.LpAffineExpression:
        """All units of an item that come into a site."""
        import pulp

        ways = ((source, site, item) for source in range(self._shape[0]))
        return pulp.lpSum(self.flow[way] for way in ways if way in self.flow)

    def solve(self) -> NDArray[np.int64]:
        """Solve it, and answer with the units of every way, (a, s, i)."""
        if self.flow:
            solve(self.problem)
        units = np.zeros(self._shape)
        for way, variable in self.flow.items():
            units[way] = variable.value()
        whole = np.rint(units)
        if (np.abs(units - whole) > WHOLE_WITHIN * np.maximum(1, whole)).any():
            raise PolicyError(f"{self.problem.name}: HiGHS found no whole units")
        return whole.astype(np.int64)

    def _limit(self, axes: tuple[int, ...], limit: NDArray[np.int64]) -> None:
        """Hold the sum of flows below a limit for each combination along the axes."""
        import pulp

        terms: dict[tuple[int, ...], list[pulp.LpVariable]] = {}
        for way, variable in self.flow.items():
            terms.setdefault(tuple(way[axis] for axis in axes), []).append(variable)
        for place, variables in terms.items():
            self.problem += pulp.lpSum(variables) <= int(limit[place])


def _ways(view: AllocationView) -> list[tuple[int, int, int]]:
    """Source, site and item where there are a way, stock and demand."""
    _, has_way = limits_of(view)
    useful = has_way[:, :, None] & (view.available > 0)[:, None, :] & (view.demand > 0)
    return [(a, s, i) for a, s, i in np.argwhere(useful).tolist()]
