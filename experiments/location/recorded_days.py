"""Days of recorded calls: one half to learn demand from, the other to try plans on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from environment.city import City
from environment.demand import DAY_S
from experiments.location.question import SOME_DAYS, QuestionError
from experiments.location.simulated_days import SimulatedDays, read_days
from scenarios.scenario import Scenario
from simulation.model import simulate


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
