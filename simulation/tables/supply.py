"""The tables that a run with a supply side leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from agents.supply.orders import Consignment, Order, Place
from agents.supply.records import Claim, TruckTrip
from agents.supply.stock import Change, Lot
from environment.supply.needs import Who
from environment.supply.places import SupplyPlaces
from simulation.tables.supply_recorder import SupplyRecorder

if TYPE_CHECKING:  # it loads Mesa, for seconds
    from agents.supply.system import SupplySystem


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


def supply_tables(supply: SupplySystem, log: SupplyRecorder) -> SupplyTables:
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
        stock_changes=_stock_changes(supply, log),
        messages=pd.DataFrame(
            log.messages,
            columns=["sent_s", "read_s", "stage", "kind", "sender", "receiver", "units"],
        ),
        requests=_requests(supply, log),
        needs=_needs(supply, log),
        orders=_orders(supply, log),
        shipments=_shipments(supply, log),
        trips=pd.DataFrame([vars(trip) for trip in log.trips], columns=TRIP_COLUMNS),
        plans=pd.DataFrame(log.plans, columns=["time_s", "office", "kind", "sites"]),
        handouts=_handouts(supply, log),
    )


TRIP_COLUMNS = [
    "truck", "home", "depot", "began_s", "left_s", "back_s", "stops", "load_l", "metres",
]  # fmt: skip


def supply_log_of(tables: SupplyTables, places: SupplyPlaces) -> SupplyRecorder:
    """The supply side's event log from a saved run's tables, as far as they tell."""
    item = {name: row for row, name in enumerate(tables.items["item"])}
    change = {one.name.lower(): one.value for one in Change}
    who = {one.name.lower(): one for one in Who}
    sites = [
        Place(number, *one)
        for number, one in enumerate(
            zip(places.names, places.node.tolist(), places.access_s.tolist(), strict=True)
        )
    ]
    log = SupplyRecorder()
    log.stock_changes = [
        (row.time_s, row.site, item[row.item], change[row.change], row.units)
        for row in _rows(tables.stock_changes)
    ]
    log.requests = [
        (row.time_s, row.distributor, item[row.item], row.units) for row in _rows(tables.requests)
    ]
    log.needs = [
        (
            row.distributor,
            Claim(
                item[row.item], row.units, who[row.who], row.since_s, row.at_once, row.given,
                row.waited_unit_s, row.ended_s,
            ),
        )
        for row in _rows(tables.needs)
    ]  # fmt: skip
    log.orders = [
        Order(
            row.order, row.office, row.supplier, sites[row.store], item[row.item], row.units,
            row.price, 0.0, row.ordered_s, received=row.received, completed_s=row.completed_s,
        )
        for row in _rows(tables.orders)
    ]  # fmt: skip
    log.handouts = [
        (row.time_s, row.distributor, item[row.item], row.units, row.waited_unit_s)
        for row in _rows(tables.handouts)
    ]
    log.trips = [TruckTrip(*row) for row in tables.trips[TRIP_COLUMNS].itertuples(index=False)]
    for _, own in tables.shipments.groupby("shipment"):
        row = next(_rows(own))
        lots: list[list[Lot]] = [[] for _ in item]
        for name, units in zip(own["item"], own["units"].tolist(), strict=True):
            lots[item[name]] = [Lot(inf, units)]
        log.consignment_sent(
            Consignment(
                sites[row.origin], sites[row.destination], lots, 0, row.order, row.sent_s,
                left_s=row.left_s, arrived_s=row.arrived_s,
            )
        )  # fmt: skip
    return log


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    """Rows as named tuples; what is in a column, pandas does not say."""
    return table.itertuples(index=False)


def _sites(supply: SupplySystem) -> pd.DataFrame:
    rows = [(a.place.site, a.place.name, type(a).__name__.lower()) for a in supply.sites]
    table = pd.DataFrame(rows, columns=["site", "name", "kind"])
    nobody = np.zeros(len(table) - len(supply.persons))
    return table.assign(persons=np.append(nobody, supply.persons))


def _named(codes: object, names: tuple[str, ...]) -> pd.Categorical[str]:
    """Codes as a column of names."""
    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int64), pd.Index(names))


def _stock_changes(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    rows = np.array(log.stock_changes, dtype=float).reshape(-1, 5)
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


def _requests(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    table = pd.DataFrame(log.requests, columns=["time_s", "distributor", "item", "units"])
    return table.assign(item=_named(table["item"], supply.item_names))


def _handouts(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    columns = ["time_s", "distributor", "item", "units", "waited_unit_s"]
    table = pd.DataFrame(log.handouts, columns=columns)
    return table.assign(item=_named(table["item"], supply.item_names))


def _needs(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    fields = ("item", "who", "since_s", "units", "at_once", "given", "waited_unit_s", "ended_s")
    values = attrgetter(*fields)
    rows = [(d, *values(claim)) for d, claim in log.needs]
    table = pd.DataFrame(rows, columns=["distributor", *fields])
    names = tuple(one.name.lower() for one in Who)
    return table.assign(
        item=_named(table["item"], supply.item_names), who=_named(table["who"], names)
    ).sort_values("since_s", kind="stable", ignore_index=True)


def _orders(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    rows = [
        (
            order.number, order.office, order.store.site, order.supplier, order.item,
            order.units, order.price, order.ordered_s, order.received, order.completed_s,
        )
        for order in log.orders
    ]  # fmt: skip
    columns = [
        "order", "office", "store", "supplier", "item",
        "units", "price", "ordered_s", "received", "completed_s",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns).sort_values("order", ignore_index=True)
    return table.assign(item=_named(table["item"], supply.item_names))


def _shipments(supply: SupplySystem, log: SupplyRecorder) -> pd.DataFrame:
    rows = [
        (
            number, load.origin.site, load.destination.site, item, int(units),
            load.order, load.sent_s, load.left_s, load.arrived_s,
        )
        for number, load in enumerate(log.shipments)
        for item, units in enumerate(load.units.tolist())
        if units
    ]  # fmt: skip
    columns = [
        "shipment", "origin", "destination", "item", "units",
        "order", "sent_s", "left_s", "arrived_s",
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(item=_named(table["item"], supply.item_names))
