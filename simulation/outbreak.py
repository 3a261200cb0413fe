"""The epidemic of a run: day by day its course, its callers and its patients in beds."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Protocol

import numpy as np
import simpy
from numpy.typing import NDArray

from agents.service.dispatch_centre import DispatchCentre
from agents.service.hospital import DistrictWards, Hospital, Ward
from environment.demand.calls import Calls
from environment.demand.outbreak_calls import EpidemicCallers
from environment.districts import Districts
from environment.epidemic.days import (
    Epidemic,
    EpidemicDay,
    EpidemicParameters,
    EpidemicState,
    Outbreak,
)
from environment.epidemic.movement import gravity_presence
from environment.epidemic.stochastic import draw_marks
from environment.roads.network import distance_m
from environment.supply.epidemic_needs import callers_of_day, patients_of_day
from environment.units import DAY_S
from simulation.build import persons_by_district
from simulation.late_calls import LateCalls
from simulation.setup import RunSetup


class Vaccination(Protocol):
    """Who vaccinates, and lives through the epidemic."""

    def doses_given(self) -> NDArray[np.float64]:
        """Doses given in each district since this was asked last, (d,)."""

    def hear_of_epidemic(self, day: EpidemicDay) -> None:
        """Hear what the epidemic brings on a day, when it begins."""


@dataclass(frozen=True, eq=False)
class DayOfOutbreak:
    """A day in the event log.

    Attributes
    ----------
    morning : EpidemicState
        Before outbreaks and doses of the day.
    day : EpidemicDay
    calls : (d,) int64
        Calls with onset on the day and before the end of the run.
    """

    morning: EpidemicState
    day: EpidemicDay
    calls: NDArray[np.int64]


class CityOutbreak:
    """An epidemic in the districts of a city, on the run's clock.

    The course of a day is settled at its midnight, from the doses given on the day before.

    Parameters
    ----------
    epidemic : Epidemic
    parameters : EpidemicParameters
    call_marks : (days, d) float64
        Uniforms by which the number of callers is drawn.
    callers : EpidemicCallers
    wards : sequence of DistrictWards
        Those of each district.
    district_of_zone : (z,) int64
        Rows of districts; -1 where nobody lives.
    horizon_s : float
        No call comes in afterwards.
    vaccination : Vaccination or None
        Asked at each midnight but the first for the doses given since the one before, and told of
        every day when it begins; None where nobody is vaccinated.

    Attributes
    ----------
    districts : tuple of str
        In the order of all arrays of (d,).
    days : list of DayOfOutbreak
    vaccination : Vaccination or None
    """

    def __init__(
        self,
        epidemic: Epidemic,
        parameters: EpidemicParameters,
        call_marks: NDArray[np.float64],
        callers: EpidemicCallers,
        wards: Sequence[DistrictWards],
        district_of_zone: NDArray[np.int64],
        horizon_s: float,
        vaccination: Vaccination | None,
    ) -> None:
        self.districts = epidemic.districts
        self.days: list[DayOfOutbreak] = []
        self.vaccination = vaccination
        self._epidemic = epidemic
        self._parameters = parameters
        self._call_marks = call_marks
        self._callers = callers
        self._wards = wards
        self._district_of_zone = district_of_zone
        self._horizon_s = horizon_s

    def follow(
        self, env: simpy.Environment, late_calls: LateCalls, centre: DispatchCentre
    ) -> Generator[simpy.Event, None, None]:
        """Let the days pass until no call comes in any more: a SimPy process.

        Afterwards nobody asks how the epidemic goes on, and its beds are free. The centre was told
        before that calls will come.
        """
        morning = self._epidemic.start()
        while env.now < self._horizon_s:
            day = self._epidemic.next_day(morning, self._doses())
            calls = self._calls_of(day, late_calls.next_number)
            self.days.append(DayOfOutbreak(morning, day, self._by_district(calls)))
            if calls is not None:
                late_calls.bring(calls)
            self._fill_beds(day)
            if self.vaccination is not None:
                self.vaccination.hear_of_epidemic(day)
            morning = day.next_morning
            yield env.timeout(min(DAY_S, self._horizon_s - env.now))
        for wards in self._wards:
            wards.begin_day(patients=0, discharged=0)
        centre.all_calls_known()

    def add_outbreak(self, outbreak: Outbreak) -> None:
        """Have one more outbreak, on a day that has not begun."""
        self._epidemic.add_outbreak(outbreak)

    def _doses(self) -> NDArray[np.float64] | None:
        """Doses given on the day that is over, (d,); None where there were none."""
        return self.vaccination.doses_given() if self.days and self.vaccination else None

    def _calls_of(self, day: EpidemicDay, first: int) -> Calls | None:
        """The calls of a day, numbered from `first` on; None if nobody calls."""
        count = callers_of_day(self._parameters, day, self._call_marks[day.day])
        if not count.any():
            return None
        callers = dict(zip(self.districts, count.tolist(), strict=True))
        return self._callers.of_day(day.day, callers, first, self._horizon_s)

    def _by_district(self, calls: Calls | None) -> NDArray[np.int64]:
        zone = np.empty(0, dtype=np.int64) if calls is None else calls.table["zone"].to_numpy()
        return np.bincount(self._district_of_zone[zone], minlength=len(self.districts))

    def _fill_beds(self, day: EpidemicDay) -> None:
        share = self._parameters.bed_share
        patients, discharged = share * patients_of_day(day), share * day.new_removed
        for wards, ill, well in zip(
            self._wards, patients.tolist(), discharged.tolist(), strict=True
        ):
            wards.begin_day(ill, well)


def make_outbreak(
    setup: RunSetup, hospitals: Sequence[Hospital], vaccination: Vaccination | None
) -> CityOutbreak | None:
    """The epidemic of the run, if there is one.

    Raises
    ------
    DataError
        If nobody says how many people there are, or nobody lives where it begins.
    """
    config, area, draw = setup.config, setup.area, setup.draw
    parameters, horizon_s = config.epidemic, config.run.horizon_s
    if not parameters.is_there:
        return None
    persons = persons_by_district(config, area)
    if not config.supplies.is_there:  # a city may have districts where nobody lives
        persons = {name: count for name, count in persons.items() if count}
    days, districts = ceil(horizon_s / DAY_S), list(persons)
    marks = draw_marks(districts, days, draw) if parameters.stochastic else None
    row = {name: number for number, name in enumerate(districts)}
    call_marks = [draw(f"demand.epidemic_callers.{name}").random(days) for name in districts]
    return CityOutbreak(
        Epidemic(parameters, persons, marks, _presence(setup, persons)),
        parameters,
        np.column_stack(call_marks),
        EpidemicCallers(config.demand, area.city.addresses, area.districts, draw, config.hospitals),
        [_wards(hospitals, area.districts, name) for name in districts],
        np.array([row.get(name, -1) for name in area.districts.of_zone]),
        horizon_s,
        vaccination,
    )


def _presence(setup: RunSetup, persons: Mapping[str, int]) -> NDArray[np.float64] | None:
    """Who spends the day in which district, by the distances of their zones' middles."""
    movement, zones = setup.config.epidemic.movement, setup.area.city.zones
    if not movement.is_there:
        return None
    names = setup.area.districts.of_zone
    own = [np.flatnonzero([name == district for name in names]) for district in persons]
    middle = np.array(
        [[np.average(at[rows], weights=zones.demand_share[rows]) for at in (zones.x, zones.y)]
         for rows in own]
    )  # fmt: skip
    x, y = middle.T
    distance = distance_m(setup.area.city.roads.crs, x[:, None], y[:, None], x, y)
    return gravity_presence(movement, list(persons.values()), distance)


def _wards(hospitals: Sequence[Hospital], districts: Districts, district: str) -> DistrictWards:
    """The wards of the hospitals of a district whose beds are limited."""
    own = zip(hospitals, districts.of_hospital, strict=True)
    beds = [hospital.beds for hospital, where in own if where == district]
    return DistrictWards([Ward(one) for one in beds if one is not None])
