"""What keeps for a while: waste by simulation, the order by its first condition and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.ordering.laws import (
    GammaDemand,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
    TableDemand,
)
from policies.ordering.limits import Limit, plan_orders
from policies.ordering.newsvendor import Item, best_quantity, newsvendor, outcome

DRAWS = 100_000
COSTS = {"unit_cost": 2.0, "holding_cost": 0.3, "shortage_cost": 9.0, "waste_cost": 0.5}


def test_waste_and_cost_by_simulation() -> None:
    """Units of one order, first used that came first, over three periods; four standard errors."""
    item = Item(PoissonDemand(10), **COSTS, shelf_life_periods=3)
    told = outcome(item, 24)
    demand = np.random.default_rng(5).poisson(10, (DRAWS, 3))
    left = np.maximum(24 - demand.cumsum(axis=1), 0)
    short = np.maximum(demand[:, 0] - 24, 0)
    waste = left[:, 2]
    used_later = left[:, 0] - waste
    cost = 2 * 24 + 0.3 * left[:, 0] + 9 * short + 0.5 * waste - 2 * used_later
    for value, sample in (
        (told.waste, waste),
        (told.surplus, left[:, 0]),
        (told.shortage, short),
        (told.cost, cost),
    ):
        assert value == pytest.approx(sample.mean(), abs=4 * sample.std() / math.sqrt(DRAWS))


def test_a_shelf_life_by_hand() -> None:
    """Demand of 1 or 3, each as likely; of 4 units one or two periods ask for 2, 4 or 6."""
    law = TableDemand([1, 3], [0.5, 0.5])
    item = Item(law, 2, 0.5, 9, shelf_life_periods=2, leftover_value=1.5, waste_cost=0.25)
    told = outcome(item, 4)
    assert told.surplus == pytest.approx(2)  # 3 or 1
    assert told.waste == pytest.approx(0.25 * 2)  # 2 with both low, else none
    assert told.cost == pytest.approx(4 * 2 + 0.5 * 2 + 0.25 * 0.5 - 1.5 * (2 - 0.5))


def test_nothing_keeps_in_one_period() -> None:
    """Then all that is left over is waste, and doing away with it adds to holding."""
    item = Item(NormalDemand(50, 8), **COSTS)
    plain = Item(NormalDemand(50, 8), 2, 0.8, 9)
    assert newsvendor(item).quantity == pytest.approx(newsvendor(plain).quantity, rel=1e-12)
    assert newsvendor(item).cost == pytest.approx(newsvendor(plain).cost, rel=1e-12)
    assert newsvendor(item).waste == newsvendor(item).surplus > 0


def test_what_keeps_for_ever_pays_for_holding_alone() -> None:
    """The order of items that are bought again: F(q) = (p - c)/(p - c + v)."""
    item = Item(NormalDemand(50, 8), 2, 0.3, 9, shelf_life_periods=math.inf)
    assert item.demand.probability_met(best_quantity(item)) == pytest.approx(7 / 7.3, rel=1e-9)
    assert newsvendor(item).waste == 0


laws = st.sampled_from(
    [
        NormalDemand(50, 12),
        GammaDemand(40, 25),
        PoissonDemand(6),
        NegativeBinomialDemand(8, 5),
        TableDemand([0, 4, 9], [0.3, 0.4, 0.3]),
    ]
)


@settings(max_examples=40, deadline=None)
@given(laws, st.integers(1, 6), st.floats(0, 3), st.floats(0, 3), st.floats(0.1, 20))
def test_no_other_quantity_costs_less(law, periods: int, holding, waste, shortage) -> None:
    item = Item(law, 1.5, holding, shortage, shelf_life_periods=periods, waste_cost=waste)
    best = newsvendor(item)
    for change in (-5, -1, -0.2, -0.01, 0.01, 0.2, 1, 5):
        if best.quantity + change >= 0:
            assert best.cost <= outcome(item, best.quantity + change).cost + 1e-9


@settings(max_examples=30, deadline=None)
@given(laws, st.integers(1, 5))
def test_the_longer_it_keeps_the_more_is_ordered_and_the_less_it_costs(law, periods: int) -> None:
    """With a unit that is worth its cost; waste of the same order falls."""
    short, longer = (
        Item(law, **COSTS, shelf_life_periods=float(p)) for p in (periods, periods + 1)
    )
    assert best_quantity(longer) >= best_quantity(short) - 1e-9
    assert newsvendor(longer).cost <= newsvendor(short).cost + 1e-9
    assert outcome(longer, 60).waste <= outcome(short, 60).waste + 1e-9


def test_shelf_lives_in_a_limit() -> None:
    """The same item with a longer life gets more of the room."""
    items = [Item(GammaDemand(40, 20), **COSTS, shelf_life_periods=p) for p in (1, 2, math.inf)]
    plan = plan_orders(items, [Limit("room", 130, np.ones(3))], whole=False)
    assert (np.diff(plan.quantity) > 0).all()
    assert plan.quantity.sum() == pytest.approx(130)
    assert plan.outcomes[2].waste == 0
