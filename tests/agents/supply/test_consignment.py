"""How lots are split into truckloads."""

from math import ceil, floor

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agents.supply.orders import truckloads
from agents.supply.stock import Lot


def loads_of(units, volume_l, capacity_l):
    """Units of each item and litres of each load; one lot an item."""
    lots = [[Lot(1.0, count)] if count else [] for count in units]
    loads = truckloads(lots, np.array(volume_l), capacity_l)
    return [([sum(lot.units for lot in own) for own in load], load_l) for load, load_l in loads]


def test_a_load_is_filled_before_the_next_one_begins():
    # 10.9 l are 10 whole ones: 4 of 2.5 l; then 1 of them and 7 of 1 l in 9.5, so 10, litres.
    assert loads_of([5, 9], [2.5, 1.0], 10.9) == [([4, 0], 10), ([1, 7], 10), ([0, 2], 2)]


def test_a_load_that_the_next_item_does_not_fit_into_is_not_called_full():
    """Bug: every load but the last counted as full."""
    assert loads_of([1, 2], [3.0, 8.0], 10) == [([1, 0], 3), ([0, 1], 8), ([0, 1], 8)]


def test_litres_are_whole_and_never_none():
    assert loads_of([1], [0.001], 10) == [([1], 1)]
    assert loads_of([10], [0.1], 10) == [([10], 1)]
    assert loads_of([0, 0], [1.0, 1.0], 10) == []


def test_lots_keep_the_time_at_which_they_spoil():
    loads = truckloads([[Lot(5.0, 3), Lot(9.0, 3)]], np.array([2.0]), 8)
    assert [load for load, _ in loads] == [[[Lot(5.0, 3), Lot(9.0, 1)]], [[Lot(9.0, 2)]]]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.floats(0.01, 9.0)), min_size=1, max_size=4),
    st.floats(9.0, 60.0),
)
def test_nothing_is_left_behind_and_no_truck_is_too_full(items, capacity_l):
    units, volume_l = zip(*items, strict=True)
    loads = loads_of(units, volume_l, capacity_l)
    assert np.sum([own for own, _ in loads] or [[0] * len(units)], axis=0).tolist() == list(units)
    for own, load_l in loads:
        exact_l = np.dot(own, volume_l)
        assert load_l == max(1, ceil(exact_l - 1e-8)) or abs(load_l - exact_l) < 1e-6
        assert load_l <= floor(capacity_l)
