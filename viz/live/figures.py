"""Measures of the moment: each is one object that says how it is told and how it is computed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import nan
from typing import Literal

from agents.activity import Activity
from environment.units import HOUR_S
from viz.live.readers.calls import CallReader, CallRegister
from viz.live.readers.run_log import EpidemicRow, RunLog
from viz.live.readers.sites import SiteReader
from viz.live.readers.stock import StockReader
from viz.live.readers.streets import StreetReader
from viz.live.readers.vehicles import VehicleReader
from viz.live.states import AMBULANCE_STATES, STATES

IDLE = (Activity.IDLE, Activity.MOVING)
AWAY = (Activity.OFF_DUTY, Activity.ON_BREAK)


@dataclass
class Tally:
    """Calls whose end is known."""

    known: int = 0
    reached: int = 0
    in_target: int = 0
    response_s: float = 0.0

    def add(self, response_s: float, in_target: bool) -> None:
        """Enter a call that was reached."""
        self.known += 1
        self.reached += 1
        self.in_target += in_target
        self.response_s += response_s

    @property
    def mean_min(self) -> float:
        """Mean response in minutes."""
        return self.response_s / self.reached / 60 if self.reached else nan

    @property
    def in_target_pct(self) -> float:
        """Share that was reached in time."""
        return 100 * self.in_target / self.known if self.known else nan


@dataclass
class Moment:
    """All that a measure may ask.

    Attributes
    ----------
    now_s : float
    calls, vehicles, sites, streets : readers
    stocks : StockReader or None
        None where there is no supply side.
    epidemic : sequence of EpidemicRow
        Of the last day, by district.
    by_state : mapping of str to int
    all : Tally
    by_priority : list of Tally
    came : int
        Calls so far.
    lost : int
        Calls so far to whom nobody will come.
    called_s : deque of float
        When the calls of the last hour came in.
    responses : deque of (float, float)
        Arrival and response of those that were reached in the last hour.
    """

    calls: CallReader
    vehicles: VehicleReader
    sites: SiteReader
    streets: StreetReader
    stocks: StockReader | None
    by_priority: list[Tally]
    now_s: float = 0.0
    epidemic: Sequence[EpidemicRow] = ()
    by_state: Mapping[str, int] = field(default_factory=dict)
    all: Tally = field(default_factory=Tally)
    came: int = 0
    lost: int = 0
    called_s: deque[float] = field(default_factory=deque)
    responses: deque[tuple[float, float]] = field(default_factory=deque)

    def take_in(self, register: CallRegister, now_s: float) -> None:
        """Take in what the readers have read until a moment."""
        self.now_s, last_hour_s = now_s, now_s - HOUR_S
        self.by_state = self.vehicles.by_state
        self.came += len(self.calls.came)
        self.called_s.extend(float(register.called_s[number]) for number in self.calls.came)
        for number, arrived_s in self.calls.arrivals:
            response_s = arrived_s - float(register.called_s[number])
            is_in_time = response_s <= float(register.target_s[number])
            self.all.add(response_s, is_in_time)
            self.by_priority[int(register.priority[number])].add(response_s, is_in_time)
            self.responses.append((arrived_s, response_s))
        for number in self.calls.unserved:
            self.lost += 1
            self.all.known += 1
            self.by_priority[int(register.priority[number])].known += 1
        while self.called_s and self.called_s[0] <= last_hour_s:
            self.called_s.popleft()
        while self.responses and self.responses[0][0] <= last_hour_s:
            self.responses.popleft()

    @property
    def supplies(self) -> StockReader:
        """The supply side, which there is if a measure asks for it."""
        assert self.stocks is not None
        return self.stocks


@dataclass(frozen=True)
class Figure:
    """One measure.

    Attributes
    ----------
    key : str
    text : str
    unit : str
        In which its values are; empty for a number.
    group : {"service", "ambulances", "trucks", "hospitals", "epidemic", "supplies"}
    better : {"lower", "higher"} or None
    digits : int
        Behind the point.
    of : callable
        Its value at a moment; NaN if there is nothing to tell.
    """

    key: str
    text: str
    unit: str = ""
    group: str = "service"
    better: Literal["lower", "higher"] | None = None
    digits: int = 0
    of: Callable[[Moment], float] = field(default=lambda _: nan, repr=False, compare=False)


def figures_of(log: RunLog) -> dict[str, Figure]:
    """The measures that a run has, by key, in the order of a table."""
    told = [*_service(), *_by_priority(log), *_vehicles(log), *_hospitals()]
    if log.scenario.epidemic.is_there:
        told += _epidemic()
    if log.supply_log is not None:
        told += [*_supplies(), *_stocks(log)]
    return {figure.key: figure for figure in told}


def _service() -> Iterator[Figure]:
    yield Figure("response_min", "Mean response so far", "min", better="lower", digits=1,
                 of=lambda now: now.all.mean_min)  # fmt: skip
    yield Figure("response_hour_min", "Mean response, last hour", "min", better="lower", digits=1,
                 of=_response_of_last_hour)  # fmt: skip
    yield Figure("in_target_pct", "In target time so far", "%", better="higher", digits=1,
                 of=lambda now: now.all.in_target_pct)  # fmt: skip
    yield Figure("waiting_calls", "Calls waiting", better="lower",
                 of=lambda now: now.calls.waiting_count(now.now_s))  # fmt: skip
    yield Figure("open_calls", "Calls in care", of=lambda now: now.calls.in_care(now.now_s))
    yield Figure("calls", "Calls so far", of=lambda now: now.came)
    yield Figure("calls_per_hour", "Calls in the last hour", of=lambda now: len(now.called_s))
    yield Figure("lost_calls", "Calls lost or given up so far", better="lower",
                 of=lambda now: now.lost)  # fmt: skip
    yield Figure("busy_pct", "Ambulances busy", "%", "ambulances", of=_busy_pct)


def _response_of_last_hour(now: Moment) -> float:
    recent = [response_s for _, response_s in now.responses]
    return sum(recent) / len(recent) / 60 if recent else nan


def _busy_pct(now: Moment) -> float:
    count = {key: now.by_state[key] for key in AMBULANCE_STATES}
    on_duty = sum(n for key, n in count.items() if STATES[key].activity not in AWAY)
    busy = on_duty - sum(n for key, n in count.items() if STATES[key].activity in IDLE)
    return 100 * busy / on_duty if on_duty else nan


def _by_priority(log: RunLog) -> Iterator[Figure]:
    for row, priority in enumerate(log.scenario.demand.priorities):
        name = priority.name
        yield Figure(
            f"response_min[{name}]", f"Mean response, {name}", "min", better="lower", digits=1,
            of=lambda now, row=row: now.by_priority[row].mean_min,  # type: ignore[misc]
        )  # fmt: skip
        yield Figure(
            f"in_target_pct[{name}]", f"In target time, {name}", "%", better="higher", digits=1,
            of=lambda now, row=row: now.by_priority[row].in_target_pct,  # type: ignore[misc]
        )  # fmt: skip


def _vehicles(log: RunLog) -> Iterator[Figure]:
    for key, state in STATES.items():
        if state.kind == "ambulance" or log.supply_log is not None:
            yield Figure(
                f"vehicles_{key}", state.text.capitalize(), "", f"{state.kind}s",
                of=lambda now, key=key: now.by_state[key],  # type: ignore[misc]
            )  # fmt: skip


def _hospitals() -> Iterator[Figure]:
    yield Figure("hospital_patients", "Patients bound for or at handover", "", "hospitals",
                 of=lambda now: sum(one.patients for one in now.sites.hospitals))  # fmt: skip
    yield Figure("crews_waiting_bay", "Crews waiting for a bay", "", "hospitals", "lower",
                 of=lambda now: sum(one.waiting for one in now.sites.hospitals))  # fmt: skip
    yield Figure("beds_pct", "Beds taken", "%", "hospitals", digits=1, of=_beds_pct)
    yield Figure("forced_greens", "Lights turned green for sirens so far",
                 of=lambda now: now.streets.green_count)  # fmt: skip


def _beds_pct(now: Moment) -> float:
    limited = [one for one in now.sites.hospitals if one.beds is not None]
    beds = sum(one.beds or 0 for one in limited)
    return 100 * sum(one.beds_taken for one in limited) / beds if beds else nan


def _epidemic() -> Iterator[Figure]:
    def persons(now: Moment, name: str) -> float:
        return float(sum(getattr(row, name) for row in now.epidemic)) if now.epidemic else nan

    for name, text, better in (
        ("susceptible", "Susceptible", None),
        ("probable", "Under suspicion", None),
        ("infectious", "Infectious", "lower"),
        ("removed", "Removed", None),
        ("new_cases", "New cases today", "lower"),
    ):
        of = partial(persons, name=name)
        yield Figure(name, text, "persons", "epidemic", better, of=of)  # type: ignore[arg-type]


def _supplies() -> Iterator[Figure]:
    yield Figure("fill_rate_pct", "Needs met so far", "%", "supplies", "higher", 1,
                 of=lambda now: _share(100 * now.supplies.used, now.supplies.needed))  # fmt: skip
    yield Figure("acquisition_h", "Mean time until people have what they need", "h", "supplies",
                 "lower", 1,
                 of=lambda now: _share(now.supplies.waited_unit_s / HOUR_S, now.supplies.given),
                 )  # fmt: skip
    yield Figure("units_waited_for", "Waited for", "units", "supplies", "lower",
                 of=lambda now: float(now.supplies.waited_for.sum()))  # fmt: skip
    for name, text in (
        ("needed", "Needed"),
        ("requested", "Asked of stores"),
        ("ordered", "Ordered from suppliers"),
    ):
        yield Figure(
            f"{name}_per_day", f"{text} in the last 24 h", "units", "supplies",
            of=lambda now, name=name: now.supplies.last_day[name].units(now.now_s),  # type: ignore[misc]
        )  # fmt: skip
    yield Figure("bullwhip", "Bullwhip so far", "", "supplies", "lower", 2,
                 of=lambda now: now.supplies.bullwhip)  # fmt: skip


def _stocks(log: RunLog) -> Iterator[Figure]:
    suppliers = len(log.scenario.supplies.sites.suppliers)
    for column, item in enumerate(log.items):
        yield Figure(
            f"stock[{item}]", f"Stock of {item}", "units", "supplies",
            of=lambda now, k=column: float(now.supplies.level[suppliers:, k].sum()),  # type: ignore[misc]
        )  # fmt: skip
    for site, (kind, name) in enumerate(log.supply_sites):
        for column, item in enumerate(log.items):
            yield Figure(
                f"stock[{kind}-{name}/{item}]", f"Stock of {item}, {name}", "units", "supplies",
                of=lambda now, at=(site, column): float(now.supplies.level[at]),  # type: ignore[misc]
            )  # fmt: skip


def _share(part: float, whole: float) -> float:
    return part / whole if whole else nan
