"""Measures of the moment, kept up to date from what is new at each look."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Literal

from environment.epidemic.spir import I, P, R, S
from viz.live import states
from viz.live.call_book import CallBook
from viz.live.call_watch import CallWatch
from viz.live.supply_figures import SupplyFigures
from viz.live.vehicle_watch import VehicleWatch

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

HOUR_S = 3600.0


@dataclass(frozen=True)
class Figure:
    """One measure.

    Attributes
    ----------
    key : str
    text : str
    unit : str
        In which its values are; empty for a number.
    group : {"service", "ambulances", "hospitals", "epidemic", "supplies"}
    better : {"lower", "higher"} or None
    digits : int
        Behind the point.
    """

    key: str
    text: str
    unit: str = ""
    group: str = "service"
    better: Literal["lower", "higher"] | None = None
    digits: int = 0


def figures_of(model: EmergencyModel) -> dict[str, Figure]:
    """The measures that a run has, by key, in the order of a table."""
    told = [
        Figure("response_min", "Mean response so far", "min", better="lower", digits=1),
        Figure("response_hour_min", "Mean response, last hour", "min", better="lower", digits=1),
        Figure("in_target_pct", "In target time so far", "%", better="higher", digits=1),
        Figure("waiting_calls", "Calls waiting", better="lower"),
        Figure("open_calls", "Calls in care"),
        Figure("calls", "Calls so far"),
        Figure("calls_per_hour", "Calls in the last hour"),
        Figure("lost_calls", "Calls lost or given up so far", better="lower"),
        Figure("busy_pct", "Ambulances busy", "%", "ambulances", digits=0),
    ]
    for priority in model.config.demand.priorities:
        name = priority.name
        told += [
            Figure(
                f"response_min[{name}]", f"Mean response, {name}", "min", better="lower", digits=1
            ),
            Figure(
                f"in_target_pct[{name}]", f"In target time, {name}", "%", better="higher", digits=1
            ),
        ]
    told += [
        Figure(f"vehicles_{key}", state.text.capitalize(), "", f"{state.kind}s")
        for key, state in states.STATES.items()
        if state.kind == "ambulance" or model.supply_side is not None
    ]
    told += [
        Figure("hospital_patients", "Patients bound for or at handover", "", "hospitals"),
        Figure("crews_waiting_bay", "Crews waiting for a bay", "", "hospitals", "lower"),
        Figure("beds_pct", "Beds taken", "%", "hospitals", digits=1),
        Figure("forced_greens", "Lights turned green for sirens so far"),
    ]
    if model.outbreak is not None:
        told += [
            Figure("susceptible", "Susceptible", "persons", "epidemic"),
            Figure("probable", "Under suspicion", "persons", "epidemic"),
            Figure("infectious", "Infectious", "persons", "epidemic", "lower"),
            Figure("removed", "Removed", "persons", "epidemic"),
            Figure("new_cases", "New cases today", "persons", "epidemic", "lower"),
        ]
    if model.supply_side is not None:
        told += [Figure(*row) for row in SupplyFigures.texts(model.supply_side.supply)]
    return {figure.key: figure for figure in told}


@dataclass
class _Tally:
    """Calls whose end is known."""

    known: int = 0
    reached: int = 0
    in_target: int = 0
    response_s: float = 0.0

    def add(self, response_s: float, in_target: bool) -> None:
        self.known += 1
        self.reached += 1
        self.in_target += in_target
        self.response_s += response_s

    @property
    def mean_min(self) -> float:
        return self.response_s / self.reached / 60 if self.reached else nan

    @property
    def in_target_pct(self) -> float:
        return 100 * self.in_target / self.known if self.known else nan


class Figures:
    """The measures of one run.

    All count from the start of the run, its warm-up included; a call counts for the share in
    target once its first ambulance is there, or nobody will come.

    Attributes
    ----------
    values : mapping of str to float
        By key, as of the last look; NaN if there is nothing to tell.
    """

    def __init__(self, model: EmergencyModel, calls: CallBook) -> None:
        self._model = model
        self._book = calls
        self.known = figures_of(model)
        self.values: Mapping[str, float] = dict.fromkeys(self.known, nan)
        names = [priority.name for priority in model.config.demand.priorities]
        self._all = _Tally()
        self._by_priority = {name: _Tally() for name in names}
        self._names = names
        self._calls = self._lost = 0
        self._called_s: deque[float] = deque()
        self._responses: deque[tuple[float, float]] = deque()  # of the last hour
        self._supplies = None if model.supply_side is None else SupplyFigures(model.supply_side)

    def look(self, now_s: float, calls: CallWatch, vehicles: VehicleWatch) -> None:
        """Bring all measures up to date."""
        self._take_in(calls, now_s)
        values = dict.fromkeys(self.known, nan)
        values |= self._service(calls)
        values |= _vehicles(self.known, vehicles.by_state)
        values |= self._hospitals()
        values |= self._epidemic()
        if self._supplies is not None:
            values |= self._supplies.look(now_s)
        self.values = values

    def _take_in(self, calls: CallWatch, now_s: float) -> None:
        book, last_hour_s = self._book, now_s - HOUR_S
        self._calls += len(calls.came)
        self._called_s.extend(float(book.called_s[number]) for number in calls.came)
        for number, arrived_s in calls.arrivals:
            response_s = arrived_s - float(book.called_s[number])
            is_in_time = response_s <= float(book.target_s[number])
            self._all.add(response_s, is_in_time)
            self._by_priority[self._names[int(book.priority[number])]].add(response_s, is_in_time)
            self._responses.append((arrived_s, response_s))
        for number in calls.unserved:
            self._lost += 1
            self._all.known += 1
            self._by_priority[self._names[int(book.priority[number])]].known += 1
        while self._called_s and self._called_s[0] <= last_hour_s:
            self._called_s.popleft()
        while self._responses and self._responses[0][0] <= last_hour_s:
            self._responses.popleft()

    def _service(self, calls: CallWatch) -> dict[str, float]:
        recent = [response_s for _, response_s in self._responses]
        values = {
            "response_min": self._all.mean_min,
            "response_hour_min": sum(recent) / len(recent) / 60 if recent else nan,
            "in_target_pct": self._all.in_target_pct,
            "waiting_calls": float(calls.waiting_count),
            "open_calls": float(len(self._model.centre.patients)),
            "calls": float(self._calls),
            "calls_per_hour": float(len(self._called_s)),
            "lost_calls": float(self._lost),
            "forced_greens": float(self._forced_greens()),
        }
        for name, tally in self._by_priority.items():
            values[f"response_min[{name}]"] = tally.mean_min
            values[f"in_target_pct[{name}]"] = tally.in_target_pct
        return values

    def _forced_greens(self) -> int:
        planned = sum(len(rows) for _, rows in self._model.world.traffic.greens.values())
        return self._model.recorder.green_count + planned

    def _hospitals(self) -> dict[str, float]:
        hospitals = self._model.centre.hospitals
        beds = [one.beds for one in hospitals if one.beds is not None]
        capacity = sum(one.capacity for one in beds)
        return {
            "hospital_patients": float(sum(one.patients for one in hospitals)),
            "crews_waiting_bay": float(sum(len(h.bays.queue) for h in hospitals if h.bays)),
            "beds_pct": 100 * sum(one.count for one in beds) / capacity if capacity else nan,
        }

    def _epidemic(self) -> dict[str, float]:
        outbreak = self._model.outbreak
        if outbreak is None or not outbreak.days:
            return {}
        day = outbreak.days[-1].day
        persons = day.moves.sum(axis=(0, 1))
        return {
            "susceptible": float(persons[S]),
            "probable": float(persons[P]),
            "infectious": float(persons[I]),
            "removed": float(persons[R]),
            "new_cases": float(day.new_cases.sum()),
        }


def _vehicles(known: Mapping[str, Figure], by_state: Mapping[str, int]) -> dict[str, float]:
    values = {f"vehicles_{key}": float(count) for key, count in by_state.items()}
    idle = (states.FREE, states.MOVING)
    away = (states.OFF_DUTY,)
    on_duty = sum(by_state[key] for key in states.AMBULANCE_STATES if key not in away)
    busy = on_duty - sum(by_state[key] for key in idle)
    values["busy_pct"] = 100 * busy / on_duty if on_duty else nan
    return {key: value for key, value in values.items() if key in known}
