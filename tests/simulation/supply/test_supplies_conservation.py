"""Nothing is created or lost on the supply side: random systems, looked at after every moment."""

from collections import Counter
from math import floor

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from agents.supply.stock import Change
from environment.units import DAY_S
from simulation.model import EmergencyModel, simulate
from tests.simulation.supply.random_supplies import SITES, supply_systems

TINY_S = 1e-6
CAME = (Change.OPENING, Change.PRODUCED, Change.RECEIVED)
some_systems = settings(
    derandomize=True,
    phases=[Phase.generate],  # a run is too long to be shrunk by hundreds of trials
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Ledger:
    """Our own accounts, kept from the rows of stock changes and shipments alone."""

    def __init__(self, model):
        self.supply = model.supply_side.supply
        self.log = model.supply_side.log
        shape = (len(self.supply.sites), len(self.supply.item_names))
        self.level = np.zeros(shape, dtype=np.int64)
        self.total = {change: np.zeros(shape[1], dtype=np.int64) for change in Change}
        self._read = 0

    def read_on(self):
        """Take in what has been written since the last time."""
        for _, site, item, change, units in self.log.stock_changes[self._read :]:
            assert units > 0
            self.total[Change(change)][item] += units
            self.level[site, item] += units if change in CAME else -units
        self._read = len(self.log.stock_changes)

    def on_road(self, sites):
        """Units of each item on their way to some sites, (i,)."""
        own = [
            load.units
            for load in self.log.shipments
            if np.isnan(load.arrived_s) and load.destination.site in sites
        ]
        return np.sum(own, axis=0) if own else np.zeros(self.level.shape[1], dtype=np.int64)

    def check(self):
        """Check every account."""
        for site in self.supply.sites:
            site.stock.look()
        self.read_on()
        self._check_stocks()
        self._check_orders()
        self._check_requests()

    def _check_stocks(self):
        supply, total = self.supply, self.total
        assert (self.level >= 0).all()
        live = np.array([site.stock.on_hand() for site in supply.sites])
        assert (self.level == live).all()
        gone = total[Change.USED] + total[Change.SPOILT]
        there = self.level.sum(axis=0) + self.on_road(range(len(supply.sites)))
        assert (total[Change.OPENING] + total[Change.PRODUCED] == there + gone).all()

    def _check_orders(self):
        supply, orders = self.supply, self.supply.government.orders
        for supplier in supply.suppliers:
            open_units = np.zeros_like(supplier.on_order)
            for order in orders:
                if order.supplier == supplier.number:
                    assert 0 <= order.received <= order.shipped <= order.made <= order.units
                    open_units[order.item] += order.units - order.made
            assert (supplier.on_order == open_units).all()
            for name, most in supplier.parameters.most_on_order.items():
                assert supplier.on_order[supply.item_names.index(name)] <= most
        for office in supply.government.offices:
            expected = Counter()
            for order in orders:
                if order.office == office.number:
                    expected[order.store.site, order.item] += order.units - order.received
            for row, store in enumerate(office.stores):
                for item, units in enumerate(office.on_order[row].tolist()):
                    assert units == expected[store.place.site, item]

    def _check_requests(self):
        supply = self.supply
        promised = np.sum([store.promised for store in supply.stores], axis=0)
        on_way = np.sum([site.on_way for site in supply.distributors], axis=0)
        first = len(supply.suppliers) + len(supply.stores)
        assert (promised + self.on_road(range(first, len(supply.sites))) == on_way).all()
        for store in supply.stores:
            assert (store.promised >= 0).all()
            assert (store.reserve >= 0).all()
        in_post = self.in_post()
        assert (in_post >= 0).all()

    def in_post(self):
        """Units that distributors have asked for and no office has heard of yet, (d, i)."""
        heard = np.sum([office.outstanding for office in self.supply.government.offices], axis=0)
        asked = np.array([site.on_order - site.on_way for site in self.supply.distributors])
        assert (heard >= 0).all()
        return asked - heard


@given(supply_systems())
@some_systems
def test_every_book_agrees_at_every_moment(grid_scenario, features):
    model = EmergencyModel(grid_scenario({"sites.csv": SITES}, **features))
    ledger = Ledger(model)
    with model.watch:
        while model.env.peek() < np.inf:
            moment_s = model.env.peek()
            while model.env.peek() == moment_s:
                model.env.step()
            ledger.check()
    assert not ledger.in_post().any()
    tables = model.result().supplies
    check_tables(tables, model)
    used = ledger.total[Change.USED]
    assert tables.needs["given"].sum() == used.sum()
    # Who only looks changes nothing.
    for ours, plain in zip(
        tables, simulate(grid_scenario({"sites.csv": SITES}, **features)).supplies, strict=True
    ):
        pd.testing.assert_frame_equal(
            *(t.sort_values([*t.columns], ignore_index=True) for t in (ours, plain))
        )


def check_tables(tables, model):
    """What must hold in the tables of any run."""
    check_levels(tables)
    check_needs(tables.needs, model.config.supplies.times.patience_h * 3600)
    check_ways(tables)
    check_budget(tables.orders, model.config.supplies)
    for agent in (*model.supply_side.supply.suppliers, *model.supply_side.supply.stores):
        check_trucks(tables.trips, agent.transporter)
    assert (tables.messages["read_s"] >= tables.messages["sent_s"]).all()


def check_levels(tables):
    """No stock is ever below nothing, by the times that the table gives."""
    rows = tables.stock_changes
    came = rows["change"].isin([change.name.lower() for change in CAME])
    signed = rows["units"].where(came, -rows["units"])
    level = signed.groupby([rows["site"], rows["item"]], observed=True).cumsum()
    assert (level >= 0).all()
    assert rows["time_s"].is_monotonic_increasing


def check_needs(needs, patience_s):
    """Nobody gets more than he needs, or anything after he has left."""
    assert (needs["at_once"] <= needs["given"]).all()
    assert (needs["given"] <= needs["units"]).all()
    assert (needs["waited_unit_s"] <= needs["given"] * (patience_s + TINY_S)).all()
    met = needs["given"] == needs["units"]
    assert needs.loc[met, "ended_s"].notna().all()
    stayed_s = needs["ended_s"] - needs["since_s"]
    assert (stayed_s.dropna() <= patience_s + TINY_S).all()
    waits = needs["who"].isin(["ill", "public"]) & needs["ended_s"].notna()
    assert np.allclose(stayed_s[waits & ~met], patience_s), "nobody leaves before his time"


def check_ways(tables):
    """Goods are sent, leave and arrive in this order, and an order brings what it says."""
    shipments = tables.shipments
    times = shipments[["sent_s", "left_s", "arrived_s"]]
    assert (times.diff(axis=1).iloc[:, 1:].fillna(0) >= 0).all().all()
    assert shipments["arrived_s"].notna().all(), "whatever is sent arrives"
    arrived = shipments[shipments["order"] >= 0].groupby("order")["units"].sum()
    received = tables.orders.set_index("order")["received"]
    assert (arrived.reindex(received.index, fill_value=0) == received).all()
    complete = tables.orders["completed_s"].notna()
    assert (complete == (tables.orders["received"] == tables.orders["units"])).all()


def check_budget(orders, supplies):
    """Orders cost no more than has come in, but for premiums."""
    per_day = supplies.government.budget_per_day
    if per_day is None or orders.empty:
        return
    premium = max(supplier.premium for supplier in supplies.sites.suppliers)
    most = per_day * (orders["ordered_s"] / DAY_S + 1) * (1 + premium)
    assert ((orders["units"] * orders["price"]).cumsum() <= most + TINY_S).all()


def check_trucks(trips, transporter):
    """No truck, driver or dock is at two things at a time, and no truck is too full."""
    parameters = transporter.trucks_parameters
    own = trips[trips["home"] == transporter.place.site]
    assert (own["load_l"] <= floor(parameters.capacity_l)).all()
    assert most_at_a_time(own["began_s"], own["back_s"]) <= transporter.drivers.capacity
    for _, of_truck in own.groupby("truck"):
        assert most_at_a_time(of_truck["began_s"], of_truck["back_s"]) <= 1
    left_s = trips.loc[trips["depot"] == transporter.place.site, "left_s"]
    assert most_at_a_time(left_s - parameters.load_s, left_s) <= parameters.docks


def most_at_a_time(begin_s, end_s):
    """How many of some stretches of time overlap at most; those that only touch do not."""
    edges = [(s + TINY_S, 1) for s in begin_s] + [(s, -1) for s in end_s]
    return max(np.cumsum([step for _, step in sorted(edges)]), default=0)


def test_stretches_that_only_touch_do_not_overlap():
    assert most_at_a_time([0, 10, 15], [10, 20, 30]) == 2
    assert most_at_a_time([0, 10], [10, 20]) == 1
    assert most_at_a_time([], []) == 0


@given(supply_systems())
@settings(some_systems, max_examples=150)
@pytest.mark.slow
def test_the_tables_hold_in_many_systems(grid_scenario, features):
    model = EmergencyModel(grid_scenario({"sites.csv": SITES}, **features))
    result = model.run()
    check_tables(result.supplies, model)
