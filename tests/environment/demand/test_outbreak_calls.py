"""Callers of an epidemic: the k-th of a district and day is always the same."""

import numpy as np
import pandas as pd
import pytest

from environment.demand.drawn_calls import DemandParameters
from environment.demand.hospitals import DEFAULT_HOSPITALS
from environment.demand.outbreak_calls import FIRST_LAYER, PERIOD_DAYS, EpidemicCallers
from environment.units import DAY_S, HOUR_S
from simulation.preparation import prepare
from simulation.streams import streams

NEVER_S = np.inf
NOON_ONLY = tuple(float(hour == 12) for hour in range(24))


@pytest.fixture
def callers_with(grid_scenario):
    """New callers, who have drawn nobody yet."""

    def make(**demand):
        area = prepare(grid_scenario())
        parameters = DemandParameters(unit_shares=(0.5, 0.5), trip_noise_cv=0.3, **demand)
        return EpidemicCallers(
            parameters, area.city.addresses, area.districts, streams(1, 0), DEFAULT_HOSPITALS
        )

    return make


def rows(calls, count):
    return calls.table.iloc[:count].reset_index(drop=True)


def test_more_callers_are_the_same_ones_and_others(callers_with):
    few = callers_with().of_day(3, {"S1": 5}, 0, NEVER_S)
    many = callers_with().of_day(3, {"S1": 10 * FIRST_LAYER}, 0, NEVER_S)
    assert (len(few), len(many)) == (5, 10 * FIRST_LAYER)
    pd.testing.assert_frame_equal(few.table, rows(many, 5))
    assert (few.trip_noise == many.trip_noise[:5]).all()
    assert not many.table["onset_s"].duplicated().any()


def test_neither_other_days_nor_other_districts_change_them(callers_with):
    alone = callers_with().of_day(PERIOD_DAYS, {"S2": 4}, 0, NEVER_S)
    later = callers_with()
    for day in range(PERIOD_DAYS):
        later.of_day(day, {"S1": 1 + day, "S2": 3}, 0, NEVER_S)
    after = later.of_day(PERIOD_DAYS, {"S1": 0, "S2": 4}, 0, NEVER_S)
    pd.testing.assert_frame_equal(alone.table, after.table)


def test_days_have_different_callers(callers_with):
    callers = callers_with()
    tables = [callers.of_day(day, {"S1": 9, "S2": 9}, 0, NEVER_S).table for day in (0, 1, 40)]
    moments = np.concatenate([table["onset_s"] % DAY_S for table in tables])
    assert len(np.unique(moments)) == 54
    for table, day in zip(tables, (0, 1, 40), strict=True):
        assert (table["onset_s"] // DAY_S == day).all()
        assert table["epidemic"].all()


def test_they_call_from_their_district_by_its_zones(callers_with):
    table = callers_with().of_day(0, {"S2": 3000}, 0, NEVER_S).table  # zones B, C, D: 3, 2, 1
    share = table["zone"].value_counts(normalize=True)
    assert sorted(share.index) == [1, 2, 3]
    for zone, expected in ((1, 1 / 2), (2, 1 / 3), (3, 1 / 6)):
        assert abs(share[zone] - expected) < 4 * np.sqrt(expected * (1 - expected) / 3000)


def test_they_call_at_the_hours_of_all_others(callers_with):
    table = callers_with(hourly_weights=NOON_ONLY).of_day(2, {"S1": 50}, 0, NEVER_S).table
    assert (table["onset_s"] // HOUR_S == 2 * 24 + 12).all()


def test_numbers_go_on_and_nobody_calls_after_the_end(callers_with):
    noon_s = 1.5 * DAY_S
    calls = callers_with().of_day(1, {"S1": 400}, 77, noon_s)
    assert calls.table.index.tolist() == list(range(77, 77 + len(calls)))
    assert calls.table["onset_s"].max() < noon_s
    assert abs(len(calls) - 200) < 4 * np.sqrt(400 / 4)
    assert len(calls.trip_noise) == len(calls)
