"""Reads the state of hospitals, stations and the sites of the supply side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import isinf, nan
from typing import Any

from environment.demand.hospitals import hospital_means
from simulation.trace import Event, EventRow
from viz.live.frame import SiteMark
from viz.live.readers.run_log import RunLog
from viz.live.readers.stock import StockReader, count_text
from viz.live.readers.vehicles import VehicleReader, at_hospitals


class HospitalNow:
    """How a hospital stands.

    Attributes
    ----------
    bays, beds : int or None
        None where there is no limit.
    coming, waiting, handing : int
        Crews on their way, waiting for a bay and handing over.
    beds_taken : int
    is_open : bool
    """

    def __init__(self, bays: float, beds: float, divert_when_waiting: int | None) -> None:
        self.bays = None if isinf(bays) else int(bays)
        self.beds = None if isinf(beds) else int(beds)
        self.coming = self.waiting = self.handing = self.beds_taken = 0
        self.is_open = True
        self._divert_when_waiting = divert_when_waiting

    @property
    def patients(self) -> int:
        """Patients being handed over or waiting for it, or on their way."""
        return self.coming + self.waiting + self.handing

    @property
    def diverts(self) -> bool:
        """Whether ambulances are asked to go elsewhere."""
        if self.beds is not None and self.beds_taken >= self.beds:
            return True
        most = self._divert_when_waiting
        return most is not None and self.bays is not None and self.waiting >= most

    @property
    def facts(self) -> tuple[Any, ...]:
        """What makes it another than before."""
        return (self.is_open, self.coming, self.waiting, self.handing, self.beds_taken)

    @property
    def load(self) -> float:
        """Share of the beds that are taken, or where these are not limited, of the bays."""
        if self.beds is not None:
            return self.beds_taken / self.beds
        return nan if self.bays is None else self.handing / self.bays

    @property
    def text(self) -> str:
        """Its state, in plain words."""
        parts = [] if self.is_open else ["closed"]
        if self.bays is not None:
            parts.append(f"{self.handing} of {count_text(self.bays, 'bay')} in use")
            if self.waiting:
                parts.append(f"{count_text(self.waiting, 'crew')} waiting for a bay")
        if self.beds is not None:
            parts.append(f"{self.beds_taken} of {count_text(self.beds, 'bed')} taken")
        parts.append(f"{count_text(self.patients, 'patient')} on the way or being handed over")
        return ", ".join(parts)


class SiteReader:
    """Tells of a site when something about it has changed.

    Attributes
    ----------
    hospitals : list of HospitalNow
    station_is_open : list of bool
    marks : dict of str to SiteMark
        Every site as it was told last.
    """

    def __init__(self, log: RunLog, stocks: StockReader | None) -> None:
        city, config = log.area.city, log.scenario
        means = hospital_means(config.hospitals, city.hospitals.sites, config.demand.conditions)
        self.hospitals = [
            HospitalNow(bays, beds, config.hospitals.divert_when_waiting)
            for bays, beds in zip(means.bays.tolist(), means.beds.tolist(), strict=True)
        ]
        self._stocks = stocks
        self._stations = [f"station-{name}" for name in city.stations.sites.site_id.tolist()]
        self._names = [f"hospital-{name}" for name in city.hospitals.sites.site_id.tolist()]
        self.station_is_open = [True] * len(self._stations)
        self.marks: dict[str, SiteMark] = {}
        self._seen: dict[str, Any] = {}
        self._changes = self._stock_changes = -1

    def read(self, events: Iterable[EventRow], vehicles: VehicleReader) -> None:
        """Take in what has happened."""
        for row in events:
            if row.event == Event.BEDS:
                self.hospitals[row.subject].beds_taken = int(row.value)
            elif row.event == Event.HOSPITAL_OPEN:
                self.hospitals[row.subject].is_open = bool(row.value)
            elif row.event == Event.STATION_OPEN:
                self.station_is_open[row.subject] = bool(row.value)
        if vehicles.changes == self._changes:
            return
        self._changes = vehicles.changes
        crews = at_hospitals(vehicles, len(self.hospitals))
        for hospital, (coming, waiting, handing) in zip(self.hospitals, crews, strict=True):
            hospital.coming, hospital.waiting, hospital.handing = coming, waiting, handing

    def news(self, free_at_station: Sequence[int]) -> list[SiteMark]:
        """Marks of the sites whose state has changed since this was asked last."""
        told = [*self._look_at_stations(free_at_station), *self._look_at_hospitals()]
        if self._stocks is not None and self._stocks.changes != self._stock_changes:
            self._stock_changes = self._stocks.changes
            told += [m for m in self._stocks.marks() if self._is_new(m.site, (m.text, m.level))]
        for mark in told:
            self.marks[mark.site] = mark
        return told

    def _is_new(self, site: str, facts: Any) -> bool:
        is_new: bool = self._seen.get(site) != facts
        self._seen[site] = facts
        return is_new

    def _look_at_stations(self, free: Sequence[int]) -> Iterator[SiteMark]:
        for row, site in enumerate(self._stations):
            is_open = self.station_is_open[row]
            if self._is_new(site, (free[row], is_open)):
                text = f"{count_text(free[row], 'ambulance')} free" if is_open else "closed"
                yield SiteMark(site, nan, text, is_open)

    def _look_at_hospitals(self) -> Iterator[SiteMark]:
        for site, hospital in zip(self._names, self.hospitals, strict=True):
            if self._is_new(site, hospital.facts):
                yield SiteMark(site, hospital.load, hospital.text, hospital.is_open)
