"""Stock that is divided into pools: the most that can be given is that of the flow."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import maximum_flow

from policies.allocation.base import AllocationView
from policies.allocation.supply_network import Pools, _network, pools_of


def divided(seed: int) -> AllocationView:
    """Sources and sites of up to three regions without a way between them."""
    rng = np.random.default_rng(seed)
    sources, sites, items = rng.integers(1, (5, 6, 4)).tolist()
    region_of_source, region_of_site = rng.integers(3, size=sources), rng.integers(3, size=sites)
    has_way = region_of_source[:, None] == region_of_site
    return AllocationView(
        demand=rng.integers(0, 30, (sites, items)),
        available=rng.integers(0, 40, (sources, items)),
        requested_s=np.zeros((sites, items)),
        severity=np.zeros(sites),
        urgency=np.zeros((sites, items)),
        now_s=0.0,
        transport_cost=np.where(has_way, 1.0, np.inf),
        dispatch_limit=rng.integers(0, 120, sources) if rng.random() < 0.5 else None,
    )


def most_by_flow(view: AllocationView) -> int:
    graph, _ = _network(view)
    return int(maximum_flow(graph, 0, graph.shape[0] - 1).flow_value)


@given(st.builds(divided, st.integers(0, 2**32)))
def test_pools_give_as_much_as_the_flow(view) -> None:
    pools = pools_of(view)
    if pools is not None:
        assert pools.most(view.demand) == most_by_flow(view)
        assert (pools.has_site.sum(axis=0) == 1).all()


@given(st.builds(divided, st.integers(0, 2**32)))
def test_regions_without_limits_are_pools(view) -> None:
    assert isinstance(pools_of(view._replace(dispatch_limit=None)), Pools)


def stores(has_way: list[list[int]], **limits: list[int]) -> AllocationView:
    """Two stores with ten units each, and sites that ask for eight."""
    ways = np.array(has_way)
    sites = ways.shape[1]
    return AllocationView(
        demand=np.full((sites, 1), 8),
        available=np.full((2, 1), 10),
        requested_s=np.zeros((sites, 1)),
        severity=np.zeros(sites),
        urgency=np.zeros((sites, 1)),
        now_s=0.0,
        transport_cost=np.where(ways == 1, 1.0, np.inf),
        dispatch_limit=np.array(limits["limit"]) if limits else None,
    )


def test_each_store_with_its_own_sites_is_a_pool() -> None:
    pools = pools_of(stores([[1, 1, 0], [0, 0, 1]]))
    assert pools is not None
    assert pools.has_site.tolist() == [[True, True, False], [False, False, True]]
    assert pools.most(np.full((3, 1), 8)) == 10 + 8


def test_a_limit_counts_where_a_store_is_alone() -> None:
    pools = pools_of(stores([[1, 1, 0], [0, 0, 1]], limit=[4, 20]))
    assert pools is not None
    assert pools.most(np.full((3, 1), 8)) == 4 + 8


def test_a_site_that_nobody_reaches_gets_nothing() -> None:
    pools = pools_of(stores([[1, 0], [1, 0]]))
    assert pools is not None
    assert pools.most(np.full((2, 1), 8)) == 8


def test_a_store_that_reaches_more_than_another_entangles_them() -> None:
    assert pools_of(stores([[1, 1], [0, 1]])) is None


def test_a_limit_that_binds_entangles_stores_that_share_sites() -> None:
    assert pools_of(stores([[1, 1], [1, 1]], limit=[10, 9])) is None
    assert pools_of(stores([[1, 1], [1, 1]], limit=[10, 99])) is not None
