"""The tables that a run with a supply side leaves behind."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from agents.supply.stock import Change
from agents.supply.world import SupplyWorld
from environment.needs import Who
from simulation.supply_recorder import SupplyRecorder


class SupplyTables(NamedTuple):
    """What happened on the supply side.

    Attributes
    ----------
    sites : DataFrame
        One row per site: ``site`` (its number), ``name``, ``kind``, ``persons`` in its district.
    items : DataFrame
        One row per item: ``item`` (its name) and its costs.
    stock_changes : DataFrame
        ``time_s``, ``site``, ``item``, ``change`` (`agents.supply.stock.Change`), ``units``.
    messages : DataFrame
        ``sent_s``, ``read_s``, ``stage``, ``kind``, ``sender``, ``receiver``, ``units``.
    requests : DataFrame
        What distributors asked for: ``time_s``, ``distributor``, ``item``, ``units``.
    needs : DataFrame
        One row per claim: ``distributor``, ``item``, ``who``, ``since_s``, ``units``, ``at_once``
        (within an hour), ``given``, ``waited_unit_s`` (summed over units given), ``ended_s``.
    orders : DataFrame
        One row per order from a supplier.
    shipments : DataFrame
        One row per consignment and item: from where to where, ``sent_s``, ``left_s``,
        ``arrived_s`` (NaN while it is on its way), ``order`` (-1 from store to distributor).
    trips : DataFrame
        One row per trip of a truck.
    plans : DataFrame
        One row per decision of an office.
    handouts : DataFrame
        What people were given: ``time_s``, ``distributor``, ``item``, ``units``,
        ``waited_unit_s`` (summed over the units).
    """

    sites: pd.DataFrame
    items: pd.DataFrame
    stock_changes: pd.DataFrame
    messages: pd.DataFrame
    requests: pd.DataFrame
    needs: pd.DataFrame
    orders: pd.DataFrame
    shipments: pd.DataFrame
    trips: pd.DataFrame
    plans: pd.DataFrame
    handouts: pd.DataFrame


def supply_tables(supply: SupplyWorld, books: SupplyRecorder) -> SupplyTables:
    """Make the tables of what has happened so far."""
    names = supply.item_names
    return SupplyTables(
        sites=_sites(supply),
        items=pd.DataFrame(
            {
                "item": names,
                "unit_cost": supply.unit_cost,
                "holding_cost": supply.holding_cost,
                "shortage_cost": supply.shortage_cost,
            }
        ),
        stock_changes=_stock_changes(supply, books),
        messages=pd.DataFrame(
            books.messages,
            columns=["sent_s", "read_s", "stage", "kind", "sender", "receiver", "units"],
        ),
        requests=_requests(supply, books),
        needs=_needs(supply, books),
        orders=_orders(supply, books),
        shipments=_shipments(supply, books),
        trips=pd.DataFrame([vars(trip) for trip in books.trips], columns=TRIP_COLUMNS),
        plans=pd.DataFrame(books.plans, columns=["time_s", "office", "kind", "sites"]),
        handouts=_handouts(supply, books),
    )


TRIP_COLUMNS = [
    "truck", "home", "depot", "began_s", "left_s", "back_s", "stops", "load_l", "metres",
]  # fmt: skip


def _sites(supply: SupplyWorld) -> pd.DataFrame:
    rows = [(a.place.site, a.place.name, type(a).__name__.lower()) for a in supply.sites]
    table = pd.DataFrame(rows, columns=["site", "name", "kind"])
    nobody = np.zeros(len(table) - len(supply.persons))
    return table.assign(persons=np.append(nobody, supply.persons))


def _named(codes: object, names: tuple[str, ...]) -> pd.Categorical[str]:
    """Codes as a column of names."""
    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int64), pd.Index(names))


def _stock_changes(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    rows = np.array(books.stock_changes, dtype=float).reshape(-1, 5)
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    site, item, change, units = rows[:, 1:].astype(np.int64).T
    return pd.DataFrame(
        {
            "time_s": rows[:, 0],
            "site": site,
            "item": _named(item, supply.item_names),
            "change": _named(change, tuple(one.name.lower() for one in Change)),
            "units": units,
        }
    )


def _requests(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    table = pd.DataFrame(books.requests, columns=["time_s", "distributor", "item", "units"])
    return table.assign(item=_named(table["item"], supply.item_names))


def _handouts(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    columns = ["time_s", "distributor", "item", "units", "waited_unit_s"]
    table = pd.DataFrame(books.handouts, columns=columns)
    return table.assign(item=_named(table["item"], supply.item_names))


def _needs(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    fields = ("item", "who", "since_s", "units", "at_once", "given", "waited_unit_s", "ended_s")
    values = attrgetter(*fields)
    rows = [(d, *values(claim)) for d, claim in books.needs]
    table = pd.DataFrame(rows, columns=["distributor", *fields])
    names = tuple(one.name.lower() for one in Who)
    return table.assign(
        item=_named(table["item"], supply.item_names), who=_named(table["who"], names)
    ).sort_values("since_s", kind="stable", ignore_index=True)


def _orders(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    rows = [
        (
            order.number, order.office, order.store.site, order.supplier, order.item,
            order.units, order.price, order.ordered_s, order.received, order.completed_s,
        )
        for order in books.orders
    ]  # fmt: skip
    columns = [
        "order", "office", "store", "supplier", "item",
        "units", "price", "ordered_s", "received", "completed_s",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).sort_values("order", ignore_index=True)
    return table.assign(item=_named(table["item"], supply.item_names))


def _shipments(supply: SupplyWorld, books: SupplyRecorder) -> pd.DataFrame:
    rows = [
        (
            number, load.origin.site, load.destination.site, item, int(units),
            load.order, load.sent_s, load.left_s, load.arrived_s,
        )
        for number, load in enumerate(books.shipments)
        for item, units in enumerate(load.units.tolist())
        if units
    ]  # fmt: skip
    columns = [
        "shipment", "origin", "destination", "item", "units",
        "order", "sent_s", "left_s", "arrived_s",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(item=_named(table["item"], supply.item_names))
