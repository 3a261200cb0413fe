"""How the sites and districts of a saved run fared, found again from its tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from environment.disruptions import HospitalClosed, StationClosed
from scenarios.scenario import Scenario
from simulation.result import Result
from viz.live import states
from viz.live.frame import DistrictMark, SiteMark
from viz.live.recorded_ambulances import RecordedSites, Stretch
from viz.live.recorded_rows import rows_of
from viz.live.site_watch import stock_text

DAY_S = 86_400.0
INCREASES = ("opening", "produced", "received")


class Steps:
    """A number that changes by steps.

    Parameters
    ----------
    at_s : (n,) array
    change : (n,) array
        By how much at each moment.
    """

    def __init__(self, at_s: Iterable[float], change: Iterable[float]) -> None:
        moments, changes = np.array([*at_s], dtype=float), np.array([*change], dtype=float)
        known = ~np.isnan(moments)
        order = np.argsort(moments[known], kind="stable")
        self._at_s = moments[known][order]
        self._level = np.concatenate([[0.0], np.cumsum(changes[known][order])])

    @classmethod
    def while_between(cls, from_s: Iterable[float], until_s: Iterable[float]) -> Steps:
        """How many stretches hold at a moment."""
        begins, ends = [*from_s], [*until_s]
        return cls([*begins, *ends], [*([1.0] * len(begins)), *([-1.0] * len(ends))])

    def at(self, now_s: float | NDArray[np.float64]) -> NDArray[np.float64]:
        """The number at one moment or at many."""
        found: NDArray[np.float64] = self._level[np.searchsorted(self._at_s, now_s, side="right")]
        return found


class RecordedSiteMarks:
    """Marks of stations, hospitals and the sites of the supply side.

    Beds are not in the tables; what is told of a hospital are the crews that wait and hand over.
    """

    def __init__(
        self,
        result: Result,
        scenario: Scenario,
        sites: RecordedSites,
        ambulances: Sequence[Sequence[Stretch]],
    ) -> None:
        self._closed = {
            **_closures(scenario, StationClosed, "station"),
            **_closures(scenario, HospitalClosed, "hospital"),
        }
        self._free = _free_at(sites, ambulances)
        self._hospitals = _at_hospitals(result, sites)
        self._stocks = _stocks(result)
        self._items = [] if result.supplies is None else result.supplies.items["item"].tolist()

    def at(self, now_s: float) -> Iterator[SiteMark]:
        """All of them at a moment."""
        for name, free in self._free.items():
            count = int(free.at(now_s))
            yield self._mark(name, now_s, f"{_count(count, 'ambulance')} free", nan)
        for name, (waiting, handing) in self._hospitals.items():
            told = [f"{_count(int(handing.at(now_s)), 'crew')} handing over"]
            if crews := int(waiting.at(now_s)):
                told.append(f"{_count(crews, 'crew')} waiting for a bay")
            yield self._mark(name, now_s, ", ".join(told), nan)
        for name, steps in self._stocks.items():
            units = [int(own.at(now_s)) for own in steps]
            first = [float(own.at(0.0)) for own in steps]
            shares = [min(1.0, u / full) for u, full in zip(units, first, strict=True) if full]
            level = sum(shares) / len(shares) if shares else nan
            yield SiteMark(name, level, stock_text(self._items, units))

    def _mark(self, name: str, now_s: float, text: str, level: float) -> SiteMark:
        is_open = not any(a <= now_s < b for a, b in self._closed.get(name, ()))
        return SiteMark(name, level, text if is_open else "closed", is_open)


def _closures(
    scenario: Scenario, kind: type[StationClosed | HospitalClosed], name: str
) -> dict[str, list[tuple[float, float]]]:
    """When each site is closed."""
    found: dict[str, list[tuple[float, float]]] = {}
    for one in scenario.disruptions:
        if isinstance(one, kind):
            site = f"{name}-{getattr(one, name)}"
            found.setdefault(site, []).append((one.from_s, one.until_s))
    return found


def _free_at(sites: RecordedSites, ambulances: Sequence[Sequence[Stretch]]) -> dict[str, Steps]:
    """Ambulances that stand free at each station."""
    at: dict[tuple[float, float], int] = {}
    for row, spot in enumerate(sites.stations.spots):
        at.setdefault((spot.place.x_m, spot.place.y_m), row)
    begins: list[list[float]] = [[] for _ in sites.stations.spots]
    ends: list[list[float]] = [[] for _ in sites.stations.spots]
    for own in ambulances:
        for one, following in zip(own, [*own[1:], None], strict=True):
            if one.state != states.FREE:
                continue
            x_m, y_m, _ = one.make_path()[0]
            row = at.get((x_m, y_m), 0)
            begins[row].append(one.told_s)
            ends[row].append(np.inf if following is None else following.told_s)
    names = list(sites.stations.row)
    return {
        f"station-{name}": Steps.while_between(begins[row], ends[row])
        for row, name in enumerate(names)
    }


def _at_hospitals(result: Result, sites: RecordedSites) -> dict[str, tuple[Steps, Steps]]:
    """Crews that wait for a bay and that hand over, by hospital."""
    found = {}
    for name in sites.hospitals.row:
        own = result.missions[result.missions["hospital"] == name]
        waiting = Steps.while_between(own["at_hospital_s"], own["bay_s"])
        found[f"hospital-{name}"] = (waiting, Steps.while_between(own["bay_s"], own["clear_s"]))
    return found


def _stocks(result: Result) -> dict[str, list[Steps]]:
    """Stock of each item, by site."""
    if result.supplies is None:
        return {}
    changes, items = result.supplies.stock_changes, result.supplies.items["item"]
    sign = np.where(changes["change"].isin(INCREASES), 1, -1)
    signed = changes.assign(signed=sign * changes["units"])
    found = {}
    for site in rows_of(result.supplies.sites):
        own = signed[signed["site"] == site.site]
        if site.kind != "supplier":
            by_item = dict(iter(own.groupby("item", observed=False)))
            found[f"{site.kind}-{site.name}"] = [
                Steps(by_item[item]["time_s"], by_item[item]["signed"]) for item in items
            ]
    return found


def district_marks(result: Result) -> Mapping[int, list[DistrictMark]]:
    """How the epidemic stands in each district, by day."""
    found: dict[int, list[DistrictMark]] = {}
    for row in rows_of(result.epidemic):
        persons = row.susceptible + row.probable + row.infectious + row.removed
        text = (
            f"{row.infectious:,.0f} of {persons:,.0f} persons infectious, "
            f"{row.new_cases:,.0f} new cases today"
        )
        mark = DistrictMark(row.district, float(row.infectious / max(persons, 1.0)), text)
        found.setdefault(int(row.day), []).append(mark)
    return found


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
