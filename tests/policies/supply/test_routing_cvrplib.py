"""Savings on a public benchmark with a known best solution."""

import pytest

from benchmarks.validation.supplies import CVRPLIB, read_instance
from policies.routing.nearest_neighbour import NearestNeighbour
from policies.routing.savings import Savings
from policies.routing.schedule import total_travel_s


@pytest.mark.skipif(not CVRPLIB.exists(), reason="../shared/data/cvrplib is not here")
@pytest.mark.parametrize(
    ("name", "best_known", "savings"),
    [("X-n101-k25", 27_591, 28_986), ("X-n200-k36", 58_578, 61_167)],
)
def test_savings_come_within_six_percent_of_the_best_known(name, best_known, savings):
    view = read_instance(CVRPLIB / f"{name}.vrp")
    length = total_travel_s(view, Savings().plan(view))
    assert best_known < length < 1.06 * best_known
    assert length == savings
    assert length < total_travel_s(view, NearestNeighbour().plan(view))
