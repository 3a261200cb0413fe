"""Reads the event log of the supply side: stocks, needs, orders, and what people wait for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from math import ceil, nan

import numpy as np
import pandas as pd

from agents.supply.orders import Order
from agents.supply.records import Claim
from agents.supply.stock import Change
from environment.supply.needs import Who
from environment.units import DAY_S, HOUR_S
from simulation.measures.counts import Counts, NeedTally
from simulation.measures.supply import variance_ratio
from simulation.tables.supply_recorder import SupplyRecorder
from simulation.trace import Event, EventRow
from viz.live.frame import SiteMark
from viz.live.readers.run_log import Cursor, RunLog

CAME = (Change.OPENING, Change.PRODUCED, Change.RECEIVED)
PEOPLE = (Who.ILL, Who.PUBLIC)


class _LastDay:
    """Units of the last 24 hours, by the hour."""

    def __init__(self) -> None:
        self._hours: deque[tuple[int, int]] = deque()

    def add(self, moment_s: float, units: int) -> None:
        hour = int(moment_s // HOUR_S)
        if self._hours and self._hours[-1][0] == hour:
            units += self._hours.pop()[1]
        self._hours.append((hour, units))

    def units(self, now_s: float) -> float:
        """Units of the last 24 hours, the one that has begun included."""
        while self._hours and self._hours[0][0] <= now_s // HOUR_S - 24:
            self._hours.popleft()
        return float(sum(units for _, units in self._hours))


class StockReader:
    """Knows how the supply side stands.

    Attributes
    ----------
    sites : list of (str, str)
        Kind and name of each, by number.
    items : tuple of str
    stock_names : tuple of str
        Items, whose stock is that below the suppliers, then sites with items (``store-A/masks``).
    level, target : (s, i) float64
        Units of each item that are there, and that were at the start.
    output : list of float
        Share of its rates that each supplier reaches.
    on_order : (p,) float64
        Units that each supplier is still to make.
    needs : NeedTally
    waited_for : (d, i) float64
        Units that people wait for at each distributor.
    last_day : dict of str to _LastDay
    bullwhip : float
    changes : int
        How often stocks, orders or output have changed.
    """

    def __init__(self, log: RunLog, supply_log: SupplyRecorder) -> None:
        self.sites, self.items = log.supply_sites, log.items
        kinds = [kind for kind, _ in self.sites]
        self._first = kinds.index("distributor")
        suppliers, items = kinds.count("supplier"), len(self.items)
        self.level, self.target = np.zeros((2, len(self.sites), items))
        at_sites = (f"{kind}-{name}/{item}" for kind, name in self.sites for item in self.items)
        self.stock_names = (*self.items, *at_sites)
        self._stock_keys = [f"stock[{name}]" for name in self.stock_names]
        self._suppliers = suppliers
        self.output = [1.0] * suppliers
        self.on_order = np.zeros(suppliers)
        self.needs = NeedTally()
        self.waited_for = np.zeros((len(kinds) - self._first, items))
        self.last_day = {name: _LastDay() for name in ("needed", "requested", "ordered")}
        self.bullwhip, self.changes = nan, 0
        self._patience_s = log.scenario.supplies.times.patience_h * HOUR_S
        self._patient: deque[tuple[int, Claim]] = deque()
        self._horizon_s = log.scenario.run.horizon_s
        days = ceil(self._horizon_s / DAY_S)
        self._daily = {name: np.zeros((days, items)) for name in ("needed", "ordered")}
        self._days = 0
        self._changes: Cursor[tuple[float, int, int, int, int]] = Cursor(
            lambda first: supply_log.stock_changes[first:], lambda row: row[0]
        )
        self._claims: Cursor[tuple[int, Claim]] = Cursor(
            lambda first: supply_log.needs[first:], lambda row: row[1].since_s
        )
        self._requests: Cursor[tuple[float, int, int, int]] = Cursor(
            lambda first: supply_log.requests[first:], lambda row: row[0]
        )
        self._orders: Cursor[Order] = Cursor(
            lambda first: supply_log.orders[first:], lambda row: row.ordered_s
        )
        self._handouts: Cursor[tuple[float, int, int, int, float]] = Cursor(
            lambda first: supply_log.handouts[first:], lambda row: row[0]
        )

    def read(self, events: Sequence[EventRow], now_s: float) -> None:
        """Take in what has happened until a moment."""
        for row in events:
            if row.event == Event.OUTPUT:
                self.output[row.subject] = row.value
                self.changes += 1
        self._read_needs(now_s)
        self._read_orders(now_s)
        for _, site, item, change, units in self._changes.until(now_s):
            self.changes += 1
            self.level[site, item] += units if change in CAME else -units
            if change == Change.USED:
                self.needs.units_met += units
            elif change == Change.PRODUCED:
                self.on_order[site] -= units
            elif change == Change.OPENING:
                self.target[site, item] += units
        self._note_bullwhip(now_s)

    def counts(self, now_s: float) -> Counts:
        """What measures of the supply side are computed from."""
        total = self.level[self._suppliers :].sum(axis=0).tolist()
        return {
            **self.needs.counts,
            **{f"{name}_per_day": day.units(now_s) for name, day in self.last_day.items()},
            **dict(zip(self._stock_keys, [*total, *self.level.ravel().tolist()], strict=True)),
            "units_waited_for": self.waited_for.sum(),
            "bullwhip": self.bullwhip,
        }

    def _read_needs(self, now_s: float) -> None:
        for distributor, claim in self._claims.until(now_s):
            self.needs.units_needed += claim.units
            self.last_day["needed"].add(claim.since_s, claim.units)
            self._on_day("needed", claim.since_s, claim.item, claim.units)
            if claim.who in PEOPLE:
                self.waited_for[distributor, claim.item] += claim.units
                self._patient.append((distributor, claim))
        for _, distributor, item, units, waited_unit_s in self._handouts.until(now_s):
            self.needs.give(units, waited_unit_s)
            self.waited_for[distributor, item] -= units
        while self._patient and self._patient[0][1].since_s < now_s - self._patience_s:
            distributor, claim = self._patient.popleft()
            self.waited_for[distributor, claim.item] -= claim.left

    def _read_orders(self, now_s: float) -> None:
        for sent_s, _, _, units in self._requests.until(now_s):
            self.last_day["requested"].add(sent_s, units)
        for order in self._orders.until(now_s):
            self.last_day["ordered"].add(order.ordered_s, order.units)
            self._on_day("ordered", order.ordered_s, order.item, order.units)
            self.on_order[order.supplier] += order.units
            self.changes += 1

    def _on_day(self, name: str, moment_s: float, item: int, units: int) -> None:
        day = int(moment_s // DAY_S)
        if day < len(self._daily[name]):
            self._daily[name][day, item] += units

    def _note_bullwhip(self, now_s: float) -> None:
        """Compare the variances of orders and needs over the days that are over, once a day."""
        whole = len(self._daily["needed"])
        days = whole if now_s >= self._horizon_s else min(int(now_s // DAY_S), whole)
        if days != self._days and days > 1:
            ordered, needed = (
                pd.DataFrame(self._daily[name][:days]) for name in ("ordered", "needed")
            )
            self.bullwhip = variance_ratio(ordered, needed)
        self._days = days

    def marks(self) -> Iterator[SiteMark]:
        """The state of every site."""
        for number, (kind, name) in enumerate(self.sites):
            site = f"{kind}-{name}"
            if kind == "supplier":
                output = self.output[number]
                yield SiteMark(site, output, self.supplier_text(number), output > 0)
            else:
                yield SiteMark(site, self._filled(number), self._stock_text(number))

    def supplier_text(self, number: int) -> str:
        """The state of a supplier, in plain words."""
        output = self.output[number]
        works = "stands still" if output <= 0 else f"works at {output:.0%}"
        return f"{works}, {count_text(int(self.on_order[number]), 'unit')} on order"

    def _stock_text(self, number: int) -> str:
        units = self.level[number].astype(int).tolist()
        return ", ".join(f"{n:,} {item}" for n, item in zip(units, self.items, strict=True))

    def _filled(self, number: int) -> float:
        """Mean over the items of the stock over that at the start, one at most."""
        full = self.target[number]
        shares = np.minimum(1.0, self.level[number][full > 0] / full[full > 0])
        return float(shares.mean()) if len(shares) else nan


def count_text(number: int, what: str) -> str:
    """A number of things, in plain words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
