"""A delivery plan and what it costs and delays by the true, nonlinear objectives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from policies.delivery.problem import PERSONS_PER_GROUP, DeliveryProblem


@dataclass(frozen=True, eq=False)
class DeliveryPlan:
    """Who is sent what from where, for m sites, n districts and k items.

    Parameters
    ----------
    problem : DeliveryProblem
    sent : (m, n, k + 1) int64
        Units; the last column holds groups of staff.
    """

    problem: DeliveryProblem
    sent: NDArray[np.int64]

    @property
    def units(self) -> NDArray[np.int64]:
        """Units of each item from each site to each district, (m, n, k)."""
        return self.sent[:, :, :-1]

    @property
    def groups(self) -> NDArray[np.int64]:
        """Groups of staff from each site to each district, (m, n)."""
        return self.sent[:, :, -1]

    @cached_property
    def is_used(self) -> NDArray[np.bool_]:
        """Ways on which anything goes, (m, n)."""
        return np.asarray(self.sent.any(axis=2), dtype=np.bool_)

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Sites that send anything, (m,)."""
        return np.asarray(self.is_used.any(axis=1), dtype=np.bool_)

    @property
    def unmet(self) -> NDArray[np.int64]:
        """Units that each district goes without, (n, k)."""
        return self.problem.need - self.units.sum(axis=0)

    @property
    def unmet_groups(self) -> NDArray[np.int64]:
        """Groups that each district goes without, (n,)."""
        return self.problem.groups - self.groups.sum(axis=0)

    @cached_property
    def making_days(self) -> NDArray[np.float64]:
        """Days until each site has made what it sends, (m,)."""
        return self.problem.making_days(self.units.sum(axis=1))

    @property
    def arrival_days(self) -> NDArray[np.float64]:
        """When what goes on each way is there: made, then sent off in one; (m, n)."""
        return self.problem.way_days + self.making_days[:, None]

    @property
    def late_days(self) -> NDArray[np.float64]:
        """Days beyond the threshold on each way that is used, else 0; (m, n)."""
        late = self.arrival_days - self.problem.threshold_days
        return np.where(self.is_used, np.maximum(late, 0.0), 0.0)

    @property
    def delay(self) -> float:
        """The first objective: the sum of the penalties of all ways that are used."""
        return float(self.problem.penalty(self.late_days).sum())

    @property
    def cost(self) -> float:
        """The second: fixed cost of open sites, subsidies of staff, and transport."""
        return self.fixed_cost + self.staff_cost + self.transport_cost

    @property
    def fixed_cost(self) -> float:
        """Of the sites that send anything."""
        return float(self.problem.fixed_cost[self.is_open].sum())

    @property
    def staff_cost(self) -> float:
        """Subsidies of all persons that are sent."""
        persons = PERSONS_PER_GROUP * int(self.groups.sum())
        return self.problem.subsidy_per_person * persons

    @property
    def transport_cost(self) -> float:
        """Of all units over their ways."""
        km = np.where(self.problem.has_way, self.problem.distance_km, 0.0)
        return float((km[:, :, None] * self.units * self.problem.cost_per_unit_km).sum())
