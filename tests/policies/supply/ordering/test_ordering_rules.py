"""What the ordering rules order, on stocks easy to see."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from policies.base import PolicyError
from policies.ordering.base import OrderingView
from policies.ordering.fixed import FixedQuantity
from policies.ordering.newsvendor import NewsvendorRule
from policies.ordering.order_up_to import OrderUpTo
from policies.ordering.reorder_point import ReorderPoint

HISTORY = np.array([[90.0, 4.0, 8.0, 6.0], [90.0, 10.0, 10.0, 10.0]])
"""The first of the periods is beyond a moving average of three."""


def view(**changes: object) -> OrderingView:
    """Masks and gowns; two periods of lead time for masks, none for gowns, and one of review."""
    known = OrderingView(
        items=("masks", "gowns"),
        on_hand=np.array([5.0, 1.0]),
        on_order=np.array([3.0, 0.0]),
        backorders=np.array([2.0, 0.0]),
        demand_history=HISTORY,
        lead_time_periods=np.array([2.0, 0.0]),
        review_periods=1.0,
        unit_cost=np.array([1.0, 2.0]),
        holding_cost=np.array([0.5, 0.5]),
        shortage_cost=np.array([9.0, 9.0]),
    )
    return known._replace(**changes)


@st.composite
def views(draw: st.DrawFn) -> OrderingView:
    n, periods = draw(st.integers(1, 4)), draw(st.integers(0, 5))

    def numbers(low: float, high: float, shape: int | tuple[int, int] = n) -> np.ndarray:
        return draw(arrays(float, shape, elements=st.floats(low, high)))

    return OrderingView(
        items=tuple(f"item {number}" for number in range(n)),
        on_hand=numbers(0, 50),
        on_order=numbers(0, 50),
        backorders=numbers(0, 50),
        demand_history=numbers(0, 100, (n, periods)),
        lead_time_periods=numbers(0, 9),
        review_periods=draw(st.floats(0.25, 7)),
        unit_cost=numbers(0.5, 9),
        holding_cost=numbers(0, 5),
        shortage_cost=numbers(0, 20),
        budget=draw(st.one_of(st.just(math.inf), st.floats(0, 500))),
    )


RULES = [FixedQuantity(10), OrderUpTo(3), ReorderPoint(20, 60), NewsvendorRule(3)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@settings(max_examples=30)
@given(view=views())
def test_orders_are_positive_and_within_the_budget(rule, view: OrderingView) -> None:
    before = [np.copy(field) for field in view if isinstance(field, np.ndarray)]
    for field in view:
        if isinstance(field, np.ndarray):
            field.flags.writeable = False
    order = rule.order(view)
    assert order.shape == (len(view.items),)
    assert (order >= 0).all()
    assert order @ view.unit_cost <= view.budget * (1 + 1e-9) + 1e-9
    assert (rule.order(view) == order).all()
    after = [field for field in view if isinstance(field, np.ndarray)]
    assert all((old == new).all() for old, new in zip(before, after, strict=True))


def test_fixed() -> None:
    assert FixedQuantity(7).order(view()).tolist() == [7, 7]
    by_item = FixedQuantity({"gowns": 4, "masks": 12})
    assert by_item.order(view()).tolist() == [12, 4]
    assert by_item.order(view(budget=10.0)).tolist() == [6, 2]  # half of 12 × 1 + 4 × 2
    free = view(budget=4.0, unit_cost=np.array([0.0, 2.0]))
    assert by_item.order(free).tolist() == [12, 2]


def test_order_up_to() -> None:
    # Masks: mean 6, sd 2, over 3 periods 18 and 2 √3; the position is 6. Gowns: 10 ± 0, and 1.
    assert OrderUpTo(3, 0).order(view()).tolist() == [12, 9]
    assert OrderUpTo(3, 1).order(view()) == pytest.approx([12 + 2 * math.sqrt(3), 9])
    assert OrderUpTo(3, 0).order(view(on_hand=np.array([99.0, 9.0]))).tolist() == [0, 1]
    assert OrderUpTo(3, 0).order(view(budget=15.0)) == pytest.approx([6, 4.5])  # half of 30


def test_order_up_to_with_little_to_see() -> None:
    assert OrderUpTo().order(view(demand_history=np.empty((2, 0)))).tolist() == [0, 0]
    assert OrderUpTo().order(view(demand_history=HISTORY[:, -1:])).tolist() == [12, 9]
    assert OrderUpTo(99, 0).level(view()).tolist() == [3 * 27, 30]


@pytest.mark.parametrize("rule", [OrderUpTo(3, 1.0), NewsvendorRule(3)])
def test_shared_forecast_takes_the_place_of_the_average(rule) -> None:
    forecast = {"forecast_mean": np.array([6.0, 10.0]), "forecast_sd": np.array([2.0, 0.0])}
    blind = view(demand_history=np.empty((2, 0)), **forecast)
    assert rule.order(blind) == pytest.approx(rule.order(view()))


def test_reorder_point_waits_until_little_is_left() -> None:
    rule = ReorderPoint(reorder_point=6, order_up_to={"masks": 20, "gowns": 8})
    assert rule.order(view()).tolist() == [14, 7]  # masks are just at 6
    assert rule.order(view(on_hand=np.array([5.1, 6.5]))).tolist() == [0, 0]


def test_newsvendor_rule_is_the_printed_answer() -> None:
    # c = 1, v = 0.5, p = 9: z = 1.003148. A lead time of 3 and a review of 1 double the sd.
    alone = OrderingView(
        items=("doses",),
        on_hand=np.array([30.0]),
        on_order=np.array([20.0]),
        backorders=np.array([10.0]),
        demand_history=np.empty((1, 0)),
        lead_time_periods=np.array([3.0]),
        review_periods=1.0,
        unit_cost=np.array([1.0]),
        holding_cost=np.array([0.5]),
        shortage_cost=np.array([9.0]),
        forecast_mean=np.array([30.0]),
        forecast_sd=np.array([15.0]),
    )
    assert NewsvendorRule().order(alone) == pytest.approx([120 + 30 * 1.003148 - 40], abs=1e-4)


def test_newsvendor_rule_shares_the_budget_by_what_it_saves() -> None:
    # One period of 10 ± 0 each, nothing in stock: a unit of money saves 8 on masks, 3.5 on gowns.
    sure = view(
        on_hand=np.zeros(2),
        on_order=np.zeros(2),
        backorders=np.zeros(2),
        lead_time_periods=np.zeros(2),
        demand_history=np.full((2, 5), 10.0),
    )
    assert NewsvendorRule().order(sure) == pytest.approx([10, 10])
    assert NewsvendorRule().order(sure._replace(budget=14.0)) == pytest.approx([10, 2])
    assert NewsvendorRule().order(sure._replace(budget=6.0)) == pytest.approx([6, 0])


@settings(max_examples=30)
@given(views())
def test_newsvendor_rule_never_orders_what_costs_as_much_as_its_lack(view: OrderingView) -> None:
    order = NewsvendorRule().order(view)
    assert (order[view.shortage_cost <= view.unit_cost] == 0).all()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: FixedQuantity(-1), "quantity must be >= 0 and finite, got -1"),
        (
            lambda: FixedQuantity({"masks": -1, "gowns": "2"}),
            r"quantity.masks must be .*, got -1; quantity.gowns must be .*, got '2'",
        ),
        (
            lambda: FixedQuantity({"mask": 1}).order(view()),
            r"no item 'mask' \(did you mean 'masks'\?\); quantity has no number for item 'masks'; ",
        ),
        (
            lambda: OrderUpTo(0, -1),
            "safety_z must be >= 0",
        ),
        (lambda: OrderUpTo(2.5), "periods must be a whole number >= 1, got 2.5"),
        (lambda: NewsvendorRule(math.inf), "periods must be a whole number >= 1, got inf"),
        (
            lambda: ReorderPoint(9, {"masks": 10, "gowns": 9}).order(view()),
            "reorder_point must be below order_up_to, got 9 and 9 for item 'gowns'",
        ),
    ],
)
def test_mistakes_are_told(ask, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        ask()
