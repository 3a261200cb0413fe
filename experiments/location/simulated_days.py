"""Ambulances asked for at once, on simulated days."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from environment.places.city import City
from environment.units import DAY_S
from experiments.location.question import SOME_DAYS, QuestionError
from scenarios.scenario import Scenario
from simulation.model import simulate
from simulation.tables.result import Result

MOST_BUSY = 0.99
"""With off-duty crews counted, or a queue that never ends; no ambulance is always busy."""


@dataclass(frozen=True, eq=False)
class SimulatedDays:
    """Jobs of ambulances on days after the warm-up, midnight to midnight.

    Attributes
    ----------
    from_s, until_s : (k,) float64
        Each ambulance that came: from when its call could be dispatched until it was clear.
    sent_s : (k,) float64
        When it was sent, later than `from_s` where the call had to wait.
    zone : (k,) int64
        Of the call.
    first, days : int
        First day, and how many.
    fleet : (s,) int64
        Ambulances of each station of the city in the run.
    """

    from_s: NDArray[np.float64]
    until_s: NDArray[np.float64]
    sent_s: NDArray[np.float64]
    zone: NDArray[np.int64]
    first: int
    days: int
    fleet: NDArray[np.int64]

    def calls_per_day(self, zones: int) -> NDArray[np.float64]:
        """Jobs that begin on each day, by zone, (days, z)."""
        day = (self.from_s // DAY_S).astype(np.int64) - self.first
        inside = (day >= 0) & (day < self.days)
        counts = np.zeros((self.days, zones))
        np.add.at(counts, (day[inside], self.zone[inside]), 1)
        return counts

    def at_busiest(self, zones: int) -> NDArray[np.float64]:
        """Jobs under way in each zone at the moment of each day with most in all, (days, z)."""
        times_s, load, _ = self._loads(np.zeros(len(self.zone), dtype=np.int64), 1)
        counts = np.zeros((self.days, zones))
        for row, day in enumerate(range(self.first, self.first + self.days)):
            begin, end = np.searchsorted(times_s, [day * DAY_S, (day + 1) * DAY_S])
            busiest_s = times_s[begin + load[begin:end].argmax()] if end > begin else day * DAY_S
            is_on = (self.from_s <= busiest_s) & (busiest_s < self.until_s)
            counts[row] = np.bincount(self.zone[is_on], minlength=zones)
        return counts

    def most_at_once(self, station: NDArray[np.int64], stations: int) -> NDArray[np.int64]:
        """The most ambulances that each station is asked for on each day, (days, s).

        Parameters
        ----------
        station : (k,) int64
            That serves each job.
        stations : int
        """
        times_s, load, own = self._loads(station, stations)
        most = np.zeros((self.days, stations), dtype=np.int64)
        day = (times_s // DAY_S).astype(np.int64) - self.first
        inside = (day >= 0) & (day < self.days)
        np.maximum.at(most, (day[inside], own[inside]), load[inside])
        for row in range(self.days):  # what the night before has left
            midnight_s = (self.first + row) * DAY_S
            is_on = (self.from_s <= midnight_s) & (midnight_s < self.until_s)
            left = np.bincount(station[is_on], minlength=stations)
            most[row] = np.maximum(most[row], left)
        return most

    def busy_fraction(self) -> float:
        """Share of the time of all ambulances that is spent on jobs, from when they are sent."""
        begin_s, end_s = self.first * DAY_S, (self.first + self.days) * DAY_S
        on_s = np.clip(self.until_s, begin_s, end_s) - np.clip(self.sent_s, begin_s, end_s)
        busy = float(on_s.sum() / (self.fleet.sum() * (end_s - begin_s)))
        return min(busy, MOST_BUSY)

    def _loads(
        self, station: NDArray[np.int64], stations: int
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """Every begin and end in the order of time: when, the load after it, and whose."""
        times_s = np.concatenate([self.until_s, self.from_s])  # who ends makes room for who begins
        change = np.repeat([-1, 1], len(self.zone))
        order = np.argsort(times_s, kind="stable")
        times_s, change, own = times_s[order], change[order], np.tile(station, 2)[order]
        load = np.zeros(len(own), dtype=np.int64)
        for j in range(stations):
            load[own == j] = np.cumsum(change[own == j])
        return times_s, load, own


def simulate_days(scenario: Scenario, city: City, days: int, replication: int) -> SimulatedDays:
    """Run a case for so many days after its warm-up.

    Raises
    ------
    QuestionError
        If nobody calls.
    """
    if not scenario.needs_service or not len(city.stations):
        raise QuestionError(f"{scenario.name}: nobody calls for an ambulance here")
    first = int(np.ceil(scenario.run.warm_up_s / DAY_S))
    horizon_days = first + days - scenario.run.warm_up_days
    changes = {"run.days": horizon_days, "run.coverage_every_s": None}
    result = simulate(scenario.changed(changes), replication)
    return read_days(result, city, first, days)


def read_days(result: Result, city: City, first: int, days: int) -> SimulatedDays:
    """The jobs of a run."""
    came = result.missions[result.missions["arrived_s"].notna()]
    if len(came) < SOME_DAYS:
        raise QuestionError(f"only {len(came)} ambulances are sent in {days} days: too few")
    calls = result.calls.set_index("call").loc[came["call"], ["ready_s", "zone"]]
    row_of_zone = {zone: row for row, zone in enumerate(city.zones.zone_id.tolist())}
    counts = result.vehicles["station"].value_counts()
    return SimulatedDays(
        calls["ready_s"].to_numpy(),
        came["clear_s"].to_numpy(),
        came["dispatched_s"].to_numpy(),
        calls["zone"].map(row_of_zone).to_numpy(),
        first,
        days,
        np.asarray(counts.reindex(city.stations.sites.site_id, fill_value=0), dtype=np.int64),
    )


def split_record(scenario: Scenario, city: City) -> tuple[SimulatedDays, SimulatedDays]:
    """Replay a record once, and take the earlier and the later half of its whole days.

    Raises
    ------
    QuestionError
        If it is too short.
    """
    first = int(np.ceil(scenario.run.warm_up_s / DAY_S))
    days = int(scenario.run.warm_up_days + scenario.run.days) - first
    if days < 2 * SOME_DAYS:
        raise QuestionError(
            f"run.days: of recorded calls, {2 * SOME_DAYS} whole days are needed, half to learn "
            f"from and half to try plans on, got {days}: {2 * SOME_DAYS - days} short"
        )
    result = simulate(scenario.changed({"run.coverage_every_s": None}), 0)
    half = days // 2
    return read_days(result, city, first, half), read_days(result, city, first + half, days - half)


def with_recorded_shares(city: City, learned: SimulatedDays) -> City:
    """The city with the shares of demand that its zones have in a record."""
    calls = learned.calls_per_day(len(city.zones)).sum(axis=0)
    return replace(city, zones=replace(city.zones, demand_share=calls / calls.sum()))
