"""Measures of the supply side at the moment: service, stocks, and orders up the chain."""

from __future__ import annotations

from collections import deque
from math import ceil, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.supply.stock import Change
from agents.supply.world import DAY_S

if TYPE_CHECKING:
    from agents.supply.system import SupplySystem
    from simulation.supply_side import SupplySide

_CAME = (Change.OPENING, Change.PRODUCED, Change.RECEIVED)


class _LastDay:
    """Units of the last 24 hours, by the hour."""

    def __init__(self) -> None:
        self._hours: deque[tuple[int, int]] = deque()

    def add(self, moment_s: float, units: int) -> None:
        hour = int(moment_s // 3600)
        if self._hours and self._hours[-1][0] == hour:
            units += self._hours.pop()[1]
        self._hours.append((hour, units))

    def units(self, now_s: float) -> float:
        """Units of the last 24 hours, the one that has begun included."""
        while self._hours and self._hours[0][0] <= now_s // 3600 - 24:
            self._hours.popleft()
        return float(sum(units for _, units in self._hours))


class SupplyFigures:
    """Reads the new rows of the books at each look."""

    def __init__(self, side: SupplySide) -> None:
        self._supply, self._books = side.supply, side.books
        items = len(self._supply.item_names)
        self._needs = self._requests = self._orders = self._changes = 0
        self._needed = self._used = 0
        self._level = np.zeros((len(self._supply.sites), items))
        self._last_day = {name: _LastDay() for name in ("needed", "requested", "ordered")}
        days = ceil(self._supply.horizon_s / DAY_S)
        self._daily = {name: np.zeros((days, items)) for name in ("needed", "ordered")}
        self._days = 0
        self._bullwhip = nan
        self._stock_keys = _stock_keys(self._supply)

    @staticmethod
    def texts(supply: SupplySystem) -> list[tuple[Any, ...]]:
        """Key, text, unit, group, which is better, and digits of each measure."""
        rows: list[tuple[Any, ...]] = [
            ("fill_rate_pct", "Needs met so far", "%", "supplies", "higher", 1),
            ("acquisition_h", "Mean time until people have what they need", "h", "supplies",
             "lower", 1),
            ("units_waited_for", "Waited for", "units", "supplies", "lower"),
            ("needed_per_day", "Needed in the last 24 h", "units", "supplies"),
            ("requested_per_day", "Asked of stores in the last 24 h", "units", "supplies"),
            ("ordered_per_day", "Ordered from suppliers in the last 24 h", "units", "supplies"),
            ("bullwhip", "Bullwhip so far", "", "supplies", "lower", 2),
        ]  # fmt: skip
        rows += [
            (f"stock[{item}]", f"Stock of {item}", "units", "supplies")
            for item in supply.item_names
        ]
        for site, keys in zip(supply.sites, _stock_keys(supply), strict=True):
            rows += [
                (key, f"Stock of {item}, {site.place.name}", "units", "supplies")
                for key, item in zip(keys, supply.item_names, strict=True)
            ]
        return rows

    def look(self, now_s: float) -> dict[str, float]:
        """Take in what is new; returns all measures by key."""
        self._take_in_needs()
        self._take_in_orders()
        self._take_in_stock()
        self._note_bullwhip(now_s)
        people = self._supply.distributors
        given = sum(site.given_to_people for site in people)
        waited_s = sum(site.waited_unit_s for site in people)
        values = {
            "fill_rate_pct": 100 * self._used / self._needed if self._needed else nan,
            "acquisition_h": waited_s / given / 3600 if given else nan,
            "units_waited_for": float(sum(sum(s.units_waited_for()) for s in people)),
            "bullwhip": self._bullwhip,
        }
        values |= {f"{name}_per_day": own.units(now_s) for name, own in self._last_day.items()}
        totals = self._level[len(self._supply.suppliers) :].sum(axis=0)
        values |= {
            f"stock[{item}]": float(units)
            for item, units in zip(self._supply.item_names, totals, strict=True)
        }
        for keys, levels in zip(self._stock_keys, self._level.tolist(), strict=True):
            values.update(zip(keys, levels, strict=True))
        return values

    def _take_in_needs(self) -> None:
        needs = self._books.needs
        for row in range(self._needs, len(needs)):
            claim = needs[row][1]
            self._needed += claim.units
            self._last_day["needed"].add(claim.since_s, claim.units)
            self._on_day("needed", claim.since_s, claim.item, claim.units)
        self._needs = len(needs)

    def _take_in_orders(self) -> None:
        requests, orders = self._books.requests, self._books.orders
        for row in range(self._requests, len(requests)):
            sent_s, _, _, units = requests[row]
            self._last_day["requested"].add(sent_s, units)
        for row in range(self._orders, len(orders)):
            order = orders[row]
            self._last_day["ordered"].add(order.ordered_s, order.units)
            self._on_day("ordered", order.ordered_s, order.item, order.units)
        self._requests, self._orders = len(requests), len(orders)

    def _on_day(self, name: str, moment_s: float, item: int, units: int) -> None:
        day = int(moment_s // DAY_S)
        if day < len(self._daily[name]):
            self._daily[name][day, item] += units

    def _take_in_stock(self) -> None:
        changes = self._books.stock_changes
        for row in range(self._changes, len(changes)):
            _, site, item, change, units = changes[row]
            self._level[site, item] += units if change in _CAME else -units
            if change == Change.USED:
                self._used += units
        self._changes = len(changes)

    def _note_bullwhip(self, now_s: float) -> None:
        """Compare the variances of orders and needs over the days that are over, once a day."""
        whole = len(self._daily["needed"])
        days = whole if now_s >= self._supply.horizon_s else min(int(now_s // DAY_S), whole)
        if days != self._days and days > 1:
            self._bullwhip = _bullwhip(*(self._daily[k][:days] for k in ("ordered", "needed")))
        self._days = days


def _bullwhip(orders: NDArray[np.float64], needs: NDArray[np.float64]) -> float:
    """As `simulation.supply_metrics.bullwhip`: relative variances, summed over items."""
    scale = needs.mean(axis=0) ** 2
    items = scale > 0
    ordered, needed = (
        (table.var(axis=0, ddof=1)[items] / scale[items]).sum() for table in (orders, needs)
    )
    return float(ordered / needed) if needed > 0 else nan


def _stock_keys(supply: SupplySystem) -> list[list[str]]:
    """The keys of the stocks of each site, by number and item."""
    return [
        [f"stock[{type(site).__name__.lower()}-{site.place.name}/{item}]" for item in
         supply.item_names]
        for site in supply.sites
    ]  # fmt: skip
