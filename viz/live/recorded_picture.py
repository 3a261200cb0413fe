"""The frames of a saved run, made from its tables."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.traffic.ways import next_junction
from simulation.preparation import prepare
from simulation.result import Result
from viz.live import states
from viz.live.figures import Figure
from viz.live.frame import DistrictMark, Frame, Green, Leg, SiteMark
from viz.live.legs import place_at
from viz.live.record_folder import SavedRun
from viz.live.recorded_ambulances import (
    CallSpots,
    Stretch,
    ambulance_stretches,
    recorded_sites,
)
from viz.live.recorded_calls import RecordedCalls
from viz.live.recorded_rows import rows_of
from viz.live.recorded_series import recorded_series
from viz.live.recorded_sites import DAY_S, RecordedSiteMarks, district_marks
from viz.live.recorded_streets import RecordedStreets
from viz.live.recorded_trucks import truck_stretches
from viz.live.street_watch import closed_lines

MAY_BE_SENT = (states.FREE, states.RETURNING, states.MOVING)
SITES_EVERY_S = 60.0
"""Of the run's clock: looking at all sites costs as much as many frames."""


class RecordedPicture:
    """What can be seen at any moment of a saved run.

    Known exactly are the ends of each drive, and when they were. A way between them is found
    again by the router, and passed in proportion to expected times. Where a drive was broken off,
    or led round a street that was closed on the way, the place between its ends is an estimate.

    Parameters
    ----------
    saved : SavedRun

    Attributes
    ----------
    end_s : float
        When the last ambulance was home and the last truck.
    known : mapping of str to Figure
    series : DataFrame
        See `viz.live.recorded_series`.
    """

    def __init__(self, saved: SavedRun) -> None:
        result, scenario = saved.result, saved.scenario
        self.result, self.scenario = result, scenario
        self.ground = prepare(scenario)
        streets = RecordedStreets(self.ground, scenario, saved.replication)
        self._streets = streets
        self.ambulances = ambulance_stretches(result, streets)
        self.trucks = truck_stretches(result, streets, scenario.supplies.sites)
        self.vehicles = [*self.ambulances, *self.trucks]
        self._told = sorted(
            (one for own in self.vehicles for one in own), key=lambda one: one.told_s
        )
        self._told_s = [one.told_s for one in self._told]
        self.calls = RecordedCalls(result, streets, CallSpots(result.calls, streets).places)
        self._greens = _greens(result, self.ambulances)
        self._green_s = [green.from_s for green in self._greens]
        sites = recorded_sites(streets)
        self._sites = RecordedSiteMarks(result, scenario, sites, self.ambulances)
        self._districts = district_marks(result)
        self.end_s = _end_s(result, scenario.run.horizon_s)
        self.known: Mapping[str, Figure]
        self.series: pd.DataFrame
        self.known, self.series = recorded_series(
            result, scenario, self.calls, self.vehicles, self.end_s
        )
        self._rows = self.series[list(self.known)].to_numpy()

    def between(
        self, after_s: float, until_s: float, told: dict[str, SiteMark], *, covered: bool = False
    ) -> Frame:
        """What is new after one moment, until another.

        Parameters
        ----------
        after_s, until_s : float
        told : dict of str to SiteMark
            Marks of sites that were told before; new ones are entered.
        covered : bool
            Whether it tells how soon each zone is reached.
        """
        first, last = (bisect_right(self._told_s, moment) for moment in (after_s, until_s))
        begun, ended = (bisect_right(self._green_s, moment) for moment in (after_s, until_s))
        changed = any(after_s < moment <= until_s for moment in self._streets.changes())
        is_new_day = after_s // DAY_S != until_s // DAY_S
        looks = after_s // SITES_EVERY_S != until_s // SITES_EVERY_S
        return Frame(
            until_s,
            legs=tuple(one.leg for one in self._told[first:last]),
            calls=tuple(self.calls.between(after_s, until_s)),
            greens=tuple(self._greens[begun:ended]),
            sites=tuple(self._new_sites(until_s, told)) if looks else (),
            districts=self._districts_at(until_s) if is_new_day else (),
            closed=self._closed(until_s) if changed else None,
            covered=self.covered(until_s) if covered else None,
            figures=self.values(until_s),
        )

    def at(self, now_s: float, told: dict[str, SiteMark], *, covered: bool = False) -> Frame:
        """All that is to be seen at a moment; as `between`."""
        told.clear()
        begun = bisect_right(self._green_s, now_s)
        return Frame(
            now_s,
            is_first=True,
            legs=tuple(leg for own in self.vehicles for leg in _legs_at(own, now_s)),
            calls=tuple(self.calls.at(now_s)),
            greens=tuple(g for g in self._greens[:begun] if g.until_s > now_s),
            sites=tuple(self._new_sites(now_s, told)),
            districts=self._districts_at(now_s),
            closed=self._closed(now_s),
            covered=self.covered(now_s) if covered else None,
            figures=self.values(now_s),
        )

    def values(self, now_s: float) -> dict[str, float]:
        """The measures as of the last whole minute."""
        row = min(int(now_s // 60), len(self._rows) - 1)
        return dict(zip(self.known, self._rows[row].tolist(), strict=True))

    def series_until(self, now_s: float) -> pd.DataFrame:
        """The measures of each minute so far."""
        return self.series.loc[:now_s]

    def covered(self, now_s: float) -> NDArray[np.float64]:
        """Seconds with siren from the nearest free ambulance to each zone, (z,)."""
        nodes, driving = self.ground.city.zone_node, self._streets.driving(now_s)
        places = {self._start(own, now_s) for own in self.ambulances} - {None}
        known = [place for place in places if place is not None]
        if not known:
            return np.full(len(nodes), np.inf)
        origins = np.array([node for node, _ in known], dtype=np.int64)
        lead_s = np.array([seconds for _, seconds in known])
        drive_s = driving.table_s(origins, nodes, siren=True) / driving.speed_factor(now_s)
        soonest: NDArray[np.float64] = (lead_s[:, None] + drive_s).min(axis=0)
        return soonest

    def _start(self, own: Sequence[Stretch], now_s: float) -> tuple[int, float] | None:
        """The junction from which a free ambulance would leave, and the seconds until then."""
        now = own[max(bisect_right([one.told_s for one in own], now_s) - 1, 0)]
        if now.state not in MAY_BE_SENT:
            return None
        if now.way is not None:
            node, in_s = next_junction(now.way, now_s)
            return node, round(in_s, 1)
        stations = self.ground.city.stations
        place = place_at(now.leg.path, now_s)
        xy_m = np.column_stack(self.ground.city.roads.to_metres(stations.sites.x, stations.sites.y))
        row = int(np.hypot(*(xy_m - place).T).argmin())
        mean_s = self.scenario.demand.mobilisation.mean_s
        return int(stations.node[row]), mean_s + float(stations.access_s[row])

    def _new_sites(self, now_s: float, told: dict[str, SiteMark]) -> Iterator[SiteMark]:
        for mark in self._sites.at(now_s):
            before = told.get(mark.site)
            if before is None or (before.text, before.is_open) != (mark.text, mark.is_open):
                told[mark.site] = mark
                yield mark

    def _districts_at(self, now_s: float) -> tuple[DistrictMark, ...]:
        return tuple(self._districts.get(int(now_s // DAY_S), ()))

    def _closed(self, now_s: float) -> NDArray[np.float64]:
        return closed_lines(self.ground.city.roads, self._streets.driving(now_s).closed)


def picture_of(saved: SavedRun, folder: Path) -> RecordedPicture:
    """The picture of a run.

    Raises
    ------
    ResultError
        If its tables do not fit together, as those of a foreign program may not.
    """
    from simulation.errors import ResultError

    try:
        return RecordedPicture(saved)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
        raise ResultError(f"{folder}: its tables do not fit together ({error!r})") from None


def _legs_at(own: Sequence[Stretch], now_s: float) -> Iterator[Leg]:
    """The leg of a vehicle at a moment, and then those told for later."""
    last = bisect_right([one.told_s for one in own], now_s)
    first = last - 1
    while first > 0 and own[first].from_s > now_s:
        first -= 1
    for one in own[max(first, 0) : last]:
        yield one.leg


def _greens(result: Result, ambulances: Sequence[Sequence[Stretch]]) -> list[Green]:
    """Greens for ambulances; the axis is that along which the ambulance comes to the light."""
    found = []
    axes: dict[tuple[int, int], dict[int, int]] = {}
    for row in rows_of(result.forced_greens):
        key = (int(row.ambulance), int(row.call))
        if key not in axes:
            axes[key] = _axes_of(ambulances[key[0]], key[1])
        axis = axes[key].get(int(row.light))
        if axis is not None:
            found.append(Green(int(row.light), axis, float(row.from_s), float(row.until_s)))
    return sorted(found, key=lambda green: green.from_s)


def _axes_of(own: Sequence[Stretch], call: int) -> dict[int, int]:
    """By light, the axis along which an ambulance comes to it on its ways for a call."""
    axes = {}
    for one in own:
        if one.call == call and one.way is not None and one.way.siren:
            driving = one.way.driving
            path = driving.path(one.way.origin, one.way.destination, siren=True)
            lights = driving.lights
            pairs = zip(lights.light[path].tolist(), lights.axis[path].tolist(), strict=True)
            axes.update({light: axis for light, axis in pairs if light >= 0})
    return axes


def _end_s(result: Result, horizon_s: float) -> float:
    """When everybody was home."""
    ends = [result.missions["home_s"], result.moves["ended_s"]]
    if result.supplies is not None:
        ends.append(result.supplies.trips["back_s"])
    last = [float(one.max()) for one in ends if len(one)]
    return max([horizon_s, *last])
