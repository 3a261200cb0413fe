"""What the gate of the supply chain takes for an answer, and hands on in whole units."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.allocation import ALLOCATION, AllocationView
from policies.base import InfeasibleError, PolicyError
from policies.decision import Decision
from policies.gate import Gate
from policies.ordering import ORDERING, OrderingView
from policies.routing import ROUTING, RoutingView, Trip
from policies.sourcing import SOURCING, SourcingView
from policies.watch import Watch

TWO = np.zeros(2)


class Answer:
    """Answers every question alike, and keeps what it was shown."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def order(self, view: object) -> object:
        self.shown = view
        return self.answer

    allocate = plan = split = order


def ask(policy: object, decision: Decision, view: object) -> object:
    """What the gate makes of a policy's answer to a decision."""
    return Gate({decision: [policy]}, Watch()).ask(decision, view)


def store(unit_cost: list[float], budget: float = math.inf) -> OrderingView:
    """A store that orders masks and gowns."""
    history, cost = np.zeros((2, 0)), np.array(unit_cost)
    return OrderingView(
        ("masks", "gowns"), TWO, TWO, TWO, history, TWO, 1.0, cost, TWO, TWO, budget
    )


def orders(
    answer: object, budget: float = math.inf, unit_cost: tuple[float, ...] = (2, 5)
) -> list[int]:
    got = ask(Answer(answer), ORDERING, store(list(unit_cost), budget))
    assert got.dtype == np.int64
    units: list[int] = got.tolist()
    return units


# Ordering


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        ([3, 4], [3, 4]),
        ((3.0, 4.2), [3, 5]),
        (np.array([0.01, 0.0]), [1, 0]),
        ([3 + 1e-12, 4 - 1e-12], [3, 4]),
    ],
)
def test_parts_of_units_are_made_whole(answer, whole) -> None:
    assert orders(answer) == whole


def test_a_budget_that_does_not_pay_for_all_parts_pays_for_the_greatest() -> None:
    # 3.5 and 4.6 cost 30. Of the parts, the gowns' 0.6 is the greater; 6 + 25 are too much.
    assert orders([3.5, 4.6], budget=30) == [4, 4]
    assert orders([3.5, 4.6], budget=31) == [3, 5]
    assert orders([3.5, 4.6], budget=33) == [4, 5]


def test_what_costs_nothing_is_made_whole_within_any_budget() -> None:
    assert orders([3.5, 4.6], budget=23, unit_cost=(0, 5)) == [4, 4]


def test_rounding_of_a_sum_of_money_is_not_overspending() -> None:
    tenth = 0.1 + 0.2 - 0.2  # a little above 0.1
    assert tenth > 0.1
    assert orders([1, 0], budget=0.1, unit_cost=(tenth, 5)) == [1, 0]


units = st.floats(0, 1e4)
money = st.floats(0, 1e3)


@given(st.tuples(units, units), st.tuples(money, money), st.floats(1, 1.5))
def test_whole_orders_are_near_the_answer_and_within_the_budget(answer, unit_cost, more) -> None:
    budget = more * float(np.array(answer) @ np.array(unit_cost))
    whole = np.array(orders(answer, budget, unit_cost))
    assert (np.abs(whole - answer) < 1 + 1e-4).all()
    assert whole @ np.array(unit_cost) <= budget * (1 + 1e-9)


@pytest.mark.parametrize(
    "answer",
    [None, 3, [3], [3, 4, 5], [[3, 4]], [3, -1], [3, math.nan], [3, math.inf], [3, 1e10],
     ["3", "4"], [True, False], {"masks": 3}],
)  # fmt: skip
def test_what_is_no_order(answer) -> None:
    with pytest.raises(
        PolicyError,
        match=r"^Answer answered .*; expected 2 numbers of units from 0 to 2147483647, one for ea",
    ):
        orders(answer)


def test_an_order_above_the_budget() -> None:
    with pytest.raises(PolicyError, match=r"^Answer ordered for 26; the budget is 25.9$"):
        orders([3, 4], budget=25.9)


# Allocation


def allocation(answer: object, **limits: object) -> list[list[int]]:
    """Two stores for two sites: 6 + 4 masks and 3 + 0 gowns for 8 + 5 and 2 + 9."""
    view = AllocationView(
        demand=np.array([[8, 2], [5, 9]]),
        available=np.array([[6, 3], [4, 0]]),
        requested_s=np.zeros((2, 2)),
        severity=TWO,
        urgency=np.zeros((2, 2)),
        now_s=0.0,
        **limits,  # type: ignore[arg-type]
    )
    got = ask(Answer(answer), ALLOCATION, view)
    assert got.dtype == np.int64
    units: list[list[int]] = got.tolist()
    return units


@pytest.mark.parametrize(
    "answer", [[[0, 0], [0, 0]], [[8, 2], [2, 1]], np.array([[5.0, 0.0], [5.0, 3.0]])]
)
def test_an_allocation_that_can_be_sent(answer) -> None:
    assert allocation(answer) == np.asarray(answer).tolist()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "Answer answered None; expected whole units from 0 to 2147483647, 2 rows (one a si"),
        ([8, 2], "Answer answered [8, 2]; expected whole units from 0"),
        ([[0.5, 0], [0, 0]], "Answer answered [[0.5, 0], [0, 0]]; expected whole"),
        ([[-1, 0], [0, 0]], "Answer answered [[-1, 0], [0, 0]]; expected whole"),
        ([[math.inf, 0], [0, 0]], "Answer answered [[inf, 0], [0, 0]]; expected whole"),
        ([[0, 3], [0, 0]], "Answer gave site 0 3 units of item 1; it asked for 2"),
        ([[6, 2], [5, 1]], "Answer gave 11 units of item 0; the sources have 10"),
    ],
)
def test_an_allocation_that_cannot_be(answer, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        allocation(answer)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "limits",
    [
        {"transport_cost": np.array([[1.0, 1.0], [np.inf, 1.0]])},
        {"dispatch_limit": np.array([6, 1])},
    ],
    ids=["no way", "dispatch limit"],
)
def test_an_allocation_that_does_not_get_through(limits) -> None:
    assert allocation([[6, 0], [1, 0]], **limits) == [[6, 0], [1, 0]]
    with pytest.raises(
        PolicyError, match=r"^Answer gave 9 units, of which ways and dispatch limits let 7 through$"
    ):
        allocation([[8, 0], [1, 0]], **limits)


# Routing


def round_trips(demand: list[int], no_way: tuple[int, int] | None = None) -> RoutingView:
    """Places a minute from each other, and trucks that carry 10 and 20 from the first."""
    travel_s = np.full((len(demand), len(demand)), 60.0)
    if no_way:
        travel_s[no_way] = np.inf
    return RoutingView(
        travel_s, 0, np.array(demand), np.array([10, 20]), TWO, np.zeros(len(demand))
    )


def trips(answer: object, no_way: tuple[int, int] | None = None) -> list[Trip]:
    """Stops 1, 2 and 4 with 10, 8 and 5 units; nothing for 3."""
    return ask(Answer(answer), ROUTING, round_trips([7, 10, 8, 0, 5], no_way))


@pytest.mark.parametrize(
    "answer",
    [
        [Trip(0, (1,)), Trip(1, (2, 4))],
        (Trip(1, [4, 1]), Trip(0, [2])),  # type: ignore[arg-type]
        [Trip(np.int64(0), tuple(np.array([1]))), Trip(1, (2,)), Trip(1, (4,))],  # type: ignore[arg-type]
    ],
)
def test_trips_that_can_be_driven(answer) -> None:
    got = trips(answer)
    assert got == [Trip(trip.vehicle, tuple(trip.stops)) for trip in answer]
    assert all(type(n) is int for trip in got for n in (trip.vehicle, *trip.stops))


def test_no_trips_where_there_are_no_stops() -> None:
    assert ask(Answer([]), ROUTING, round_trips([7, 0])) == []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (None, "Answer answered None; expected a sequence of Trip, empty if there are no stops"),
        ([(0, (1,))], "Answer answered [(0, (1,))]; expected a sequence of Trip"),
        ([Trip(2, (1,))], "Answer planned a trip of vehicle 2; expected a number from 0 to 1"),
        (
            [Trip(1.0, (1,))],  # type: ignore[arg-type]
            "Answer planned a trip of vehicle 1.0; expected a number from 0 to 1",
        ),
        ([Trip(0, ())], "Answer planned a trip past (); expected a sequence of stops, at least"),
        (
            [Trip(0, 1)],  # type: ignore[arg-type]
            "Answer planned a trip past 1; expected a sequence of stops, at least one",
        ),
        ([Trip(0, (3,))], "Answer drives to 3, which is no stop; stops: 1, 2, 4"),
        ([Trip(0, (0,))], "Answer drives to 0, which is no stop; stops: 1, 2, 4"),
        ([Trip(0, (True,))], "Answer drives to True, which is no stop; stops: 1, 2, 4"),
        ([Trip(0, (2, 4))], "Answer loads 13 units on vehicle 0, which carries 10"),
        ([Trip(0, (1,)), Trip(1, (1, 2))], "Answer serves stop 1 twice"),
        ([Trip(1, (4, 4))], "Answer serves stop 4 twice"),
        ([Trip(0, (4,))], "Answer does not serve every stop; left out: 1, 2"),
        ([], "Answer does not serve every stop; left out: 1, 2, 4"),
    ],
)
def test_trips_that_cannot_be_driven(answer, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        trips(answer)
    assert str(error.value).startswith(message)


def test_a_trip_where_there_is_no_way() -> None:
    plan = [Trip(0, (1,)), Trip(1, (2, 4))]
    assert trips(plan, no_way=(4, 2)) == plan
    with pytest.raises(
        PolicyError, match=r"^Answer drives from place 2 to place 4, where there is no way$"
    ):
        trips(plan, no_way=(2, 4))


def test_a_stop_too_large_is_not_the_policys_fault() -> None:
    with pytest.raises(
        InfeasibleError, match=r"^stop 1 needs 21 units and the largest vehicle car"
    ):
        ask(Answer([]), ROUTING, round_trips([0, 21]))


# Sourcing


def sources(answer: object) -> list[list[int]]:
    """10 masks and 6 gowns; only the first of two suppliers makes gowns, and takes 4 more."""
    view = SourcingView(
        items=("masks", "gowns"),
        quantity=np.array([10, 6]),
        may_ask=np.array([[True, True], [True, False]]),
        contract=np.array([0, 0]),
        wait_s=np.zeros((2, 2)),
        most=np.array([[99, 4], [99, 99]]),
        price=np.ones((2, 2)),
    )
    got = ask(Answer(answer), SOURCING, view)
    assert got.dtype == np.int64
    units: list[list[int]] = got.tolist()
    return units


@pytest.mark.parametrize("answer", [[[10, 4], [0, 0]], [[3.0, 0.0], [7.0, 0.0]], np.zeros((2, 2))])
def test_sources_that_can_be_asked(answer) -> None:
    assert sources(answer) == np.asarray(answer).tolist()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            [10, 4],
            "Answer answered [10, 4]; expected whole units from 0 to 2147483647, 2 rows (one ",
        ),
        ([[1.5, 0], [0, 0]], "Answer answered [[1.5, 0], [0, 0]]; expected whole units"),
        (
            [[0, 0], [0, 1]],
            "Answer asked supplier 1 for 'gowns', which may not be asked for it; those that may: 0",
        ),
        (
            [[0, 5], [0, 0]],
            "Answer asked supplier 0 for 5 units of 'gowns'; it takes an order for 4",
        ),
        ([[6, 0], [5, 0]], "Answer asked for 11 units of 'masks'; 10 were to be ordered"),
    ],
)
def test_sources_that_cannot_be_asked(answer, message: str) -> None:
    with pytest.raises(PolicyError) as error:
        sources(answer)
    assert str(error.value).startswith(message)


# All


def test_views_cannot_be_written_and_the_runs_own_arrays_still_can() -> None:
    policy = Answer([0, 0])
    view = store([1.0, 1.0])
    ask(policy, ORDERING, view)
    assert isinstance(policy.shown, OrderingView)
    assert not policy.shown.unit_cost.flags.writeable
    assert policy.shown.forecast_mean is None
    assert view.unit_cost.flags.writeable
    assert np.shares_memory(policy.shown.unit_cost, view.unit_cost)


class Careless:
    """Makes a mistake of its own."""

    def order(self, view: OrderingView) -> object:
        return view.items[7]


def test_an_error_of_a_policy_is_told_with_its_place() -> None:
    with pytest.raises(
        PolicyError,
        match=r"^Careless raised IndexError: tuple index out of range \(test_supply_gate.py, ",
    ):
        ask(Careless(), ORDERING, store([1.0, 1.0]))
