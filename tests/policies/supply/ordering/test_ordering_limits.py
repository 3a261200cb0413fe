"""Orders within limits: printed answers, brute force, and the conditions of optimality."""

from __future__ import annotations

import itertools
import math
from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.base import InfeasibleError, PolicyError
from policies.ordering.laws import (
    GammaDemand,
    LognormalDemand,
    NegativeBinomialDemand,
    NormalDemand,
    PoissonDemand,
    TableDemand,
)
from policies.ordering.limits import Limit, OrderPlan, plan_orders
from policies.ordering.newsvendor import Item, best_quantity, newsvendor, outcome

MEANS, SDS = (120, 80, 100, 60, 150, 90), (30, 20, 25, 15, 40, 20)
CENTRES = [Item(NormalDemand(m, s), 1, 0.5, 9) for m, s in zip(MEANS, SDS, strict=True)]
GRID = 26
"""Steps that brute force tries of each item, far beyond what anybody wants."""


def drawn_items(rng: np.random.Generator, count: int, **more: float) -> list[Item]:
    """Small items of all laws, with packs, minimum orders, stock and shelf lives."""
    items = []
    for _ in range(count):
        mean = rng.uniform(1, 6)
        law = (
            PoissonDemand(mean),
            NormalDemand(mean, mean / 3),
            GammaDemand(mean, mean / 2),
            NegativeBinomialDemand(mean, 1.5 * math.sqrt(mean)),
        )[rng.integers(4)]
        options = {
            "stock": float(rng.integers(-1, 2)),
            "pack": float(rng.choice([0, 0, 2, 1.5])),
            "minimum_order": float(rng.choice([0, 0, 3, 5])),
            "shelf_life_periods": float(rng.choice([1, 1, 2])),
        }
        costs = rng.uniform(0.2, 2), rng.uniform(0, 1), rng.uniform(1, 10)
        items.append(Item(law, *costs, **{**options, **more}))
    return items


def brute_force(items: list[Item], limits: list[Limit]) -> float:
    """The least cost of all orders by whole packs, or units, that keep the limits."""
    choices = []
    for item in items:
        quantity = np.arange(GRID) * (item.pack or 1.0)
        choices.append(quantity[(quantity == 0) | (quantity >= item.minimum_order - 1e-9)])

    def sums(parts: list[np.ndarray]) -> np.ndarray:
        return reduce(np.add.outer, parts)

    cost = sums(
        [np.array([outcome(i, q).cost for q in own]) for i, own in zip(items, choices, strict=True)]
    )
    for limit in limits:
        use = sums([w * own for w, own in zip(limit.use, choices, strict=True)])
        cost = np.where(use <= limit.amount * (1 + 1e-9), cost, np.inf)
    return float(cost.min())


@pytest.mark.parametrize("seed", range(25))
def test_brute_force_finds_no_cheaper_packs(seed: int) -> None:
    """Up to three items in packs and minimum orders, and up to two limits; and it is proven."""
    rng = np.random.default_rng(seed)
    items = drawn_items(rng, int(rng.integers(1, 4)))
    limits = [
        Limit(name, rng.uniform(0, 20), rng.uniform(0, 3, len(items)))
        for name in ("volume", "weight")[: rng.integers(3)]
    ]
    plan = plan_orders(items, limits, gap=0)
    least = brute_force(items, limits)
    assert plan.cost == pytest.approx(least, rel=1e-9)
    assert plan.bound == pytest.approx(least, rel=1e-6)
    assert plan.bound <= least + 1e-9
    require_allowed(items, limits, plan)


def require_allowed(items: list[Item], limits: list[Limit], plan: OrderPlan) -> None:
    """Limits are kept, packs are whole, minimum orders are met or nothing is ordered."""
    for limit, used in zip(limits, plan.used, strict=True):
        assert used <= limit.amount * (1 + 1e-9)
        assert used == pytest.approx(float(limit.use @ plan.quantity))
    for item, quantity in zip(items, plan.quantity, strict=True):
        step = item.pack or 1.0
        assert quantity / step == pytest.approx(round(quantity / step), abs=1e-9)
        assert quantity == 0 or quantity >= item.minimum_order * (1 - 1e-9)


def test_printed_capacity() -> None:
    """The model page's six centres with 650 doses: z = 1/3 and a price of 2.009693."""
    plan = plan_orders(CENTRES, [Limit("doses", 650, np.ones(6))], whole=False)
    assert plan.price[0] == pytest.approx(2.009693, abs=5e-7)
    assert plan.quantity == pytest.approx(np.array(MEANS) + np.array(SDS) / 3, abs=1e-6)
    assert plan.bound == pytest.approx(plan.cost, rel=1e-12)
    free = plan_orders(CENTRES, [Limit("doses", 800, np.ones(6))], whole=False)
    assert free.cost == pytest.approx(943.722841, abs=5e-7)
    assert free.quantity.sum() == pytest.approx(750.472195, abs=5e-7)
    assert free.price.tolist() == [0]


def test_several_limits_of_which_one_binds_are_that_one() -> None:
    doses, room = Limit("doses", 650, np.ones(6)), Limit("room", 1e4, np.arange(1, 7.0))
    both = plan_orders(CENTRES, [room, doses], whole=False)
    assert both.price[0] == 0
    assert both.price[1] == pytest.approx(2.009693, rel=1e-4)
    alone = plan_orders(CENTRES, [doses], whole=False)
    assert both.cost == pytest.approx(alone.cost, rel=1e-9)


def test_two_limits_that_bind_have_the_prices_that_savings_show() -> None:
    """One more unit of either saves its price, by central differences."""
    use = np.array([[1.0, 1, 1, 1, 1, 1], [0.5, 2, 1, 3, 0.2, 1]])
    amounts = np.array([600.0, 540.0])

    def plan(amounts: np.ndarray) -> OrderPlan:
        limits = [Limit(n, a, u) for n, a, u in zip("ab", amounts, use, strict=True)]
        return plan_orders(CENTRES, limits, whole=False)

    middle = plan(amounts)
    assert (middle.price > 0.1).all()
    assert middle.used == pytest.approx(amounts, rel=1e-6)
    for row in range(2):
        step = np.eye(2)[row]
        saved = (plan(amounts - step).cost - plan(amounts + step).cost) / 2
        assert middle.price[row] == pytest.approx(saved, rel=1e-3)


laws = st.one_of(
    st.builds(NormalDemand, st.floats(1, 100), st.floats(0, 40)),
    st.builds(LognormalDemand, st.floats(1, 100), st.floats(1, 80)),
    st.builds(lambda m, cv: GammaDemand(m, m * cv), st.floats(1, 100), st.floats(0.1, 1.5)),
    st.builds(PoissonDemand, st.floats(0, 100)),
    st.builds(
        lambda m, more: NegativeBinomialDemand(m, more * math.sqrt(m)),
        st.floats(1, 100),
        st.floats(1.1, 4),
    ),
    st.lists(st.integers(0, 90), min_size=1, max_size=9).map(TableDemand.from_sample),
)
smooth_items = st.builds(
    Item, laws, st.floats(0.5, 5), st.floats(0.01, 3), st.floats(0, 30), st.floats(-20, 60)
)


@settings(max_examples=12, deadline=None)
@given(st.lists(smooth_items, min_size=1, max_size=5), st.integers(1, 3), st.floats(0, 1.1))
def test_at_the_prices_each_is_its_own_newsvendor(items, count: int, share: float) -> None:
    """Limits are kept, those with a price exhausted, and no centre is worse than it must be.

    At the prices, orders cost all together what each would pay for its own best.
    """
    rng = np.random.default_rng(count)
    use = rng.uniform(0.1, 3, (count, len(items)))
    wanted = np.array([best_quantity(item) for item in items])
    limits = [Limit(f"limit {k}", share * float(w @ wanted), w) for k, w in enumerate(use)]
    plan = plan_orders(items, limits, whole=False)
    amounts = np.array([limit.amount for limit in limits])
    assert (plan.used <= amounts * (1 + 1e-9) + 1e-9).all()
    surcharges = plan.price @ use

    def priced(quantity: np.ndarray) -> float:
        costs = [outcome(i, max(0.0, q)).cost for i, q in zip(items, quantity, strict=True)]
        return sum(costs) + float(surcharges @ quantity)

    own = np.array([best_quantity(i, s) for i, s in zip(items, surcharges, strict=True)])
    at_worst = sum(outcome(item, 0).cost for item in items)
    tolerance = 1e-7 * at_worst + 1e-9
    assert priced(plan.quantity) <= priced(own) + tolerance
    spare = plan.price * (amounts - plan.used)
    assert spare.sum() <= tolerance
    assert plan.bound <= plan.cost <= plan.bound + 2 * tolerance


def test_without_limits_each_has_its_own_best() -> None:
    plan = plan_orders(CENTRES, [], whole=False)
    assert plan.quantity == pytest.approx([newsvendor(item).quantity for item in CENTRES])
    assert plan.outcomes[0] == newsvendor(CENTRES[0])
    assert plan.cost == plan.bound
    assert plan_orders(CENTRES, [Limit("no end", math.inf, np.ones(6))]).price.tolist() == [0]


def test_a_minimum_order_is_met_or_nothing_is_ordered() -> None:
    """By hand: known demand of 4, short costs 10. Five units cost 5 and 1 too many 0.5."""
    item = Item(NormalDemand(4, 0), 1, 0.5, 10, minimum_order=5)
    assert plan_orders([item], []).quantity.tolist() == [5]
    far = Item(NormalDemand(4, 0), 1, 0.5, 10, minimum_order=80)
    assert plan_orders([far], []).quantity.tolist() == [0]
    two = [item, Item(NormalDemand(4, 0), 1, 0.5, 8, minimum_order=5)]
    plan = plan_orders(two, [Limit("room", 9, np.ones(2))])
    assert plan.quantity.tolist() == [5, 0]
    assert plan.cost == plan.bound == pytest.approx(5.5 + 32)


def test_a_large_order_of_single_units_is_proven() -> None:
    """Quantities of some 100,000 beside packs: thousands of steps of each are in question."""
    rng = np.random.default_rng(4)
    items = [
        Item(GammaDemand(m, m / 3), 1.5, 0.2, 6, pack=p, minimum_order=m / 2)
        for m, p in zip(rng.uniform(5e4, 2e5, 6), (0, 0, 25, 1000, 0, 144), strict=True)
    ]
    use = rng.uniform(0.5, 2, 6)
    plan = plan_orders(items, [Limit("doses", 500_000, use)], gap=0)
    assert plan.cost - plan.bound <= 1e-8 * plan.cost
    require_allowed(items, [Limit("doses", 500_000, use)], plan)


def test_service_that_is_asked_for_is_given() -> None:
    items = [Item(PoissonDemand(20), 1, 0.5, 1.2, least_service_level=0.95) for _ in range(2)]
    plan = plan_orders(items, [Limit("money", 60, np.ones(2))])
    assert all(one.cycle_service_level >= 0.95 for one in plan.outcomes)
    assert plan.quantity.tolist() == [PoissonDemand(20).quantile(0.95)] * 2
    with pytest.raises(
        InfeasibleError,
        match=r"money: the service that is asked for takes 56, 6 more than the 50 there are; "
        r"room: .* 16 more than the 40",
    ):
        plan_orders(items, [Limit("money", 50, np.ones(2)), Limit("room", 40, np.ones(2))])


def test_mistakes_of_limits_are_told_together() -> None:
    limits = [Limit("money", -1, np.ones(2)), Limit("room", 5, np.array([1, math.nan]))]
    with pytest.raises(
        PolicyError,
        match=r"money: amount must be >= 0, got -1; money: use must hold one number for each of 1 "
        r"items, got \(2,\); room: use must",
    ):
        plan_orders(CENTRES[:1], limits)
    with pytest.raises(PolicyError, match=r"room: every use must be >= 0 and finite, got nan"):
        plan_orders(CENTRES[:2], limits[1:])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"pack": -1}, "pack must be >= 0 and finite, got -1"),
        ({"minimum_order": math.nan}, "minimum_order must be >= 0 and finite, got nan"),
        ({"least_service_level": 1}, "least_service_level must be >= 0 and below 1, got 1"),
        ({"shelf_life_periods": 0.5}, "shelf_life_periods must be >= 1, got 0.5"),
        ({"shelf_life_periods": 2, "leftover_value": 99}, "leftover_value must be at most"),
        ({"shelf_life_periods": math.inf, "holding_cost": 0}, "no order is too large"),
    ],
)
def test_an_item_tells_its_mistakes(change: dict[str, float], told: str) -> None:
    given_ = {"unit_cost": 1, "holding_cost": 0.5, "shortage_cost": 9, **change}
    with pytest.raises(PolicyError, match=told):
        Item(NormalDemand(5, 1), **given_)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 180))
def test_brute_force_again(seed: int) -> None:
    """More of them, with three items each and two limits that bind as a rule."""
    rng = np.random.default_rng(seed)
    items = drawn_items(rng, 3)
    limits = [Limit(name, rng.uniform(3, 15), rng.uniform(0.5, 3, 3)) for name in ("a", "b")]
    plan = plan_orders(items, limits, gap=0)
    assert plan.cost == pytest.approx(brute_force(items, limits), rel=1e-9)
    assert plan.bound == pytest.approx(plan.cost, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2, 4])
def test_larger_ones_keep_their_limits_and_are_bounded(count: int) -> None:
    rng = np.random.default_rng(count)
    items = drawn_items(rng, 60)
    use = rng.uniform(0.5, 3, (count, 60))
    limits = [Limit(f"limit {k}", 0.5 * 4 * float(w.sum()), w) for k, w in enumerate(use)]
    plan = plan_orders(items, limits, gap=1e-4)
    require_allowed(items, limits, plan)
    assert plan.cost <= plan.bound * (1 + 1e-4)


def test_whole_units_cost_no_more_than_their_nearest_rounding() -> None:
    """Each of the two ways of rounding one order by brute force, in a limit of whole doses."""
    doses = Limit("doses", 650, np.ones(6))
    real, whole = (plan_orders(CENTRES, [doses], whole=w, gap=0) for w in (False, True))
    rounded = []
    for up in itertools.product((0, 1), repeat=6):
        quantity = np.floor(real.quantity) + up
        if quantity.sum() <= 650:
            costs = [outcome(i, q).cost for i, q in zip(CENTRES, quantity, strict=True)]
            rounded.append(sum(costs))
    assert whole.quantity.sum() == 650
    assert real.cost <= whole.cost <= min(rounded) + 1e-9
