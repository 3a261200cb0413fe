"""Whole runs with supplies beside what can be worked out by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.validation.check import ONE_PLACE, Check, Runs
from scenarios.loader import load_scenario
from scenarios.scenario import Scenario
from simulation.measures.supply import signed_units
from simulation.model import simulate
from simulation.tables.supply import SupplyTables

BATCHES_A_DAY = 8
UNITS_A_BATCH, UNITS_PER_HOUR = 1_000, 400
LEAD_DAYS, RATE_PER_DAY = 1.0, 40_000.0
MESSAGE_S, LOAD_S, DRIVE_S, UNLOAD_S = 3_600.0, 1_200.0, 80.0, 900.0
DAYS = 20.0


def site_checks() -> Iterator[Check]:
    """One of each site on a grid: what people wait at the counter, and what an order takes.

    Every three hours 1,000 units are needed; one clerk gives 400 at once, 400 an hour later and
    200 after two hours. An order is read, waits for the lead time, is made, loaded, driven 800 m at
    10 m/s, and unloaded.
    """
    with tempfile.TemporaryDirectory() as folder:
        result = simulate(_three_sites(Path(folder)))
    assert result.supplies is not None
    by_hand_s = 3600 * (400 * 0 + 400 * 1 + 200 * 2) / UNITS_A_BATCH
    waited_s = result.summary["acquisition_s"]
    yield Check("counter", "acquisition_s", by_hand_s, waited_s, 1e-6)
    yield Check("counter", "fill_rate", 1.0, result.summary["fill_rate"], 0.0)
    orders = result.supplies.orders.dropna(subset="completed_s")
    making_s = 86_400 * (LEAD_DAYS + orders["units"] / RATE_PER_DAY)
    rest_s = orders["completed_s"] - orders["ordered_s"] - making_s
    by_hand_s = MESSAGE_S + LOAD_S + DRIVE_S + UNLOAD_S
    for name, value in {"least": rest_s.min(), "most": rest_s.max()}.items():
        yield Check("orders", f"{name} time but for making (s)", by_hand_s, float(value), 1e-6)


def _three_sites(folder: Path) -> Scenario:
    """A factory, a store and a distributor for 1,000 inhabitants, with nearly no ambulances."""
    item = {"name": "masks", "volume_l": 0.01, "per_1000_day": BATCHES_A_DAY * UNITS_A_BATCH}
    trucks = {"load_s": LOAD_S, "unload_s": UNLOAD_S}
    factory = {
        "site_id": "factory", "x": 0, "y": 0, "trucks": trucks,
        "rate_per_day": {"masks": RATE_PER_DAY}, "lead_time_days": LEAD_DAYS,
    }  # fmt: skip
    store = {"site_id": "store", "x": 800, "y": 0, "stock": {"masks": 30_000}, "trucks": trucks}
    counter = {
        "site_id": "counter", "x": 800, "y": 800, "stock": {"masks": 20_000}, "persons": 1_000,
        "staff": 1, "units_per_staff_hour": UNITS_PER_HOUR,
    }  # fmt: skip
    sites = {"suppliers": [factory], "stores": [store], "distributors": [counter]}
    return Runs(folder, replications=1, calls=100).scenario(
        ONE_PLACE,
        0.1,
        1.0,
        supplies={"items": [item], "sites": sites, "times": {"message_delay_s": MESSAGE_S}},
        run={"days": DAYS, "warm_up_days": 0},
    )


def conservation_checks(mechanisms: str) -> Iterator[Check]:
    """In `metropolis`: units that are neither in stock, on the way, used nor spoilt, ever."""
    scenario = load_scenario("metropolis", {"coordination.mechanisms": mechanisms})
    tables = simulate(scenario).supplies
    assert tables is not None
    lost = max(greatest_imbalance(tables, item) for item in tables.items["item"])
    yield Check(f"metropolis, {mechanisms}", "units unaccounted for", 0.0, lost, 0.0)
    used = tables.stock_changes.query("change == 'used'")["units"].sum()
    not_given = float(used - tables.needs["given"].sum())
    yield Check(f"metropolis, {mechanisms}", "units used and not given", 0.0, not_given, 0.0)
    yield Check(f"metropolis, {mechanisms}", "least stock", 0.0, least_stock(tables), 0.0)


def greatest_imbalance(tables: SupplyTables, item: str) -> float:
    """Units of an item that are missing or too many at the worst moment of a run.

    Whatever was there at the start or made must be in stock, used, spoilt, or on the way by the
    table of shipments, which is kept apart from the stocks.
    """
    changes = tables.stock_changes[tables.stock_changes["item"] == item]
    loads = tables.shipments[tables.shipments["item"] == item]
    flows = pd.concat(
        [
            pd.DataFrame({"time_s": changes["time_s"], "units": _balance(changes)}),
            pd.DataFrame({"time_s": loads["sent_s"], "units": loads["units"]}),
            pd.DataFrame({"time_s": loads["arrived_s"], "units": -loads["units"]}).dropna(),
        ]
    )
    at_each_moment = flows.groupby("time_s")["units"].sum().cumsum()
    return float(np.abs(at_each_moment).max())


def least_stock(tables: SupplyTables) -> float:
    """Units in the emptiest stock of a run, where one is ever empty; below 0 if too many left."""
    changes = tables.stock_changes
    by_stock = [changes["site"], changes["item"]]
    level = signed_units(changes).groupby(by_stock, observed=True).cumsum()
    return float(level.min())


def _balance(changes: pd.DataFrame) -> pd.Series:
    """What a change adds to stocks, less what it brings in from outside or takes out for good."""
    outside = changes["change"].isin(["opening", "produced", "used", "spoilt", "lost"])
    return signed_units(changes).where(~outside, 0)
