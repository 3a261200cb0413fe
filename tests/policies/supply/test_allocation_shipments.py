"""From where allocated units come: against brute force, and what cannot be shipped."""

from typing import Any

import numpy as np
import pytest

from policies.allocation.base import AllocationView
from policies.allocation.priority import Priority
from policies.allocation.shipments import cheapest_shipments
from policies.base import InfeasibleError, PolicyError


def two_sources(**limits: Any) -> AllocationView:
    """Sources with 6 and 4 units, sites that ask for 5 and 5; the near source is dear for both."""
    view = AllocationView(
        demand=np.array([[5], [5]]),
        available=np.array([[6], [4]]),
        requested_s=np.zeros((2, 1)),
        severity=np.zeros(2),
        urgency=np.zeros((2, 1)),
        now_s=0.0,
        transport_cost=np.array([[1.0, 3.0], [2.0, 8.0]]),
    )
    return view._replace(**limits)


def test_the_cheapest_shipments_are_those_found_by_hand():
    # Site 1 has all it needs from source 0, (5 x 3); site 0 the unit left and 4 from source 1.
    units = cheapest_shipments(two_sources(), np.array([[5], [5]]))
    assert units[:, :, 0].tolist() == [[1, 5], [4, 0]]


def test_the_cheapest_shipments_are_those_of_trying_all():
    rng = np.random.default_rng(8)
    for _ in range(20):
        cost, limit = rng.integers(1, 9, (2, 2)).astype(float), rng.integers(2, 7, 2)
        view = two_sources(
            available=rng.integers(0, 7, (2, 1)), transport_cost=cost, dispatch_limit=limit
        )
        given = Priority().allocate(view)
        sent = np.minimum(view.available[:, 0], limit)
        costs = []
        for x, y in np.ndindex(6, 6):  # from source 0 to either site; the rest is from source 1
            from_first = np.array([x, y])
            from_second = given[:, 0] - from_first
            totals = from_first.sum(), from_second.sum()
            if (from_second >= 0).all() and totals[0] <= sent[0] and totals[1] <= sent[1]:
                costs.append((cost * np.stack([from_first, from_second])).sum())
        units = cheapest_shipments(view, given)[:, :, 0]
        assert (units.sum(axis=0) == given[:, 0]).all()
        assert (cost * units).sum() == min(costs)


def test_an_allocation_by_hand_may_differ_from_demand():
    units = cheapest_shipments(two_sources(transport_cost=None), np.array([[0], [10]]))
    assert units.sum(axis=0).tolist() == [[0], [10]]


def test_nothing_given_is_nothing_shipped():
    assert not cheapest_shipments(two_sources(), np.array([[0], [0]])).any()


def test_what_the_sources_do_not_have_is_told_by_item():
    with pytest.raises(InfeasibleError, match="more is given than the sources have: item 0 by 2 u"):
        cheapest_shipments(two_sources(), np.array([[5], [7]]))


def test_what_the_limits_do_not_let_through_is_told():
    view = two_sources(dispatch_limit=np.array([3, 9]))
    with pytest.raises(InfeasibleError, match=r"of the 10 units given, .* 7 through, 3 too few"):
        cheapest_shipments(view, np.array([[5], [5]]))


@pytest.mark.parametrize(
    ("given", "message"),
    [([[5]], r"given must have the shape \(2, 1\), got \(1, 1\)"), ([[5], [-1]], "got -1")],
)
def test_a_wrong_allocation_is_refused(given, message):
    with pytest.raises(PolicyError, match=message):
        cheapest_shipments(two_sources(), np.array(given))


def test_where_each_site_has_one_source_there_is_nothing_to_solve(monkeypatch):
    def no_solver(_view):
        raise AssertionError("the program was solved")

    monkeypatch.setattr("policies.allocation.shipments._least_cost", no_solver)
    ways = np.array([[np.inf, 3.0], [2.0, np.inf]])
    units = cheapest_shipments(two_sources(transport_cost=ways), np.array([[4], [5]]))
    assert units[:, :, 0].tolist() == [[0, 5], [4, 0]]
    with pytest.raises(InfeasibleError, match="1 too few"):
        cheapest_shipments(two_sources(transport_cost=ways), np.array([[5], [5]]))
