"""Lots that are used soonest-to-spoil first, and spoil when their time has come."""

from math import inf

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from agents.supply.stock import Change, Lot, Stock, spoils_at


class Log(list):
    """Rows of time, change and units."""

    def stock_changed(self, time_s, site, item, change, units):
        assert (site, item) == (7, 0)
        self.append((time_s, change.name, units))


@pytest.fixture
def stock():
    """Ten units that spoil at 100, in the event log as site 7."""
    env, log = simpy.Environment(), Log()
    return env, log, Stock(env, log, 7, [10], [100.0])


def test_what_spoils_first_is_used_first(stock):
    _, log, masks = stock
    masks.put(0, [Lot(50.0, 4), Lot(200.0, 1)], Change.RECEIVED)
    assert masks.take(0, 6, Change.SENT) == [Lot(50.0, 4), Lot(100.0, 2)]
    assert masks.take(0, 20, Change.USED) == [Lot(100.0, 8), Lot(200.0, 1)]
    assert masks.take(0, 1, Change.USED) == []
    assert log == [
        (0, "OPENING", 10), (0, "RECEIVED", 4), (0, "RECEIVED", 1), (0, "SENT", 6), (0, "USED", 9),
    ]  # fmt: skip


def test_spoiling_is_noted_for_its_moment_however_late_somebody_looks(stock):
    env, log, masks = stock
    masks.put(0, [Lot(170.0, 5), Lot(300.0, 3)], Change.RECEIVED)
    env.run(until=99)
    assert masks.units(0) == 18
    env.run(until=250)
    assert masks.on_hand().tolist() == [3]
    assert log[-2:] == [(100, "SPOILT", 10), (170, "SPOILT", 5)]


def test_at_the_moment_itself_it_is_spoilt(stock):
    env, _, masks = stock
    env.run(until=100)
    assert masks.take(0, 1, Change.USED) == []


def test_what_spoilt_on_its_way_is_thrown_away_on_arrival(stock):
    """Bug: it was noted for a moment at which the site did not have it."""
    env, log, masks = stock
    env.run(until=60)
    masks.put(0, [Lot(40.0, 2)], Change.RECEIVED)
    masks.look()
    assert masks.units(0) == 10
    assert log[-2:] == [(60, "RECEIVED", 2), (60, "SPOILT", 2)]


def test_shelf_lives():
    assert spoils_at(50.0, 20.0) == 70.0
    assert spoils_at(50.0, None) == inf


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=8),
    st.lists(st.integers(0, 30), max_size=8),
)
def test_units_add_up(lots, takes):
    env, log = simpy.Environment(), Log()
    stock = Stock(env, log, 7, [0], [inf])
    gone = 0
    for step in range(max(len(lots), len(takes))):
        for spoils_s, units in lots[step : step + 1]:
            stock.put(0, [Lot(float(spoils_s), units)], Change.RECEIVED)
        for units in takes[step : step + 1]:
            gone += sum(lot.units for lot in stock.take(0, units, Change.USED))
        env.run(until=env.now + 5)
    stock.look()
    came = sum(units for _, change, units in log if change == "RECEIVED")
    spoilt = sum(units for _, change, units in log if change == "SPOILT")
    assert came == gone + spoilt + stock.units(0)
    assert stock.units(0) == came - sum(u for _, c, u in log if c != "RECEIVED")
