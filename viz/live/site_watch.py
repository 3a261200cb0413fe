"""Looks at hospitals, stations and the sites of the supply side: how each one fares."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import nan
from typing import TYPE_CHECKING, Any

from viz.live.frame import SiteMark

if TYPE_CHECKING:
    from agents.service.hospital import Hospital
    from agents.supply.distributor import Distributor
    from agents.supply.store import Store
    from agents.supply.supplier import Supplier
    from simulation.model import EmergencyModel


class SiteWatch:
    """Tells of a site when something about it has changed.

    Attributes
    ----------
    marks : dict of str to SiteMark
        Every site as it was told last.
    """

    def __init__(self, model: EmergencyModel) -> None:
        self._model = model
        self.marks: dict[str, SiteMark] = {}
        self._seen: dict[str, Any] = {}
        city = model.ground.city
        self._stations = [f"station-{name}" for name in city.stations.sites.site_id.tolist()]
        self._hospitals = [f"hospital-{name}" for name in city.hospitals.sites.site_id.tolist()]
        self._changes = -1  # of stocks, as of the last look
        self._hour = -1.0

    def look(self, now_s: float, free_at_station: Sequence[int]) -> list[SiteMark]:
        """Marks of the sites that fare otherwise than at the last look."""
        told = [*self._look_at_stations(free_at_station), *self._look_at_hospitals()]
        if self._model.supply_side is not None:
            told += self._look_at_supplies(now_s)
        for mark in told:
            self.marks[mark.site] = mark
        return told

    def _is_new(self, site: str, facts: Any) -> bool:
        is_new: bool = self._seen.get(site) != facts
        self._seen[site] = facts
        return is_new

    def _look_at_stations(self, free: Sequence[int]) -> Iterator[SiteMark]:
        is_open = self._model.centre.station_is_open.tolist()
        for row, site in enumerate(self._stations):
            if self._is_new(site, (free[row], is_open[row])):
                text = "closed" if not is_open[row] else f"{_count(free[row], 'ambulance')} free"
                yield SiteMark(site, nan, text, is_open[row])

    def _look_at_hospitals(self) -> Iterator[SiteMark]:
        for site, hospital in zip(self._hospitals, self._model.centre.hospitals, strict=True):
            if self._is_new(site, _facts(hospital)):
                yield SiteMark(site, _load(hospital), hospital_text(hospital), hospital.is_open)

    def _look_at_supplies(self, now_s: float) -> Iterator[SiteMark]:
        """Stocks are looked at when one has changed, and once an hour, as some of it spoils."""
        assert self._model.supply_side is not None
        supply, books = self._model.supply_side.supply, self._model.supply_side.books
        for supplier in supply.suppliers:
            site, facts = f"supplier-{supplier.name}", supplier_text(supplier)
            if self._is_new(site, facts):
                yield SiteMark(site, supplier.output, facts, supplier.output > 0)
        hour = now_s // 3600
        if len(books.stock_changes) == self._changes and hour == self._hour:
            return
        self._changes, self._hour = len(books.stock_changes), hour
        kinds: tuple[tuple[str, list[Any]], ...] = (
            ("store", supply.stores),
            ("distributor", supply.distributors),
        )
        for kind, agents in kinds:
            for agent in agents:
                units, target = stock_of(agent), stock_target(agent)
                if self._is_new(f"{kind}-{agent.name}", units):
                    text = stock_text(supply.item_names, units)
                    yield SiteMark(f"{kind}-{agent.name}", _filled(units, target), text)


def _facts(hospital: Hospital) -> tuple[Any, ...]:
    bays, beds = hospital.bays, hospital.beds
    return (
        hospital.is_open,
        hospital.patients,
        None if bays is None else (bays.count, len(bays.queue)),
        None if beds is None else (beds.count, len(beds.queue)),
    )


def _load(hospital: Hospital) -> float:
    """Share of the beds that are taken, or where these are not limited, of the bays."""
    limited = hospital.beds if hospital.beds is not None else hospital.bays
    return nan if limited is None else limited.count / limited.capacity


def hospital_text(hospital: Hospital) -> str:
    """How a hospital fares, in plain words."""
    parts = [] if hospital.is_open else ["closed"]
    if hospital.bays is not None:
        bays = _count(int(hospital.bays.capacity), "bay")
        parts.append(f"{hospital.bays.count} of {bays} in use")
        if hospital.bays.queue:
            parts.append(f"{_count(len(hospital.bays.queue), 'crew')} waiting for a bay")
    if hospital.beds is not None:
        parts.append(f"{hospital.beds.count} of {_count(int(hospital.beds.capacity), 'bed')} taken")
    parts.append(f"{_count(hospital.patients, 'patient')} on the way or being handed over")
    return ", ".join(parts)


def supplier_text(supplier: Supplier) -> str:
    """How a supplier fares, in plain words."""
    on_order = int(supplier.on_order.sum())
    works = "stands still" if supplier.output <= 0 else f"works at {supplier.output:.0%}"
    return f"{works}, {_count(on_order, 'unit')} on order"


def stock_of(site: Store | Distributor) -> tuple[int, ...]:
    """Units of each item that are good now."""
    return tuple(site.stock.seen())


def stock_target(site: Store | Distributor) -> tuple[int, ...]:
    """Units of each item with which it began."""
    return site.stock.opening


def stock_text(items: Sequence[str], units: Sequence[int]) -> str:
    """Units of each item, in plain words."""
    return ", ".join(f"{count:,} {name}" for name, count in zip(items, units, strict=True))


def _filled(units: Sequence[int], target: Sequence[int]) -> float:
    """Mean over the items of the stock over that at the start, one at most."""
    shares = [min(1.0, own / full) for own, full in zip(units, target, strict=True) if full]
    return sum(shares) / len(shares) if shares else nan


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
