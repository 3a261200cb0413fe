"""Counts what measures of a run so far are computed from, out of what the readers have read."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import nan

from agents.activity import Activity
from environment.units import HOUR_S
from simulation.measures.catalogue import measures_now
from simulation.measures.counts import CallTally, Counts
from simulation.measures.measure import Measure
from viz.live.readers.calls import CallReader, CallRegister
from viz.live.readers.run_log import EpidemicRow, RunLog
from viz.live.readers.sites import SiteReader
from viz.live.readers.stock import StockReader
from viz.live.readers.streets import StreetReader
from viz.live.readers.vehicles import VehicleReader
from viz.live.states import AMBULANCE_STATES, STATES

FREE = (Activity.IDLE, Activity.MOVING)
AWAY = (Activity.OFF_DUTY, Activity.ON_BREAK)
COMPARTMENTS = ("susceptible", "probable", "infectious", "removed", "new_cases")

ON_DUTY_STATES = tuple(key for key in AMBULANCE_STATES if STATES[key].activity not in AWAY)
BUSY_STATES = tuple(key for key in ON_DUTY_STATES if STATES[key].activity not in FREE)


def measures_of(log: RunLog, stocks: StockReader | None) -> dict[str, Measure]:
    """The measures that a run has while it goes on, by their whole names."""
    has_trucks = log.supply_log is not None
    return measures_now(
        priorities=[one.name for one in log.scenario.demand.priorities],
        states=[key for key, one in STATES.items() if has_trucks or one.kind == "ambulance"],
        stocks=() if stocks is None else stocks.stock_names,
        epidemic=log.scenario.epidemic.is_there,
    )


class LiveCounts:
    """Counts of a run until the moment up to which it has been read.

    Parameters
    ----------
    log : RunLog
    calls, vehicles, sites, streets : readers
    stocks : StockReader or None
        None where there is no supply side.
    """

    def __init__(
        self,
        log: RunLog,
        calls: CallReader,
        vehicles: VehicleReader,
        sites: SiteReader,
        streets: StreetReader,
        stocks: StockReader | None,
    ) -> None:
        self._calls, self._vehicles, self._sites = calls, vehicles, sites
        self._streets, self._stocks = streets, stocks
        self._names = [one.name for one in log.scenario.demand.priorities]
        self._all = CallTally()
        self._by_priority = [CallTally() for _ in self._names]
        self._called_s: deque[float] = deque()
        self._responses: deque[tuple[float, float]] = deque()  # when reached, response
        self._persons: Counts = dict.fromkeys(COMPARTMENTS, nan)
        self._changes, self._of_vehicles = -1, Counts()
        measures = measures_of(log, stocks)
        self._formulas = [
            (key, one.now, one.part if one.by == "priority" else "")
            for key, one in measures.items()
            if one.now is not None
        ]
        self.measures = measures

    def take_in(self, register: CallRegister, now_s: float) -> None:
        """Count what the readers have read since the last time."""
        for number in self._calls.came:
            self._called_s.append(float(register.called_s[number]))
            for tally in self._tallies(register, number):
                tally.calls += 1
        for number, arrived_s in self._calls.arrivals:
            response_s = arrived_s - float(register.called_s[number])
            self._responses.append((arrived_s, response_s))
            for tally in self._tallies(register, number):
                tally.reach(response_s, float(register.target_s[number]))
        for number in self._calls.unserved:
            for tally in self._tallies(register, number):
                tally.lose()
        while self._called_s and self._called_s[0] <= now_s - HOUR_S:
            self._called_s.popleft()
        while self._responses and self._responses[0][0] <= now_s - HOUR_S:
            self._responses.popleft()

    def take_in_day(self, rows: Sequence[EpidemicRow]) -> None:
        """Note how the epidemic stands, district by district."""
        self._persons = {
            name: float(sum(getattr(row, name) for row in rows)) for name in COMPARTMENTS
        }

    def values(self, now_s: float) -> dict[str, float]:
        """All measures of the moment, by their whole names."""
        counts = {"": self._of_all(now_s)}
        for name, tally in zip(self._names, self._by_priority, strict=True):
            counts[name] = tally.counts
        return {key: float(now(counts[part], key)) for key, now, part in self._formulas}

    def _tallies(self, register: CallRegister, call: int) -> tuple[CallTally, CallTally]:
        return self._all, self._by_priority[int(register.priority[call])]

    def _of_all(self, now_s: float) -> Counts:
        if self._vehicles.changes != self._changes:
            self._changes, self._of_vehicles = self._vehicles.changes, self._count_vehicles()
        limited = [one for one in self._sites.hospitals if one.beds is not None]
        counts: Counts = {
            **self._all.counts,
            **self._persons,
            **self._of_vehicles,
            "calls_hour": len(self._called_s),
            "reached_hour": len(self._responses),
            "response_hour_s": sum([response_s for _, response_s in self._responses]),
            "waiting_calls": self._calls.waiting_count(now_s),
            "open_calls": self._calls.in_care(now_s),
            "beds": sum([one.beds or 0 for one in limited]),
            "beds_taken": sum([one.beds_taken for one in limited]),
            "forced_greens": self._streets.green_count,
        }
        return counts if self._stocks is None else counts | self._stocks.counts(now_s)

    def _count_vehicles(self) -> Counts:
        """Vehicles by state, and patients and crews at hospitals, which follow from them."""
        by_state, hospitals = self._vehicles.by_state, self._sites.hospitals
        return {
            **{f"vehicles[{key}]": count for key, count in by_state.items()},
            "ambulances_on_duty": sum(by_state[key] for key in ON_DUTY_STATES),
            "ambulances_busy": sum(by_state[key] for key in BUSY_STATES),
            "hospital_patients": sum(one.patients for one in hospitals),
            "crews_waiting_bay": sum(one.waiting for one in hospitals),
        }
