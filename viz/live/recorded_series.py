"""The measures of a saved run minute by minute, found again from its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scenarios.scenario import Scenario
from simulation.result import Result
from viz.live import states
from viz.live.call_watch import LEFT, LOST, OVER, WAITING
from viz.live.figures import HOUR_S, Figure, figures_of
from viz.live.recorded_ambulances import Stretch
from viz.live.recorded_calls import RecordedCalls
from viz.live.recorded_rows import rows_of
from viz.live.recorded_sites import DAY_S, INCREASES, Steps

Array = NDArray[np.float64]
MINUTE_S = 60.0


def recorded_series(
    result: Result,
    scenario: Scenario,
    calls: RecordedCalls,
    vehicles: Sequence[Sequence[Stretch]],
    end_s: float,
) -> tuple[dict[str, Figure], pd.DataFrame]:
    """The measures that the tables tell of, and their values at each minute.

    Left out is what they do not tell: beds that are taken, patients whose crew has not chosen a
    hospital, and what people wait for.

    Returns
    -------
    mapping of str to Figure
    DataFrame
        One row a minute, a column for each measure, in the units of the live view; the index is
        the time in seconds.
    """
    now_s = np.arange(0.0, end_s + MINUTE_S, MINUTE_S)
    values = {
        **_service(result, scenario, calls, now_s),
        **_vehicles(vehicles, now_s),
        **_epidemic(result, now_s),
        **_supplies(result, now_s),
    }
    likeness = _Likeness(
        scenario,
        True if len(result.epidemic) else None,
        None if result.supplies is None else _Side(_Supply.of(result)),
    )
    known = {k: f for k, f in figures_of(cast(Any, likeness)).items() if k in values}
    columns = {key: values[key] for key in known}
    return known, pd.DataFrame(columns, index=pd.Index(now_s, name="time_s"))


class _Place(NamedTuple):
    name: str


class Supplier(NamedTuple):
    """Of a site its name; the name of its class is its kind."""

    place: _Place


class Store(NamedTuple):
    """As `Supplier`."""

    place: _Place


class Distributor(NamedTuple):
    """As `Supplier`."""

    place: _Place


KINDS: dict[str, Callable[[_Place], Any]] = {
    "supplier": Supplier,
    "store": Store,
    "distributor": Distributor,
}


class _Supply(NamedTuple):
    """Of a supply side what the names of its measures depend on."""

    item_names: tuple[str, ...]
    sites: tuple[Any, ...]

    @classmethod
    def of(cls, result: Result) -> _Supply:
        assert result.supplies is not None
        rows = rows_of(result.supplies.sites)
        sites = tuple(KINDS[str(row.kind)](_Place(str(row.name))) for row in rows)
        return cls(tuple(result.supplies.items["item"]), sites)


class _Side(NamedTuple):
    supply: _Supply


class _Likeness(NamedTuple):
    """Of a model what the names of its measures depend on."""

    config: Scenario
    outbreak: Any
    supply_side: _Side | None


def _service(
    result: Result, scenario: Scenario, calls: RecordedCalls, now_s: Array
) -> dict[str, Array]:
    table = result.calls
    ends = {
        state: [step.at_s for step in calls.steps if step.state == state]
        for state in (OVER, LEFT, LOST)
    }
    lost_s = [*ends[LEFT], *ends[LOST]]
    called = Steps(table["called_s"], np.ones(len(table)))
    values = {
        "calls": called.at(now_s),
        "calls_per_hour": called.at(now_s) - called.at(now_s - HOUR_S),
        "lost_calls": Steps(lost_s, np.ones(len(lost_s))).at(now_s),
        "waiting_calls": _waiting(calls, now_s),
        "open_calls": Steps.while_between(table["ready_s"], _clear_s(result)).at(now_s),
        "forced_greens": _counted(result.forced_greens["from_s"], now_s),
        "crews_waiting_bay": Steps.while_between(
            result.missions["at_hospital_s"], result.missions["bay_s"]
        ).at(now_s),
        **_responses("", table, lost_s, now_s),
    }
    recent = _Mean(table, now_s) - _Mean(table, now_s - HOUR_S)
    values["response_hour_min"] = recent.minutes
    for priority in scenario.demand.priorities:
        own = table[table["priority"] == priority.name]
        numbers = set(own["call"].tolist())
        gone = [s.at_s for s in calls.steps if s.state in (LEFT, LOST) and s.call in numbers]
        values |= _responses(f"[{priority.name}]", own, gone, now_s)
    return values


class _Mean:
    """Sum and number of the response times of calls reached until some moments."""

    def __init__(self, table: pd.DataFrame, now_s: Array) -> None:
        self.total_s = Steps(table["arrived_s"], table["response_s"].fillna(0.0)).at(now_s)
        self.count = _counted(table["arrived_s"], now_s)

    def __sub__(self, before: _Mean) -> _Mean:
        self.total_s = self.total_s - before.total_s
        self.count = self.count - before.count
        return self

    @property
    def minutes(self) -> Array:
        return _quotient(self.total_s, self.count) / 60


def _responses(
    name: str, table: pd.DataFrame, lost_s: Sequence[float], now_s: Array
) -> dict[str, Array]:
    """Mean response and share in time of the calls whose end is known."""
    known = _counted(table["arrived_s"], now_s) + _counted(lost_s, now_s)
    in_time = _counted(table.loc[table["in_target"], "arrived_s"], now_s)
    return {
        f"response_min{name}": _Mean(table, now_s).minutes,
        f"in_target_pct{name}": 100 * _quotient(in_time, known),
    }


def _clear_s(result: Result) -> Array:
    """When each call was over; for those whom nobody came to, when it could be answered."""
    calls = result.calls
    clear_s: Array = calls["clear_s"].fillna(calls["ready_s"]).to_numpy()
    return clear_s


def _waiting(calls: RecordedCalls, now_s: Array) -> Array:
    begins, ends = [], []
    for call in {step.call for step in calls.steps}:
        steps = calls.steps_of(call)
        for step, following in pairwise(steps):
            if step.state == WAITING:
                begins.append(step.at_s)
                ends.append(following.at_s)
    return Steps.while_between(begins, ends).at(now_s)


def _vehicles(vehicles: Sequence[Sequence[Stretch]], now_s: Array) -> dict[str, Array]:
    """How many vehicles are in each state, and the share of those on duty that are busy."""
    begins: dict[str, list[float]] = {key: [] for key in states.STATES}
    ends: dict[str, list[float]] = {key: [] for key in states.STATES}
    for own in vehicles:
        for one, following in zip(own, [*own[1:], None], strict=True):
            begins[one.state].append(one.told_s)
            ends[one.state].append(np.inf if following is None else following.told_s)
    counts = {key: Steps.while_between(begins[key], ends[key]).at(now_s) for key in states.STATES}
    on_duty = sum(counts[k] for k in states.AMBULANCE_STATES if k != states.OFF_DUTY)
    busy = on_duty - counts[states.FREE] - counts[states.MOVING]
    told = {f"vehicles_{key}": values for key, values in counts.items()}
    return told | {"busy_pct": 100 * _quotient(np.asarray(busy), np.asarray(on_duty))}


def _epidemic(result: Result, now_s: Array) -> dict[str, Array]:
    if result.epidemic.empty:
        return {}
    names = ["susceptible", "probable", "infectious", "removed", "new_cases"]
    days = result.epidemic.groupby("day")[names].sum()
    day = np.minimum((now_s // DAY_S).astype(int), days.index.max())
    return {name: days[name].reindex(day).to_numpy() for name in names}


def _supplies(result: Result, now_s: Array) -> dict[str, Array]:
    tables = result.supplies
    if tables is None:
        return {}
    changes = tables.stock_changes
    sign = np.where(changes["change"].isin(INCREASES), 1, -1)
    changes = changes.assign(signed=sign * changes["units"])
    sites = tables.sites.set_index("site")
    held = changes[(sites["kind"] != "supplier").reindex(changes["site"]).to_numpy()]
    used = changes[changes["change"] == "used"]
    needed = Steps(tables.needs["since_s"], tables.needs["units"])
    values = {
        "fill_rate_pct": 100
        * _quotient(Steps(used["time_s"], used["units"]).at(now_s), needed.at(now_s)),
        "needed_per_day": _of_last_day(needed, now_s),
        "requested_per_day": _of_last_day(
            Steps(tables.requests["time_s"], tables.requests["units"]), now_s
        ),
        "ordered_per_day": _of_last_day(
            Steps(tables.orders["ordered_s"], tables.orders["units"]), now_s
        ),
    }
    for kind, of_item in held.groupby("item", observed=False):
        values[f"stock[{kind}]"] = Steps(of_item["time_s"], of_item["signed"]).at(now_s)
    names = {row.site: f"{row.kind}-{row.name}" for row in rows_of(tables.sites)}
    for (site, item), own in changes.groupby(["site", "item"], observed=False):
        key = f"stock[{names[site]}/{item}]"
        values[key] = Steps(own["time_s"], own["signed"]).at(now_s)
    return values


def _of_last_day(steps: Steps, now_s: Array) -> Array:
    return steps.at(now_s) - steps.at(now_s - DAY_S)


def _counted(at_s: Iterable[float], now_s: Array) -> Array:
    moments = [*at_s]
    return Steps(moments, np.ones(len(moments))).at(now_s)


def _quotient(part: Array, whole: Array) -> Array:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), np.nan)
