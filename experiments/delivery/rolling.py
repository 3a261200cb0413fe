"""Plans that are made again every few days as an epidemic goes on, each on a forecast of needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from environment.epidemic import (
    Epidemic,
    EpidemicParameters,
    EpidemicState,
    I,
    SpirParameters,
    draw_marks,
    forecast_by_growth,
)
from policies.delivery.stages import StagedProblem, plan_days
from policies.mistakes import refuse
from simulation.streams import stream


@dataclass(frozen=True, eq=False)
class Region:
    """Where goods are and how they get about, for m sites, n districts and k items.

    Parameters
    ----------
    population, infected : (n,) int64
        Infected on the first morning.
    stock : (m, k) int64
    made_per_day : (m, k) int64
    lead_days : (m, n) int64
    per_new_case, per_active_day : (k,) float64
        Units that a new case needs, and one that is active each day.
    dose_item : int or None
        The item of which each unit given protects a susceptible person.
    spir : SpirParameters
    unit_cost : float
        Of a unit sent over a day's way, in unit-days of waiting.
    """

    population: NDArray[np.int64]
    infected: NDArray[np.int64]
    stock: NDArray[np.int64]
    made_per_day: NDArray[np.int64]
    lead_days: NDArray[np.int64]
    per_new_case: NDArray[np.float64]
    per_active_day: NDArray[np.float64]
    dose_item: int | None
    spir: SpirParameters
    unit_cost: float = 0.01


@dataclass(frozen=True, eq=False)
class Course:
    """What has happened over h days.

    Attributes
    ----------
    need, waiting : (h, n, k) int64
        Units that came to be needed on a day, and that waited at its end.
    sent : (h, m, n, k) int64
    cases : (n,) float64
        Confirmed over all days.
    cost : float
        Unit-days waited, and what was sent times its cost in them.
    """

    need: NDArray[np.int64]
    waiting: NDArray[np.int64]
    sent: NDArray[np.int64]
    cases: NDArray[np.float64]
    cost: float


Forecast = Callable[[EpidemicState, NDArray[np.int64], int], NDArray[np.float64]]
"""Needs of the days to come, (days, n, k): from the morning's state, past needs, and how many."""


def expected(region: Region) -> Forecast:
    """Go on from the morning's true state with the mean of the model; no doses are foreseen."""
    epidemic = _epidemic(region, None)

    def forecast(state: EpidemicState, _: NDArray[np.int64], days: int) -> NDArray[np.float64]:
        needs = []
        for _day in range(days):
            day = epidemic.next_day(state)
            needs.append(_needs(region, state, day.new_cases))
            state = day.next_morning
        return np.array(needs)

    return forecast


def by_growth(_region: Region) -> Forecast:
    """Needs grow as they did in the last two weeks, of which alone is known."""

    def forecast(_: EpidemicState, past: NDArray[np.int64], days: int) -> NDArray[np.float64]:
        flat = past.reshape(len(past), past.shape[1] * past.shape[2])
        return forecast_by_growth(flat, days).reshape(days, *past.shape[1:])

    return forecast


def nothing_foreseen(_region: Region) -> Forecast:
    """Only what is asked for already is sent for."""

    def forecast(_: EpidemicState, past: NDArray[np.int64], days: int) -> NDArray[np.float64]:
        return np.zeros((days, *past.shape[1:]))

    return forecast


def foreseen(need: NDArray[np.int64]) -> Forecast:
    """Perfect foresight of needs that no delivery changes, (h, n, k)."""

    def forecast(_: EpidemicState, past: NDArray[np.int64], days: int) -> NDArray[np.float64]:
        return need[len(past) : len(past) + days].astype(float)

    return forecast


def roll(
    region: Region, forecast: Forecast, days: int, every_days: int = 5, seed: int | None = 0
) -> Course:
    """Go through the days, and plan all that remain anew every few of them.

    On each morning what has arrived is there and the day's needs come up; what is sent is used
    from its arrival on. Doses given protect from the next morning on, if the region says so.

    Parameters
    ----------
    region : Region
    forecast : callable
    days, every_days : int
    seed : int or None
        Of a stochastic epidemic; None for its mean.

    Raises
    ------
    PolicyError
        If there are no days, or they are planned never.
    """
    refuse(
        [
            f"{name} must be >= 1, got {value}"
            for name, value in (("days", days), ("every_days", every_days))
            if value < 1
        ]
    )
    run = _Run(region, days, seed)
    for day in range(days):
        if day % every_days == 0:
            run.plan(forecast)
        run.pass_day()
    return run.course()


class _Run:
    """The state of stocks and of the epidemic, from morning to morning."""

    def __init__(self, region: Region, days: int, seed: int | None) -> None:
        self._region, self._days, self._day = region, days, 0
        sites, districts, items = *region.lead_days.shape, region.stock.shape[1]
        marks = None
        if seed is not None:
            marks = draw_marks(_names(region), days, partial(stream, seed, 0))
        self._epidemic = _epidemic(region, marks)
        self._state = _first_morning(region)
        self._stock = region.stock.copy()
        self._owed = np.zeros((districts, items), dtype=np.int64)
        self._held = np.zeros((districts, items), dtype=np.int64)
        self._given = np.zeros((districts, items), dtype=np.int64)
        self._coming = np.zeros((days, districts, items), dtype=np.int64)
        self._need = np.zeros((days, districts, items), dtype=np.int64)
        self._waiting = np.zeros((days, districts, items), dtype=np.int64)
        self._sent = np.zeros((days, sites, districts, items), dtype=np.int64)
        self._cases = np.zeros(districts)

    def plan(self, forecast: Forecast) -> None:
        """Replace what was to be sent from today on."""
        left = self._days - self._day
        need = np.ceil(forecast(self._state, self._need[: self._day], left) - 1e-9)
        made = np.repeat(self._region.made_per_day[None], left, axis=0)
        made[0] = 0  # today's is in stock
        problem = StagedProblem(
            need=need.astype(np.int64),
            owed=self._owed,
            held=self._held,
            coming=self._coming[self._day :],
            stock=self._stock,
            made=made,
            lead_days=self._region.lead_days,
            cost=_way_cost(self._region),
            weight=np.ones(self._owed.shape),
        )
        self._sent[self._day :] = plan_days(problem)

    def pass_day(self) -> None:
        """Send, receive, meet needs, and let the epidemic go on."""
        region, day = self._region, self._day
        leaves = self._sent[day]
        self._stock -= leaves.sum(axis=1)
        for i, j in np.argwhere(leaves.any(axis=2)).tolist():
            self._coming[day + region.lead_days[i, j], j] += leaves[i, j]
        doses = None
        if region.dose_item is not None:
            doses = self._given[:, region.dose_item]
        passed = self._epidemic.next_day(self._state, doses)
        self._need[day] = np.ceil(_needs(region, self._state, passed.new_cases) - 1e-9)
        self._cases += passed.new_cases
        wanted = self._owed + self._need[day]
        there = self._held + self._coming[day]
        self._given = np.minimum(wanted, there)
        self._owed, self._held = wanted - self._given, there - self._given
        self._waiting[day] = self._owed
        self._state = passed.next_morning
        self._stock += region.made_per_day
        self._day += 1

    def course(self) -> Course:
        """What has happened."""
        transport = np.einsum("tijk,ij->", self._sent, _way_cost(self._region))
        cost = float(self._waiting.sum() + transport)
        return Course(self._need, self._waiting, self._sent, self._cases, cost)


def _way_cost(region: Region) -> NDArray[np.float64]:
    return region.unit_cost * np.maximum(region.lead_days, 0).astype(float)


def _needs(
    region: Region, state: EpidemicState, new_cases: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Units that the day's new and the morning's active cases need, (n, k)."""
    active = state.persons[:, I]
    return np.outer(new_cases, region.per_new_case) + np.outer(active, region.per_active_day)


def _first_morning(region: Region) -> EpidemicState:
    persons = np.zeros((len(region.population), 4))
    persons[:, 0] = region.population - region.infected
    persons[:, I] = region.infected
    return EpidemicState(0, persons)


def _epidemic(region: Region, marks: NDArray[np.float64] | None) -> Epidemic:
    persons = dict(zip(_names(region), region.population.tolist(), strict=True))
    return Epidemic(EpidemicParameters(spir=region.spir), persons, marks)


def _names(region: Region) -> list[str]:
    return [str(number) for number in range(len(region.population))]
