"""What is known of a run, under way or saved: the one thing that all readers of a run read.

A row is taken in once its time has come. A run under way adds rows; a saved one has them all, and
any moment can be gone to.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from environment.fleet.vehicles import Vehicles
from environment.traffic.driving import Driving
from scenarios.errors import ScenarioError
from scenarios.scenario import Scenario
from simulation.preparation import ServiceArea
from simulation.tables.epidemic import epidemic_table
from simulation.tables.result import Result
from simulation.tables.supply import supply_log_of
from simulation.tables.supply_recorder import SupplyRecorder
from simulation.trace import Trace
from viz.live.readers.legs import StreetLines
from viz.live.readers.places import Places

if TYPE_CHECKING:
    from simulation.model import EmergencyModel

CALL_COLUMNS = ["x", "y", "node", "access_s", "called_s", "ready_s", "priority", "units", "zone"]
DRIVINGS_KEPT = 2

Row = TypeVar("Row")


class EpidemicRow(NamedTuple):
    """How the epidemic stands in a district on the morning of a day."""

    day: int
    district: str
    susceptible: float
    probable: float
    infectious: float
    removed: float
    new_cases: float


class Cursor(Generic[Row]):
    """Reads the rows of a log, which may grow, in their order and once their time has come.

    Parameters
    ----------
    rows_since : callable
        Gives the rows from the n-th on.
    time_s : callable
        The time of a row.
    """

    def __init__(
        self, rows_since: Callable[[int], Iterable[Row]], time_s: Callable[[Row], float]
    ) -> None:
        self._rows_since = rows_since
        self._time_s = time_s
        self._fetched = 0
        self._waiting: deque[Row] = deque()

    def until(self, now_s: float) -> Iterator[Row]:
        """Rows that have not been read and whose time has come."""
        new = [*self._rows_since(self._fetched)]
        self._fetched += len(new)
        self._waiting.extend(new)
        while self._waiting and self._time_s(self._waiting[0]) <= now_s:
            yield self._waiting.popleft()


class RunLog:
    """The log of one run.

    Parameters
    ----------
    scenario : Scenario
    area : ServiceArea
    trace : Trace
    station : sequence of int
        Row of each ambulance's own station.
    call_batches : callable
        Gives all tables of calls so far, one after the other in the order of their numbers, with
        the columns `CALL_COLUMNS`.
    epidemic_rows : callable
        Gives the rows of the epidemic from the n-th on.
    supply_log : SupplyRecorder or None
        None where there is no supply side.
    """

    def __init__(
        self,
        scenario: Scenario,
        area: ServiceArea,
        trace: Trace,
        station: Sequence[int],
        call_batches: Callable[[], Sequence[pd.DataFrame]],
        epidemic_rows: Callable[[int], Iterable[EpidemicRow]],
        supply_log: SupplyRecorder | None,
    ) -> None:
        self.scenario = scenario
        self.area = area
        self.trace = trace
        self.station = tuple(station)
        self.call_batches = call_batches
        self.epidemic_rows = epidemic_rows
        self.supply_log = supply_log
        self._detours: OrderedDict[int, Driving] = OrderedDict()

    @cached_property
    def places(self) -> Places:
        """Where vehicles stand."""
        return Places(self.area, self.scenario)

    @cached_property
    def lines(self) -> StreetLines:
        """The lines of the streets, ready to be joined into ways."""
        return StreetLines(self.area.city.roads)

    @property
    def truck_homes(self) -> tuple[int, ...]:
        """The site of each truck."""
        system = self.scenario.supplies.sites
        if self.supply_log is None:
            return ()
        trucks = [one.trucks for one in system.suppliers] + [one.trucks for one in system.stores]
        return tuple(site for site, own in enumerate(trucks) for _ in range(own.count))

    @property
    def items(self) -> tuple[str, ...]:
        """Names of the items of the supply side."""
        return tuple(item.name for item in self.scenario.supplies.items)

    @property
    def supply_sites(self) -> list[tuple[str, str]]:
        """Kind and name of each site of the supply side, by its number in the event log."""
        system = self.scenario.supplies.sites
        kinds = (
            ("supplier", system.suppliers),
            ("store", system.stores),
            ("distributor", system.distributors),
        )
        names = () if self.area.supply_places is None else self.area.supply_places.names
        told = [kind for kind, sites in kinds for _ in sites]
        return list(zip(told, names, strict=True)) if self.supply_log is not None else []

    def driving(self, streets: int) -> Driving:
        """Driving on streets as numbered by the legs."""
        closed = self.trace.streets[streets - 1].closed if streets else ()
        if not closed:
            return self.area.driving
        kept = self.trace.driving_kept(streets) or self._detours.get(streets)
        if kept is None:
            mask = np.zeros(self.area.city.roads.edge_count, dtype=bool)
            mask[list(closed)] = True
            kept = self._detours[streets] = self.area.driving_around(mask)
            if len(self._detours) > DRIVINGS_KEPT:
                self._detours.popitem(last=False)
        return kept


def log_of_model(model: EmergencyModel) -> RunLog:
    """The log of a run under way, which grows with it.

    Raises
    ------
    ScenarioError
        If the run keeps no trace.
    """
    if not model.config.run.trace:
        raise ScenarioError(
            "run.trace = false: a run that keeps no trace cannot be watched; set it to true"
        )

    def batches() -> list[pd.DataFrame]:
        return [calls.table for calls in (model.calls, *model.later_calls)]

    def rows(first: int) -> Iterable[EpidemicRow]:
        outbreak = model.outbreak
        if outbreak is None or first == len(outbreak.days) * len(outbreak.districts):
            return ()
        return _epidemic_rows(epidemic_table(outbreak).iloc[first:])

    return RunLog(
        model.config,
        model.area,
        model.recorder.trace,
        _homes(model.vehicles),
        batches,
        rows,
        None if model.supply_side is None else model.supply_side.log,
    )


def log_of_result(result: Result, scenario: Scenario, area: ServiceArea) -> RunLog:
    """The log of a saved run."""
    rows = {name: row for row, name in enumerate(area.city.stations.sites.site_id.tolist())}
    zones = {name: row for row, name in enumerate(area.city.zones.zone_id.tolist())}
    calls = result.calls.assign(
        priority=result.calls["priority"].cat.codes, zone=result.calls["zone"].map(zones)
    ).set_index("call")[CALL_COLUMNS]
    epidemic = [*_epidemic_rows(result.epidemic)]
    supply_log = None
    if result.supplies is not None and area.supply_places is not None:
        supply_log = supply_log_of(result.supplies, area.supply_places)
    return RunLog(
        scenario,
        area,
        result.trace,
        [rows[name] for name in result.vehicles["station"]],
        lambda: [calls],
        lambda first: epidemic[first:],
        supply_log,
    )


def _homes(vehicles: Vehicles) -> list[int]:
    homes: list[int] = vehicles.station.tolist()
    return homes


def _epidemic_rows(table: pd.DataFrame) -> Iterator[EpidemicRow]:
    return map(EpidemicRow._make, table[list(EpidemicRow._fields)].itertuples(index=False))
