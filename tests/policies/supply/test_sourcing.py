"""From whom an order comes: cases by hand, and what holds for any suppliers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.sourcing.base import SourcingPolicy, SourcingView
from policies.sourcing.cheapest import Cheapest
from policies.sourcing.contract import Contract
from policies.sourcing.soonest import Soonest

POLICIES: tuple[SourcingPolicy, ...] = (Contract(), Soonest(), Cheapest())
UNLIMITED = np.iinfo(np.int64).max


def masks(quantity: int = 100, **known: list[float]) -> SourcingView:
    """An order of masks: the first of three suppliers has the contract.

    The second is the soonest, the third the cheapest.
    """
    column = {
        "may_ask": [True, True, True],
        "wait_s": [300.0, 100.0, 200.0],
        "most": [UNLIMITED] * 3,
        "price": [3.0, 2.0, 1.0],
        **known,
    }
    of = {name: np.array(values)[:, None] for name, values in column.items()}
    return SourcingView(
        items=("masks",), quantity=np.array([quantity]), contract=np.array([0]), **of
    )


def random_view(seed: int) -> SourcingView:
    """Up to five suppliers of up to four items, with equal waits, equal prices and few units."""
    rng = np.random.default_rng(seed)
    shape = suppliers, items = tuple(rng.integers(1, (6, 5)).tolist())
    return SourcingView(
        items=tuple("abcd"[:items]),
        quantity=rng.integers(0, 30, items),
        may_ask=rng.random(shape) < 0.6,
        contract=rng.integers(suppliers, size=items),
        wait_s=rng.choice([10.0, 20.0, np.inf], shape),
        most=rng.integers(0, 20, shape),
        price=rng.choice([1.0, 2.0], shape),
    )


views = st.builds(random_view, st.integers(0, 2**32))


def split(policy: SourcingPolicy, view: SourcingView) -> list[int]:
    return policy.split(view).ravel().tolist()


@pytest.mark.parametrize(
    ("policy", "asked"),
    [(Contract(), [100, 0, 0]), (Soonest(), [0, 100, 0]), (Cheapest(), [0, 0, 100])],
)
def test_each_asks_the_supplier_after_which_it_is_named(policy, asked) -> None:
    assert split(policy, masks()) == asked


def test_what_one_cannot_take_the_next_is_asked_for() -> None:
    view = masks(most=[50, 60, 30])
    assert split(Soonest(), view) == [10, 60, 30]
    assert split(Cheapest(), view) == [10, 60, 30]
    assert split(Soonest(), masks(most=[50, 10, 30])) == [50, 10, 30]


def test_what_the_contract_cannot_take_is_not_ordered() -> None:
    assert split(Contract(), masks(most=[50, 60, 30])) == [50, 0, 0]


def test_without_its_supplier_the_contract_is_like_soonest() -> None:
    view = masks(may_ask=[False, True, True], most=[50, 60, 30])
    assert split(Contract(), view) == [0, 60, 30]


def test_suppliers_that_are_down_come_last() -> None:
    assert split(Soonest(), masks(wait_s=[np.inf, 100, np.inf], most=[9, 60, 30])) == [9, 60, 30]
    assert split(Soonest(), masks(wait_s=[np.inf, 100, 200], most=[9, 60, 60])) == [0, 60, 40]


def test_equals_are_told_apart_by_the_other_measure_and_then_by_their_row() -> None:
    alike = masks(wait_s=[5.0, 5.0, 5.0])
    assert split(Soonest(), alike) == [0, 0, 100]
    assert split(Soonest(), alike._replace(price=np.ones((3, 1)))) == [100, 0, 0]
    assert split(Cheapest(), masks(price=[1.0, 1.0, 1.0])) == [0, 100, 0]


@given(views)
def test_nobody_is_asked_for_more_than_may_be(view) -> None:
    for policy in POLICIES:
        asked = policy.split(view)
        assert (asked >= 0).all()
        assert (asked[~view.may_ask] == 0).all()
        assert (asked <= view.most).all()
        assert (asked.sum(axis=0) <= view.quantity).all()


@given(views)
def test_as_much_is_ordered_as_suppliers_take(view) -> None:
    most = np.minimum(view.quantity, (view.most * view.may_ask).sum(axis=0))
    for policy in (Soonest(), Cheapest()):
        assert policy.split(view).sum(axis=0).tolist() == most.tolist()


@given(views)
def test_cheapest_costs_no_more_than_soonest_and_comes_no_sooner(view) -> None:
    cheap, soon = Cheapest().split(view), Soonest().split(view)
    assert (cheap * view.price).sum() <= (soon * view.price).sum()
    wait_s = np.where(np.isinf(view.wait_s), 1e6, view.wait_s)
    assert (soon * wait_s).sum() <= (cheap * wait_s).sum()


@given(views)
def test_where_only_the_contract_may_be_asked_all_are_alike(view) -> None:
    is_contract = np.arange(len(view.price))[:, None] == view.contract
    view = view._replace(may_ask=view.may_ask & is_contract)
    asked = [policy.split(view).tolist() for policy in POLICIES]
    assert asked[0] == asked[1] == asked[2]
