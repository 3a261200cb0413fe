"""Figures of plans for one city, the same way for every model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.location.candidates import Candidates
from experiments.location.located import NOTHING, LocatedPlan, Search
from experiments.location.question import LocationQuestion
from experiments.location.simulated_days import SimulatedDays
from experiments.statistics import share_interval, t_interval
from policies.siting.sites import Places
from policies.siting.station_search import cheapest_shares
from simulation.streams import stream

STREAM = "location.shares"


@dataclass(frozen=True, eq=False)
class Surveyor:
    """Looks at plans: drives, costs, and the days on which they hold.

    Attributes
    ----------
    candidates : Candidates
        All places at which the plans may have stations.
    question : LocationQuestion
    target_s : float
    learned, tried : SimulatedDays
        From which demand is estimated, and on which plans are tried.
    seed : int
    """

    candidates: Candidates
    question: LocationQuestion
    target_s: float
    learned: SimulatedDays
    tried: SimulatedDays
    seed: int

    @cached_property
    def calls_per_day(self) -> NDArray[np.float64]:
        """Expected ambulances sent a day, by zone, (z,)."""
        share = self.candidates.city.zones.demand_share
        return self.learned.calls_per_day(len(share)).sum(axis=1).mean() * share

    @property
    def places(self) -> Places:
        """Sites and points for the covering models."""
        zones = self.candidates.city.zones
        return Places(self.candidates.travel_s, zones.demand_share)

    def nearest(self, ambulances: NDArray[np.int64]) -> NDArray[np.float64]:
        """Every zone served by the nearest station with ambulances, (s, z)."""
        return cheapest_shares(ambulances > 0, self.candidates.travel_s)

    def look(
        self,
        name: str,
        ambulances: NDArray[np.int64],
        share: NDArray[np.float64],
        search: Search | None,
        drive_s: NDArray[np.float64] | None = None,
        is_equipped: NDArray[np.bool_] = NOTHING,
    ) -> LocatedPlan:
        """Work out the figures of a plan; drives are those past lights as they are by default."""
        question, demand = self.question, self.candidates.city.zones.demand_share
        drive_s = self.candidates.travel_s if drive_s is None else drive_s
        weight = share * demand
        used_s = np.where(share > 0, drive_s, 0.0)
        distance_km = np.where(share > 0, self.candidates.distance_km, 0.0)
        holds = self.holds(ambulances, share)
        cost_per_day = (
            question.station_cost_per_day * (ambulances > 0).sum()
            + question.ambulance_cost_per_day * ambulances.sum()
            + question.transport_cost_per_km
            * (share * distance_km).sum(axis=0)
            @ self.calls_per_day
            + question.light_cost_per_day * is_equipped.sum()
        )
        return LocatedPlan(
            name,
            self.candidates,
            ambulances,
            share,
            drive_s,
            is_equipped,
            search,
            within_target=float(weight[used_s <= self.target_s].sum()),
            mean_drive_s=float((weight * used_s).sum()),
            longest_drive_s=float(used_s.max()),
            cost_per_day=float(cost_per_day),
            days_held=share_interval(holds.all(axis=1)),
            station_days_held=t_interval(holds[:, ambulances > 0].mean(axis=1)),
        )

    def holds(self, ambulances: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether each station is never asked for more than it has, on each day tried, (days, s).

        A zone that several stations share sends each of its calls to one of them at random, by
        their shares; the same call goes by the same draw whatever the plan.
        """
        zone = self.tried.zone
        draw = stream(self.seed, 1, STREAM).random(len(zone))
        upto = np.cumsum(share, axis=0)[:, zone]
        station = np.minimum((draw * upto[-1] >= upto).sum(axis=0), len(share) - 1)
        most = self.tried.most_at_once(station, len(share))
        return most <= ambulances
