"""Allocation on cases solved by hand, against brute force, and what holds in every case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from policies.allocation.base import AllocationPolicy, AllocationView, fill_rates
from policies.allocation.first_come import FirstCome
from policies.allocation.optimised import Optimised, max_min_fill, weighted_unmet
from policies.allocation.priority import Priority, ranked
from policies.allocation.proportional import Proportional
from policies.allocation.supply_network import SupplyNetwork
from policies.base import PolicyError

POLICIES: tuple[AllocationPolicy, ...] = (
    FirstCome(),
    Proportional(),
    Priority(),
    Optimised(),
    Optimised("least_fill_rate"),
)
TWO_HOURS_S = 7200.0


def one_item(demand: list[int], available: int, **known: list[float]) -> AllocationView:
    """Sites that ask one source for one item, all at once unless told otherwise."""
    sites = len(demand)
    column = {"requested_s": [0.0] * sites, "urgency": [0.0] * sites, **known}
    return AllocationView(
        demand=np.array(demand).reshape(sites, 1),
        available=np.array([[available]]),
        requested_s=np.array(column["requested_s"], dtype=np.float64).reshape(sites, 1),
        severity=np.array(known.get("severity", [0.0] * sites)),
        urgency=np.array(column["urgency"]).reshape(sites, 1),
        now_s=TWO_HOURS_S,
    )


def random_view(rng: np.random.Generator, shape: tuple[int, int, int], most: int) -> AllocationView:
    """Sources, sites and items with ways closed and limits that bind, each half of the time."""
    sources, sites, items = shape
    cost = rng.integers(1, 9, (sources, sites)).astype(float)
    cost[rng.random((sources, sites)) < 0.3] = np.inf
    return AllocationView(
        demand=rng.integers(0, most + 1, (sites, items)),
        available=rng.integers(0, most + 1, (sources, items)),
        requested_s=3600 * rng.integers(0, 3, (sites, items)).astype(float),
        severity=rng.integers(0, 3, sites).astype(float),
        urgency=rng.integers(0, 3, (sites, items)).astype(float),
        now_s=TWO_HOURS_S,
        transport_cost=cost if rng.random() < 0.5 else None,
        dispatch_limit=rng.integers(0, 2 * most, sources) if rng.random() < 0.5 else None,
    )


views = st.builds(
    lambda seed, shape: random_view(np.random.default_rng(seed), shape, most=40),
    st.integers(0, 2**32),
    st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 3)),
)


def every_shipment(view: AllocationView) -> NDArray[np.int64]:
    """All there can be within the limits, one a row, (k, a, s, i): by trying all numbers."""
    (sources, items), sites = view.available.shape, len(view.demand)
    most = int(view.demand.max(initial=0))
    every = np.indices((most + 1,) * (sources * sites * items))
    every = every.reshape(sources * sites * items, -1).T.reshape(-1, sources, sites, items)
    fine = (every.sum(axis=2) <= view.available).all(axis=(1, 2))
    fine &= (every.sum(axis=1) <= view.demand).all(axis=(1, 2))
    if view.transport_cost is not None:
        fine &= ~every[:, np.isinf(view.transport_cost)].any(axis=(1, 2))
    if view.dispatch_limit is not None:
        fine &= (every.sum(axis=(2, 3)) <= view.dispatch_limit).all(axis=1)
    return every[fine]


# By hand


def test_first_come_serves_the_oldest_request_first():
    view = one_item([5, 3, 2], 7, requested_s=[60.0, 0.0, 30.0])
    assert FirstCome().allocate(view).ravel().tolist() == [2, 3, 2]


def test_first_come_takes_requests_of_one_time_site_by_site():
    assert FirstCome().allocate(one_item([5, 3, 2], 7)).ravel().tolist() == [5, 2, 0]


def test_proportional_gives_by_largest_remainders():
    # Quotas 3.5, 2.1 and 1.4.
    assert Proportional().allocate(one_item([5, 3, 2], 7)).ravel().tolist() == [4, 2, 1]


def test_proportional_gives_no_more_than_is_asked_for():
    assert Proportional().allocate(one_item([5, 3, 2], 70)).ravel().tolist() == [5, 3, 2]


def test_priority_is_severity_then_urgency_then_waiting():
    view = one_item(
        [1, 1, 1, 1],
        1,
        severity=[1.0, 2.0, 2.0, 2.0],
        urgency=[9.0, 1.0, 2.0, 2.0],
        requested_s=[0.0, 0.0, 50.0, 40.0],
    )
    assert ranked(view) == [3, 2, 1, 0]
    assert Priority().allocate(view).ravel().tolist() == [0, 0, 0, 1]


def test_weights_add_severity_urgency_and_hours_waited():
    view = one_item([1], 1, severity=[2.0], urgency=[3.0], requested_s=[0.0])
    assert Optimised("unmet", 10.0, 100.0, 0.25).weights(view).item() == 1 + 20 + 300 + 0.5


def test_least_unmet_serves_the_heavier_first():
    view = one_item([5, 3, 2], 7, severity=[0.0, 1.0, 2.0])
    assert Optimised().allocate(view).ravel().tolist() == [2, 3, 2]


def test_least_fill_rate_gives_small_sites_what_rounding_would_take():
    # At the common fill rate 51/103, each small site would have nothing.
    view = one_item([1, 1, 1, 100], 51)
    assert Optimised("least_fill_rate").allocate(view).ravel().tolist() == [1, 1, 1, 48]


def test_a_site_without_a_way_does_not_hold_back_the_fill_rates_of_others():
    cost = np.array([[np.inf, 1.0, 1.0]])
    view = one_item([6, 6, 6], 8)._replace(transport_cost=cost)
    assert Optimised("least_fill_rate").allocate(view).ravel().tolist() == [0, 4, 4]


def test_first_come_sends_an_early_request_where_it_leaves_room_for_a_late_one():
    # Site 0 can be served by both sources, site 1 by source 0 only; each source has 5.
    cost = np.array([[1.0, 1.0], [9.0, np.inf]])
    view = one_item([5, 5], 5)._replace(available=np.array([[5], [5]]), transport_cost=cost)
    assert FirstCome().allocate(view).ravel().tolist() == [5, 5]


# Against brute force


@pytest.mark.parametrize("shape", [(2, 3, 1), (1, 3, 2), (2, 2, 2)])
def test_optimum_is_that_of_trying_all_shipments(shape):
    rng = np.random.default_rng(4)
    for _ in range(20):
        view = random_view(rng, shape, most=2)
        possible = every_shipment(view).sum(axis=1)
        weight = Optimised().weights(view)
        least = (weight * (view.demand - possible)).sum(axis=(1, 2)).min()
        unmet = weighted_unmet(weight, view.demand, Optimised().allocate(view))
        assert unmet == pytest.approx(least, abs=1e-9)
        rates = np.sort(fill_rates(view.demand + 0 * possible, possible).reshape(len(possible), -1))
        fairest = Optimised("least_fill_rate").allocate(view)
        assert sorted(fill_rates(view.demand, fairest).ravel()) == max(rates.tolist())


def test_fairest_with_larger_numbers_is_that_of_trying_all():
    rng = np.random.default_rng(5)
    for _ in range(20):
        view = random_view(rng, (1, 3, 1), most=12)
        possible = every_shipment(view).sum(axis=1)
        rates = np.sort(fill_rates(view.demand + 0 * possible, possible).reshape(len(possible), -1))
        fairest = Optimised("least_fill_rate").allocate(view)
        assert sorted(fill_rates(view.demand, fairest).ravel()) == max(rates.tolist())


# In every case


@settings(max_examples=60, deadline=None)
@given(views)
def test_nobody_gets_more_than_is_asked_for_and_all_of_it_can_be_sent(view):
    network = SupplyNetwork(view)
    for policy in POLICIES:
        units = policy.allocate(view)
        assert units.dtype == np.int64
        assert ((units >= 0) & (units <= view.demand)).all()
        assert (units.sum(axis=0) <= view.available.sum(axis=0)).all()
        assert network.allows(units)
        assert units.sum() == network.most(view.demand)


@settings(max_examples=60, deadline=None)
@given(views)
def test_optimised_is_never_worse_by_its_own_objective(view):
    weight = Optimised().weights(view)
    answers = [policy.allocate(view) for policy in POLICIES]
    unmet = [weighted_unmet(weight, view.demand, units) for units in answers]
    rates = [sorted(fill_rates(view.demand, units).ravel()) for units in answers]
    assert unmet[3] <= min(unmet) + 1e-6
    assert rates[4] == max(rates)


@settings(max_examples=60, deadline=None)
@given(views)
def test_linear_program_gives_what_serving_by_weight_gives(view):
    weight = Optimised().weights(view)
    heaviest = np.argsort(-weight, axis=None, kind="stable").tolist()
    served = SupplyNetwork(view).serve((r, int(view.demand.flat[r])) for r in heaviest)
    unmet = weighted_unmet(weight, view.demand, Optimised().allocate(view))
    assert unmet == pytest.approx(weighted_unmet(weight, view.demand, served))


@settings(max_examples=40, deadline=None)
@given(views, st.integers(1, 20), st.data())
def test_more_supply_never_gives_less_in_total(view, more, data):
    available = view.available.copy()
    available.flat[data.draw(st.integers(0, available.size - 1))] += more
    richer = view._replace(available=available)
    for policy in POLICIES:
        assert policy.allocate(richer).sum() >= policy.allocate(view).sum()


@settings(max_examples=40, deadline=None)
@given(views)
def test_ample_stock_meets_every_need(view):
    ample = view._replace(
        available=view.available + view.demand.sum(axis=0),
        transport_cost=None,
        dispatch_limit=None,
    )
    for policy in POLICIES:
        assert (policy.allocate(ample) == view.demand).all()


@settings(max_examples=40, deadline=None)
@given(views)
def test_a_pool_gives_what_its_network_gives(view):
    pool = view._replace(transport_cost=None, dispatch_limit=None)
    network = pool._replace(dispatch_limit=view.available.sum(axis=1))
    for policy in POLICIES[:3]:
        assert (policy.allocate(pool) == policy.allocate(network)).all()
    fair = [max_min_fill(SupplyNetwork(one), ranked(pool)) for one in (pool, network)]
    assert (fair[0] == fair[1]).all()


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: type(policy).__name__)
@pytest.mark.parametrize("shape", [(0, 2, 2), (2, 0, 2), (2, 2, 0)])
def test_where_there_is_nothing_nothing_is_given(policy, shape):
    view = random_view(np.random.default_rng(1), shape, most=5)
    assert policy.allocate(view).sum() == 0


def test_thousands_of_units_are_given_whole():
    rng = np.random.default_rng(6)
    view = random_view(rng, (3, 4, 3), most=50_000)
    totals = {int(policy.allocate(view).sum()) for policy in POLICIES}
    assert totals == {SupplyNetwork(view).most(view.demand)}


# Bad input


def test_every_mistake_of_a_view_is_told_at_once():
    view = one_item([5, -3], 7)._replace(
        severity=np.array([1.0]),
        available=np.array([[0.5]]),
        requested_s=np.array([[np.nan], [0.0]]),
        dispatch_limit=np.array([-1]),
    )
    with pytest.raises(PolicyError) as caught:
        FirstCome().allocate(view)
    assert str(caught.value).split("; ") == [
        "demand must be >= 0, got -3",
        "available must hold whole units, got float64",
        "requested_s must be finite, got nan",
        "severity must have the shape (2,), got (1,)",
        "dispatch_limit must be >= 0, got -1",
    ]


def test_demand_must_be_a_table():
    view = one_item([5], 7)._replace(demand=np.array([5]))
    with pytest.raises(PolicyError, match=r"demand must have the shape \(sites, items\), got \(1,"):
        Priority().allocate(view)


def test_more_units_than_can_be_counted_are_refused():
    with pytest.raises(PolicyError, match="demand must be at most 2147483647 units together"):
        Proportional().allocate(one_item([2**31], 7))


def test_wrong_parameters_are_told_at_once():
    with pytest.raises(PolicyError, match=r"objective must be .* got 'best'; severity_we.*-1"):
        Optimised("best", severity_weight=-1)  # type: ignore[arg-type]
