"""Measures of what was brought to distributors, item by item: how much, and how soon."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulation.supply_tables import SupplyTables


def delivery_measures(tables: SupplyTables, from_s: float, until_s: float) -> dict[str, float]:
    """What was delivered over what was needed, and seconds from request to delivery, by item.

    The first, ``item_allocation_ratio``, exceeds 1 where stocks are built up. In the second,
    ``item_delivery_s``, the units that a distributor asked for first are those that come first;
    what has not come by the end does not count. NaN without any.
    """
    brought = deliveries(tables)
    brought = brought[(brought["arrived_s"] >= from_s) & (brought["arrived_s"] < until_s)]
    needs = tables.needs[(tables.needs["since_s"] >= from_s) & (tables.needs["since_s"] < until_s)]
    units, needed = (
        table.groupby("item", observed=False)["units"].sum().astype(float)
        for table in (brought, needs)
    )
    ratio = units / needed.where(needed > 0)
    measures = {f"item_allocation_ratio[{item}]": float(value) for item, value in ratio.items()}
    for item in tables.items["item"].tolist():
        asked = tables.requests[tables.requests["item"] == item]
        wait_s = delivery_s(asked, brought[brought["item"] == item])
        measures[f"item_delivery_s[{item}]"] = wait_s
    return measures


def deliveries(tables: SupplyTables) -> pd.DataFrame:
    """What came to distributors: ``distributor``, ``item``, ``units``, ``arrived_s``."""
    sites = tables.sites.loc[tables.sites["kind"] == "distributor", "site"]
    came = tables.shipments[tables.shipments["destination"].isin(sites)].dropna(subset="arrived_s")
    came = came.assign(distributor=came["destination"] - sites.min())
    return came[["distributor", "item", "units", "arrived_s"]].sort_values("arrived_s")


def delivery_s(requests: pd.DataFrame, brought: pd.DataFrame) -> float:
    """Mean seconds from the request of a unit to its delivery, first asked for first served."""
    waited_unit_s, units = 0.0, 0
    for distributor, own in brought.groupby("distributor"):
        count = int(own["units"].sum())
        asked = requests[requests["distributor"] == distributor]
        waited_unit_s += _sum_of_first(own["arrived_s"].to_numpy(), own["units"].to_numpy(), count)
        waited_unit_s -= _sum_of_first(asked["time_s"].to_numpy(), asked["units"].to_numpy(), count)
        units += count
    return waited_unit_s / units if units else np.nan


def _sum_of_first(time_s: NDArray[np.float64], units: NDArray[np.int64], count: int) -> float:
    """Sum of the times of the first units in turn, each time being that of some of them."""
    taken = np.minimum(units, np.maximum(count - (np.cumsum(units) - units), 0))
    return float(taken @ time_s)
