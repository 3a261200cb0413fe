"""Measures of the supply side and its deliveries: pure functions over the tables of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from environment.units import DAY_S, HOUR_S
from simulation.tables.supply import SupplyTables


def supply_summary(
    tables: SupplyTables, scenario: dict[str, Any], warm_up_s: float, horizon_s: float
) -> dict[str, float]:
    """Headline measures of the supply side by name, but for those that are computed from counts.

    Only what is needed, ordered, driven and spoilt after the warm-up and before the horizon counts.

    Parameters
    ----------
    tables : SupplyTables
    scenario : dict
        As in the manifest of a run.
    warm_up_s, horizon_s : float
    """
    days = (horizon_s - warm_up_s) / DAY_S
    needs = counted_needs(tables, warm_up_s, horizon_s)
    by_item = fill_rates(needs, "item")
    trips = _between(tables.trips, "began_s", warm_up_s, horizon_s)
    cost = costs(tables, scenario, warm_up_s, horizon_s)
    measures = {
        "ready_rate": _ratio(needs["at_once"].sum(), needs["units"].sum()),
        "least_district_fill_rate": float(fill_rates(needs, "distributor").min()),
        "stock_out_share": stock_out_share(tables, warm_up_s, horizon_s),
        "spoilt_share": _spoilt_share(tables),
        "bullwhip": bullwhip(tables, warm_up_s, horizon_s),
        "truck_km_per_day": trips["metres"].sum() / 1000 / days,
        "supply_cost_per_day": sum(cost.values()) / days,
        "coordination_cost_per_day": cost["coordination"] / days,
    }
    measures |= {f"item_fill_rate[{item}]": rate for item, rate in by_item.items()}
    return measures | delivery_measures(tables, warm_up_s, horizon_s)


def counted_needs(tables: SupplyTables, from_s: float, until_s: float) -> pd.DataFrame:
    """The needs that came up in a stretch of time."""
    return _between(tables.needs, "since_s", from_s, until_s)


def fill_rates(needs: pd.DataFrame, by: str) -> pd.Series:
    """Share of the units needed that were given, by item, distributor or who needs them."""
    units = needs.groupby(by, observed=True)[["given", "units"]].sum()
    return units["given"] / units["units"]


def stock_out_share(tables: SupplyTables, from_s: float, until_s: float) -> float:
    """Share of the time in which a distributor had nothing of an item, over both."""
    sites = tables.sites.loc[tables.sites["kind"] == "distributor", "site"]
    changes = tables.stock_changes[tables.stock_changes["site"].isin(sites)]
    signed = signed_units(changes)
    empty_s = 0.0
    kinds = len(tables.items)
    groups = dict(iter(signed.groupby([changes["site"], changes["item"]], observed=True)))
    for rows in groups.values():
        empty_s += _empty_s(changes.loc[rows.index, "time_s"].to_numpy(), rows, from_s, until_s)
    never = len(sites) * kinds - len(groups)
    span_s = until_s - from_s
    return (empty_s + never * span_s) / (len(sites) * kinds * span_s)


def _empty_s(
    time_s: NDArray[np.float64], change: pd.Series, from_s: float, until_s: float
) -> float:
    """Seconds between two moments during which a stock that changes so is empty."""
    level = change.cumsum().to_numpy()
    edges = np.clip(np.append(time_s, np.inf), from_s, until_s)
    before_s = edges[0] - from_s
    return float(np.diff(edges)[level <= 0].sum() + before_s)


def signed_units(changes: pd.DataFrame) -> pd.Series:
    """Units of each stock change, negative where they left."""
    came = changes["change"].isin(["opening", "produced", "received"])
    return changes["units"].where(came, -changes["units"])


def _spoilt_share(tables: SupplyTables) -> float:
    """Worth of what spoilt over that of all that was there at the start or made."""
    each = dict(zip(tables.items["item"], tables.items["unit_cost"], strict=True))
    changes = tables.stock_changes
    money = changes["units"] * changes["item"].map(each).astype(float)
    worth = money.groupby(changes["change"], observed=False).sum()
    return _ratio(float(worth["spoilt"]), float(worth["opening"] + worth["produced"]))


def bullwhip(tables: SupplyTables, from_s: float, until_s: float) -> float:
    """Variance of daily orders from suppliers over that of daily needs, summed over items.

    Each item's variances are divided by the square of its mean need, so that items of all sizes
    count alike. NaN if needs never vary.
    """
    orders = daily_units(tables.orders, "ordered_s", from_s, until_s)
    needs = daily_units(tables.needs, "since_s", from_s, until_s)
    return variance_ratio(orders, needs)


def variance_ratio(orders: pd.DataFrame, needs: pd.DataFrame) -> float:
    """The bullwhip of units by day (rows) and item (columns)."""
    scale = needs.mean() ** 2
    items = scale.index[scale > 0]
    relative = [(table.var(ddof=1) / scale)[items].sum() for table in (orders, needs)]
    return _ratio(*relative)


def daily_units(table: pd.DataFrame, time: str, from_s: float, until_s: float) -> pd.DataFrame:
    """Units of each item (columns) on each day of a stretch (rows)."""
    rows = _between(table, time, from_s, until_s)
    days = pd.RangeIndex(int(from_s // DAY_S), int(np.ceil(until_s / DAY_S)), name="day")
    units = rows.groupby([(rows[time] // DAY_S).astype(int), "item"], observed=False)["units"]
    return units.sum().unstack(fill_value=0).reindex(days, fill_value=0)


def costs(
    tables: SupplyTables, scenario: dict[str, Any], from_s: float, until_s: float
) -> dict[str, float]:
    """Money spent on orders, trucks, keeping stock, and coordination."""
    supplies, prices = scenario["supplies"], scenario["coordination"]
    orders = _between(tables.orders, "ordered_s", from_s, until_s)
    trips = _between(tables.trips, "began_s", from_s, until_s)
    plans = _between(tables.plans, "time_s", from_s, until_s)
    reports = _between(tables.messages, "sent_s", from_s, until_s)["kind"] == "Report"
    planned = "planning" in (prices["mechanisms"] or ()) and "supplies" in prices["systems"]
    return {
        "orders": float((orders["units"] * orders["price"]).sum()),
        "trucks": float(trips["metres"].sum() / 1000 * supplies["government"]["cost_per_km"]),
        "holding": _holding_cost(tables, supplies["times"]["order_every_h"], from_s, until_s),
        "coordination": float(
            reports.sum() * prices["information"]["cost_per_report"]
            + planned * len(plans) * prices["planning"]["cost_per_plan"]
        ),
    }


def _holding_cost(tables: SupplyTables, review_h: float, from_s: float, until_s: float) -> float:
    """Cost of the units left over at the end of each review, wherever they lie."""
    each = dict(zip(tables.items["item"], tables.items["holding_cost"], strict=True))
    changes = tables.stock_changes
    value = signed_units(changes) * changes["item"].map(each).astype(float)
    moments_s = np.arange(from_s + review_h * HOUR_S, until_s + 1.0, review_h * HOUR_S)
    level = np.append(0.0, value.cumsum().to_numpy())
    return float(level[np.searchsorted(changes["time_s"], moments_s, side="right")].sum())


def _between(table: pd.DataFrame, time: str, from_s: float, until_s: float) -> pd.DataFrame:
    return table[(table[time] >= from_s) & (table[time] < until_s)]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else np.nan


def delivery_measures(tables: SupplyTables, from_s: float, until_s: float) -> dict[str, float]:
    """What was delivered over what was needed, and how long it took, by item.

    ``item_allocation_ratio`` exceeds 1 where stocks are built up. In the times, the units that a
    distributor asked for first are those that come first: ``item_delivery_s`` is the mean from
    request to delivery of what came, ``item_waiting_s`` that of what was asked for, where what has
    not come waits to the end. NaN without any.
    """
    brought = deliveries(tables)
    brought = brought[brought["arrived_s"] < until_s]
    requests = tables.requests[tables.requests["time_s"] < until_s]
    needs = tables.needs[(tables.needs["since_s"] >= from_s) & (tables.needs["since_s"] < until_s)]
    units, needed = (
        table.groupby("item", observed=False)["units"].sum().astype(float)
        for table in (brought[brought["arrived_s"] >= from_s], needs)
    )
    ratio = units / needed.where(needed > 0)
    measures = {f"item_allocation_ratio[{item}]": float(value) for item, value in ratio.items()}
    for item in tables.items["item"].tolist():
        asked, came = (table[table["item"] == item] for table in (requests, brought))
        measures[f"item_delivery_s[{item}]"] = delivery_s(asked, came, from_s)
        measures[f"item_waiting_s[{item}]"] = waiting_s(asked, came, from_s, until_s)
    return measures


def deliveries(tables: SupplyTables) -> pd.DataFrame:
    """What came to distributors: ``distributor``, ``item``, ``units``, ``arrived_s``."""
    sites = tables.sites.loc[tables.sites["kind"] == "distributor", "site"]
    came = tables.shipments[tables.shipments["destination"].isin(sites)].dropna(subset="arrived_s")
    came = came.assign(distributor=came["destination"] - sites.min())
    return came[["distributor", "item", "units", "arrived_s"]].sort_values("arrived_s")


def delivery_s(requests: pd.DataFrame, brought: pd.DataFrame, from_s: float = 0.0) -> float:
    """Mean seconds from the request of a unit to its delivery, of what came since a moment."""
    waits = []
    for distributor, own in brought.groupby("distributor"):
        asked = requests[requests["distributor"] == distributor]
        arrived_s, units = own["arrived_s"].to_numpy(), own["units"].to_numpy()
        first = int(units[arrived_s < from_s].sum())
        waits.append(_wait_of_units(asked, arrived_s, units, first, int(units.sum())))
    return _mean(waits)


def waiting_s(
    requests: pd.DataFrame, brought: pd.DataFrame, from_s: float, until_s: float
) -> float:
    """Mean seconds for which a unit asked for since a moment waits, to its delivery or the end."""
    waits = []
    for distributor, asked in requests.groupby("distributor"):
        own = brought[brought["distributor"] == distributor]
        first = int(asked.loc[asked["time_s"] < from_s, "units"].sum())
        last = int(asked["units"].sum())
        arrived_s = np.append(own["arrived_s"].to_numpy(), until_s)
        units = np.append(own["units"].to_numpy(), last - int(own["units"].sum()))
        waits.append(_wait_of_units(asked, arrived_s, units, first, last))
    return _mean(waits)


def _wait_of_units(
    asked: pd.DataFrame,
    arrived_s: NDArray[np.float64],
    units: NDArray[np.int64],
    first: int,
    last: int,
) -> tuple[float, int]:
    """Sum of the waits of some units of one distributor, counted in their order, and how many."""
    asked_s, asked_units = asked["time_s"].to_numpy(), asked["units"].to_numpy()
    sums = [
        _sum_of_first(arrived_s, units, count) - _sum_of_first(asked_s, asked_units, count)
        for count in (first, last)
    ]
    return sums[1] - sums[0], last - first


def _mean(waits: Sequence[tuple[float, int]]) -> float:
    total_s, units = np.sum(waits, axis=0) if waits else (0.0, 0)
    return float(total_s / units) if units else np.nan


def _sum_of_first(time_s: NDArray[np.float64], units: NDArray[np.int64], count: int) -> float:
    """Sum of the times of the first units in turn, each time being that of some of them."""
    taken = np.minimum(units, np.maximum(count - (np.cumsum(units) - units), 0))
    return float(taken @ time_s)
