"""A shared limit: the printed answer, optimality by its conditions, and brute force."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import PolicyError
from policies.ordering.laws import LognormalDemand, NormalDemand, PoissonDemand, TableDemand
from policies.ordering.newsvendor import Item, best_quantity, newsvendor, order_within, outcome

MEANS, SDS = np.array([120, 80, 100, 60, 150, 90.0]), np.array([30, 20, 25, 15, 40, 20.0])
CENTRES = [Item(NormalDemand(m, s), 1, 0.5, 9) for m, s in zip(MEANS, SDS, strict=True)]

laws = st.one_of(
    st.builds(NormalDemand, st.floats(0, 100), st.floats(0, 40)),
    st.builds(LognormalDemand, st.floats(1, 100), st.floats(1, 80)),
    st.builds(PoissonDemand, st.floats(0, 100)),
    st.lists(st.integers(0, 90), min_size=1, max_size=9).map(TableDemand.from_sample),
)
items = st.builds(
    Item, laws, st.floats(0.5, 5), st.floats(0, 3), st.floats(0, 30), st.floats(-20, 60)
)
few_items = st.lists(items, min_size=1, max_size=5)
small_items = st.lists(
    st.builds(
        Item,
        st.lists(st.integers(0, 5), min_size=1, max_size=4).map(TableDemand.from_sample),
        st.integers(1, 4).map(float),
        st.integers(0, 3).map(float),
        st.integers(0, 12).map(float),
    ),
    min_size=1,
    max_size=3,
)


def total_cost(items, quantity) -> float:
    return sum(outcome(item, q).cost for item, q in zip(items, quantity, strict=True))


def unit_costs(items) -> np.ndarray:
    return np.array([item.unit_cost for item in items])


def test_printed_capacity() -> None:
    shared = order_within(CENTRES, 650, np.ones(6))
    assert shared.price == pytest.approx(2.009693, abs=1e-6)
    assert (shared.quantity - MEANS) / SDS == pytest.approx([1 / 3] * 6, abs=1e-9)
    assert shared.quantity.sum() == pytest.approx(650, abs=1e-9)


@pytest.mark.parametrize("limit", [750.473, math.inf])
def test_a_limit_that_does_not_bind_changes_nothing(limit: float) -> None:
    shared = order_within(CENTRES, limit, np.ones(6))
    assert shared.price == 0
    assert shared.quantity.tolist() == [newsvendor(item).quantity for item in CENTRES]


def test_no_budget_no_order_but_of_what_is_free() -> None:
    free = Item(NormalDemand(10, 2), 0, 1, 4)
    items = [*CENTRES, free]
    shared = order_within(items, 0, unit_costs(items))
    assert shared.quantity.tolist() == [0] * 6 + [best_quantity(free)]


def test_whole_demands_exhaust_the_limit() -> None:
    # Both want 4 for sure at the same gain of 8 for each unit of money: any split is best.
    sure = Item(TableDemand([4], [1]), 1, 1, 9)
    shared = order_within([sure, sure], 5, [1, 1])
    assert shared.quantity.sum() == pytest.approx(5)
    assert shared.price == pytest.approx(8)


@settings(max_examples=30)
@given(few_items)
def test_the_first_prices_bracket_every_limit(items) -> None:
    """At the price 0 all wishes are met, and at the highest gain a unit nobody wants any."""
    use = unit_costs(items)
    highest = max(item.shortage_cost / item.unit_cost - 1 for item in items)
    wanted = [best_quantity(item) for item in items]
    assert order_within(items, float(use @ wanted) + 1e-6, use).price == 0
    beyond = 2 * max(highest, 0)
    assert all(best_quantity(i, beyond * w) == 0 for i, w in zip(items, use, strict=True))
    shared = order_within(items, 0.0, use)
    assert 0 <= shared.price <= beyond
    assert use @ shared.quantity == pytest.approx(0, abs=1e-9)


@settings(max_examples=30)
@given(few_items, st.floats(0, 1.2), st.booleans())
def test_conditions_of_optimality(items, share: float, is_budget: bool) -> None:
    """Within the limit; it is exhausted if it has a price; at that price all have their best."""
    use = unit_costs(items) if is_budget else np.ones(len(items))
    limit = share * float(use @ [best_quantity(item) for item in items])
    quantity, price = order_within(items, limit, use)
    assert (quantity >= 0).all()
    assert use @ quantity <= limit * (1 + 1e-9) + 1e-9
    assert price == 0 or use @ quantity == pytest.approx(limit, rel=1e-9, abs=1e-9)

    def priced(q) -> float:
        return total_cost(items, q) + price * float(use @ q)

    best = [best_quantity(item, price * w) for item, w in zip(items, use, strict=True)]
    assert priced(quantity) <= priced(best) * (1 + 1e-9) + 1e-6


@settings(max_examples=30)
@given(few_items, st.floats(0, 400), st.floats(0, 400))
def test_more_budget_never_costs_more(items, budget: float, more: float) -> None:
    use = unit_costs(items)
    small, large = order_within(items, budget, use), order_within(items, budget + more, use)
    assert total_cost(items, large.quantity) <= total_cost(items, small.quantity) + 1e-6
    assert large.price <= small.price + 1e-9


@settings(max_examples=25)
@given(small_items, st.integers(0, 15))
def test_brute_force_over_whole_units(items, capacity: int) -> None:
    """With a whole capacity nothing is gained by parts of units, so both find the same cost."""
    shared = order_within(items, capacity, np.ones(len(items)))
    plans = itertools.product(range(6), repeat=len(items))
    least = min(total_cost(items, plan) for plan in plans if sum(plan) <= capacity)
    assert total_cost(items, shared.quantity) == pytest.approx(least, rel=1e-9, abs=1e-9)


@settings(max_examples=25)
@given(small_items, st.integers(0, 30))
def test_no_whole_plan_beats_the_budgets(items, budget: int) -> None:
    use = unit_costs(items)
    shared = order_within(items, budget, use)
    plans = itertools.product(range(6), repeat=len(items))
    least = min(total_cost(items, plan) for plan in plans if use @ plan <= budget)
    assert total_cost(items, shared.quantity) <= least + 1e-9


def test_price_is_what_one_more_unit_saves() -> None:
    at = [
        total_cost(CENTRES, order_within(CENTRES, b, np.ones(6)).quantity) for b in (649.5, 650.5)
    ]
    assert at[0] - at[1] == pytest.approx(2.009693, abs=1e-4)


def test_mistakes_are_told_together() -> None:
    with pytest.raises(PolicyError, match=r"limit must be >= 0, got -1; use must hold one number"):
        order_within(CENTRES, -1, [1, 1])
    with pytest.raises(PolicyError, match=r"every use must be >= 0 and finite, got -2"):
        order_within(CENTRES[:2], 1, [1, -2])
