"""Measures of what was brought to distributors, item by item: how much, and how soon."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.tables.supply import SupplyTables


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
