"""Makes the frames of a run from what is known of it; it changes nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agents.activity import Activity
from environment.traffic.ways import next_turn
from environment.units import DAY_S
from simulation.build import standing_orders
from simulation.trace import EventRow
from viz.live.counting import LiveCounts
from viz.live.frame import DistrictMark, Frame
from viz.live.readers.calls import CallReader, CallRegister
from viz.live.readers.run_log import Cursor, EpidemicRow, RunLog, log_of_model
from viz.live.readers.sites import SiteReader
from viz.live.readers.stock import StockReader
from viz.live.readers.streets import StreetReader
from viz.live.readers.vehicles import Stretch, VehicleReader

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

COVERAGE_EVERY_S = 120.0
"""Of the run's clock: looking at it costs as much as many frames."""


class Picture:
    """What can be seen of a run, moment by moment and never back.

    Parameters
    ----------
    log : RunLog

    Attributes
    ----------
    now_s : float
        Until when everything is known.
    register : CallRegister
    calls : CallReader
    vehicles : VehicleReader
    sites : SiteReader
    streets : StreetReader
    stocks : StockReader or None
    wants_coverage : bool
        Whether frames tell how soon each zone is reached.
    known : dict of str to Measure
        The measures that the run has, by their whole names.
    values : mapping of str to float
        Theirs as of the last look; NaN if there is nothing to tell.
    """

    def __init__(self, log: RunLog) -> None:
        self.log = log
        self.now_s = 0.0
        self.register = CallRegister(log)
        self.register.update()
        self.calls = CallReader(self.register)
        self.vehicles = VehicleReader(log, self.register)
        self.stocks = None if log.supply_log is None else StockReader(log, log.supply_log)
        self.sites = SiteReader(log, self.stocks)
        self.streets = StreetReader(log)
        self.wants_coverage = False
        self._counts = LiveCounts(
            log, self.calls, self.vehicles, self.sites, self.streets, self.stocks
        )
        self.known = self._counts.measures
        self.values: Mapping[str, float] = dict.fromkeys(self.known, nan)
        self._events: Cursor[EventRow] = Cursor(
            lambda first: log.trace.events[first:], lambda row: row.time_s
        )
        self._days: Cursor[EpidemicRow] = Cursor(log.epidemic_rows, lambda row: row.day * DAY_S)
        self._districts: dict[str, DistrictMark] = {}
        self._day = self._told_day = -1
        self._covered: NDArray[np.float64] | None = None
        self._covered_s = -np.inf
        self._free = (Activity.IDLE, Activity.MOVING)
        if standing_orders(log.scenario).sent_on_way_home:
            self._free += (Activity.RETURNING,)  # type: ignore[assignment]

    def look(self, now_s: float) -> Frame:
        """What is new since the last look."""
        self._read(now_s)
        has_changed = self.streets.has_changed()
        return Frame(
            now_s,
            legs=tuple(self.vehicles.news(now_s)),
            calls=tuple(self.calls.news(now_s)),
            greens=tuple(self.streets.news()),
            sites=tuple(self.sites.news(self.vehicles.free_at_station)),
            districts=self._new_districts(),
            closed=self.streets.closed if has_changed else None,
            covered=self._coverage(now_s),
            figures=self.values,
        )

    def note(self, now_s: float) -> None:
        """Take in what is new for the figures, where nobody wants a frame."""
        self._read(now_s)
        self.calls.forget()
        self.streets.forget()

    def still(self) -> Frame:
        """Nothing new since the last look."""
        return Frame(self.now_s, figures=self.values)

    def full(self) -> Frame:
        """Everything as it was at the last look, for who has seen nothing yet."""
        return Frame(
            self.now_s,
            is_first=True,
            legs=tuple(self.vehicles.legs(self.now_s)),
            calls=tuple(self.calls.marks.values()),
            greens=tuple(self.streets.greens.values()),
            sites=tuple(self.sites.marks.values()),
            districts=tuple(self._districts.values()),
            closed=self.streets.closed,
            covered=self._covered if self.wants_coverage else None,
            figures=self.values,
        )

    def _read(self, now_s: float) -> None:
        self.now_s = now_s
        self.register.update()
        events = [*self._events.until(now_s)]
        rows = self.vehicles.read(now_s)
        self.calls.read(rows, events, now_s)
        if self.stocks is not None:
            self.stocks.read(events, now_s)
        self.sites.read(events, self.vehicles)
        self.streets.read(now_s)
        self._read_days(now_s)
        self._counts.take_in(self.register, now_s)
        self.values = self._counts.values(now_s)

    def _read_days(self, now_s: float) -> None:
        """Take in how the epidemic stands, once a day."""
        rows = [*self._days.until(now_s)]
        if not rows:
            return
        today = [row for row in rows if row.day == rows[-1].day]
        self._day = rows[-1].day
        self._counts.take_in_day(today)
        self._districts = {row.district: _district_mark(row) for row in today}

    def _new_districts(self) -> tuple[DistrictMark, ...]:
        before, self._told_day = self._told_day, self._day
        return tuple(self._districts.values()) if self._day != before else ()

    # Coverage

    def _coverage(self, now_s: float) -> NDArray[np.float64] | None:
        if not self.wants_coverage:
            self._covered_s = -np.inf
            return None
        if now_s < self._covered_s + COVERAGE_EVERY_S:
            return None
        self._covered_s, self._covered = now_s, self.seconds_to_zones()
        return self._covered

    def seconds_to_zones(self) -> NDArray[np.float64]:
        """Seconds with siren from the nearest free ambulance to each zone, (z,).

        They are infinite if none is free.
        """
        nodes, driving = self.log.area.city.zone_node, self.streets.driving
        free = {self._start(one) for one in self.vehicles.ambulances if one.activity in self._free}
        if not free:
            return np.full(len(nodes), np.inf)
        origin = np.array([node for node, _ in free], dtype=np.int64)
        lead_s = np.array([seconds for _, seconds in free])
        drive_s = driving.table_s(origin, nodes, siren=True) / driving.speed_factor(self.now_s)
        soonest: NDArray[np.float64] = (lead_s[:, None] + drive_s).min(axis=0)
        return soonest

    def _start(self, stretch: Stretch) -> tuple[int, float]:
        """The junction from which an ambulance would leave, and the seconds until then."""
        way = stretch.way
        if way is not None and self.now_s < way.left_s + way.drive_s:
            node, in_s = next_turn(way, self.now_s)
            return node, round(in_s, 1)
        mean_s = self.log.scenario.demand.mobilisation.mean_s
        return stretch.end.node, mean_s + stretch.end.access_s


class Observer(Picture):
    """Makes the frames of a run under way.

    Parameters
    ----------
    model : EmergencyModel
    """

    def __init__(self, model: EmergencyModel) -> None:
        super().__init__(log_of_model(model))
        self.model = model

    def look(self, now_s: float | None = None) -> Frame:
        """What is new since the last look, up to the clock's moment."""
        return super().look(float(self.model.env.now) if now_s is None else now_s)

    def note(self, now_s: float | None = None) -> None:
        """Take in what is new for the figures, up to the clock's moment."""
        super().note(float(self.model.env.now) if now_s is None else now_s)


def _district_mark(row: EpidemicRow) -> DistrictMark:
    persons = row.susceptible + row.probable + row.infectious + row.removed
    text = f"{row.infectious:,.0f} of {persons:,.0f} persons infectious, "
    text += f"{row.new_cases:,.0f} new cases today"
    return DistrictMark(row.district, float(row.infectious / max(persons, 1.0)), text)
