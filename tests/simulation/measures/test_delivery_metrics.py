"""How soon what was asked for is there, unit by unit."""

import math

import pandas as pd
import pytest

from simulation.measures.catalogue import summary
from simulation.measures.supply import delivery_s, waiting_s
from simulation.model import simulate
from tests.scenarios.small_supplies import SUPPLIES


def requests(*rows):
    return pd.DataFrame(rows, columns=["distributor", "time_s", "units"])


def brought(*rows):
    return pd.DataFrame(rows, columns=["distributor", "arrived_s", "units"])


def test_what_was_asked_for_first_comes_first():
    asked = requests((0, 0.0, 100), (0, 3600.0, 50))
    came = brought((0, 7200.0, 60), (0, 10_800.0, 60))
    # 60 units wait 2 h, 40 wait 3 h, and 20 of the second request 2 h; 30 have not come.
    assert delivery_s(asked, came) == pytest.approx((60 * 2 + 40 * 3 + 20 * 2) / 120 * 3600)


def test_each_point_has_its_own_requests():
    asked = requests((0, 0.0, 10), (1, 3600.0, 30))
    came = brought((1, 7200.0, 30), (0, 7200.0, 10))
    assert delivery_s(asked, came) == pytest.approx((10 * 2 + 30 * 1) / 40 * 3600)


def test_nothing_came():
    asked = requests((0, 0.0, 10))
    assert math.isnan(delivery_s(asked, brought()))
    assert waiting_s(asked, brought(), 0.0, 7200.0) == 7200.0
    assert math.isnan(waiting_s(requests(), brought(), 0.0, 7200.0))


def test_what_has_not_come_waits_to_the_end():
    asked = requests((0, 0.0, 100), (0, 3600.0, 50))
    came = brought((0, 7200.0, 60), (0, 10_800.0, 60))
    unit_hours = 60 * 2 + 40 * 3 + 20 * 2 + 30 * 4  # 30 units, asked for after 1 h, wait to 5 h
    assert waiting_s(asked, came, 0.0, 5 * 3600.0) == pytest.approx(unit_hours / 150 * 3600)


def test_what_came_or_was_asked_for_before_does_not_count():
    asked = requests((0, 0.0, 100), (0, 3600.0, 50))
    came = brought((0, 7200.0, 60), (0, 10_800.0, 60))
    of_the_second_truck = (40 * 3 + 20 * 2) / 60 * 3600
    assert delivery_s(asked, came, from_s=9000.0) == pytest.approx(of_the_second_truck)
    of_the_second_request = (20 * 2 + 30 * 4) / 50 * 3600
    assert waiting_s(asked, came, 1.0, 5 * 3600.0) == pytest.approx(of_the_second_request)


def test_an_item_that_nobody_needs_or_is_brought(grid_scenario):
    """Bug: what was brought over what was needed was a division of nothing by nothing."""
    masks, doses = SUPPLIES["items"]
    scenario = grid_scenario(supplies={**SUPPLIES, "items": [masks, {**doses, "per_1000_day": 0}]})
    measures = summary(simulate(scenario))
    assert measures["item_allocation_ratio[masks]"] > 0
    assert math.isnan(measures["item_allocation_ratio[doses]"])
    nobody = scenario.changed({"supplies.times.message_delay_s": 1e6})
    assert summary(simulate(nobody))["item_allocation_ratio[masks]"] == 0
